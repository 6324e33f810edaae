"""Documents that are often taken for tool specifications and are none: what they are, and where the tools would be."""

from __future__ import annotations

from dtc_local.records import Json
from dtc_local.tools.readers import fms, jsonschema, mcp

_METHODS = ("get", "put", "post", "delete", "patch", "options", "head", "trace", "query")
_PLACES = ("path", "query", "header", "cookie", "body", "formData")


def stranger(document: Json) -> tuple[str, str] | None:
    """What a document without tools is and the way out, both in words; None where nothing is known about it."""
    if isinstance(document, list) and document:
        first = stranger(document[0])
        return first and (f"a list that begins with {first[0]}", first[1])
    if fms.task(document):
        return f"{fms.task(document)}, which holds no tools", "Import the tool registries that it names."
    if mcp.message(document):
        return f"{mcp.message(document)}, which describes no tool", "Save what the server answers to tools/list."
    if jsonschema.kind(document):
        words = f"a JSON Schema of type {jsonschema.kind(document)}, while the arguments of a tool are an object"
        return words, 'Make it a property of a schema of type "object".'
    if _openapi_part(document):
        words = f"{_openapi_part(document)} of an OpenAPI document, a part that cannot be called by itself"
        return words, "Name the document with the paths; it finds its parts in the files beside and below it."
    if isinstance(document, dict) and any(document.get(key) == [] for key in ("tools", "functions", "function")):
        return "an empty list of tools", "Put tools in it."
    if isinstance(document, dict) and isinstance(document.get("answer_generation"), dict):
        return "a recorded ToolBench answer, not a list of APIs", "Import the query file or the tool files."
    if isinstance(document, dict) and isinstance(document.get("messages"), list):
        return "a conversation without tools", "Import the tools that it was made with."
    return None


def _openapi_part(document: Json) -> str:
    """What part of an OpenAPI document a file is; the empty string where it is none."""
    if not isinstance(document, dict):
        return ""
    operations = [document[method] for method in _METHODS if isinstance(document.get(method), dict)]
    if any("responses" in operation for operation in operations):
        return "the operations of one path"
    if isinstance(document.get("name"), str) and document.get("in") in _PLACES:
        return "a parameter"
    if isinstance(document.get("content"), dict) and isinstance(document.get("description"), str):
        return "a response"
    return "a choice among schemas" if {"discriminator", "oneOf"} <= document.keys() else ""
