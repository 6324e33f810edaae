"""Words without a call: a question exactly where one is wanted, nothing invented, and what they are for by rule."""

from __future__ import annotations

import pytest

from dtc_local.errors import StageFailure
from dtc_local.stages.exchanges import one_of
from dtc_local.stages.talk import Aim, talk
from tests.scripted import constraint_of
from tests.stages.desks import answered, asked, call, completion, desk, done, plan_of, turn
from tests.stages.grammars import accepts

EARLIER = turn(
    plan_of(call("$1", "find_customer", name="Ada Byron")),
    "Find Ada Byron.",
    (done("$1", "find_customer", {"customer_id": 7, "city": "Rome"}, name="Ada Byron"),),
)
ASKING = Aim("It asks.", one_of(["Which city?", "What city?"]), asks=True)
TELLING = Aim("It tells.", one_of(["Fine."]))


@pytest.mark.parametrize(
    ("aim", "text", "allowed"),
    [
        (ASKING, "Which city do you mean?", True),
        (ASKING, "Is it Rome or 7 there?", True),
        (ASKING, "I need the city.", False),
        (ASKING, "Is it Oslo-9 there?", False),
        (TELLING, "I need the city.", True),
        (TELLING, "Fine, that is all!", True),
        (TELLING, "Which city do you mean?", False),
        (TELLING, "It costs 8 now.", False),
        (TELLING, "Use {this} one.", False),
    ],
)
def test_a_larger_model_may_write_a_question_exactly_where_one_is_wanted(aim: Aim, text: str, allowed: bool) -> None:
    (request,) = asked(talk(desk(turns=[EARLIER]), "What now?", aim))
    assert accepts(constraint_of(request), text) is allowed


def test_a_small_model_chooses_among_forms() -> None:
    (request,) = asked(talk(desk(turns=[EARLIER], facts_only=True), "What now?", ASKING))
    assert accepts(constraint_of(request), "What city?")
    assert not accepts(constraint_of(request), "Which city do you mean?")


def test_the_prompt_shows_the_request_and_says_what_the_words_are_for() -> None:
    (request,) = asked(talk(desk(turns=[EARLIER]), "What now?", ASKING, "Say only that."))
    assert request.messages[-1].parts[-2] == "User: What now?\n"
    assert "It asks." in request.messages[-1].parts[-1]
    assert "Note: Say only that." in request.messages[-1].parts[-1]


def test_the_likeliest_words_that_pass_are_taken() -> None:
    here = desk(turns=[EARLIER])
    aim = Aim("It names the city.", "", proof=lambda text: "Rome" in text)
    candidates = [
        completion("She lives there.", -0.1),
        completion("She lives in Rome.", -0.4),
        completion("She is in Rome.", -0.3),
    ]
    assert answered(talk(here, "Where?", aim), candidates) == "She is in Rome."
    assert [one.reason for one in here.candidates] == ["label_unproved", "", ""]


@pytest.mark.parametrize(
    ("text", "finish", "reason"),
    [
        ("It is Oslo then.", "accepted", "ungrounded_reply"),
        ("It is 8 then.", "accepted", "ungrounded_reply"),
        ("Call find_customer then.", "accepted", "ungrounded_reply"),
        ("Is it that?", "accepted", "label_unproved"),
        ("It is", "length", "length"),
    ],
)
def test_words_that_do_not_pass_fail_with_their_reason(text: str, finish: str, reason: str) -> None:
    with pytest.raises(StageFailure) as failure:
        answered(talk(desk(turns=[EARLIER]), "What now?", TELLING), [completion(text, finish=finish)])
    assert (failure.value.stage, failure.value.reason) == ("talk", reason)


def test_a_no_may_be_answered_with_what_an_earlier_turn_has_shown() -> None:
    assert answered(talk(desk(turns=[EARLIER]), "No.", TELLING), [completion("Nothing was done for Ada Byron.")])
