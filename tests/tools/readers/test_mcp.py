"""MCP messages: those with tools are read, the others are told by what they are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dtc_local.tools.readers import Noted
from tests.tools.readers.given import SHIP, found, imported, named, objects_in, refused, skipped, tools
from tests.tools.specs import material

TOOL = {"name": "ship", "inputSchema": SHIP}


@pytest.mark.parametrize(
    "document",
    [
        {"jsonrpc": "2.0", "id": 1, "result": {"tools": [TOOL]}},
        {"resultType": "complete", "tools": [TOOL], "ttlMs": 5},
        {"jsonrpc": "2.0", "id": 1, "method": "sampling/createMessage", "params": {"messages": [], "tools": [TOOL]}},
        {"messages": [], "maxTokens": 10, "tools": [TOOL]},
        [{"tools": [TOOL], "nextCursor": "a"}, {"tools": []}],
        TOOL,
    ],
)
def test_tools_are_found_in_every_message_that_carries_them(document: Any) -> None:
    assert named(document) == [("mcp", "ship")]


def test_pages_of_a_list_are_one_list_and_their_cursors_need_no_word() -> None:
    pages = [{"result": {"tools": [TOOL], "nextCursor": "a"}}, {"result": {"tools": [TOOL | {"name": "stop"}]}}]
    assert [name for _, name in named(pages)] == ["ship", "stop"]
    assert len(found(pages)) == 2


@pytest.mark.parametrize(
    "last", [{"tools": [TOOL], "nextCursor": "b"}, {"result": {"tools": [TOOL], "nextCursor": "b"}}]
)
def test_a_cursor_on_the_last_page_is_noted(last: Any) -> None:
    for document in (last, [{"tools": [TOOL], "nextCursor": "a"}, last]):
        assert ["goes on" in raw.finding.what for raw in found(document) if isinstance(raw, Noted)] == [True]


def test_other_messages_of_a_session_are_skipped() -> None:
    log = [
        {"jsonrpc": "2.0", "id": 1, "method": "tools/list"},
        {"jsonrpc": "2.0", "id": 1, "result": {"tools": [TOOL]}},
        {"jsonrpc": "2.0", "id": 2, "result": {"content": [], "isError": False}},
    ]
    assert named(log) == [("mcp", "ship")]
    assert [words.split(":")[0] for words in skipped(log)] == ["/0", "/2"]


@pytest.mark.parametrize(
    ("tool", "words"),
    [
        (TOOL | {"description": "Ship it.", "title": "Shipping"}, "Ship it."),
        (TOOL | {"title": "Shipping", "annotations": {"title": "Other"}}, "Shipping"),
        (TOOL | {"annotations": {"title": "Shipping"}}, "Shipping"),
        (TOOL | {"annotations": {"title": 3}}, ""),
    ],
)
def test_a_tool_without_a_description_is_described_by_its_title(tool: Any, words: str) -> None:
    assert tools(tool)[0].description == words


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ({"content": [], "isError": True}, "the result of an MCP tools/call"),
        ({"jsonrpc": "2.0", "id": 1, "result": {"structuredContent": {}}}, "the result of an MCP tools/call"),
        ({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "a"}}, "an MCP 'tools/call' request"),
        ({"name": "ship", "arguments": {}}, "a tool call"),
        ({"type": "tool_use", "id": "1", "name": "ship", "input": {}}, "a tool call"),
        ({"type": "tool_result", "toolUseId": "1", "content": []}, "the result of a tool call"),
        ({"code": -32602, "message": "Unknown tool"}, "an MCP error"),
        ({"jsonrpc": "2.0", "id": 1, "error": {"code": 1, "message": "no"}}, "an MCP error"),
        ({"role": "assistant", "content": {}, "stopReason": "endTurn"}, "an MCP sampling message"),
        ({"messages": [], "maxTokens": 10}, "an MCP sampling message"),
        ({"jsonrpc": "2.0", "id": 1, "result": {}}, "an MCP message"),
        ({"tools": []}, "an empty list of tools"),
        ([{"name": "ship", "arguments": {}}], "a list that begins with a tool call"),
    ],
)
def test_a_message_without_tools_is_refused_with_what_it_is(tmp_path: Path, document: Any, words: str) -> None:
    assert f": {words}" in refused(tmp_path, document)


def test_real_messages_import_with_all_their_tools_or_are_refused(tmp_path: Path) -> None:
    for path in material("mcp/*.json", "mcp/spec_examples*/*.json"):
        document = json.loads(path.read_text(encoding="utf-8"))
        expected = objects_in(document, "inputSchema")
        if expected:
            assert len(imported(tmp_path, document).tools) == expected, path
        else:
            assert "Known are" not in refused(tmp_path, document), path
