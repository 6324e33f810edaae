"""Berkeley Function Calling Leaderboard function documents: one function a line, or a JSON list.

Type names are Python's, Java's or JavaScript's (`dict`, `float`, `tuple`, `any`, `HashMap` ...), `response` is the
result schema. Rows that carry their functions under "function" (the leaderboard's single-turn files) are read too.
"""

from __future__ import annotations

from collections.abc import Iterator

from dtc_local.records import Json
from dtc_local.tools.readers.base import MalformedTool, RawTool, Skipped, entries, output_of, schema_of, shown, text

NAME = "bfcl"
WORDS = 'BFCL function documents: {"name", "description", "parameters": {"type": "dict", ...}, "response"} a line'
KEYS = ("function", "functions")


def matches(document: Json) -> bool:
    """True if any entry's parameters say `dict`, which JSON Schema does not know."""
    return any(
        isinstance(entry, dict)
        and isinstance(entry.get("parameters"), dict)
        and entry["parameters"].get("type") == "dict"
        for _, entry in entries(document, *KEYS)
    )


def read(document: Json) -> Iterator[RawTool | Skipped]:
    """Every function of the document, in order."""
    for pointer, entry in entries(document, *KEYS):
        if not isinstance(entry, dict):
            raise MalformedTool(pointer, f"the entry is {shown(entry)}, not an object")
        key, output = output_of(entry, ("response", "returns"))
        yield RawTool(
            dialect=NAME,
            pointer=pointer,
            name=text(entry, "name", pointer, needed=True),
            description=text(entry, "description", pointer),
            parameters=schema_of(entry, "parameters", pointer),
            output=output,
            output_key=key,
        )
