"""Filters take what was asked for, in the order of the run, and count what they leave out."""

from __future__ import annotations

from collections import Counter

import pytest

from dtc_local.errors import UserError
from dtc_local.export.select import Outline, Selection, by_outline, by_summary, outline, where_ids
from dtc_local.settings import RunConfig
from dtc_local.store import Run, Store
from tests.samples import MODEL, conversation


@pytest.fixture
def run(store: Store) -> Run:
    """Six conversations, of which five are wanted: even ones of one turn, odd ones of two; 3 is dropped."""
    run = store.open_run(RunConfig(run="mixed", count=5), MODEL)
    for index in range(6):
        made = conversation(index)
        if index % 2 == 0:
            scenario = made.scenario.model_copy(update={"turns": made.scenario.turns[1:]})
            made = made.model_copy(update={"scenario": scenario, "turns": made.turns[1:]})
        store.save(run, index, made, (), kept=index != 3, reason="judged" if index == 3 else None)
    return run


def chosen(store: Store, run: Run, **asked: object) -> tuple[list[int], dict[str, int]]:
    """Indices that stay, and the reasons of the others."""
    dropped: Counter[str] = Counter()
    left = by_summary(store, run, Selection(**asked), dropped)  # type: ignore[arg-type]
    return [summary.index for summary in left], dict(dropped)


def test_without_a_filter_the_whole_output_stays(store: Store, run: Run) -> None:
    assert chosen(store, run) == ([0, 1, 2, 4, 5], {})


def test_a_conversation_with_a_turn_of_another_kind_is_left_out(store: Store, run: Run) -> None:
    assert chosen(store, run, kinds=("parallel",)) == ([0, 2, 4], {"kind": 2})


def test_the_hardest_turn_decides_about_the_solve_rate(store: Store, run: Run) -> None:
    assert chosen(store, run, min_solve_rate=0.8) == ([0, 2, 4], {"solve_rate": 2})


def test_a_condition_chooses_by_any_column(store: Store, run: Run) -> None:
    assert chosen(store, run, where="position > 1 -- no more") == ([2, 4, 5], {"where": 2})
    assert where_ids(store.path, run, "json_extract(record, '$.rescued') = 0 AND status = 'kept'") == {
        f"mixed-{index}" for index in (0, 1, 2, 4, 5)
    }


@pytest.mark.parametrize(
    "condition",
    [
        "nonsense",
        "1; DROP TABLE conversations",
        "id IN (SELECT name FROM pragma_table_info('runs'))",
        "",
        "(",
        "1) UNION SELECT name FROM runs --",
    ],
)
def test_a_condition_that_sqlite_refuses_is_one_sentence(store: Store, run: Run, condition: str) -> None:
    if condition.startswith("1) UNION"):
        assert where_ids(store.path, run, "1) AND (1") == {f"mixed-{index}" for index in range(6)}
        return
    with pytest.raises(UserError, match="--where") as refused:
        where_ids(store.path, run, condition)
    assert "\n" not in str(refused.value)


def test_a_condition_cannot_write_or_open_files(store: Store, run: Run) -> None:
    for condition in ("(SELECT writefile('x', 'y'))", "(SELECT load_extension('x')) IS NULL"):
        with pytest.raises(UserError, match="--where"):
            where_ids(store.path, run, condition)
    assert len(store.summaries(run)) == 6


def test_a_condition_without_end_is_stopped(store: Store, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dtc_local.export.select.WHERE_SECONDS", 0.05)
    endless = "(WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n) > 0"
    with pytest.raises(UserError, match="took longer"):
        where_ids(store.path, run, endless)


def test_the_first_of_several_like_conversations_stays() -> None:
    same = [outline(index, conversation(0)) for index in range(3)]
    dropped: Counter[str] = Counter()
    assert [one.index for one in by_outline(same, Selection(drop_duplicates=True), dropped)] == [0]
    assert dropped == {"near_duplicate": 2}


def test_a_tool_is_called_by_no_more_conversations_than_asked() -> None:
    used = [
        Outline(k, frozenset({("shop", name) for name in names}), ())
        for k, names in enumerate(["ab", "a", "b", "c", "a"])
    ]
    dropped: Counter[str] = Counter()
    assert [one.index for one in by_outline(used, Selection(max_per_tool=1), dropped)] == [0, 3]
    assert dropped == {"max_per_tool": 3}


def test_an_outline_names_called_tools_alone() -> None:
    assert outline(0, conversation()).called == {("shop", "find_order"), ("shop", "cancel_order")}
