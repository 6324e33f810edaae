"""What Datasette is told is so: every table and column is described, and every query runs and asks what it says."""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from dtc_local.store import Run, Store
from dtc_local.store.metadata import DESCENDING, FACETS, LABELS, TABLES, datasette_metadata, metadata_text
from dtc_local.store.queries import QUERIES, Query
from dtc_local.store.schema import migrations
from tests.report.runs import mixed_run

BY_NAME = {query.name: query for query in QUERIES}


@pytest.fixture
def run(store: Store) -> Run:
    """The mixed run."""
    return mixed_run(store)


def asked(store: Store, query: Query, **values: str) -> list[dict[str, Any]]:
    """A query's answer from a file that cannot be written, as Datasette opens it; what is not given is empty."""
    file = sqlite3.connect(f"file:{store.path}?mode=ro", uri=True)
    file.row_factory = sqlite3.Row
    try:
        return [dict(row) for row in file.execute(query.sql, dict.fromkeys(parameters(query), "") | values)]
    finally:
        file.close()


def parameters(query: Query) -> list[str]:
    """Names of a query's parameters."""
    return list(dict.fromkeys(re.findall(r":(\w+)", query.sql)))


def columns(store: Store) -> dict[str, list[str]]:
    """Our tables and their columns."""
    return {
        table.name: [column.name for column in table.columns]
        for table in store._file.db.tables
        if "_fts" not in table.name and not table.name.startswith(("_", "sqlite_"))
    }


def test_every_table_and_column_is_described_and_none_besides(store: Store) -> None:
    described = {name: list(about) for name, (_, about) in TABLES.items()}
    assert {name: sorted(about) for name, about in described.items()} == {
        name: sorted(about) for name, about in columns(store).items()
    }


def test_facets_labels_and_orders_are_of_real_columns(store: Store) -> None:
    real = columns(store)
    assert all(set(facets) <= set(real[table]) for table, facets in FACETS.items())
    assert all(column in real[table] for table, column in (LABELS | DESCENDING).items())


@pytest.mark.parametrize("query", QUERIES, ids=[query.name for query in QUERIES])
def test_every_query_answers_from_a_file_that_is_only_read(store: Store, run: Run, query: Query) -> None:
    assert asked(store, query), query.title
    for name in parameters(query):
        assert asked(store, query, **{name: "nothing of that name"}) == []
        assert re.search(rf"\b{name}\b", query.description), f"the description says what {name} is"


def test_queries_of_an_empty_store_have_no_rows(store: Store) -> None:
    assert [asked(store, query) for query in QUERIES] == [[]] * len(QUERIES)


def test_drop_reasons_and_yield_agree_with_a_recount(store: Store, run: Run) -> None:
    settled = store.summaries(run)
    dropped = Counter(one.reason for one in settled if one.status == "dropped")
    rows = asked(store, BY_NAME["drop_reasons"], run=run.name)
    assert {row["reason"]: row["dropped"] for row in rows} == dropped
    planned = Counter(kind for one in settled for kind in set(one.kinds))
    kept = Counter(kind for one in settled if one.status != "dropped" for kind in set(one.kinds))
    rows = asked(store, BY_NAME["yield_by_kind"])
    assert {row["kind"]: row["conversations"] for row in rows} == planned
    assert {row["kind"]: row["kept"] for row in rows} == kept


def test_an_argument_s_origin_is_the_words_that_its_span_covers(store: Store, run: Run) -> None:
    rows = asked(store, BY_NAME["origin_of_an_argument"], conversation="mixed-0")
    made = store.conversation("mixed-0").conversation
    assert made is not None
    expected = {
        (origin.call, origin.argument): made.turns[origin.turn].request[slice(*origin.span)]
        if origin.turn is not None and origin.span is not None
        else origin.path
        for turn in made.turns
        for origin in turn.provenance
    }
    assert {(row["call"], row["argument"]): row["came_from"] for row in rows} == expected


def test_calls_left_unsaid_and_refusals_are_all_listed(store: Store, run: Run) -> None:
    unsaid = asked(store, BY_NAME["implicit_calls"], run=run.name)
    kept = [one.id for one in store.summaries(run) if one.status != "dropped"]
    conversations = [store.conversation(conversation_id).conversation for conversation_id in kept]
    assert len(unsaid) == sum(len(turn.implicit) for made in conversations if made for turn in made.turns)
    refused = Counter(
        (one.stage, one.reason)
        for summary in store.summaries(run)
        for one in store.candidates(summary.id)
        if not one.accepted
    )
    rows = asked(store, BY_NAME["refusals_by_stage"])
    assert {
        (row["stage"], row["verdict"]): row["candidates"] for row in rows if row["verdict"] != "accepted"
    } == refused
    assert len(asked(store, BY_NAME["refused_candidates"])) == refused.total()
    assert (
        len(asked(store, BY_NAME["refused_candidates"], stage="ask", reason="length")) == refused["ask", "length"] == 1
    )


def test_requests_and_replies_are_found_by_their_words(store: Store, run: Run) -> None:
    def found(words: str) -> list[str]:
        rows = store._file.rows(
            "SELECT DISTINCT conversation FROM turns WHERE id IN (SELECT rowid FROM turns_fts WHERE turns_fts MATCH ?)",
            [words],
        )
        return sorted(row["conversation"] for row in rows)

    assert found("hold") == [f"mixed-{index}" for index in (0, 2, 3, 4, 5, 6, 7)]
    assert found("rated OR rating"), "by their stems"
    with store._file.transaction() as db:
        db.execute("DELETE FROM conversations WHERE id = 'mixed-0'")
    assert "mixed-0" not in found("hold")


def test_conversations_of_an_older_store_can_be_searched_after_it_was_brought_up_to_date(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = list(migrations._migrations)
    monkeypatch.setattr(migrations, "_migrations", [one for one in now if one.name < "m005"])
    Store(tmp_path / "dtc.db").close()
    with sqlite3.connect(tmp_path / "dtc.db") as old:
        old.execute("INSERT INTO runs VALUES (4, 'r', 1, 1, '{}', '', '', '', '', '', '')")
        old.execute("INSERT INTO conversations VALUES ('r-3', 4, 3, 'kept', NULL, 'single', 1, NULL)")
        old.execute("INSERT INTO turns VALUES ('r-3', 1, 'single', 'Mend my bicycle.', '[]', '[]', 1, 'Done.')")
    old.close()
    monkeypatch.setattr(migrations, "_migrations", now)
    with Store(tmp_path / "dtc.db") as store:
        assert store._file.rows("SELECT rowid FROM turns_fts WHERE turns_fts MATCH 'bicycles'") == [
            {"rowid": 4 * 10**10 + 301}
        ]
        assert store._file.rows("SELECT id, request FROM turns") == [
            {"id": 4 * 10**10 + 301, "request": "Mend my bicycle."}
        ]
        assert store._file.rows("PRAGMA foreign_key_check") == []


def test_a_query_stands_in_yaml_as_it_would_be_typed() -> None:
    text = metadata_text(datasette_metadata("dtc"), "yaml")
    for query in QUERIES:
        assert "\n".join(f"          {line}" for line in query.sql.splitlines()) in text
