"""A run is planned from the header, the settings, the tools and what is on record; nothing is loaded or written."""

from __future__ import annotations

import subprocess
import sys

import pytest

from dtc_local import examples, planner, prompts, tried
from dtc_local.engine import memory
from dtc_local.engine.header import Header, check
from dtc_local.engine.trial import Trial
from dtc_local.errors import UserError
from dtc_local.models_file import find_model
from dtc_local.planner import Past, Speed, longest_prompt, past_runs, plan_run, plan_store, readable, require_room
from dtc_local.settings import RunConfig
from dtc_local.stages.scenario import build
from dtc_local.store import Run, Store
from dtc_local.tools import read_files
from dtc_local.tools.dataflow.index import ToolIndex
from tests.engine.tiny_model import Shape, write
from tests.samples import CANCEL, FIND, MODEL, PING, candidates, conversation, make_tool

TOOLS = (FIND, CANCEL, PING)
CONFIG = RunConfig(count=100)


@pytest.fixture(autouse=True)
def own_record(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is on record but what a test puts there."""
    monkeypatch.setenv("DTC_LOCAL_MODELS", str(tmp_path_factory.mktemp("models")))


@pytest.fixture(scope="module")
def header(tmp_path_factory: pytest.TempPathFactory) -> Header:
    """The header of a small model with a context of 2048 tokens."""
    return check(write(tmp_path_factory.mktemp("small") / "small.gguf", Shape(2, 64, 2, 1, 64, 400)))


def free(monkeypatch: pytest.MonkeyPatch, amount: int | None) -> None:
    monkeypatch.setattr(memory, "free_memory", lambda: amount)


def test_typical_figures_follow_the_settings(header: Header) -> None:
    plan = plan_run(header, CONFIG, TOOLS)
    more = plan_run(header, CONFIG.model_copy(update={"verify_samples": 6, "judge_votes": 6}), TOOLS)
    assert plan.basis == "typical figures"
    assert plan.written == sum(plan.stages.values())
    for stage in ("verify", "judge"):
        assert more.stages[stage] == pytest.approx(2 * plan.stages[stage], abs=1)
    assert {stage: n for stage, n in more.stages.items() if n == plan.stages[stage]}.keys() == {
        "plan", "ask", "execute", "respond",
    }  # fmt: skip
    longer = plan_run(header, CONFIG.model_copy(update={"turns_min": 4, "turns_max": 6}), TOOLS)
    assert longer.read > plan.read
    assert longer.stages["ask"] == pytest.approx(2 * plan.stages["ask"], abs=2)


def test_a_vocabulary_that_packs_more_needs_fewer_tokens(header: Header) -> None:
    loose, tight = (plan_run(header, CONFIG, TOOLS, speed=Speed(0, 0, packed)) for packed in (2.0, 4.0))
    assert loose.written == pytest.approx(2 * tight.written, rel=0.01)
    assert loose.longest_prompt > tight.longest_prompt


def test_time_comes_from_the_measured_speed_and_is_unknown_without(header: Header) -> None:
    assert plan_run(header, CONFIG, TOOLS).seconds is None
    plan = plan_run(header, CONFIG, TOOLS, speed=Speed(200.0, 50.0))
    assert plan.seconds == pytest.approx(100 * (plan.read / 200 + plan.written / 50), abs=0.1)
    assert "dtc-local models check" in readable(plan_run(header, CONFIG, TOOLS))


def test_past_runs_outweigh_typical_figures(header: Header) -> None:
    past = Past(runs=2, read=3000.4, written=1000.0, seconds=36.0, stages={"plan": 0.25, "ask": 0.75})
    plan = plan_run(header, CONFIG, TOOLS, speed=Speed(1.0, 1.0), past=past)
    assert (plan.read, plan.written, plan.seconds) == (3000, 1000, 3600.0)
    assert plan.stages == {"plan": 250, "ask": 750}
    assert "from 2 past runs with this model" in readable(plan)
    assert "about 60 min for 100 kept conversations" in readable(plan)


def test_what_past_runs_took_is_read_from_the_store(store: Store) -> None:
    run = store.open_run(RunConfig(run="first", count=2), MODEL)
    for index in range(4):
        store.save(
            run, index, conversation(index), candidates(), kept=index < 2, reason=None if index < 2 else "judged"
        )
    store.end_session(run, 30.0, {"prompt": 9999, "evaluated": 600, "sampled": 100, "forced": 60})
    store.end_session(run, 10.0, {"evaluated": 200, "sampled": 20, "forced": 20})
    past = past_runs(store, MODEL.sha256, "another name")
    assert past is not None
    assert (past.runs, past.read, past.written, past.seconds) == (1, 400.0, 100.0, 20.0)
    assert sum(past.stages.values()) == pytest.approx(1.0)
    assert past.stages.keys() == {one.stage for one in candidates()}
    assert past_runs(store, "", MODEL.name) == past, "where the digest is unknown the name tells"
    assert past_runs(store, "0" * 64, MODEL.name) is None


def test_runs_that_kept_nothing_tell_nothing(store: Store) -> None:
    run = store.open_run(RunConfig(run="first", count=2), MODEL)
    assert past_runs(store, MODEL.sha256, "") is None
    store.save(run, 0, conversation(0), candidates(), kept=False, reason="judged")
    store.end_session(run, 30.0, {"evaluated": 600, "sampled": 100, "forced": 60})
    assert past_runs(store, MODEL.sha256, "") is None


def test_the_longest_prompt_grows_with_tools_turns_and_distractors() -> None:
    wordy = make_tool(
        "wordy", {f"parameter_{index}": {"type": "string", "description": "x" * 50} for index in range(9)}
    )
    base = longest_prompt(CONFIG, TOOLS)
    assert longest_prompt(CONFIG, (*TOOLS, wordy)) > base
    assert longest_prompt(RunConfig(turns_max=6), TOOLS) > base
    many = tuple(wordy.model_copy(update={"name": f"tool_{index}"}) for index in range(30))
    few, more = (longest_prompt(RunConfig(distractors=count), many) for count in (0, 9))
    assert more - few == pytest.approx(9 * (few - longest_prompt(RunConfig(distractors=0), many[:5])), rel=0.1)
    assert longest_prompt(RunConfig(policy="Be kind. " * 100), TOOLS) > base


def test_a_context_that_is_too_small_is_foretold(header: Header) -> None:
    plan = plan_run(header, CONFIG, TOOLS, context=1024)
    assert plan.longest_prompt > 1024
    assert any(f"Use --context {plan.longest_prompt}," in line for line in plan.advice)
    assert plan.advice[0] in readable(plan)
    beyond = plan_run(header, RunConfig(turns_max=9), TOOLS)
    assert beyond.longest_prompt > header.context_length
    assert "--context" not in beyond.advice[0]
    assert "--turns" in beyond.advice[0]
    assert plan_run(header, CONFIG, TOOLS, context=2048).advice == ()


def test_a_plan_says_how_many_sequences_fit(header: Header, monkeypatch: pytest.MonkeyPatch) -> None:
    free(monkeypatch, memory.need(header, 5, 2048).total)
    plan = plan_run(header, CONFIG, TOOLS)
    assert plan.widest == 5
    assert "room for 5 sequences" in readable(plan)
    assert any("Use --width 5." in line for line in plan.advice)
    free(monkeypatch, None)
    unknown = plan_run(header, CONFIG, TOOLS)
    assert (unknown.free, unknown.widest, unknown.advice) == (None, None, ())
    assert "not known here" in readable(unknown)


def test_what_cannot_fit_is_refused_with_the_option_that_would(header: Header, monkeypatch: pytest.MonkeyPatch) -> None:
    free(monkeypatch, memory.need(header, 5, 2048).total)
    require_room(header, 5, None)
    with pytest.raises(UserError, match=r"16 sequences of 2048 tokens.*Use --width 5\."):
        require_room(header, None, None)
    free(monkeypatch, memory.need(header, 1, 1024).total)
    with pytest.raises(UserError, match=r"Use --width 1 --context 1024\."):
        require_room(header, 8, 2048)
    require_room(header, 1, 1024)
    free(monkeypatch, header.size)
    with pytest.raises(UserError, match="Use a smaller model"):
        require_room(header, 1, 512)
    free(monkeypatch, None)
    require_room(header, 64, 2048)


def test_a_plan_is_json(header: Header) -> None:
    plan = plan_run(header, CONFIG, TOOLS, speed=Speed(100.0, 50.0)).as_json()
    assert plan["memory"]["total"] == sum(plan["memory"][part] for part in ("weights", "cache", "work"))
    assert plan["count"] == 100
    assert plan["tools"] == 3


def test_a_store_s_plan_uses_the_speed_on_record(finished_run: Run, store: Store) -> None:
    store.add_tools(TOOLS)
    seed = find_model(None)
    assert plan_store(store, seed, CONFIG).seconds is None
    tried._write({str(seed.resolve()): {"stamp": tried._stamp(seed), "trial": vars(Trial(100.0, 50.0, 16, 2.5))}})
    plan = plan_store(store, seed, CONFIG)
    assert plan.seconds == pytest.approx(100 * (plan.read / 100 + plan.written / 50), abs=0.1)
    assert plan.tools == 3
    assert plan.model == check(seed).name


def test_planning_loads_no_engine() -> None:
    code = (
        "import sys; from dtc_local import planner; from dtc_local.engine.header import check;"
        "from dtc_local.settings import RunConfig; from dtc_local.models_file import find_model;"
        "planner.plan_run(check(find_model(None)), RunConfig(), ()); print(*sys.modules)"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"llama_cpp", "llguidance", "outlines"} & set(loaded)


@pytest.mark.parametrize(("amount", "words"), [(6_400_000, "6.4 MB"), (12_340_000_000, "12.3 GB"), (0, "0.0 MB")])
def test_sizes_are_said_in_words(amount: int, words: str) -> None:
    assert planner.size(amount) == words


def test_no_conversation_is_offered_more_than_the_plan_counts_with() -> None:
    tools = read_files(examples.paths()).tools
    config, index = RunConfig(turns_max=3, distractors=3), ToolIndex(tools)
    scenarios = [build(index, seed=3, index=number, turns=config.turns, distractors=3) for number in range(40)]
    longest = max(len(prompts.system(scenario.offer, scenario.date)) for scenario in scenarios)
    assert longest < planner.PACKED * longest_prompt(config, tools)
    assert longest > planner.PACKED * longest_prompt(config, tools) / 6, "nor is it a figure without meaning"
