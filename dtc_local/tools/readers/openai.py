"""OpenAI function tools: bare `{"name", "parameters"}` or wrapped `{"type": "function", "function": {...}}`.

A list of them, `{"tools": [...]}`, `{"functions": [...]}`, or JSON Lines. The dialect has no place for a result
schema; where a function carries one under "returns" (or "response", "output_schema", "output_parameters") it is
taken.
"""

from __future__ import annotations

from collections.abc import Iterator

from dtc_local.records import Json
from dtc_local.tools.readers.base import RawTool, Skipped, entries, shown, tool_of

NAME = "openai"
WORDS = 'OpenAI functions: [{"type": "function", "function": {"name", "description", "parameters"}}, ...]'


def matches(document: Json) -> bool:
    """True if any entry looks like a function object."""
    return any(_is_function(entry) for _, entry in entries(document))


def read(document: Json) -> Iterator[RawTool | Skipped]:
    """Every function of the document, in order; tools of other types are skipped."""
    for pointer, entry in entries(document):
        kind = entry.get("type", "function") if isinstance(entry, dict) else "function"
        if kind != "function" and not _is_function(entry):
            yield Skipped(pointer, f"a tool of type {shown(kind)} is no function")
        elif isinstance(entry, dict) and "function" in entry:
            yield tool_of(entry["function"], f"{pointer}/function", NAME)
        else:
            yield tool_of(entry, pointer, NAME)


def _is_function(entry: Json) -> bool:
    if not isinstance(entry, dict):
        return False
    if isinstance(entry.get("function"), dict):
        return True
    return isinstance(entry.get("name"), str) and ("parameters" in entry or entry.get("type") == "function")
