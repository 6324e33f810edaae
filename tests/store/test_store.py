"""What goes into the store comes out again, once, in order, and under the settings it was made with."""

from __future__ import annotations

from pathlib import Path

import pytest

from dtc_local.engine.base import ModelInfo
from dtc_local.errors import UserError
from dtc_local.settings import RunConfig
from dtc_local.store import Run, Store
from tests.samples import CANCEL, FIND, MODEL, PING, candidates, conversation, make_tool


def test_a_saved_conversation_comes_back_equal(store: Store) -> None:
    run = store.open_run(RunConfig(run="r"), MODEL)
    conversation_id = store.save(run, 3, conversation(3, rescued=True), candidates(), kept=True)
    stored = store.conversation(conversation_id)
    assert conversation_id == "r-3"
    assert stored.conversation == conversation(3, rescued=True)
    assert (stored.index, stored.status, stored.reason) == (3, "rescued", None)
    assert store.candidates(conversation_id) == candidates()


def test_a_reopened_file_gives_the_same_conversation(tmp_path: Path) -> None:
    with Store(tmp_path / "dtc.db") as store:
        store.save(store.open_run(RunConfig(run="r"), MODEL), 0, conversation(), (), kept=True)
    with Store(tmp_path / "dtc.db", create=False) as store:
        assert [found for _, found in store.kept(store.run("r"))] == [conversation()]


def test_an_index_is_never_saved_twice(store: Store, finished_run: Run) -> None:
    with pytest.raises(Exception, match="UNIQUE"):
        store.save(finished_run, 0, conversation(), (), kept=True)
    assert store.conversation("first-0").conversation == conversation(0)


def test_a_draft_dropped_before_it_had_a_scenario_is_kept_on_record(store: Store) -> None:
    run = store.open_run(RunConfig(run="r"), MODEL)
    store.save(run, 0, None, candidates(), kept=False, reason="no_topology")
    assert store.counts(run).dropped == {"no_topology": 1}
    assert store.conversation("r-0").conversation is None


def test_the_stage_that_failed_is_stored_of_a_dropped_conversation_alone(store: Store) -> None:
    run = store.open_run(RunConfig(run="r", count=2), MODEL)
    store.save(run, 0, conversation(0), candidates(), kept=False, reason="length", stage="ask")
    store.save(run, 1, conversation(1), candidates(), kept=True, stage="ask")
    assert [one.stage for one in store.summaries(run)] == ["ask", None]
    assert [store.conversation(one).stage for one in ("r-0", "r-1")] == ["ask", None]


def test_what_was_written_is_counted_by_stage_and_reason_up_to_an_index(store: Store) -> None:
    run = store.open_run(RunConfig(run="r", count=2), MODEL)
    for index in range(3):
        store.save(run, index, conversation(index), candidates(), kept=True)
    assert sorted(store.written(run, 1), key=str) == [("ask", "missing_literal", 2), ("ask", None, 2)]
    assert [one.index for one in store.counted(run)] == [0, 1]


def test_the_output_is_the_first_wanted_kept_by_index(store: Store, finished_run: Run) -> None:
    assert [index for index, _ in store.kept(finished_run)] == [0, 2]
    assert [index for index, _ in store.kept(finished_run, limit=1)] == [0]
    assert store.done(finished_run) == {0, 1, 2, 3, 4}


def test_counts_stop_at_the_last_wanted_conversation(store: Store, finished_run: Run) -> None:
    counts = store.counts(finished_run)
    assert (counts.kept, counts.dropped, counts.complete) == (2, {"judged": 1}, True)


def test_a_run_with_a_gap_is_not_complete(store: Store) -> None:
    run = store.open_run(RunConfig(run="r", count=1), MODEL)
    store.save(run, 1, conversation(1), (), kept=True)
    assert not store.counts(run).complete
    store.save(run, 0, None, (), kept=False, reason="length")
    assert store.counts(run).complete


def test_a_run_may_be_continued_with_more_wanted(store: Store, finished_run: Run) -> None:
    more = store.open_run(RunConfig(run="first", count=3, limit=50), MODEL)
    assert (more.id, more.wanted) == (finished_run.id, 3)
    assert [index for index, _ in store.kept(more)] == [0, 2, 4]


@pytest.mark.parametrize(
    ("config", "model", "said"),
    [
        (RunConfig(run="first", seed=8), MODEL, "seed was 1 and is now 8."),
        (RunConfig(run="first", seed=8, retries=0), MODEL, "retries was 3 and is now 0, seed was 1 and is now 8."),
        (RunConfig(run="first"), ModelInfo("other", "cd" * 32, 1, 1), "the model is another."),
    ],
)
def test_a_run_is_not_continued_under_other_settings(
    store: Store, finished_run: Run, config: RunConfig, model: ModelInfo, said: str
) -> None:
    with pytest.raises(UserError) as error:
        store.open_run(config, model)
    assert str(error.value) == f"Run 'first' was made with other settings: {said} Give another name with --run."


def test_a_run_is_not_continued_after_its_tools_changed(store: Store, finished_run: Run) -> None:
    store.add_tools([FIND])
    with pytest.raises(UserError, match="the tools on offer have changed"):
        store.open_run(RunConfig(run="first", count=2), MODEL)


def test_without_a_name_equal_settings_continue_the_same_run(store: Store) -> None:
    first = store.open_run(RunConfig(seed=7), MODEL)
    assert store.open_run(RunConfig(seed=7, count=99), MODEL).id == first.id
    assert store.open_run(RunConfig(seed=8), MODEL).id != first.id
    assert first.name.startswith("seed-7-")


def test_an_unknown_run_is_answered_with_the_known_ones(store: Store, finished_run: Run) -> None:
    with pytest.raises(UserError, match=r"There is no run 'frist' in .*; its runs: first"):
        store.run("frist")


def test_importing_says_what_is_new_changed_and_unchanged(store: Store) -> None:
    assert store.add_tools([FIND, CANCEL]).new == ("shop/find_order", "shop/cancel_order")
    changed = make_tool("find_order", {"customer": {"type": "integer"}})
    report = store.add_tools([changed, CANCEL, PING])
    assert (report.new, report.changed, report.unchanged) == (
        ("shop/ping",),
        ("shop/find_order",),
        ("shop/cancel_order",),
    )
    assert store.tools() == (CANCEL, changed, PING)


def test_tools_can_be_asked_for_by_namespace(store: Store) -> None:
    elsewhere = make_tool("find_order", {}, namespace="bank")
    store.add_tools([FIND, elsewhere])
    assert store.tools("bank") == (elsewhere,)
    assert store.tools("bank", "shop") == (elsewhere, FIND)
    assert store.tools("none") == ()


def test_property_order_survives_the_store(store: Store) -> None:
    ordered = make_tool("pay", {"zulu": {"type": "string"}, "alpha": {"type": "string"}})
    store.add_tools([ordered])
    assert list(store.tools()[0].parameters["properties"]) == ["zulu", "alpha"]


def test_a_conversation_keeps_the_tools_it_was_made_with(store: Store, finished_run: Run) -> None:
    store.add_tools([make_tool("find_order", {"changed": {"type": "string"}})])
    assert store.conversation("first-0").conversation == conversation(0)


def test_sessions_add_up(store: Store, finished_run: Run) -> None:
    store.end_session(finished_run, 1.5, {"sampled": 10})
    store.end_session(finished_run, 2.5, {"sampled": 5, "forced": 1})
    assert store.spent(finished_run) == (4.0, {"sampled": 15, "forced": 1})
