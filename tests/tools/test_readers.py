"""Dialects are told apart by content, and each gives the same kind of tool."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dtc_local.errors import UserError
from dtc_local.tools import read_files
from tests.tools.specs import function, imported, material

SHIP = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
BFCL = {
    "name": "ship",
    "description": "Ship it.",
    "parameters": {"type": "dict", "properties": {"weight": {"type": "float"}}, "required": ["weight"]},
    "response": {"type": "dict", "properties": {"cost": {"type": "float"}}},
}
MCP = {"name": "ship", "inputSchema": SHIP, "outputSchema": SHIP, "annotations": {"readOnlyHint": True}}


def read(folder: Path, text: str, name: str = "spec.json") -> Any:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return read_files([path])


@pytest.mark.parametrize(
    ("document", "dialect"),
    [
        ([function("ship", SHIP)], "openai"),
        ([{"type": "function", "function": function("ship", SHIP)}], "openai"),
        ({"tools": [{"type": "function", "function": function("ship", SHIP)}]}, "openai"),
        ({"functions": [function("ship", SHIP)]}, "openai"),
        (function("ship", SHIP), "openai"),
        ({"tools": [MCP]}, "mcp"),
        ({"jsonrpc": "2.0", "id": 1, "result": {"tools": [MCP]}}, "mcp"),
        ([{"result": {"tools": [MCP]}}], "mcp"),
        ([MCP], "mcp"),
        (MCP, "mcp"),
        ([BFCL], "bfcl"),
        (BFCL, "bfcl"),
        ([{"id": "row_1", "question": [], "function": [BFCL]}], "bfcl"),
    ],
)
def test_a_dialect_is_recognised_by_its_content(tmp_path: Path, document: Any, dialect: str) -> None:
    (tool,) = read(tmp_path, json.dumps(document)).tools
    assert (tool.source.dialect, tool.name) == (dialect, "ship")


def test_json_lines_are_read_one_tool_a_line(tmp_path: Path) -> None:
    other = BFCL | {"name": "stop"}
    result = read(tmp_path, json.dumps(BFCL) + "\n\n" + json.dumps(other) + "\n")
    assert [tool.name for tool in result.tools] == ["ship", "stop"]


def test_type_names_of_other_languages_become_json_types_in_the_source_too(tmp_path: Path) -> None:
    (tool,) = read(tmp_path, json.dumps([BFCL])).tools
    assert tool.source.parameters["type"] == "object"
    assert tool.source.parameters["properties"]["weight"]["type"] == "number"
    assert tool.output is not None
    assert tool.output["properties"]["cost"]["type"] == "number"
    assert any("type names translated" in finding.what for finding in tool.findings)


def test_an_openai_function_may_carry_its_result_schema_under_returns(tmp_path: Path) -> None:
    (tool,) = imported(tmp_path, function(returns={"type": "object", "properties": {"id": {"type": "integer"}}}))
    assert tool.output is not None
    assert tool.output["required"] == ["id"]


@pytest.mark.parametrize(
    ("annotations", "effect"),
    [
        ({"readOnlyHint": True}, "read"),
        ({"readOnlyHint": False, "destructiveHint": True}, "destructive"),
        ({"readOnlyHint": False, "destructiveHint": False}, "write"),
        ({}, "write"),
    ],
)
def test_mcp_annotations_decide_the_effect_before_the_verb(tmp_path: Path, annotations: Any, effect: str) -> None:
    tool = {"name": "create_thing", "inputSchema": SHIP, "annotations": annotations}
    assert read(tmp_path, json.dumps([tool])).tools[0].effect == effect


def test_a_built_in_tool_is_skipped_with_a_finding(tmp_path: Path) -> None:
    result = read(tmp_path, json.dumps([{"type": "web_search"}, function("ship", SHIP)]))
    assert [tool.name for tool in result.tools] == ["ship"]
    assert "web_search" in result.findings[0].finding.what


def test_the_namespace_is_the_file_stem_made_legal_unless_given(tmp_path: Path) -> None:
    path = tmp_path / "my shop (v2).tools.json"
    path.write_text(json.dumps([function("ship", SHIP)]))
    assert read_files([path]).tools[0].namespace == "my_shop_v2"
    assert read_files([path], namespace="shop").tools[0].namespace == "shop"


def test_exact_duplicates_are_skipped_and_overloads_get_names_of_their_own(tmp_path: Path) -> None:
    wide = {"type": "object", "properties": {"city": {"type": "string"}, "zip": {"type": "string"}}}
    result = read(tmp_path, json.dumps([function("ship", SHIP), function("ship", SHIP), function("ship", wide)]))
    assert [(tool.name, tool.source.name) for tool in result.tools] == [("ship", "ship"), ("ship_2", "ship")]
    assert "there already" in result.findings[0].finding.what


def test_names_are_made_legal_and_unique_and_keep_their_own_spelling(tmp_path: Path) -> None:
    names = ["a.b/c", "a b c", "名前", "x" * 100, "x" * 101, "ok-name_1"]
    tools = imported(tmp_path, *(function(name) for name in names))
    assert [tool.name for tool in tools] == ["a_b_c", "a_b_c_2", "tool", "x" * 64, "x" * 62 + "_2", "ok-name_1"]
    assert [tool.source.name for tool in tools] == names


def test_two_namespaces_may_hold_the_same_name(tmp_path: Path) -> None:
    first, second = tmp_path / "one.json", tmp_path / "two.json"
    for path in (first, second):
        path.write_text(json.dumps([function("ship", SHIP)]))
    assert [(tool.namespace, tool.name) for tool in read_files([first, second]).tools] == [
        ("one", "ship"),
        ("two", "ship"),
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ["empty"]),
        ("[{]", ["line 1, column 3"]),
        ('{"name": "a"}\n{"name": ', ["line 2"]),
        ("[]", ["empty list"]),
        ("3", ["3 is no tool"]),
        ('{"kind": "Deployment"}', ["kind", "Known are"]),
        ('{"swagger": "2.0"}', ["without paths"]),
        ('[{"parameters": {"type": "object"}, "name": "a"}, 7]', ["/1", "not an object"]),
        ('[{"name": "a", "parameters": []}]', ["/0/parameters", "not a JSON Schema"]),
        ('[{"type": "function", "function": {"parameters": {}}}]', ["/0/function", "no name"]),
        ('[{"name": "a", "parameters": {"minimum": NaN}}]', ["NaN"]),
        ('[{"name": "a", "parameters": {"minimum": 1e999}}]', ["too large"]),
        ('[{"name": "\\ud800", "parameters": {}}]', ["half of a character"]),
        ("[" * 200 + "]" * 200, ["deep"]),
        ("[" * 100000, ["deep"]),
    ],
)
def test_a_bad_file_gets_one_sentence_with_file_place_and_reason(tmp_path: Path, text: str, words: list[str]) -> None:
    with pytest.raises(UserError) as caught:
        read(tmp_path, text)
    message = str(caught.value)
    assert message.startswith(str(tmp_path / "spec.json"))
    assert all(word in message for word in words), message
    assert "\n" not in message


def test_json_lines_errors_name_the_line_of_the_tool(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="line 3"):
        read(tmp_path, json.dumps(BFCL) + "\n\n" + json.dumps(BFCL | {"name": ""}))


def test_a_byte_order_mark_is_tolerated_and_another_encoding_is_named(tmp_path: Path) -> None:
    path = tmp_path / "bom.json"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps([function("ship", SHIP)]).encode())
    assert len(read_files([path]).tools) == 1
    path.write_bytes("[é]".encode("latin-1"))
    with pytest.raises(UserError, match="UTF-8"):
        read_files([path])


def test_missing_files_and_folders_are_user_errors(tmp_path: Path) -> None:
    for path in (tmp_path / "none.json", tmp_path):
        with pytest.raises(UserError, match=str(path)):
            read_files([path])
    with pytest.raises(UserError):
        read_files([])


def test_too_large_a_file_is_refused_before_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dtc_local.tools.files.documents.MAX_BYTES", 10)
    with pytest.raises(UserError, match="more than"):
        read(tmp_path, json.dumps([BFCL]))


def expected_count(path: Path) -> int:
    """Tools in a file, counted without the readers."""
    text = path.read_text(encoding="utf-8")
    if path.parent.name == "multi_turn_func_doc":
        return len([line for line in text.splitlines() if line.strip()])
    document = json.loads(text)
    return len(document) if isinstance(document, list) else len(document["result"]["tools"])


def test_real_files_import_with_all_their_tools() -> None:
    paths = material("bfcl/multi_turn_func_doc/*.json", "mcp/*.tools_list.json", "tau-bench/*.tools.openai.json")
    for path in paths:
        assert len(read_files([path]).tools) == expected_count(path), path
