"""OpenAI function tools: bare `{"name", "parameters"}` or wrapped `{"type": "function", "function": {...}}`.

A list of them, `{"tools": [...]}`, `{"functions": [...]}`, or JSON Lines. The dialect has no place for a result
schema; where a function carries one under "returns" (or "response", "output_schema", "output_parameters") it is
taken.
"""

from __future__ import annotations

from collections.abc import Iterator

from dtc_local.records import Json
from dtc_local.tools.readers.base import MalformedTool, RawTool, Skipped, entries, output_of, schema_of, shown, text

NAME = "openai"
WORDS = 'OpenAI functions: [{"type": "function", "function": {"name", "description", "parameters"}}, ...]'
KEYS = ("tools", "functions")


def matches(document: Json) -> bool:
    """True if any entry looks like a function object."""
    return any(_is_function(entry) for _, entry in entries(document, *KEYS))


def read(document: Json) -> Iterator[RawTool | Skipped]:
    """Every function of the document, in order."""
    for pointer, entry in entries(document, *KEYS):
        if not isinstance(entry, dict):
            raise MalformedTool(pointer, f"the entry is {shown(entry)}, not an object")
        kind = entry.get("type", "function")
        if kind != "function" and not _is_function(entry):
            yield Skipped(pointer, f"a tool of type {shown(kind)} is no function")
        elif "function" in entry:
            yield _function(entry["function"], f"{pointer}/function")
        else:
            yield _function(entry, pointer)


def _is_function(entry: Json) -> bool:
    if not isinstance(entry, dict):
        return False
    if isinstance(entry.get("function"), dict):
        return True
    return isinstance(entry.get("name"), str) and ("parameters" in entry or entry.get("type") == "function")


def _function(function: Json, pointer: str) -> RawTool:
    if not isinstance(function, dict):
        raise MalformedTool(pointer, f"the function is {shown(function)}, not an object")
    key, output = output_of(function)
    return RawTool(
        dialect=NAME,
        pointer=pointer,
        name=text(function, "name", pointer, needed=True),
        description=text(function, "description", pointer),
        parameters=schema_of(function, "parameters", pointer),
        output=output,
        output_key=key,
    )
