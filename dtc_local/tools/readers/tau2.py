"""tau2 toolkits: classes of tools with signature, docstring, decorators and the function schema made of them.

    {"toolkits": {class: {"tools": [{"name", "docstring", "decorators": ["is_tool(ToolType.WRITE)"], ...}]}}}

The kind of a tool (read or write; `mutates_state` where it is said) is its effect, the schema of its return
annotation its output. A toolkit is a namespace: the tools of the user are not those of the agent. Plain lists of
tau2's function schemas are OpenAI's dialect.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from dtc_local.records import Effect, Json
from dtc_local.tools.readers.base import MalformedTool, RawTool, Skipped, entries, output_of, shown, tool_of
from dtc_local.tools.schemas.spelling import escape

NAME = "tau2"
WORDS = 'tau2 toolkits: {"toolkits": {class: {"tools": [{"name", "decorators", "docstring", function schema}]}}}'
_FUNCTIONS = ("openai_schema_derived", "openai_schema", "function_schema", "schema")
_RETURNS = ("returns_derived", "return_schema", "returns_schema", "returns", "output_schema")


def matches(document: Json) -> bool:
    """True for a document of toolkits, and for decorated tools in any list."""
    return any(_is_toolkits(entry) or _is_tool(entry) for _, entry in entries(document))


def read(document: Json) -> Iterator[RawTool | Skipped]:
    """Every tool of every toolkit, in order."""
    for pointer, entry in entries(document):
        if not _is_toolkits(entry):
            yield _tool(entry, pointer, None)
            continue
        for name, toolkit in entry["toolkits"].items():
            place = f"{pointer}/toolkits/{escape(name)}"
            tools = toolkit.get("tools") if isinstance(toolkit, dict) else toolkit
            if not isinstance(tools, list):
                raise MalformedTool(place, f"the toolkit holds {shown(tools)}, not a list of tools")
            inside = f"{place}/tools" if isinstance(toolkit, dict) else place
            for position, tool in enumerate(tools):
                yield _tool(tool, f"{inside}/{position}", name)


def _is_toolkits(entry: Json) -> bool:
    return isinstance(entry, dict) and isinstance(entry.get("toolkits"), dict)


def _is_tool(entry: Json) -> bool:
    return (
        isinstance(entry, dict)
        and isinstance(entry.get("decorators"), list)
        and any(isinstance(entry.get(key), dict) for key in _FUNCTIONS)
    )


def _tool(tool: Json, pointer: str, toolkit: str | None) -> RawTool:
    if not isinstance(tool, dict):
        raise MalformedTool(pointer, f"the tool is {shown(tool)}, not an object")
    key = next((key for key in _FUNCTIONS if isinstance(tool.get(key), dict)), "")
    if not key:
        raise MalformedTool(pointer, "the tool has no function schema", f'Add "{_FUNCTIONS[1]}": {{...}}.')
    function, place = tool[key], f"{pointer}/{key}"
    if isinstance(function.get("function"), dict):
        function, place = function["function"], f"{place}/function"
    raw = tool_of({"name": tool.get("name"), **function}, place, NAME, effect=_effect(tool), namespace=toolkit)
    output_key, output = output_of(tool, _RETURNS)
    # Pointers of findings start at the tool, which holds both schemas.
    inside = f"{place.removeprefix(f'{pointer}/')}/parameters"
    raw = replace(raw, pointer=pointer, parameters_key=inside)
    return raw if output is None else replace(raw, output=output, output_key=output_key)


def _effect(tool: dict[str, Json]) -> Effect | None:
    """What the decorators say; a generic tool is left to its verb."""
    words = " ".join(word for word in tool.get("decorators") or () if isinstance(word, str))
    mutates = re.search(r"mutates_state\s*=\s*(True|False)", words)
    if mutates:
        return "write" if mutates[1] == "True" else "read"
    kind = re.search(r"ToolType\.(READ|WRITE)\b", words)
    return {"READ": "read", "WRITE": "write"}.get(kind[1]) if kind else None  # type: ignore[return-value]
