"""Anthropic client tools: `{"name", "description", "input_schema"}`, bare, in a list or in a request.

Tools that Anthropic's own servers run (`{"type": "web_search_20250305", ...}`) have no `input_schema` and are
skipped. The dialect has no result schema; the extension keys that other function objects use are taken. Arguments
under `input_examples` are kept as recorded calls.
"""

from __future__ import annotations

from collections.abc import Iterator

from dtc_local.records import Json, Recorded
from dtc_local.tools.readers.base import RawTool, Skipped, entries, shown, tool_of

NAME = "anthropic"
WORDS = 'Anthropic tools: [{"name", "description", "input_schema"}, ...]'


def matches(document: Json) -> bool:
    """True if any entry carries an `input_schema`."""
    return any(isinstance(entry, dict) and "input_schema" in entry for _, entry in entries(document))


def read(document: Json) -> Iterator[RawTool | Skipped]:
    """Every client tool of the document, in order."""
    for pointer, entry in entries(document):
        kind = entry.get("type", "custom") if isinstance(entry, dict) else "custom"
        if kind != "custom" and "input_schema" not in entry:
            yield Skipped(pointer, f"a tool of type {shown(kind)} runs on the provider's side")
        else:
            yield tool_of(entry, pointer, NAME, parameters_key="input_schema", recorded=_examples(entry))


def _examples(entry: Json) -> tuple[Recorded, ...]:
    shown_calls = entry.get("input_examples") if isinstance(entry, dict) else None
    if not isinstance(shown_calls, list):
        return ()
    return tuple(Recorded(arguments=call) for call in shown_calls if isinstance(call, dict))
