"""Every kind of turn comes out whole in both modes: labelled, grounded, verified, and in nobody's code names."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

import pytest

from dtc_local.engine.base import Request
from dtc_local.errors import StageFailure
from dtc_local.records import KINDS, Turn
from dtc_local.stages.base import Desk
from dtc_local.stages.label import unproved
from dtc_local.stages.turn import turn
from dtc_local.validation import is_valid
from dtc_local.words import find, shows_name
from tests.perfect_model import PerfectModel
from tests.scripted import Scripted
from tests.stages.playing import SCENES, Script, both_modes, driven, played, scene, staged

every_scene = pytest.mark.parametrize("name", SCENES)


def test_there_is_a_scene_for_every_kind() -> None:
    assert {outlines[-1].kind for outlines in SCENES.values()} == {*KINDS}


def checked(here: Desk, made: Sequence[Turn]) -> None:
    """What holds of every turn that was made."""
    for one in made:
        assert all(find(one.request, value) for value in one.required), one
        assert not shows_name(one.request + one.reply, here.names), one
        assert one.reply
        for call in one.attempted():
            assert is_valid(call.arguments, here.scenario.tool(call.tool).source.parameters)
        if (one.kind, one.part) != ("confirm", "opening"):
            assert one.verification is not None
            assert one.verification.equal > 0


@both_modes
@every_scene
def test_a_turn_of_each_kind_is_made_and_its_label_is_proved(name: str, small: bool) -> None:
    outline, earlier, made, here = staged(name, small)
    parts = ["opening", "closing"] if outline.kind in ("clarify", "confirm") else ["whole"]
    assert [(one.kind, one.part, one.outcome, one.focus) for one in made] == [
        (outline.kind, part, outline.outcome, outline.focus) for part in parts
    ]
    assert not unproved(outline, earlier, made, here.scenario)
    checked(here, here.turns)


@both_modes
@pytest.mark.parametrize("name", ["clarify", "confirm, no", "tool_error, repair, chain", "mistake_hint, single"])
def test_the_same_conversation_comes_out_twice(name: str, small: bool) -> None:
    again = scene(name, small=small)
    played(again)
    assert again.turns == staged(name, small).here.turns


@every_scene
def test_ids_of_the_turns_calls_run_on_and_a_failed_attempt_has_its_own(name: str) -> None:
    here = staged(name).here
    ids = [call.id for one in here.turns for call in one.attempted()]
    assert len(set(ids)) == len(ids)
    planned = [call.id for one in here.turns for call in one.plan.calls]
    assert planned == [f"${1 + place}" for place in range(len(planned))]
    assert {one.split("~")[0] for one in ids} <= set(planned)


@pytest.mark.parametrize(
    "name", ["single", "clarify", "confirm, yes", "confirm, no", "tool_error, report, chain", "mistake_hint, follow_up"]
)
def test_wherever_an_attempt_fails_turns_and_ledger_are_as_they_were(name: str) -> None:
    last = Scripted(PerfectModel())
    here = scene(name)
    play_before(here, last)
    until = len(last.requests)
    driven(turn(here, here.scenario.turns[-1]), last)
    for good in range(len(last.requests) - until):
        here = scene(name, retries=0)
        engine = Scripted(PerfectModel())
        play_before(here, engine)
        engine.script = lasting(engine.script, good)
        turns, ledger = list(here.turns), here.ledger
        with pytest.raises(StageFailure):
            driven(turn(here, here.scenario.turns[-1]), engine)
        assert (here.turns, here.ledger) == (turns, ledger)


def play_before(here: Desk, engine: Scripted) -> None:
    """The turns before the last one."""
    for outline in here.scenario.turns[:-1]:
        driven(turn(here, outline), engine)


def lasting(script: Script, good: int) -> Script:
    """A script that answers so many requests and writes nothing from then on."""
    seen = count()

    def broken(request: Request) -> Sequence[str]:
        return script(request) if next(seen) < good else ["?"] * request.sampling.n

    return broken
