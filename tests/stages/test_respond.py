"""A reply says no number, id or name that neither request nor results hold."""

from __future__ import annotations

import pytest

from dtc_local.errors import StageFailure
from dtc_local.stages.grounded import grammar, is_grounded, visible_words
from dtc_local.stages.respond import respond
from tests.scripted import constraint_of
from tests.stages.desks import answered, asked, completion, desk, done
from tests.stages.grammars import accepts

REQUEST = "Find Ada Byron's order from 2026-03-02, please."
RESULT = {"order_id": "O-9", "total": 12.5, "price": "$50", "site": "https://shop.org/a?b", "note": "Itʻs “fine”."}
LEVELS = ((done("$1", "get_order", RESULT, name="Ada Byron"),),)
VISIBLE = visible_words(REQUEST, LEVELS)


@pytest.mark.parametrize(
    "text",
    [
        "The order O-9 costs 12.5 in total.",
        "Ada Byron has one order. It is O-9 (from 2026-03-02).",
        "The price is $50, and that is all!",
        "Everything is done as you asked.",
        "That makes 12.5% of it.",
    ],
)
def test_grounded_replies_can_be_written(text: str) -> None:
    assert accepts(grammar(VISIBLE), text)
    assert is_grounded(text, VISIBLE)


@pytest.mark.parametrize(
    "text",
    [
        "The order O-8 is there.",
        "It costs 13 in total.",
        "It is for Grace Hopper now.",
        "The id is $1 there.",
        "The id is $12.5 there.",
    ],
)
def test_invented_numbers_ids_and_names_are_not_grounded(text: str) -> None:
    assert not is_grounded(text, VISIBLE)


@pytest.mark.parametrize(
    "text",
    [
        "The order O-8 is there.",
        "It costs 13 in total.",
        "Is it the order O-9?",
        "Use get_order for it.",
        'It is "fine" now.',
        "It costs  twelve now.",
        "the order is there.",
        "The order is there",
        "One. is it. Two is it. Three is it. Four is it.",
        "Fine.",
    ],
)
def test_what_no_reply_may_look_like_cannot_be_written(text: str) -> None:
    assert not accepts(grammar(VISIBLE), text)


def test_replies_can_be_written_about_any_result() -> None:
    odd = "a/b a|b [x] {y} <z> \\ “q” … € 5€ é北 $ # ~& (1) .txt C++ ^ * + ? . 1.5e-7"
    assert accepts(grammar(visible_words(odd, ())), "It is a/b and 1.5e-7 then.")


def test_the_best_grounded_reply_is_taken() -> None:
    here = desk()
    candidates = [completion("It is O-8.", -0.1), completion("It is O-9.", -0.4), completion("It is there.", -0.2)]
    assert answered(respond(here, REQUEST, LEVELS), candidates) == "It is there."
    assert [one.reason for one in here.candidates] == ["ungrounded_reply", "", ""]


@pytest.mark.parametrize(
    ("text", "finish", "reason"),
    [
        ("It is O-8.", "accepted", "ungrounded_reply"),
        ("It is from get_order.", "accepted", "ungrounded_reply"),
        ("It is", "length", "length"),
    ],
)
def test_without_a_grounded_reply_the_turn_fails(text: str, finish: str, reason: str) -> None:
    with pytest.raises(StageFailure) as failure:
        answered(respond(desk(), REQUEST, LEVELS), [completion(text, finish=finish)])
    assert failure.value.reason == reason


FAILED = done(
    "$2", "cancel_order", {"error": {"code": "locked", "message": "it is locked by Grace"}}, order_id="O-9"
).model_copy(update={"fault": "error"})
MISTAKEN = done("$2~1", "get_ticket", {"hint": "Look at Oslo-7 again."}, ticket_id=44).model_copy(
    update={"fault": "mistake"}
)


def test_after_a_last_call_that_failed_the_reply_must_admit_it() -> None:
    levels = (*LEVELS, (FAILED,))
    good = "I could not cancel it, since it is locked by Grace."
    candidates = [completion("Everything is done.", -0.1), completion(good, -0.4)]
    here = desk()
    assert answered(respond(here, REQUEST, levels), candidates) == good
    assert [one.reason for one in here.candidates] == ["label_unproved", ""]
    with pytest.raises(StageFailure, match="label_unproved"):
        answered(respond(desk(), REQUEST, levels), candidates[:1])


def test_a_larger_model_is_told_that_the_last_call_failed() -> None:
    (request,) = asked(respond(desk(), REQUEST, (*LEVELS, (FAILED,))))
    assert "Note: The last call failed." in request.messages[-1].parts[-1]
    (request,) = asked(respond(desk(), REQUEST, LEVELS))
    assert "The last call failed." not in request.messages[-1].parts[-1]


def test_a_small_model_reports_a_failed_call_with_what_the_error_says() -> None:
    (request,) = asked(respond(desk(facts_only=True), REQUEST, (*LEVELS, (FAILED,))))
    assert accepts(constraint_of(request), "I'm sorry, I could not cancel order: it is locked by Grace.")
    assert not accepts(constraint_of(request), "I have cancelled order.")


def test_a_small_model_reports_an_error_that_says_nothing() -> None:
    mute = FAILED.model_copy(update={"result": 423})
    (request,) = asked(respond(desk(facts_only=True), REQUEST, (*LEVELS, (mute,))))
    assert accepts(constraint_of(request), "I'm sorry, I could not cancel order.")


def test_attempts_that_failed_before_the_right_call_are_no_results() -> None:
    for failed in (FAILED, MISTAKEN):
        levels = ((failed,), *LEVELS)
        with pytest.raises(StageFailure, match="ungrounded_reply"):
            answered(respond(desk(), REQUEST, levels), [completion("That was 44 for Grace then.")])
        assert answered(respond(desk(), REQUEST, levels), [completion("It is O-9.")]) == "It is O-9."


def test_a_bare_result_is_told_as_the_result() -> None:
    bare = (done("$1", "get_order", "In transit", order_id="O-9"),)
    (request,) = asked(respond(desk(facts_only=True), REQUEST, (bare,)))
    assert accepts(constraint_of(request), "I have looked up order. Here it is: the result is In transit.")
    (request,) = asked(respond(desk(facts_only=True), REQUEST, ((done("$1", "get_order", "", order_id="O-9"),),)))
    assert not accepts(constraint_of(request), "The result is .")
