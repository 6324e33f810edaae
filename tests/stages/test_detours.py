"""Errors obey whatever error schema a tool has, and hints say little."""

from __future__ import annotations

import json
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dtc_local.records import Schema, Turn
from dtc_local.stages.detours import (
    CAUSES,
    ERROR_SHAPE,
    HINT_GRAMMAR,
    HINT_WORDS,
    difference,
    error_of,
    error_schema,
    hint_fault,
    message_of,
    told_values,
)
from dtc_local.validation import is_valid
from tests.perfect_model import instance
from tests.shop import GET_ORDER, INTEGER, STRING, schema_of
from tests.stages.desks import call, done, plan_of, turn
from tests.stages.grammars import accepts, compiled, sample

ODD: dict[str, Schema] = {
    "text": STRING,
    "number": INTEGER,
    "code alone": schema_of({"code": INTEGER}),
    "nested": schema_of({"error": schema_of({"status": INTEGER, "detail": STRING, "retryable": {"type": "boolean"}})}),
    "listed": schema_of({"errors": {"type": "array", "items": schema_of({"code": STRING, "title": STRING})}}),
    "list of texts": {"type": "array", "items": STRING, "minItems": 1},
    "enum": schema_of({"reason": {"type": "string", "enum": ["quota", "locked"]}, "message": STRING}),
    "enum number": schema_of({"status": {"type": "integer", "enum": [400, 500]}}),
    "const": schema_of({"ok": {"const": False}, "type": {"const": "about:blank"}, "msg": STRING}),
    "short": schema_of({"message": {"type": "string", "maxLength": 10}}),
    "bounds": schema_of({"status": {"type": "integer", "minimum": 400, "maximum": 410}}),
    "pattern": schema_of({"code": {"type": "string", "pattern": "^E[0-9]{3}$"}, "message": STRING}),
    "optional": {**schema_of({"message": STRING, "hint": STRING}), "required": []},
    "no fields": schema_of({}),
}


def with_error(schema: Schema | None) -> Any:
    """A tool that fails so."""
    return GET_ORDER.model_copy(update={"error": schema})


@pytest.mark.parametrize("fixed", [True, False])
@pytest.mark.parametrize("schema", ODD.values(), ids=ODD)
def test_whatever_may_be_written_obeys_the_error_schema(schema: Schema, fixed: bool) -> None:
    for code, status, message in CAUSES["report"]:
        narrow = error_schema(with_error(schema), code, status, message, fixed=fixed)
        for seed in range(4):
            assert is_valid(json.loads(sample(narrow, seed)), schema)


def test_a_tool_without_an_error_schema_fails_in_the_plain_shape() -> None:
    assert error_of(with_error(None)) == ERROR_SHAPE
    assert error_of(with_error(STRING)) == STRING


def test_code_status_and_message_stand_in_the_fields_that_look_like_them() -> None:
    def only(schema: Schema) -> Any:
        narrow = error_schema(with_error(schema), "locked", 423, "somebody has locked it", fixed=True)
        (value,) = {str(instance(narrow, Random(seed))): instance(narrow, Random(seed)) for seed in range(8)}.values()
        return value

    assert only(ERROR_SHAPE) == {"error": {"code": "locked", "message": "somebody has locked it"}}
    assert only(schema_of({"status": INTEGER, "detail": STRING})) == {"status": 423, "detail": "somebody has locked it"}
    assert only(schema_of({"status": STRING})) == {"status": "locked"}
    assert only(ODD["short"]) == {"message": "locked"}
    assert only(ODD["enum"]) == {"reason": "locked", "message": "somebody has locked it"}
    assert only(schema_of({"errors": {"type": "array", "items": schema_of({"msg": STRING}), "maxItems": 1}})) == {
        "errors": [{"msg": "somebody has locked it"}]
    }


@pytest.mark.parametrize(
    ("error", "message"),
    [
        ({"error": {"code": "late", "message": "try again"}}, "try again"),
        ({"code": "a very long code of an error", "detail": "short"}, "short"),
        ({"errors": [{"msg": "one"}, {"msg": "two"}]}, "one"),
        ({"messages": ["not one", "of these is a message"]}, "of these is a message"),
        ({"message": ["first line", "second"]}, "first line"),
        ({"message": "", "code": "E5"}, "E5"),
        ({"message": {"text": "inside"}}, "inside"),
        ("just a text", "just a text"),
        (["a", "longer"], "longer"),
        ({"message": "two\nlines  here"}, "two lines here"),
        ({"code": 5, "ok": False}, ""),
        (404, ""),
        (None, ""),
        ({}, ""),
    ],
)
def test_what_an_error_says_is_found(error: Any, message: str) -> None:
    assert message_of(error) == message


@pytest.mark.parametrize(
    ("wrong", "kind"),
    [
        (("weather", {"city": "Rome", "unit": "kelvin"}), "value"),
        (("weather", {"city": "Lisbon"}), "missing"),
        (("weather", {}), "missing"),
        (("weather", {"city": "Lisbon", "unit": "kelvin", "day": 3}), "extra"),
        (("weather", {"town": "Lisbon", "unit": "kelvin"}), "missing"),
        (("get_order", {"city": "Lisbon", "unit": "kelvin"}), "tool"),
    ],
)
def test_a_wrong_call_is_wrong_in_one_way(wrong: tuple[str, dict[str, Any]], kind: str) -> None:
    right = {"id": "$1", "name": "weather", "arguments": {"city": "Lisbon", "unit": "kelvin"}}
    assert difference({"id": "$1", "name": wrong[0], "arguments": wrong[1]}, right) == kind


WORDS = st.lists(st.from_regex(r"[a-zé,;:']{1,9}", fullmatch=True), min_size=0, max_size=14)


@given(WORDS, st.sampled_from(".?!"))
def test_a_hint_is_a_sentence_of_three_to_ten_words(words: list[str], end: str) -> None:
    text = " ".join(["Look", *words]) + end
    assert accepts(compiled(HINT_GRAMMAR), text) is (3 <= len(words) + 1 <= HINT_WORDS)


@pytest.mark.parametrize(
    "text",
    [
        "look at it again.",
        "Look at it again",
        "Look at get_order again.",
        "Look at order 5 again.",
        "Look at {it} again.",
        'Look at "it" again.',
        "Look at  it again.",
        "Look at it. Then go.",
        "Look at it again.\n",
    ],
)
def test_what_no_hint_may_look_like_cannot_be_written(text: str) -> None:
    assert not accepts(HINT_GRAMMAR, text)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("Look at the request again.", ""),
        ("Look at create_ticket again.", "leaked_name"),
        ("Look at the weather again.", ""),
        ("Was it really Lisbon there?", "leaked_name"),
        ("Was it really in progress there?", "leaked_name"),
        ("Was it really 5 there?", "leaked_name"),
        ("Was it Lisbonne there?", ""),
        ("One two three four five six seven eight nine ten.", ""),
        ("One two three four five six seven eight nine ten eleven.", "length"),
    ],
)
def test_a_hint_names_neither_tool_nor_value(text: str, fault: str) -> None:
    assert hint_fault(text, ["create_ticket", "weather"], ["Lisbon", "in_progress", 5]) == fault


def test_what_was_told_are_values_of_plans_requests_and_results() -> None:
    found = done("$1", "find_customer", {"customer_id": 7, "city": "Rome", "vip": True}, name="Ada Byron")
    failed = done("$2", "get_order", {"error": {"code": "late", "message": "try again"}}, order_id="O-9").model_copy(
        update={"fault": "error"}
    )
    plan = plan_of(call("$1", "find_customer", name="Ada Byron"), call("$2", "get_order", order_id="O-9"))
    turns = [
        turn(plan, "Find Ada Byron, off we go, and get O-9.", (found,), (failed,), reply="She lives in Rome."),
        Turn(
            kind="missing_tool", request="Book Blue Door for 4.", required=("Blue Door", "4", "5 o'clock"), reply="No."
        ),
    ]
    strings, numbers = told_values(turns)
    assert strings == ["Ada Byron", "O-9", "Rome", "Blue Door", "5 o'clock"]
    assert numbers == [7, 4]
