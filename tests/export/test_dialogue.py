"""What every format is written from: messages, ids, tools, and what may be learned."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dtc_local.export.dialogue import dialogue, same_value, trained
from dtc_local.export.shape import Shape, shapes
from tests.export.rows import said, with_untaught
from tests.samples import conversation

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
)


def test_every_message_of_the_assistant_is_trained_on_and_no_other() -> None:
    shown = dialogue(conversation())
    assert [trained(one) for one in shown.messages] == [one.role == "assistant" for one in shown.messages]


def test_a_marked_message_is_not_trained_on() -> None:
    shown = with_untaught(dialogue(conversation()))
    assert [trained(one) for one in shown.messages if one.role == "assistant"][:2] == [False, True]


def test_tools_stand_in_the_order_that_is_asked_for() -> None:
    names = [tool["function"]["name"] for tool in dialogue(conversation(), order=[2, 0, 1]).tools]
    assert names == ["ping", "find_order", "cancel_order"]


def test_calls_made_at_once_come_apart_with_each_result_behind_its_call() -> None:
    shown = Shape(split_calls=True).of(dialogue(conversation()))
    assert said(shown.messages)[-6:] == ["user:0", "assistant:1", "tool:0", "assistant:1", "tool:0", "assistant:0"]
    calls = [
        (message.calls[0].id, shown.messages[k + 1].call_id)
        for k, message in enumerate(shown.messages)
        if message.calls
    ]
    assert all(call == answered for call, answered in calls)


def test_folded_system_text_begins_the_first_request() -> None:
    plain = dialogue(conversation())
    folded = Shape(folded_system=True).of(plain)
    assert folded.messages[0].text == f"{plain.messages[0].text}\n\n{plain.messages[1].text}"
    assert folded.messages[1:] == plain.messages[2:]


def test_calls_are_written_out_for_templates_that_ask_for_granite_s_mark_alone() -> None:
    assert not any(shape.written_calls for shape in shapes("{{ messages }}"))
    shape = shapes("Write <|tool_call|> and a list.")[-1]
    (first, *_) = [one for one in shape.of(dialogue(conversation())).messages if one.calls]
    assert first.written == '<|tool_call|>[{"name": "find_order", "arguments": {"customer": "Ada Byron"}}]'


@given(JSON)
def test_a_value_is_the_same_as_itself(value: object) -> None:
    assert same_value(value, value)


@pytest.mark.parametrize(("one", "other"), [(True, 1), (0, False), ("1", 1), ([1], [1, 2]), ({"a": 1}, {"a": True})])
def test_values_that_python_takes_for_equal_or_nearly_so_are_told_apart(one: object, other: object) -> None:
    assert not same_value(one, other)
    assert not same_value(other, one)
    assert same_value(5, 5.0)
