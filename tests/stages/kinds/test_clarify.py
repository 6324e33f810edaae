"""clarify: the value is absent from everything before the answer, asked for by name, and told; then comes the call."""

from __future__ import annotations

from typing import Any

import pytest

from dtc_local.engine.base import Request
from dtc_local.errors import StageFailure
from dtc_local.prompts import compact
from dtc_local.records import CallOutline, Focus, Turn
from dtc_local.stages.verify import NOTHING, canonical
from dtc_local.words import find
from tests.perfect_model import drawn
from tests.stages.desks import call, done, outline, plan_of, turn
from tests.stages.playing import both_modes, but, played, scene, staged, table

CITY = Focus(call="$2", argument="city")
FORECAST = outline("clarify", CallOutline(id="$2", tool="weather", literals=("city",)), focus=CITY)
LISBON = {"$2": {"city": ("Lisbon",)}}
FOUND = done("$1", "find_customer", {"customer_id": 7, "city": "Rome"}, name="Ada Byron")


def earlier(request: str = "Find Ada Byron.", reply: str = "Done as asked.", **result: Any) -> Turn:
    """A finished turn before the one that asks back."""
    made = FOUND.model_copy(update={"result": {**FOUND.result, **result}})
    return turn(plan_of(call("$1", "find_customer", name="Ada Byron")), request, (made,), reply=reply)


@both_modes
@pytest.mark.parametrize("name", ["clarify", "clarify, follow_up"])
def test_the_value_is_asked_back_and_nothing_is_called_before_it_is_told(name: str, small: bool) -> None:
    outline, _, (opening, closing), _ = staged(name, small)
    assert outline.focus is not None
    planned = next(one for one in closing.plan.calls if one.id == outline.focus.call)
    value = dict(planned.literals())[outline.focus.argument]
    assert find(opening.request, value) is None
    assert (opening.levels, opening.plan.calls) == ((), ())
    assert opening.reply.endswith("?")
    assert outline.focus.argument in opening.reply.lower()
    assert find(closing.request, value)
    assert [one.tool for one in closing.executed()] == [one.tool for one in outline.calls]


@both_modes
def test_the_blind_reader_calls_nothing_at_first_and_the_plan_after_the_answer(small: bool) -> None:
    _, _, (opening, closing), _ = staged("clarify", small)
    assert opening.verification is not None
    assert closing.verification is not None
    assert (opening.verification.solve_rate, closing.verification.solve_rate) == (1, 1)


@pytest.mark.parametrize(
    "before",
    [
        earlier("Find Ada Byron of Lisbon."),
        earlier(reply="She lives in Lisbon."),
        earlier(city="Lisbon"),
        earlier(notes=[{"place": "Lisbon"}]),
    ],
    ids=["request", "reply", "result", "inside a result"],
)
def test_a_value_that_stands_anywhere_earlier_is_refused(before: Turn) -> None:
    here = table(FORECAST, small=True, facts=LISBON, turns=[before], retries=0)
    with pytest.raises(StageFailure, match="label_unproved"):
        played(here)


def test_a_value_that_stands_nowhere_earlier_is_asked_back() -> None:
    here = table(FORECAST, small=True, facts=LISBON, turns=[earlier()], retries=0)
    assert find(played(here)[1].request, "Lisbon")


def test_a_value_that_the_plan_says_elsewhere_is_refused() -> None:
    twice = outline(
        "clarify",
        CallOutline(id="$1", tool="find_customer", literals=("name",)),
        CallOutline(id="$2", tool="weather", literals=("city",)),
        focus=CITY,
    )
    here = table(twice, small=True, facts={"$1": {"name": ("Lisbon",)}, **LISBON}, retries=0)
    with pytest.raises(StageFailure, match="label_unproved"):
        played(here)


def test_a_number_is_compared_as_a_number() -> None:
    read = outline(
        "clarify",
        CallOutline(id="$2", tool="get_ticket", literals=("ticket_id",)),
        focus=Focus(call="$2", argument="ticket_id"),
    )
    for number, told in ((7, False), (77, True)):
        here = table(read, small=True, facts={"$2": {"ticket_id": (number,)}}, turns=[earlier()], retries=0)
        if told:
            assert find(played(here)[1].request, number)
        else:
            with pytest.raises(StageFailure, match="label_unproved"):
                played(here)


def test_a_request_that_says_the_value_after_all_is_refused() -> None:
    def ask(request: Request) -> str:
        return "Kelvin is fine with celsius for Upper Harbour, please." if first(request) else ""

    def plan(request: Request) -> str:
        return '[{"id":"$1","name":"weather","arguments":{"city":"Upper Harbour","unit":"celsius"}}]'

    here = scene("clarify", retries=0)
    with pytest.raises(StageFailure, match="label_unproved"):
        played(here, script=but(ask=ask, plan=plan))
    assert {one.reason for one in here.candidates if one.stage == "ask"} == {"label_unproved"}


def first(request: Request) -> bool:
    """Whether the request is made before anything was said."""
    return not any(part.startswith("User: ") for part in request.messages[-1].parts[:-1])


@pytest.mark.parametrize(
    "words", ["How do you do?", "Should I go on with that?", "Which city do you mean."], ids=["other", "vague", "no ?"]
)
def test_a_question_that_does_not_ask_for_the_value_is_refused(words: str) -> None:
    with pytest.raises(StageFailure):
        played(scene("clarify", retries=0), script=but(talk=lambda request: words))


def test_a_reader_who_calls_something_without_the_value_does_not_prove_the_opening() -> None:
    def guess(request: Request) -> str:
        return compact(drawn(request, 1)[:1])

    here = scene("clarify", retries=0)
    with pytest.raises(StageFailure) as failure:
        played(here, script=but(verify=guess))
    assert failure.value.reason in ("not_verified", "ambiguous")
    assert here.turns == []


@both_modes
def test_a_reader_need_not_find_the_plan_from_the_opening_alone(small: bool) -> None:
    here = staged("clarify", small).here
    read = [one for one in here.candidates if one.stage == "verify" and one.turn == 0]
    assert all(one.accepted and canonical([], here) == NOTHING and one.text == "[]" for one in read)
    assert bool(read) is not small, "a small reader finds nothing that could be called"
