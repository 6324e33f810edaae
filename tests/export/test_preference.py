"""Preference pairs: the place where a refused prediction parts from the gold calls, and refused replies."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dtc_local.export.base import Unfit
from dtc_local.export.dialogue import FAULTS, Faults
from dtc_local.export.shape import Shape
from dtc_local.records import Candidate
from tests.export import kinds
from tests.export.rows import read, rows, sample
from tests.samples import conversation

RIGHT = {"id": "$1", "name": "find_order", "arguments": {"customer": "Ada Byron"}}
CANCEL = {"id": "$2", "name": "cancel_order", "arguments": {"order_id": "$1.order_id", "refund": True}}


def predicted(*calls: dict[str, Any], attempt: int = 0, **more: Any) -> Candidate:
    """A refused prediction in the first turn."""
    fields = {"accepted": False, "reason": "not_verified"} | more
    return Candidate(stage="verify", turn=0, attempt=attempt, text=json.dumps(calls), logprob=-1.0, **fields)


def replied(text: str, **more: Any) -> Candidate:
    """A refused reply in the first turn."""
    fields = {"attempt": 0, "accepted": False, "reason": "ungrounded_reply"} | more
    return Candidate(stage="respond", turn=0, text=text, logprob=-1.0, **fields)


def pairs(*candidates: Candidate, shape: Shape | None = None, equal: int | None = None) -> list[dict[str, Any]]:
    """Rows of the sample with these candidates; its first request was read as often as the last attempt says."""
    made = read(conversation(), candidates, equal)
    return rows("trl-preference", sample(made, candidates, shape=shape))


def calls(message: list[dict[str, Any]]) -> list[tuple[str, Any]]:
    """Name and arguments of the calls of the only message."""
    ((one),) = message
    return [(call["function"]["name"], call["function"]["arguments"]) for call in one["tool_calls"]]


def test_a_wrong_first_call_is_set_against_the_gold_one_after_the_request() -> None:
    wrong = RIGHT | {"arguments": {"customer": "Ada"}}
    (row,) = pairs(predicted(wrong, CANCEL))
    assert [message["role"] for message in row["prompt"]] == ["system", "user"]
    assert calls(row["chosen"]) == [("find_order", {"customer": "Ada Byron"})]
    assert calls(row["rejected"]) == [("find_order", {"customer": "Ada"})]
    assert (row["stage"], row["reason"]) == ("verify", "not_verified")


def test_a_prediction_that_parts_later_shares_the_results_and_gets_its_references_replaced() -> None:
    wrong = CANCEL | {"arguments": CANCEL["arguments"] | {"refund": False}}
    (row,) = pairs(predicted(RIGHT, wrong))
    assert [message["role"] for message in row["prompt"]] == ["system", "user", "assistant", "tool"]
    assert calls(row["rejected"]) == [("cancel_order", {"order_id": "ORD-000", "refund": False})]
    assert calls(row["chosen"]) == [("cancel_order", {"order_id": "ORD-000", "refund": True})]


def test_calls_after_the_last_gold_one_are_set_against_the_reply() -> None:
    extra = {"id": "$3", "name": "ping", "arguments": {"order": "$2.status"}}
    (row,) = pairs(predicted(RIGHT, CANCEL, extra))
    assert row["chosen"] == [{"role": "assistant", "content": "Order ORD-000 is cancelled."}]
    assert calls(row["rejected"]) == [("ping", {"order": "cancelled"})]


@pytest.mark.parametrize(
    "candidate",
    [
        predicted(RIGHT),
        predicted(RIGHT, CANCEL),
        predicted(RIGHT, CANCEL | {"arguments": {"order_id": "$1.absent", "refund": True}}),
        predicted(RIGHT | {"arguments": {"customer": "Ada"}}, accepted=True, reason=""),
        Candidate(stage="verify", turn=0, attempt=0, text='[{"id"', logprob=-1, accepted=False, reason="length"),
        Candidate(stage="ask", turn=0, attempt=0, text="Hm.", logprob=-1, accepted=False, reason="missing_literal"),
        replied("Order ORD-000 is cancelled."),
        replied("Cut", reason="length"),
    ],
    ids=[
        "ends early",
        "is right",
        "cannot be executed",
        "accepted",
        "cut",
        "the user's words",
        "same reply",
        "cut reply",
    ],
)
def test_what_teaches_nothing_makes_no_pair(candidate: Candidate) -> None:
    with pytest.raises(Unfit, match="no_pair"):
        pairs(candidate)


def test_only_the_last_attempt_and_the_predictions_for_the_kept_request_count() -> None:
    early = predicted(RIGHT | {"arguments": {"customer": "Early"}}, CANCEL)
    other_request = [predicted(RIGHT | {"arguments": {"customer": "Other"}}, attempt=1) for _ in range(4)]
    kept = [predicted(RIGHT | {"arguments": {"customer": name}}, attempt=1) for name in ("Ada", "Ada", "Byron")]
    accepted = predicted(RIGHT, CANCEL, attempt=1, accepted=True, reason="")
    found = pairs(early, *other_request, *kept, accepted)
    assert [calls(row["rejected"])[0][1]["customer"] for row in found] == ["Ada", "Byron"]


def test_predictions_that_do_not_add_up_to_the_kept_request_s_are_of_another_one() -> None:
    with pytest.raises(Unfit, match="no_pair"):
        pairs(predicted(RIGHT | {"arguments": {"customer": "Other"}}), equal=1)


def test_a_refused_reply_is_set_against_the_accepted_one_after_the_results() -> None:
    (row,) = pairs(replied("Order ORD-999 is cancelled."))
    assert row["prompt"][-1]["role"] == "tool"
    assert row["chosen"][0]["content"] == "Order ORD-000 is cancelled."
    assert row["rejected"][0]["content"] == "Order ORD-999 is cancelled."


def test_leaving_out_a_default_is_no_difference() -> None:
    made = conversation()
    tool = made.scenario.offer[0]
    properties = tool.parameters["properties"] | {"limit": {"type": "integer", "default": 5}}
    offer = (
        tool.model_copy(update={"parameters": tool.parameters | {"properties": properties}}),
        *made.scenario.offer[1:],
    )
    made = made.model_copy(update={"scenario": made.scenario.model_copy(update={"offer": offer})})
    same = RIGHT | {"arguments": {"customer": "Ada Byron", "limit": 5}}
    wrong = CANCEL | {"arguments": CANCEL["arguments"] | {"refund": False}}
    candidates = (predicted(same, wrong),)
    (row,) = rows("trl-preference", sample(read(made, candidates), candidates))
    assert calls(row["rejected"]) == [("cancel_order", {"order_id": "ORD-000", "refund": False})]


def test_pairs_take_the_shape_of_the_template() -> None:
    wrong = RIGHT | {"arguments": {"customer": "Ada"}}
    (row,) = pairs(predicted(wrong), shape=Shape("string", split_calls=True, folded_system=True))
    assert [message["role"] for message in row["prompt"]] == ["user"]
    assert calls(row["rejected"]) == [("find_order", '{"customer": "Ada"}')]
    two = predicted(wrong, RIGHT | {"id": "$2"})
    with pytest.raises(Unfit, match="no_pair"):
        pairs(two, shape=Shape(split_calls=True))


@pytest.mark.parametrize(("made", "reason"), [(kinds.mistaken, "mistake"), (kinds.repaired, "error")])
@pytest.mark.parametrize("faults", FAULTS)
def test_a_wrong_attempt_is_set_against_the_call_that_put_it_right(
    made: kinds.Made, reason: str, faults: Faults
) -> None:
    talk = kinds.talk(kinds.single, made)
    (row,) = rows("trl-preference", sample(talk, faults=faults))
    wrong, right = talk.turns[1].attempted()
    assert [message["role"] for message in row["prompt"]][-2:] == ["assistant", "user"], "before the attempt"
    assert row["prompt"][-1]["content"] == talk.turns[1].request
    assert calls(row["chosen"]) == [(right.tool, right.arguments)]
    assert calls(row["rejected"]) == [(wrong.tool, wrong.arguments)]
    assert (row["stage"], row["reason"]) == ("attempt", reason)


def test_later_prompts_hold_an_attempt_unless_attempts_are_dropped() -> None:
    talk = kinds.talk(kinds.mistaken, kinds.mistaken)
    assert "hint" in json.dumps(rows("trl-preference", sample(talk))[1]["prompt"])
    assert "hint" not in json.dumps(rows("trl-preference", sample(talk, faults="drop"))[1]["prompt"])


def test_a_prediction_for_a_turn_with_an_attempt_is_held_against_the_plan() -> None:
    talk = kinds.talk(kinds.retried)
    early = predicted({"id": "$1", "name": "find_order", "arguments": {"customer": "Grace"}})
    (row,) = rows("trl-preference", sample(read(talk, [early]), [early]))
    assert [message["role"] for message in row["prompt"]] == ["system", "user"]
    assert calls(row["chosen"]) == [("find_order", {"customer": "Grace Hopper"})]
    right = predicted({"id": "$1", "name": "find_order", "arguments": {"customer": "Grace Hopper"}})
    with pytest.raises(Unfit, match="no_pair"):
        rows("trl-preference", sample(read(talk, [right]), [right]))


def test_a_call_where_nothing_is_to_be_called_is_set_against_the_words() -> None:
    talk = kinds.talk(kinds.missing_tool)
    guessed = predicted(RIGHT)
    (row,) = rows("trl-preference", sample(read(talk, [guessed]), [guessed]))
    assert row["chosen"] == [{"role": "assistant", "content": talk.turns[0].reply}]
    assert calls(row["rejected"]) == [("find_order", {"customer": "Ada Byron"})]


def spoken(text: str, stage: str, reason: str) -> Candidate:
    """Refused words of the assistant in the first turn."""
    return Candidate(stage=stage, turn=0, attempt=0, text=text, logprob=-1.0, accepted=False, reason=reason)


@pytest.mark.parametrize(
    ("made", "refused"),
    [
        (kinds.missing_tool, spoken("The courier comes at 9.", "talk", "ungrounded_reply")),
        (kinds.missing_tool, spoken("The courier is booked.", "talk", "label_unproved")),
        (kinds.reported, spoken("It is cancelled.", "respond", "label_unproved")),
    ],
)
def test_words_that_claim_what_is_not_so_are_set_against_honest_ones(made: kinds.Made, refused: Candidate) -> None:
    talk = kinds.talk(made)
    (row,) = rows("trl-preference", sample(talk, [refused]))
    assert row["chosen"] == [{"role": "assistant", "content": talk.turns[0].reply}]
    assert row["rejected"] == [{"role": "assistant", "content": refused.text}]
    assert (row["stage"], row["reason"]) == (refused.stage, refused.reason)


@pytest.mark.parametrize(
    ("made", "refused"),
    [
        (kinds.clarify, spoken("What is it?", "talk", "label_unproved")),
        (kinds.missing_tool, spoken("I cannot book one, shall I look for the order?", "talk", "label_unproved")),
        (kinds.mistaken, spoken("Look again.", "hint", "label_unproved")),
    ],
)
def test_words_that_are_merely_no_proof_make_no_pair(made: kinds.Made, refused: Candidate) -> None:
    found = kinds.talk(made)
    try:
        pairs_of = rows("trl-preference", sample(found, [refused]))
    except Unfit:
        pairs_of = []
    assert all(row["stage"] == "attempt" for row in pairs_of)
