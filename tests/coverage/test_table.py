"""The coverage table of a stored run."""

from __future__ import annotations

import json
from pathlib import Path

from dtc_local import pipeline
from dtc_local.coverage.table import WHAT, fates_of, run_coverage
from dtc_local.settings import RunConfig
from dtc_local.store import Store
from tests.perfect_model import PerfectModel
from tests.scripted import Scripted
from tests.shop import SHOP, tool

CONFIG = RunConfig(run="r", count=6, seed=3, distractors=2)


def made(path: Path) -> Store:
    """A store with a run of six conversations."""
    store = Store(path)
    store.add_tools(SHOP)
    pipeline.run(Scripted(PerfectModel()), store, CONFIG)
    return store


def test_the_table_counts_what_kept_calls_show_of_what_there_is(tmp_path: Path) -> None:
    with made(tmp_path / "a.db") as store:
        table = run_coverage(store, store.run("r"))
        called = {
            call.tool for _, kept in store.kept(store.run("r")) for turn in kept.turns for call in turn.executed()
        }
    rows = {row.what: row for row in table.rows}
    assert tuple(rows) == WHAT
    assert (rows["tools"].shown, rows["tools"].all) == (len(called), len(SHOP))
    assert rows["required parameters"].all == sum(len(one.required) for one in SHOP)
    assert rows["optional parameters"].all == 2
    assert rows["listed values"].all == 3 + 1 + 2, "the default is never said"
    assert all(row.all is not None and 0 <= row.shown <= row.all for row in table.rows)
    assert set(table.never_called) == {f"shop/{one.name}" for one in SHOP} - {f"shop/{name}" for name in called}
    assert json.dumps(table.as_json())


def test_the_mix_covers_the_conversations_up_to_the_last_one_wanted(tmp_path: Path) -> None:
    with made(tmp_path / "a.db") as store:
        run = store.run("r")
        fates = list(fates_of(store, run))
        turns = [turn.kind for _, kept in store.kept(run) for turn in kept.turns if turn.part != "closing"]
        mix = run_coverage(store, run).mix
    assert sum(fate.kept is not None for fate in fates) == CONFIG.count
    assert {share.kind: share.turns for share in mix if share.turns} == {kind: turns.count(kind) for kind in set(turns)}


def test_where_the_tools_have_changed_only_what_was_shown_is_known(tmp_path: Path) -> None:
    with made(tmp_path / "a.db") as store:
        before = run_coverage(store, store.run("r"))
        store.add_tools([tool("ping", {})])
        after = run_coverage(store, store.run("r"))
    assert {row.all for row in after.rows} == {None}
    assert after.rows[0] == before.rows[0].__class__("tools", before.rows[0].shown, None)
    assert after.never_called == ()
    assert after.mix == before.mix
