"""fms-dgt tool registries, usually YAML: tools by name, by namespace, or both.

    api_specifications: {namespace: {tool: {name, description, parameters}}}
    {tool: {name, description, parameters, output_parameters}}
    {namespace: [{name, description, parameters}]}
    {namespace: name, tools: [{name, description, parameters}]}

A tool's own `namespace` counts before the one it stands under. Task and builder files of the same project name
registries and hold no tools.
"""

from __future__ import annotations

from collections.abc import Iterator

from dtc_local.records import Json
from dtc_local.tools.readers.base import LISTS, MalformedTool, RawTool, Skipped, namespace_in, shown, tool_of
from dtc_local.tools.schemas.spelling import escape

NAME = "fms"
WORDS = "fms-dgt registries: {tool name: {name, description, parameters, output_parameters}}, by namespace or not"
ROOT = "api_specifications"
OUTPUTS = ("output_parameters", "output_schema", "returns", "response")


def matches(document: Json) -> bool:
    """True for a mapping to tools, for a mapping of namespaces to tools, and for a list under a named namespace."""
    if not isinstance(document, dict):
        return False
    if isinstance(document.get(ROOT), dict) or _has_namespace(document):
        return True
    return _is_registry(document) or _is_shelf(document)


def read(document: Json) -> Iterator[RawTool | Skipped]:
    """Every tool of the registry, in order, with the namespace that the file puts it in."""
    if not isinstance(document, dict):
        raise MalformedTool("", f"the registry is {shown(document)}, not a mapping")
    if _has_namespace(document):
        yield from _listed(document["tools"], "/tools", document["namespace"])
        return
    body, pointer = (document[ROOT], f"/{ROOT}") if isinstance(document.get(ROOT), dict) else (document, "")
    if _is_registry(body):
        yield from _named(body, pointer, None)
        return
    for namespace, tools in body.items():
        place = f"{pointer}/{escape(namespace)}"
        if isinstance(tools, list):
            yield from _listed(tools, place, namespace)
        elif isinstance(tools, dict):
            yield from _named(tools, place, namespace)
        else:
            raise MalformedTool(place, f"the namespace holds {shown(tools)}, no tools", "Map tool names to tools.")


def task(document: Json) -> str:
    """What an fms-dgt file that is no registry is, in words; empty for anything else."""
    if not isinstance(document, dict):
        return ""
    if "task_name" in document or ("data_builder" in document and "task_description" in document):
        return "an fms-dgt task"
    return "an fms-dgt data builder" if isinstance(document.get("blocks"), list) and "name" in document else ""


def _is_tool(value: Json) -> bool:
    named = isinstance(value, dict) and (
        isinstance(value.get("name"), str) or isinstance(value.get("description"), str)
    )
    return named and any(isinstance(value.get(key), dict) for key in ("parameters", *OUTPUTS[:2]))


def _is_registry(document: dict[str, Json]) -> bool:
    """Tool names to tools: all values are objects, one at least is surely a tool."""
    values = document.values()
    return all(isinstance(value, dict) for value in values) and any(map(_is_tool, values))


def _is_shelf(document: dict[str, Json]) -> bool:
    """Namespaces to lists of tools or to registries, and nothing else."""
    return bool(document) and all(
        name not in LISTS
        and (
            (isinstance(tools, list) and bool(tools) and all(map(_is_tool, tools)))
            or (isinstance(tools, dict) and _is_registry(tools))
        )
        for name, tools in document.items()
    )


def _has_namespace(document: dict[str, Json]) -> bool:
    tools = document.get("tools")
    return namespace_in(document) is not None and isinstance(tools, list) and any(map(_is_tool, tools))


def _named(tools: dict[str, Json], pointer: str, namespace: str | None) -> Iterator[RawTool]:
    for name, tool in tools.items():
        place = f"{pointer}/{escape(name)}"
        if not isinstance(tool, dict):
            raise MalformedTool(place, f"the tool is {shown(tool)}, not an object")
        yield _tool({"name": name, **tool}, place, namespace)


def _listed(tools: list[Json], pointer: str, namespace: str | None) -> Iterator[RawTool]:
    for position, tool in enumerate(tools):
        yield _tool(tool, f"{pointer}/{position}", namespace)


def _tool(tool: Json, pointer: str, namespace: str | None) -> RawTool:
    own = namespace_in(tool) if isinstance(tool, dict) else None
    return tool_of(tool, pointer, NAME, outputs=OUTPUTS, namespace=own or namespace)
