"""Where runs stop early, the first good candidate ends the others, and as many are asked for as the yield calls for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from dtc_local.engine.base import Completion, Request
from dtc_local.engine.candidates import CANCELLED, padded, wanted
from dtc_local.prompts import plan_json
from dtc_local.records import CallOutline, Candidate
from dtc_local.stages.ask import Wording, ask
from dtc_local.stages.plan import plan
from dtc_local.stages.respond import respond
from dtc_local.stages.talk import Aim, talk
from tests.stages.desks import asked, call, completion, desk, done, outline, plan_of, turn

FIND = outline("single", CallOutline(id="$1", tool="find_customer", literals=("name",)))
CALL = done("$1", "find_customer", {"name": "Ada Byron", "city": "Lisbon"}, name="Ada Byron")
REQUEST = "Please look for Ada Byron."


def finder(name: str) -> list[dict[str, Any]]:
    """The plan of FIND as a model writes it."""
    return plan_json(plan_of(call("$1", "find_customer", name=name)))


def stage_requests(**settings: Any) -> dict[str, tuple[Request, Any, Any]]:
    """The request of each stage that chooses among candidates, with a value that passes and one that does not."""
    here = desk(FIND, **settings)
    again = desk(FIND, turns=[turn(plan_of(call("$1", "find_customer", name="Ada Byron")), REQUEST)], **settings)
    words = Wording(goals=("Find a customer.",), mentions=(), literals=("Ada Byron",))
    aim = Aim("It asks for the name.", "", asks=True)
    return {
        "plan": (*asked(plan(again, FIND)), finder("Grace Hopper"), finder("Ada Byron")),
        "ask": (*asked(ask(here, words)), REQUEST, "Please look for Ada."),
        "respond": (*asked(respond(here, REQUEST, ((CALL,),))), "It was found in Lisbon.", "It was found in Rome."),
        "talk": (*asked(talk(here, REQUEST, aim)), "Which name should it be?", "It is done."),
    }


@pytest.mark.parametrize("stage", ["plan", "ask", "respond", "talk"])
def test_good_is_what_the_stage_itself_would_keep(stage: str) -> None:
    request, good, bad = stage_requests(early_stop=True)[stage]
    assert request.enough == 1
    assert request.good is not None
    assert request.good(good)
    assert not request.good(bad)


@pytest.mark.parametrize("stage", ["plan", "ask", "respond", "talk"])
def test_without_early_stop_all_candidates_are_written(stage: str) -> None:
    request, _, _ = stage_requests(plan_candidates=5, ask_candidates=5, reply_candidates=5)[stage]
    assert (request.sampling.n, request.enough, request.good) == (5, None, None)


def finished(request: Request, made: Sequence[Completion]) -> Sequence[Completion]:
    """What an engine hands back of these candidates."""
    return padded(list(made)[: wanted(request, made)], len(made))


def test_the_first_good_candidate_is_taken_even_if_a_later_one_is_likelier() -> None:
    here = desk(FIND, early_stop=True)
    steps = ask(here, Wording(goals=("Find a customer.",), mentions=(), literals=("Ada Byron",)))
    (request,) = next(steps)
    texts = ("Please look for Ada.", REQUEST, "Find Ada Byron for me.")
    made = [completion(text, logprob) for text, logprob in zip(texts, (-0.1, -0.9, -0.2), strict=True)]
    with pytest.raises(StopIteration) as stop:
        steps.send([finished(request, made)])
    assert stop.value.value == (REQUEST,)
    assert [one.text for one in here.candidates] == ["Please look for Ada.", REQUEST]


def test_candidates_that_were_not_written_are_not_stored() -> None:
    here = desk()
    assert here.accepted("ask", [completion("A good one."), CANCELLED]) == [completion("A good one.")]
    assert here.candidates == []


def noted(accepted: int, refused: int) -> list[Candidate]:
    """That many candidates of the ask stage."""
    kinds = [True] * accepted + [False] * refused
    return [Candidate(stage="ask", turn=0, attempt=0, text="", logprob=0, accepted=kind) for kind in kinds]


@pytest.mark.parametrize(
    ("accepted", "refused", "count"), [(0, 0, 5), (1, 0, 3), (3, 0, 2), (19, 0, 1), (0, 3, 8), (2, 2, 5), (20, 2, 2)]
)
def test_fewer_candidates_are_asked_for_where_most_pass(accepted: int, refused: int, count: int) -> None:
    here = desk(early_stop=True)
    here.candidates += noted(accepted, refused)
    assert here.candidates_for("ask", 8) == count
    assert here.candidates_for("ask", 2) == min(2, count)


def test_the_yield_of_one_stage_says_nothing_of_another() -> None:
    here = desk(early_stop=True)
    here.candidates += noted(30, 0)
    assert here.candidates_for("plan", 8) == 5


def test_without_early_stop_the_yield_changes_nothing() -> None:
    here = desk()
    here.candidates += noted(30, 0)
    assert here.candidates_for("ask", 8) == 8
