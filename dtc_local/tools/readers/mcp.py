"""Model Context Protocol `tools/list` results: with or without the JSON-RPC envelope, one page or a list of pages.

`outputSchema` is the result schema; the annotations `readOnlyHint` and `destructiveHint` give the effect. A tool
whose `readOnlyHint` is false and that says nothing of destruction is left to its verb: the protocol's own default
("destructive") would call every write destructive.
"""

from __future__ import annotations

from collections.abc import Iterator

from dtc_local.records import Effect, Json
from dtc_local.tools.readers.base import MalformedTool, RawTool, Skipped, entries, output_of, schema_of, shown, text

NAME = "mcp"
WORDS = 'MCP tools/list: {"tools": [{"name", "description", "inputSchema"}, ...]}'


def matches(document: Json) -> bool:
    """True if any entry carries an `inputSchema`."""
    return any(isinstance(entry, dict) and "inputSchema" in entry for _, entry in _tools(document))


def read(document: Json) -> Iterator[RawTool | Skipped]:
    """Every tool of every page."""
    for pointer, entry in _tools(document):
        if not isinstance(entry, dict):
            raise MalformedTool(pointer, f"the tool is {shown(entry)}, not an object")
        key, output = output_of(entry, ("outputSchema",))
        yield RawTool(
            dialect=NAME,
            pointer=pointer,
            name=text(entry, "name", pointer, needed=True),
            description=text(entry, "description", pointer) or text(entry, "title", pointer),
            parameters=schema_of(entry, "inputSchema", pointer),
            output=output,
            effect=_effect(entry.get("annotations")),
            parameters_key="inputSchema",
            output_key=key,
        )


def _tools(document: Json) -> Iterator[tuple[str, Json]]:
    if isinstance(document, list):
        for position, page in enumerate(document):
            for pointer, tool in _tools(page):
                yield f"/{position}{pointer}", tool
    elif isinstance(document, dict) and isinstance(document.get("result"), dict):
        for pointer, tool in entries(document["result"], "tools"):
            yield f"/result{pointer}", tool
    else:
        yield from entries(document, "tools")


def _effect(annotations: Json) -> Effect | None:
    if not isinstance(annotations, dict):
        return None
    if annotations.get("readOnlyHint") is True:
        return "read"
    if annotations.get("destructiveHint") is True:
        return "destructive"
    if annotations.get("destructiveHint") is False and annotations.get("readOnlyHint") is False:
        return "write"
    return None
