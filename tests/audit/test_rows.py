"""Rules on exported rows: our own export passes, and each rule catches the row that breaks it alone."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dtc_local.audit import ROW_RULES, audit_rows, row_violations
from dtc_local.export import export_lines
from tests.audit.sound import conversation

Row = dict[str, Any]


def sound() -> Row:
    """A row with two calls at once, and one more."""
    calls = [_call("c1", '{"city": "Oslo"}'), _call("c2", '{"city": "Rome"}')]
    schema = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
    return {
        "messages": [
            {"role": "system", "content": "Today is 2026-03-02."},
            {"role": "user", "content": "Weather in Oslo and Rome?"},
            {"role": "assistant", "content": "", "tool_calls": calls},
            {"role": "tool", "tool_call_id": "c1", "name": "weather", "content": "snow"},
            {"role": "tool", "tool_call_id": "c2", "name": "weather", "content": "sun"},
            {"role": "assistant", "content": "", "tool_calls": [_call("c3", '{"city": "Bergen"}')]},
            {"role": "tool", "tool_call_id": "c3", "content": "rain"},
            {"role": "assistant", "content": "Snow, sun and rain."},
        ],
        "tools": [{"type": "function", "function": {"name": "weather", "parameters": schema}}],
    }


def _call(call_id: str, arguments: str) -> Row:
    return {"id": call_id, "type": "function", "function": {"name": "weather", "arguments": arguments}}


def _last_call(row: Row) -> Row:
    call: Row = row["messages"][5]["tool_calls"][0]
    return call


def reply_missing(row: Row) -> None:
    row["messages"].pop()


def user_twice(row: Row) -> None:
    row["messages"].insert(1, {"role": "user", "content": "Hello."})


def silent_reply(row: Row) -> None:
    row["messages"][-1]["content"] = " "


def null_content(row: Row) -> None:
    row["messages"][2]["content"] = None


def empty_calls(row: Row) -> None:
    row["messages"][5:7] = []
    row["messages"].append({"role": "user", "content": "Thanks."})
    row["messages"].append({"role": "assistant", "content": "", "tool_calls": []})


def calling_user(row: Row) -> None:
    row["messages"][1]["tool_calls"] = []


def answer_missing(row: Row) -> None:
    row["messages"].pop(4)


def answer_to_nobody(row: Row) -> None:
    row["messages"][6]["tool_call_id"] = "c1"


def answer_of_another_tool(row: Row) -> None:
    row["messages"][3]["name"] = "news"


def id_twice(row: Row) -> None:
    _last_call(row)["id"] = row["messages"][6]["tool_call_id"] = "c2"


def wrong_argument(row: Row) -> None:
    _last_call(row)["function"]["arguments"] = '{"city": 7}'


def no_json(row: Row) -> None:
    _last_call(row)["function"]["arguments"] = "{city: Bergen}"


def parsed_arguments(row: Row) -> None:
    _last_call(row)["function"]["arguments"] = {"city": "Bergen"}


def no_object(row: Row) -> None:
    _last_call(row)["function"]["arguments"] = '"Bergen"'


def tool_not_offered(row: Row) -> None:
    _last_call(row)["function"]["name"] = "news"


def tool_twice(row: Row) -> None:
    row["tools"].append(row["tools"][0])


def illegal_tool(row: Row) -> None:
    row["tools"].append({"type": "function", "function": {"name": "git.add", "parameters": {"type": "object"}}})


def no_tools(row: Row) -> None:
    del row["tools"]


CASES: list[tuple[set[str], Callable[[Row], None]]] = [
    ({"role_order"}, reply_missing),
    ({"role_order"}, user_twice),
    ({"contents"}, silent_reply),
    ({"contents"}, null_content),
    ({"no_empty_calls", "role_order", "contents"}, empty_calls),
    ({"no_empty_calls", "role_order"}, calling_user),
    ({"ids_match"}, answer_missing),
    ({"ids_match"}, answer_to_nobody),
    ({"ids_match"}, answer_of_another_tool),
    ({"ids_match"}, id_twice),
    ({"arguments_valid"}, wrong_argument),
    ({"arguments_valid"}, no_json),
    ({"arguments_valid"}, parsed_arguments),
    ({"arguments_valid"}, no_object),
    ({"arguments_valid"}, tool_not_offered),
    ({"tools_legal"}, tool_twice),
    ({"tools_legal"}, illegal_tool),
    ({"row_form"}, no_tools),
]


def broken(row: Row) -> set[str]:
    """The rules that a row breaks."""
    return {violation.rule for violation in row_violations(json.dumps(row))}


def test_a_sound_row_passes_every_rule() -> None:
    assert not broken(sound())


@pytest.mark.parametrize(("rules", "change"), CASES, ids=[change.__name__ for _, change in CASES])
def test_what_breaks_a_row_is_caught(rules: set[str], change: Callable[[Row], None]) -> None:
    row = copy.deepcopy(sound())
    change(row)
    assert broken(row) == rules


def test_every_row_rule_has_a_case_that_breaks_it() -> None:
    assert {rule.__name__ for rule in ROW_RULES} <= set().union(*(rules for rules, _ in CASES))


def test_our_own_export_passes(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    path.write_text("\n".join(export_lines([conversation()], "openai")) + "\n")
    audited = audit_rows(path)
    assert audited.sound
    assert audited.conversations == 1


@pytest.mark.parametrize(
    "line", ["", "[]", "7", "{}", '{"messages": 1, "tools": []}', '{"messages": [1], "tools": []}']
)
def test_a_line_that_is_no_row_is_a_finding_and_no_crash(line: str) -> None:
    assert "row_form" in {violation.rule for violation in row_violations(line)}


def test_a_violation_says_in_which_line_it_is(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    path.write_text(json.dumps(sound()) + "\n[]\n")
    assert [violation.conversation for violation in audit_rows(path).violations] == ["line 2"]
