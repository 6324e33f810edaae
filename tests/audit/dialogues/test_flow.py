"""What flows is seen from values alone, and gives each turn its shape."""

from __future__ import annotations

from collections import Counter

from dtc_local.audit.dialogues.flow import edges, kinds, longest_chain
from dtc_local.audit.readers import openai, read
from dtc_local.audit.readers.records import dialogue_of
from tests.audit import exchanged
from tests.audit.dialogues.sound import Row, answer, call, calling, sound
from tests.audit.sound import conversation


def row(*messages: Row) -> Row:
    """A conversation without tools."""
    return {"messages": list(messages)}


def asks(text: str) -> Row:
    """A request."""
    return {"role": "user", "content": text}


def test_a_value_that_only_a_result_holds_flows() -> None:
    found = edges(openai.read(sound(), None))
    assert [(one.source.number, one.field, one.target.number, one.argument) for one in found] == [
        (1, "order_id", 3, "order_id"),
        (3, "order_id", 4, "order_id"),
        (4, "order_id", 5, "order_id"),
    ]


def test_a_value_that_the_user_says_does_not_flow() -> None:
    made = row(
        asks("Find Ada's order and show ORD-71."),
        calling(call("a", "find", customer="Ada")),
        answer("a", "find", {"order_id": "ORD-71"}),
        calling(call("b", "show", order_id="ORD-71")),
    )
    assert edges(openai.read(made, None)) == []


def test_small_numbers_and_short_texts_do_not_flow() -> None:
    made = row(
        asks("Go."),
        calling(call("a", "find")),
        answer("a", "find", {"page": 2, "unit": "kg", "done": True}),
        calling(call("b", "show", page=2, unit="kg", done=True)),
    )
    assert edges(openai.read(made, None)) == []


def test_calls_made_at_once_cannot_feed_each_other() -> None:
    made = row(
        asks("Go."),
        calling(call("a", "find"), call("b", "show", order_id="ORD-71")),
        answer("a", "find", {"order_id": "ORD-71"}),
        answer("b", "show", {}),
    )
    assert edges(openai.read(made, None)) == []


def test_turns_are_named_by_their_shape() -> None:
    dialogue = openai.read(sound(), None)
    assert kinds(dialogue, edges(dialogue)) == ("parallel", "follow_up", "chain")
    assert longest_chain(dialogue, edges(dialogue)) == 4


def test_a_turn_without_calls_is_one_too() -> None:
    dialogue = openai.read(row(asks("Hello."), {"role": "assistant", "content": "Hello."}), None)
    assert kinds(dialogue, []) == ("no_call",)


def test_shapes_fan_in_and_out() -> None:
    one = answer("a", "find", {"id": "AAA"})
    two = answer("b", "find", {"id": "BBB"})
    fan_in = row(
        asks("Go."),
        calling(call("a", "find", q="x"), call("b", "find", q="y")),
        one,
        two,
        calling(call("c", "compare", first="AAA", second="BBB")),
    )
    fan_out = row(
        asks("Go."),
        calling(call("a", "find")),
        one,
        calling(call("b", "show", id="AAA"), call("c", "rate", id="AAA")),
    )
    assert [kinds(made, edges(made)) for made in (openai.read(fan_in, None), openai.read(fan_out, None))] == [
        ("fan_in",),
        ("fan_out",),
    ]


def test_calls_that_failed_have_no_part_in_the_shape() -> None:
    failed = {"error": {"code": "timeout", "message": "too late"}}
    retried = row(
        asks("Go."),
        calling(call("a", "find", q="x")),
        answer("a", "find", failed),
        calling(call("b", "find", q="x")),
        answer("b", "find", {"id": "AAA"}),
        calling(call("c", "show", id="BBB")),
        answer("c", "show", {"hint": "Take what was found."}),
        calling(call("d", "show", id="AAA")),
    )
    in_vain = row(asks("Go."), calling(call("a", "find", q="x")), answer("a", "find", failed))
    read_rows = [openai.read(one, None) for one in (retried, in_vain)]
    assert [kinds(one, edges(one)) for one in read_rows] == [("chain",), ("single",)]
    assert [(flow.source.number, flow.target.number) for flow in edges(read_rows[0])] == [(2, 4)]


def test_a_question_back_and_its_answer_are_one_kind_of_our_records() -> None:
    dialogue = dialogue_of(exchanged.conversation())
    assert Counter(kinds(dialogue, edges(dialogue)))["clarify"] == 1
    assert Counter(kinds(dialogue, edges(dialogue)))["confirm"] == 2
    assert [step.call.tool for step in dialogue.steps if step.mistaken] == ["get_order"]
    assert sum(step.failed for step in dialogue.steps) == 5


def test_our_records_keep_the_kinds_they_claim() -> None:
    dialogue = dialogue_of(conversation())
    assert kinds(dialogue, edges(dialogue)) == tuple(turn.kind for turn in conversation().turns)
    assert dialogue.implicit == sum(len(turn.implicit) for turn in conversation().turns)


def test_without_results_only_the_number_of_calls_is_seen() -> None:
    questions = [[{"role": "user", "content": text}] for text in ("a", "b", "c")]
    task = {"id": "t", "question": questions, "ground_truth": [["f()"], ["f()", "g()"], []]}
    assert kinds(read(task)[0], []) == ("single", "several", "no_call")
