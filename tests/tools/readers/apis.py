"""Small OpenAPI documents for tests, and the tools they give."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from dtc_local.records import Finding, Tool
from dtc_local.tools import ImportResult, read_files


def document(operation: dict[str, Any], path: str = "/things", method: str = "get", **more: Any) -> dict[str, Any]:
    """A document of version 3.1, or of another given as `openapi` or `swagger`, with one operation."""
    version = {} if {"openapi", "swagger"} & more.keys() else {"openapi": "3.1.0"}
    return version | {"paths": {path: {method: operation}}} | more


def read(value: Any, suffix: str = ".json") -> ImportResult:
    """What the importer makes of a document."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"api{suffix}"
        path.write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
        return read_files([path])


def tool(operation: dict[str, Any], path: str = "/things", method: str = "get", **more: Any) -> Tool:
    """The one tool of a document with one operation."""
    (made,) = read(document(operation, path, method, **more)).tools
    return made


def parameter(name: str, place: str = "query", schema: Any = None, **more: Any) -> dict[str, Any]:
    """A parameter of version 3."""
    return {"name": name, "in": place, "schema": {"type": "string"} if schema is None else schema} | more


def body(schema: Any, kind: str = "application/json", **media: Any) -> dict[str, Any]:
    """A request body of version 3."""
    return {"content": {kind: {"schema": schema} | media}}


def answer(schema: Any, code: str = "200", kind: str = "application/json", **media: Any) -> dict[str, Any]:
    """Responses of version 3 with one schema."""
    return {code: {"description": "", "content": {kind: {"schema": schema} | media}}}


def thing(**properties: Any) -> dict[str, Any]:
    """An object schema; a text stands for a type."""
    typed = {name: {"type": child} if isinstance(child, str) else child for name, child in properties.items()}
    return {"type": "object", "properties": typed}


def source(made: Tool) -> dict[str, Any]:
    """The properties of the tool's own parameters."""
    properties: dict[str, Any] = made.source.parameters["properties"]
    return properties


def found(made: Tool, kind: str) -> list[Finding]:
    """The tool's findings of a kind."""
    return [finding for finding in made.findings if finding.kind == kind]
