"""Model Context Protocol `tools/list` results: with or without the JSON-RPC envelope, one page or a list of pages.

`outputSchema` is the result schema; the annotations `readOnlyHint` and `destructiveHint` give the effect. A tool
whose `readOnlyHint` is false and that says nothing of destruction is left to its verb: the protocol's own default
("destructive") would call every write destructive. Single tools and requests that carry tools are read too; the
protocol's other messages hold none, and `message` says what they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from dtc_local.records import Effect, Json
from dtc_local.tools.findings import finding
from dtc_local.tools.readers.base import Noted, RawTool, Skipped, entries, shown, text, tool_of

NAME = "mcp"
WORDS = 'MCP tools/list: {"tools": [{"name", "description", "inputSchema"}, ...]}'


def matches(document: Json) -> bool:
    """True if any entry carries an `inputSchema`."""
    return any(isinstance(entry, dict) and "inputSchema" in entry for _, entry in entries(document))


def read(document: Json) -> Iterator[RawTool | Skipped | Noted]:
    """Every tool of every page; other messages between the pages are skipped, a missing last page is noted."""
    for pointer, entry in entries(document):
        other = message(entry)
        if other:
            yield Skipped(pointer, f"{other} holds no tool")
            continue
        hints = entry.get("annotations") if isinstance(entry, dict) else None
        tool = tool_of(
            entry, pointer, NAME, parameters_key="inputSchema", outputs=("outputSchema",), effect=_effect(hints)
        )
        yield tool if tool.description else _titled(tool, entry)
    yield from _missing_page(document)


def message(document: Json) -> str:
    """What a message of the protocol that describes no tool is, in words; empty for anything else."""
    if not isinstance(document, dict) or "inputSchema" in document:
        return ""
    body = next(
        (document[key] for key in ("result", "params", "error") if isinstance(document.get(key), dict)), document
    )
    if isinstance(document.get("method"), str) and "jsonrpc" in document:
        return f"an MCP {shown(document['method'])} request"
    if isinstance(body.get("code"), int) and isinstance(body.get("message"), str):
        return "an MCP error"
    if body.get("type") in ("tool_use", "tool_result"):
        return "a tool call" if body["type"] == "tool_use" else "the result of a tool call"
    if "arguments" in body and "name" in body:
        return "a tool call"
    if "structuredContent" in body or "isError" in body:
        return "the result of an MCP tools/call"
    if "stopReason" in body or ("messages" in body and "maxTokens" in body):
        return "an MCP sampling message"
    return "an MCP message" if "jsonrpc" in document else ""


def _titled(tool: RawTool, entry: Json) -> RawTool:
    """A tool without a description is described by its title."""
    hints = entry.get("annotations")
    title = text(entry, "title", tool.pointer) or (hints.get("title") if isinstance(hints, dict) else "")
    return replace(tool, description=title if isinstance(title, str) else "")


def _missing_page(document: Json) -> Iterator[Noted]:
    """A cursor on the last page says that the list goes on."""
    last = document[-1] if isinstance(document, list) and document else document
    page = last["result"] if isinstance(last, dict) and isinstance(last.get("result"), dict) else last
    if isinstance(page, dict) and isinstance(page.get("tools"), list) and page.get("nextCursor"):
        words = "the list goes on (nextCursor) on a page that is not in this file"
        yield Noted(finding("warning", "skipped", "", words, "Save all pages, one a line."))


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
