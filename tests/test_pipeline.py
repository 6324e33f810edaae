"""A run is the same whatever happens beside it: width, order of finishing, interruption, failures of neighbours."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from dtc_local import pipeline
from dtc_local.coverage import window
from dtc_local.engine.base import Engine, Request
from dtc_local.engine.failures import ContextOverflow
from dtc_local.errors import DecodeError, UserError
from dtc_local.mixes import MIXES
from dtc_local.records import Conversation
from dtc_local.settings import RunConfig
from dtc_local.store import Store
from dtc_local.validation import is_valid
from tests.perfect_model import PerfectModel
from tests.scripted import Scripted
from tests.shop import SHOP

CONFIG = RunConfig(run="r", count=4, seed=3, distractors=2)
Output = list[tuple[int, Conversation]]


def shop_store(path: Path) -> Store:
    """A store with the shop's tools."""
    store = Store(path)
    store.add_tools(SHOP)
    return store


def finished(path: Path, engine: Engine, config: RunConfig = CONFIG) -> tuple[pipeline.RunResult, Output]:
    """A run's result and output."""
    with shop_store(path) as store:
        result = pipeline.run(engine, store, config)
        return result, list(store.kept(store.run(result.run)))


def spoiled(stage: str, text: str, when: Callable[[int], bool] = lambda _: True) -> Callable[[Request], list[str]]:
    """The perfect model, but for those requests of one stage (counted from 0) for which `when` holds."""
    model, seen = PerfectModel(), count()

    def script(request: Request) -> list[str]:
        answer = model(request)
        return [text] * len(answer) if request.stage == stage and when(next(seen)) else answer

    return script


def test_a_perfect_model_has_its_conversations_kept(tmp_path: Path) -> None:
    result, output = finished(tmp_path / "a.db", Scripted(PerfectModel()))
    assert (result.kept, result.ended_short) == (4, False), result
    assert set(result.dropped) <= {"length"}, "it cannot invent a date"
    assert [index for index, _ in output] == sorted(index for index, _ in output)
    assert len({turn.kind for _, made in output for turn in made.turns}) >= 3


def test_what_is_kept_is_sound(tmp_path: Path) -> None:
    config = CONFIG.model_copy(update={"count": 12, "mix": MIXES["plain"]})
    _, output = finished(tmp_path / "a.db", Scripted(PerfectModel()), config)
    for _, made in output:
        assert 2 <= len(made.turns) <= 3
        for turn in made.turns:
            assert turn.verification is not None
            assert turn.verification.solve_rate == 1
            for call in turn.executed():
                tool = made.scenario.tool(call.tool)
                assert is_valid(call.arguments, tool.source.parameters)
                assert tool.source.output is None or is_valid(call.result, tool.source.output)
            assert {entry.call for entry in turn.provenance} == {call.id for call in turn.plan.calls if call.arguments}


@pytest.mark.parametrize(("width", "order"), [(1, None), (3, 7), (16, 11)])
def test_output_does_not_depend_on_width_or_order(tmp_path: Path, width: int, order: int | None) -> None:
    plain = finished(tmp_path / "a.db", Scripted(PerfectModel()))
    other = finished(tmp_path / "b.db", Scripted(PerfectModel(), width, order))
    assert plain[1] == other[1]
    assert plain[0].dropped == other[0].dropped


@pytest.mark.parametrize("after", [1, 15, 30, 50])
def test_a_run_that_broke_off_goes_on_as_if_it_had_not(tmp_path: Path, after: int) -> None:
    model, seen = PerfectModel(), count()

    def breaking(request: Request) -> list[str]:
        if next(seen) == after:
            raise KeyboardInterrupt
        return model(request)

    with pytest.raises(KeyboardInterrupt):
        finished(tmp_path / "a.db", Scripted(breaking))
    resumed = finished(tmp_path / "a.db", Scripted(PerfectModel()))
    whole = finished(tmp_path / "b.db", Scripted(PerfectModel()))
    assert resumed[1] == whole[1]
    assert resumed[0].dropped == whole[0].dropped


def test_a_finished_run_asks_the_engine_nothing(tmp_path: Path) -> None:
    finished(tmp_path / "a.db", Scripted(PerfectModel()))
    idle = Scripted(PerfectModel())
    result, _ = finished(tmp_path / "a.db", idle)
    assert (result.kept, idle.requests) == (4, [])


@pytest.mark.parametrize(
    ("stage", "text", "reason"),
    [
        ("plan", "[", "length"),
        ("ask", "Please", "length"),
        ("verify", "[", "not_verified"),
        ("execute", "{", "length"),
        ("respond", "Everything", "length"),
        ("respond", "It was Peter who did it.", "ungrounded_reply"),
        ("judge", '{"calls_fit":true,"requests_natural":true,"replies_fit":false}', "judged"),
        ("judge", "{", "judged"),
    ],
)
def test_a_stage_that_always_fails_drops_everything_with_its_reason(
    tmp_path: Path, stage: str, text: str, reason: str
) -> None:
    config = CONFIG.model_copy(update={"count": 2, "limit": 3, "retries": 2, "values": "free", "seed": 5})
    result, output = finished(tmp_path / "a.db", Scripted(spoiled(stage, text)), config)
    assert (result.kept, result.dropped, result.ended_short, output) == (0, {reason: 3}, True, [])


def test_every_candidate_is_stored_with_its_reason(tmp_path: Path) -> None:
    finished(tmp_path / "a.db", Scripted(spoiled("ask", "Please", lambda seen: seen == 0), width=1))
    with Store(tmp_path / "a.db") as store:
        stored = store.candidates("r-0")
    cut = [one for one in stored if one.stage == "ask" and one.attempt == 0 and one.turn == 0]
    assert [(one.text, one.accepted, one.reason) for one in cut] == [("Please", False, "length")] * 3
    assert {one.stage for one in stored if one.accepted} == {"plan", "ask", "verify", "execute", "respond", "judge"}


@pytest.mark.parametrize(("values", "noted"), [("free", True), ("facts", False)])
def test_the_stage_at_fault_is_told_why_unless_the_model_is_small(tmp_path: Path, values: Any, noted: bool) -> None:
    engine = Scripted(spoiled("ask", "Please", lambda seen: seen == 0), width=1)
    finished(tmp_path / "a.db", engine, CONFIG.model_copy(update={"values": values}))
    second = [request for request in engine.requests if request.stage == "ask"][1]
    assert ("Note: Say it shorter." in second.messages[-1].parts[-1]) is noted


def test_a_failed_later_turn_leaves_the_finished_ones(tmp_path: Path) -> None:
    config = CONFIG.model_copy(update={"count": 1, "turns_min": 1, "turns_max": 2, "retries": 0, "seed": 3})
    whole = finished(tmp_path / "a.db", Scripted(PerfectModel(), width=1), config)[1][0][1]
    config = config.model_copy(update={"turns_min": 1})
    assert len(whole.turns) == 2
    assert not whole.rescued
    kept = finished(tmp_path / "b.db", Scripted(spoiled("respond", "E", lambda seen: seen == 1), width=1), config)[1][
        0
    ][1]
    assert kept.rescued
    assert kept.turns == whole.turns[:1]


def test_too_few_finished_turns_are_not_kept(tmp_path: Path) -> None:
    config = CONFIG.model_copy(update={"count": 1, "limit": 1, "retries": 0})
    result, _ = finished(tmp_path / "a.db", Scripted(spoiled("respond", "E", lambda seen: seen == 1), width=1), config)
    assert result.dropped == {"length": 1}


def test_a_run_ends_short_at_its_limit_and_may_be_continued(tmp_path: Path) -> None:
    result, _ = finished(tmp_path / "a.db", Scripted(PerfectModel()), CONFIG.model_copy(update={"limit": 2}))
    assert (result.kept, result.ended_short) == (2, True)
    result, output = finished(tmp_path / "a.db", Scripted(PerfectModel()))
    assert (result.kept, result.ended_short) == (4, False)
    assert output == finished(tmp_path / "b.db", Scripted(PerfectModel()))[1]


def test_an_engine_error_stops_the_run_and_loses_nothing_finished(tmp_path: Path) -> None:
    model, seen = PerfectModel(), count()

    def failing(request: Request) -> list[str]:
        if next(seen) == 45:
            raise DecodeError("A logit was NaN.")
        return model(request)

    with pytest.raises(DecodeError):
        finished(tmp_path / "a.db", Scripted(failing, width=1))
    with Store(tmp_path / "a.db") as store:
        done = store.done(store.run("r"))
        assert done == set(range(len(done)))
        assert done


class _Narrow(Scripted):
    """An engine whose context holds so many characters of conversation."""

    def __init__(self, script: Callable[[Request], Sequence[str]], room: int) -> None:
        super().__init__(script)
        self.room = room

    def submit(self, request: Request) -> int:
        if sum(map(len, request.messages[-1].parts)) > self.room:
            raise ContextOverflow(self.room, request.max_tokens, self.room)
        return super().submit(request)


def test_a_conversation_too_long_for_the_model_is_dropped_alone(tmp_path: Path) -> None:
    config = CONFIG.model_copy(update={"count": 10, "limit": 10})
    result, output = finished(tmp_path / "a.db", _Narrow(PerfectModel(), 900), config)
    whole = dict(finished(tmp_path / "b.db", Scripted(PerfectModel()), config)[1])
    assert result.kept + sum(result.dropped.values()) == 10
    assert result.dropped["length"] > 0
    assert 0 < len(output) < len(whole)
    for index, kept in output:
        assert kept.turns == whole[index].turns[: len(kept.turns)]


def test_tools_that_form_too_few_turns_are_a_drop_reason(tmp_path: Path) -> None:
    with Store(tmp_path / "a.db") as store:
        store.add_tools(SHOP[:2])
        config = RunConfig(run="r", count=1, limit=2, turns_min=3, turns_max=3, mix={"missing_tool": 1})
        result = pipeline.run(Scripted(PerfectModel()), store, config)
    assert result.dropped == {"no_topology": 2}


def test_a_mix_that_no_tool_can_form_is_refused_before_there_is_a_run(tmp_path: Path) -> None:
    with Store(tmp_path / "a.db") as store:
        store.add_tools(SHOP[:1])
        with pytest.raises(
            UserError, match="cannot form the mix fan_in=1: no usable tool takes what two others return"
        ):
            pipeline.run(Scripted(PerfectModel()), store, RunConfig(run="r", mix={"fan_in": 1}))
        assert store.runs() == ()


def test_conversations_know_of_others_by_index_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(window, "LAG", 4)
    config = CONFIG.model_copy(update={"count": 14, "turns_min": 1, "turns_max": 1})
    plain = finished(tmp_path / "a.db", Scripted(PerfectModel(), 1), config)
    wide = finished(tmp_path / "b.db", Scripted(PerfectModel(), 16, 11), config)
    finished(tmp_path / "c.db", Scripted(PerfectModel(), 3, 5), config.model_copy(update={"count": 5}))
    continued = finished(tmp_path / "c.db", Scripted(PerfectModel(), 16, 7), config)
    assert plain[1] == wide[1] == continued[1]
    assert plain[0].dropped == wide[0].dropped == continued[0].dropped


def test_without_tools_there_is_nothing_to_run(tmp_path: Path) -> None:
    with Store(tmp_path / "a.db") as store, pytest.raises(UserError, match="no tools"):
        pipeline.run(Scripted(PerfectModel()), store, CONFIG)


def test_progress_is_told_and_tokens_are_counted(tmp_path: Path) -> None:
    told: list[pipeline.Progress] = []
    with shop_store(tmp_path / "a.db") as store:
        result = pipeline.run(Scripted(PerfectModel()), store, CONFIG, told.append)
    assert told[-1].kept >= 4
    assert [one.kept for one in told] == sorted(one.kept for one in told)
    assert result.tokens["sampled"] == told[-1].tokens > 0
