"""A turn starts over where a stage fails, is told why, and leaves the desk as it was where all attempts fail."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from dtc_local.engine.base import Request
from dtc_local.errors import DROP_REASONS, StageFailure
from dtc_local.stages.turn import conversation, turn
from tests.perfect_model import PerfectModel
from tests.scripted import Scripted
from tests.stages.playing import Script, driven, scene, table


def failing(stage: str, times: int) -> Script:
    """The perfect model, but for its first answers in one stage."""
    model, left = PerfectModel(), [times]

    def script(request: Request) -> Sequence[str]:
        texts = model(request)
        if request.stage != stage or not left[0]:
            return texts
        left[0] -= 1
        return ["?"] * len(texts)

    return script


@pytest.mark.parametrize("name", ["clarify", "confirm, yes", "tool_error, retry, single", "mistake_hint, single"])
@pytest.mark.parametrize("stage", ["plan", "ask", "talk", "error", "mistake", "hint", "execute", "respond"])
def test_a_turn_that_fails_twice_is_made_at_the_third_attempt(name: str, stage: str) -> None:
    engine = Scripted(failing(stage, 2))
    here = scene(name, retries=2)
    driven(turn(here, here.scenario.turns[0]), engine)
    used = stage in {request.stage for request in engine.requests}
    assert here.attempt == (2 if used else 0)
    assert [one.part for one in here.turns] in (["whole"], ["opening", "closing"])


def test_the_last_failure_is_raised_when_no_attempt_is_left() -> None:
    here = scene("clarify", retries=1)
    with pytest.raises(StageFailure) as failure:
        driven(turn(here, here.scenario.turns[0]), Scripted(failing("talk", 2)))
    assert (failure.value.stage, failure.value.reason) == ("talk", "length")
    assert failure.value.reason in DROP_REASONS
    assert (here.turns, here.ledger.facts) == ([], {})


@pytest.mark.parametrize("small", [False, True])
def test_only_a_larger_model_is_told_why(small: bool) -> None:
    here = scene("single", small=small, retries=1)
    model, first = PerfectModel(small=small), [True]

    def script(request: Request) -> Sequence[str]:
        texts = model(request)
        if request.stage == "respond" and first[0]:
            first[0] = False
            return ["?"] * len(texts)
        return texts

    engine = Scripted(script)
    driven(turn(here, here.scenario.turns[0]), engine)
    second = [request for request in engine.requests if request.stage == "respond"][1]
    assert ("Note:" in second.messages[-1].parts[-1]) is not small


@pytest.mark.parametrize(("turns_min", "rescued"), [(1, True), (2, None)])
def test_a_later_turn_that_fails_for_good_leaves_those_before_if_they_are_enough(
    turns_min: int, rescued: bool | None
) -> None:
    outlines = scene("correction").scenario.turns
    here = table(*outlines, retries=0, turns_min=turns_min, turns_max=2)
    model, asked = PerfectModel(), [0]

    def script(request: Request) -> Any:
        asked[0] += request.stage == "plan"
        return model(request) if request.stage == "judge" or asked[0] < 2 else ["?"] * request.sampling.n

    if rescued is None:
        with pytest.raises(StageFailure):
            driven(conversation(here), Scripted(script))
        return
    made = driven(conversation(here), Scripted(script))
    assert made.rescued is rescued
    assert [one.kind for one in made.turns] == ["single"]
    assert made.verdict is not None
    assert made.verdict.keep
