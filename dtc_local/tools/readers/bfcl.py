"""Berkeley Function Calling Leaderboard function documents: one function a line, or a JSON list.

Type names are Python's, Java's or JavaScript's (`dict`, `float`, `tuple`, `any`, `HashMap` ...), `response` is the
result schema. Rows that carry their functions under "function" (the leaderboard's single-turn files) are read too.
"""

from __future__ import annotations

from collections.abc import Iterator

from dtc_local.records import Json
from dtc_local.tools.readers.base import RawTool, Skipped, entries, tool_of

NAME = "bfcl"
WORDS = 'BFCL function documents: {"name", "description", "parameters": {"type": "dict", ...}, "response"} a line'


def matches(document: Json) -> bool:
    """True if any entry's parameters say `dict`, which JSON Schema does not know."""
    return any(
        isinstance(entry, dict)
        and isinstance(entry.get("parameters"), dict)
        and entry["parameters"].get("type") == "dict"
        for _, entry in entries(document)
    )


def read(document: Json) -> Iterator[RawTool | Skipped]:
    """Every function of the document, in order."""
    for pointer, entry in entries(document):
        yield tool_of(entry, pointer, NAME, outputs=("response", "returns"))
