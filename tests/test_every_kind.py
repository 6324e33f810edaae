"""Whole runs of all kinds of turns, played by the perfect model in both modes: everything that was kept is sound."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dtc_local import pipeline
from dtc_local.records import KINDS, Conversation, ExecutedCall, Turn, TurnOutline
from dtc_local.settings import CONSENT_RULE, RunConfig
from dtc_local.stages.detours import error_of
from dtc_local.stages.label import unproved
from dtc_local.store import Store
from dtc_local.validation import is_valid
from dtc_local.words import find, shows_name
from tests.perfect_model import PerfectModel
from tests.scripted import Scripted
from tests.shop import SHOP

CONFIG = RunConfig(
    run="r", count=14, limit=60, seed=3, distractors=2, turns_min=2, turns_max=5, mix=dict.fromkeys(KINDS, 1.0)
)
Played = tuple[pipeline.RunResult, list[Conversation]]


@pytest.fixture(scope="module", params=["free", "facts"])
def played(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Played:
    """A run's result and output, with values written freely or chosen among facts."""
    config = CONFIG.model_copy(update={"values": request.param})
    with Store(tmp_path_factory.mktemp("run") / "a.db") as store:
        store.add_tools(SHOP)
        result = pipeline.run(Scripted(PerfectModel(small=request.param == "facts"), width=8), store, config)
        return result, [made for _, made in store.kept(store.run("r"))]


def groups(made: Conversation) -> Iterator[tuple[TurnOutline, tuple[Turn, ...], tuple[Turn, ...]]]:
    """Each outline that was played, with the turns before it and those made of it."""
    done = 0
    for outline in made.scenario.turns:
        length = 2 if outline.kind in ("clarify", "confirm") else 1
        if done < len(made.turns):
            yield outline, made.turns[:done], made.turns[done : done + length]
        done += length


def test_all_kinds_are_kept_and_hardly_anything_is_dropped(played: Played) -> None:
    result, output = played
    assert (result.kept, result.ended_short) == (14, False), result
    assert sum(result.dropped.values()) <= 3, result
    assert {turn.kind for made in output for turn in made.turns} == {*KINDS}


def test_every_turn_is_of_the_kind_it_says(played: Played) -> None:
    for made in played[1]:
        for outline, earlier, turns in groups(made):
            assert {turn.kind for turn in turns} == {outline.kind}
            assert not unproved(outline, earlier, turns, made.scenario), (outline, turns)


def test_conversations_have_as_many_turns_as_they_should(played: Played) -> None:
    for made in played[1]:
        whole = [outline for outline, _, _ in groups(made)]
        assert 2 <= len(whole) <= 5
        assert made.rescued is (len(whole) < len(made.scenario.turns))


def test_every_call_result_and_error_obeys_its_schema(played: Played) -> None:
    for call, made in calls(played):
        tool = made.scenario.tool(call.tool)
        assert is_valid(call.arguments, tool.source.parameters)
        if call.fault == "error":
            assert is_valid(call.result, error_of(tool))
        elif call.fault == "mistake":
            assert list(call.result) == ["hint"]
        else:
            assert tool.source.output is None or is_valid(call.result, tool.source.output)


def calls(played: Played) -> Iterator[tuple[ExecutedCall, Conversation]]:
    """Every attempted call with its conversation."""
    for made in played[1]:
        for turn in made.turns:
            for call in turn.attempted():
                yield call, made


def test_what_is_withheld_is_never_called_nor_on_offer(played: Played) -> None:
    withheld = 0
    for made in played[1]:
        names = {tool.name for tool in made.scenario.withheld}
        assert not names & {tool.name for tool in made.scenario.offer}
        assert not names & {call.tool for turn in made.turns for call in turn.attempted()}
        withheld += len(names)
    assert withheld


def test_nothing_refers_to_a_call_without_a_result(played: Played) -> None:
    for made in played[1]:
        results = {call.id for turn in made.turns for call in turn.executed()}
        failed = {call.id for turn in made.turns for call in turn.attempted() if call.fault}
        assert not results & failed
        for turn in made.turns:
            for planned in turn.plan.calls:
                assert all(reference.call in results for _, reference in planned.references())


def test_every_call_id_stands_once_in_a_conversation(played: Played) -> None:
    for made in played[1]:
        ids = [call.id for turn in made.turns for call in turn.attempted()]
        assert len(set(ids)) == len(ids)


def test_requests_say_what_they_must_and_nobody_shows_a_name(played: Played) -> None:
    for made in played[1]:
        tools = (*made.scenario.offer, *made.scenario.withheld)
        names = [tool.name for tool in tools] + [name for tool in tools for name in tool.parameters["properties"]]
        for turn in made.turns:
            assert all(find(turn.request, value) for value in turn.required)
            assert not shows_name(turn.request, names)
            assert not shows_name(turn.reply, names)


def test_everything_but_the_question_for_consent_was_read_blind(played: Played) -> None:
    for made in played[1]:
        for turn in made.turns:
            unread = (turn.kind, turn.part) == ("confirm", "opening")
            assert (turn.verification is None) is unread
            assert unread or (turn.verification is not None and turn.verification.equal > 0)


def test_what_destroys_is_called_after_a_yes_alone(played: Played) -> None:
    for made in played[1]:
        for turn in made.turns:
            for call in turn.attempted():
                destroys = made.scenario.tool(call.tool).effect == "destructive"
                assert not destroys or (turn.kind, turn.outcome) == ("confirm", "yes") or call.fault == "mistake"


def test_provenance_names_every_argument_of_the_planned_calls(played: Played) -> None:
    for made in played[1]:
        for turn in made.turns:
            named = {(entry.call, entry.argument.split(".")[0]) for entry in turn.provenance}
            assert named == {(call.id, name) for call in turn.plan.calls for name in call.arguments}


def test_the_rule_of_consent_is_part_of_the_settings() -> None:
    assert CONSENT_RULE in CONFIG.rules


@pytest.mark.parametrize("values", ["free", "facts"])
def test_a_run_of_all_kinds_does_not_depend_on_width_or_order(tmp_path: Path, values: str) -> None:
    config = CONFIG.model_copy(update={"values": values, "count": 4, "turns_max": 3})
    outputs = []
    for width, order in ((1, None), (5, 7)):
        with Store(tmp_path / f"{width}.db") as store:
            store.add_tools(SHOP)
            pipeline.run(Scripted(PerfectModel(small=values == "facts"), width, order), store, config)
            outputs.append(list(store.kept(store.run("r"))))
    assert outputs[0] == outputs[1]
