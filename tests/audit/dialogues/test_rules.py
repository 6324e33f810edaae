"""Every rule on dialogues can fail: what breaks one is caught by it and by no rule that it has nothing to do with."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dtc_local.audit.dialogues import DIALOGUE_RULES
from dtc_local.audit.readers import openai
from tests.audit.dialogues.sound import (
    TEXT,
    Change,
    Row,
    added,
    answer,
    arguments,
    broken,
    call,
    calling,
    changed,
    gone,
    in_call,
    in_tool,
    result,
    says,
    sound,
    tool,
)

THANKS = {"role": "assistant", "content": "You are welcome."}
SECOND_LOOK = (
    {"role": "user", "content": "Show me that order once more."},
    calling(call("call_d1", "get_order", order_id="ORD-71")),
)


def no_tools_named(row: Row) -> None:
    row["tools"] = []


def tool_twice(row: Row) -> None:
    row["tools"].append(row["tools"][0])


def no_requests(row: Row) -> None:
    row["messages"] = [row["messages"][0], {"role": "assistant", "content": "Good day."}]


def second_look(**told: Any) -> Change:
    """Reads the order again, without a write in between."""
    seen = {"order_id": "ORD-71", "status": "moved"} | told
    return added(
        16, *SECOND_LOOK, answer("call_d1", "get_order", seen), {"role": "assistant", "content": "There it is."}
    )


def after_delete(row: Row) -> None:
    row["messages"] += [
        {"role": "user", "content": "Delete ORD-71, then look at it."},
        calling(call("call_d1", "delete_order", order_id="ORD-71")),
        answer("call_d1", "delete_order", {"done": True}),
        calling(call("call_d2", "get_order", order_id="ORD-71")),
        answer("call_d2", "get_order", {"order_id": "ORD-71", "status": "moved"}),
        {"role": "assistant", "content": "It is still there."},
    ]


def answered_under_another_name(row: Row) -> None:
    row["messages"][8]["name"] = "find_order"


def announced_call(row: Row) -> None:
    row["messages"][7]["content"] = '<tool_call>{"name": "get_order"}</tool_call>'


CUT = '{"order_id": "ORD-71", "day": "2026-03-'
CASES: list[tuple[str, set[str], Change]] = [
    ("arguments cut", {"truncated_json"}, in_call(11, arguments=CUT)),
    ("result cut", {"truncated_json"}, says(14, '{"order_id": "ORD-71", "status": "mo')),
    ("arguments no JSON", {"unreadable_arguments"}, in_call(7, arguments="{order_id: ORD-71}")),
    ("arguments no object", {"unreadable_arguments"}, in_call(7, arguments='["ORD-71"]')),
    ("call in words", {"unparsed_call"}, announced_call),
    ("call as JSON in words", {"unparsed_call"}, says(9, '{"name": "get_order", "arguments": {}}')),
    ("nobody asks", {"no_request", "role_order"}, no_requests),
    ("two replies", {"role_order"}, added(10, THANKS)),
    ("system in the middle", {"role_order"}, added(6, {"role": "system", "content": "Be brief."})),
    ("assistant first", {"role_order"}, added(1, THANKS)),
    ("empty request", {"empty_message"}, says(6, " ")),
    ("empty reply", {"empty_message"}, says(9, None)),
    ("request again", {"repeated_turn"}, says(6, "Which orders do Ada Byron and Grace Hopper have with us?")),
    ("call again at once", {"repeated_call", "contradiction"}, arguments(2, 1, customer="Ada Byron")),
    ("result missing", {"call_without_result", "ungrounded_reply"}, gone(4)),
    ("call missing", {"result_without_call"}, gone(7)),
    ("result twice", {"result_without_call"}, added(9, answer("call_b1", "get_order", {"order_id": "ORD-71"}))),
    ("result of another call", {"result_without_call", "call_without_result"}, lambda row: _answers(row, 8, "call_x")),
    ("result of another tool", {"result_without_call"}, answered_under_another_name),
    ("id twice", {"duplicate_id"}, lambda row: (in_call(7, id="call_a1")(row), _answers(row, 8, "call_a1"))),  # type: ignore[func-returns-value]
    ("no reply at the end", {"ends_without_reply"}, gone(15)),
    ("call at the end", {"ends_without_reply"}, gone(14, 15)),
    ("tool twice", {"tool_spec"}, tool_twice),
    ("tool without a name", {"tool_spec"}, lambda row: row["tools"].append(tool("", {}, []))),
    ("parameters no schema", {"tool_spec"}, in_tool(3, parameters={"type": "object", "properties": 7})),
    ("parameters refer nowhere", {"tool_spec"}, in_tool(3, parameters={"$ref": "#/$defs/none"})),
    ("parameters refer outside", {"tool_spec"}, in_tool(3, parameters={"$ref": "https://example.org/schema"})),
    ("illegal name", {"illegal_name"}, in_tool(3, name="orders.delete")),
    ("no tools", {"unknown_tool"}, no_tools_named),
    ("tool not on offer", {"unknown_tool", "result_without_call"}, in_call(7, name="show_order")),
    ("argument missing", {"missing_argument"}, arguments(7, order_id=None)),
    ("argument not known", {"unknown_argument"}, arguments(7, details=True)),
    ("argument refused", {"unknown_argument"}, lambda row: _closed(row)),
    ("wrong type", {"schema"}, arguments(11, copies="12")),
    ("out of bounds", {"schema"}, lambda row: (arguments(11, copies=40)(row), _asks(row, "40"))),  # type: ignore[func-returns-value]
    ("no enum value", {"schema"}, lambda row: (arguments(11, slot="night")(row), _asks(row, "night"))),  # type: ignore[func-returns-value]
    ("no date", {"schema", "broken_echo"}, arguments(11, day="9 March")),
    ("reference in arguments", {"unresolved_reference", "broken_echo"}, arguments(7, order_id="$1.order_id")),
    ("placeholder", {"unresolved_reference"}, arguments(2, customer="{{customer}}")),
    ("reference in a result", {"unresolved_reference"}, result(8, status="$2.status")),
    ("reference in a reply", {"unresolved_reference"}, says(9, "The order is $1.order_id.")),
    ("invented id", {"ungrounded_argument", "broken_echo"}, arguments(7, order_id="ORD-17")),
    ("invented number", {"ungrounded_argument"}, arguments(11, copies=13)),
    ("number of a date", {"ungrounded_argument"}, arguments(11, copies=3)),
    ("invented name", {"ungrounded_argument"}, arguments(2, 1, customer="Mary Shelley")),
    ("fact changes", {"contradiction"}, second_look(status="lost")),
    ("deleted yet there", {"contradiction"}, after_delete),
    ("there yet denied", {"contradiction"}, lambda row: not_there("not_found")(row)),
    ("echo broken", {"broken_echo"}, result(12, order_id="ORD-82")),
    ("parameter leaked", {"leaked_name"}, says(6, "What is the order_id of the first?")),
    ("tool leaked", {"leaked_name"}, says(6, "Use get_order on the first.")),
    ("call id leaked", {"leaked_name"}, says(6, "Look at the order of call_a1.")),
    ("invented number in a reply", {"ungrounded_reply"}, says(9, "ORD-71 comes to 121.50.")),
    ("invented id in a reply", {"ungrounded_reply"}, says(5, "Ada Byron has ORD-71, Grace Hopper ORD-83.")),
    ("date gone by", {"past_date", "broken_echo"}, arguments(11, day="2026-02-09")),
]


def _answers(row: Row, message: int, call_id: str) -> None:
    row["messages"][message]["tool_call_id"] = call_id


def _asks(row: Row, more: str) -> None:
    row["messages"][10]["content"] += f" And {more}."


def _closed(row: Row) -> None:
    row["tools"][1]["function"]["parameters"]["additionalProperties"] = False
    arguments(7, details=True)(row)


def returns_a_number(row: Row) -> None:
    row["tools"][1]["function"]["returns"] = {"type": "object", "properties": {"status": {"type": "integer"}}}


def test_a_sound_conversation_passes_every_rule() -> None:
    assert broken(sound()) == set()


@pytest.mark.parametrize(("rules", "change"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_what_breaks_a_conversation_is_caught(rules: set[str], change: Change) -> None:
    assert broken(changed(change)) == rules


def test_a_result_that_breaks_its_output_schema_is_caught() -> None:
    assert broken(changed(returns_a_number)) == {"result_schema"}


def test_every_rule_has_a_case_that_breaks_it() -> None:
    caught = set[str]().union(*(case[1] for case in CASES)) | {"result_schema"}
    assert {rule.name for rule in DIALOGUE_RULES} == caught


LATE = {"error": {"code": "timeout", "message": "the service did not answer in time"}}
PROBLEM = {"type": "about:blank", "title": "Locked", "status": 423, "detail": "somebody has locked it"}
NO = {"role": "user", "content": "No, please leave it as it is."}
SURE = {"role": "assistant", "content": "Shall I really delete it?"}
LEFT = {"role": "assistant", "content": "Nothing was changed."}


def tried(value: Any, weight: int | None = None, **call_arguments: Any) -> Change:
    """A call before the look at the order, and what it came to; masked by its weight, if it has one."""
    attempt = calling(call("call_b0", "get_order", **(call_arguments or {"order_id": "ORD-71", "currency": "EUR"})))
    attempt |= {} if weight is None else {"weight": weight}
    return added(7, attempt, answer("call_b0", "get_order", value))


def echoed_with_more(row: Row) -> None:
    row["tools"][1]["function"]["parameters"]["properties"]["lines"] = {"type": "array", "items": {"type": "object"}}
    arguments(7, lines=[{"sku": "T-100"}])(row)
    result(8, lines=[{"sku": "T-100", "pieces": 4}])(row)
    row["messages"][6]["content"] = "What does the first of them look like, with T-100 on it?"


def not_there(code: str) -> Change:
    """Asks for an order in vain."""
    missing = {"error": {"code": code, "message": "there is no such order"}}
    return lambda row: tried(missing, order_id="ORD-71")(row)


FINE: list[tuple[str, Change]] = [
    ("an error and the same call again", tried(LATE)),
    ("an error in words of its own", tried(PROBLEM)),
    ("a mistake and its hint, masked", tried({"hint": "Look at what was asked."}, 0, order_id="ORD-17")),
    (
        "a question back",
        added(6, {"role": "user", "content": "Show me one."}, {"role": "assistant", "content": "Which one?"}),
    ),
    (
        "the same answer to two questions",
        added(10, dict(NO, content="Delete it."), SURE, NO, LEFT, dict(NO, content="Drop it."), SURE, NO, LEFT),
    ),
    ("a second look", second_look()),
    ("text with a call", says(7, "Let me look.")),
    ("a text result", says(3, "ORD-71, total 120.5")),
    ("a failed call", says(14, '{"error": "order ORD-99 is locked"}')),
    ("a rounded amount", says(9, "It comes to about 121.")),
    ("a numbered list", says(5, "1. ORD-71\n2. ORD-82")),
    ("a date in words", says(15, "It comes on March 9th, 2026.")),
    ("a count", says(5, "There are 2 orders.")),
    ("an argument in other case", arguments(2, customer="ada byron")),
    ("a whole number with a point", arguments(11, copies=12.0)),
    ("short words twice", lambda row: (says(6, "Yes, please.")(row), says(10, "Yes, please.")(row), gone(11, 14)(row))),  # type: ignore[func-returns-value]
    ("an amount of money", says(9, "It comes to $120.50.")),
    ("arguments as an object", in_call(7, arguments={"order_id": "ORD-71"})),
    ("a longer echo", lambda row: (arguments(7, currency="EUR")(row), result(8, currency="EUR (Euro)")(row))),  # type: ignore[func-returns-value]
    ("objects echoed with more fields", echoed_with_more),
    ("an overload", lambda row: row["tools"].append(tool("get_order", {"number": TEXT}, ["number"]))),
]


@pytest.mark.parametrize("change", [case[1] for case in FINE], ids=[case[0] for case in FINE])
def test_what_is_no_defect_is_not_reported(change: Change) -> None:
    assert broken(changed(change)) == set()


def test_a_defect_says_turn_call_and_value() -> None:
    dialogue = openai.read(changed(arguments(11, copies=13)), None)
    rule = next(rule for rule in DIALOGUE_RULES if rule.name == "ungrounded_argument")
    (defect,) = rule.check(dialogue)
    assert (defect.turn, defect.call) == (3, "4 move_delivery")
    assert "copies is 13" in defect.what


def test_rules_without_what_they_need_say_so() -> None:
    row = changed(lambda row: row.pop("tools"))
    dialogue = openai.read(row, None)
    lacks = {rule.name: rule.lacks(dialogue) for rule in DIALOGUE_RULES}
    assert "--tools" in (lacks["unknown_tool"] or "")
    assert lacks["duplicate_id"] is None


def test_a_schema_from_elsewhere_is_not_fetched_and_its_calls_are_not_judged() -> None:
    row = changed(in_tool(1, parameters={"$ref": "https://example.org/schema"}))
    assert broken(row) == {"tool_spec", "ungrounded_argument"}  # what the schema would say is not known


def test_of_overloads_the_one_that_fits_counts() -> None:
    row = changed(arguments(7, order_id=None, currency=None, number="ORD-71"))
    row["tools"].append(tool("get_order", {"number": TEXT}, ["number"]))
    assert broken(row) == set()


def test_dates_are_only_gone_by_where_the_request_speaks_of_what_is_to_come() -> None:
    past = json.loads(json.dumps(changed(arguments(11, day="2026-02-09"), result(12, day="2026-02-09"))))
    past["messages"][10]["content"] = "It came in the evening of 9 February; note that, with 12 copies."
    assert broken(past) == set()
