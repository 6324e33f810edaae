"""Only a file of ours is opened, old ones are brought up to date, and whatever is wrong is said in one sentence."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest
from sqlite_utils import Database

from dtc_local.errors import UserError
from dtc_local.settings import RunConfig
from dtc_local.store import Store, database
from dtc_local.store.schema import migrations
from tests.samples import MODEL


def sentence(path: Path, create: bool = True) -> str:
    """What opening says."""
    with pytest.raises(UserError) as error:
        Store(path, create)
    assert "\n" not in str(error.value)
    return str(error.value)


def test_a_new_file_has_strict_tables_a_journal_and_foreign_keys(store: Store) -> None:
    made = store._file.rows(
        "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_%' ESCAPE '\\'"
    )
    tables = {table["name"]: table["sql"] for table in made if "_fts" not in table["name"]}
    assert {"tools", "versions", "offers", "runs", "conversations"} <= tables.keys()
    assert all(sql.endswith("STRICT") for sql in tables.values())
    assert store._file.rows("PRAGMA journal_mode") == [{"journal_mode": "wal"}]
    assert store._file.rows("PRAGMA foreign_keys") == [{"foreign_keys": 1}]
    assert store._file.rows("PRAGMA foreign_key_check") == []


def test_an_empty_file_becomes_a_store(tmp_path: Path) -> None:
    (tmp_path / "dtc.db").touch()
    with Store(tmp_path / "dtc.db") as store:
        assert store.runs() == ()


def test_a_store_of_an_older_version_is_brought_up_to_date_and_keeps_its_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store(tmp_path / "dtc.db") as store:
        store.open_run(RunConfig(run="old"), MODEL)

    def m999_later(db: Database) -> None:
        db.executescript("ALTER TABLE runs ADD COLUMN note TEXT NOT NULL DEFAULT ''")

    monkeypatch.setattr(migrations, "_migrations", list(migrations._migrations))
    migrations()(m999_later)
    with Store(tmp_path / "dtc.db") as store:
        assert store._file.rows("SELECT name, note FROM runs") == [{"name": "old", "note": ""}]


def test_drops_of_an_older_store_get_the_stage_that_their_candidates_tell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = list(migrations._migrations)
    monkeypatch.setattr(migrations, "_migrations", [one for one in now if one.name < "m006"])
    Store(tmp_path / "dtc.db").close()
    with sqlite3.connect(tmp_path / "dtc.db") as old:
        old.execute("INSERT INTO runs VALUES (1, 'r', 1, 1, '{}', '', '', '', '', '', '')")
        for index, reason in enumerate((None, "judged", "no_topology", "length", "weak_plan")):
            status = "dropped" if reason else "kept"
            old.execute(
                "INSERT INTO conversations VALUES (?, 1, ?, ?, ?, 'single', 1, NULL)",
                [f"r-{index}", index, status, reason],
            )
        for position, (stage, reason) in enumerate((("plan", "length"), ("ask", "length"), ("verify", "not_verified"))):
            old.execute("INSERT INTO candidates VALUES ('r-3', ?, ?, 0, 0, '', -1, 0, ?)", [position, stage, reason])
    old.close()
    monkeypatch.setattr(migrations, "_migrations", now)
    with Store(tmp_path / "dtc.db") as store:
        stages = [one.stage for one in store.summaries(store.run("r"))]
    assert stages == [None, "judge", "scenario", "ask", None], "the last one left no candidate to tell"


def test_a_migration_that_fails_leaves_the_file_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Store(tmp_path / "dtc.db").close()

    def m999_breaks(db: Database) -> None:
        db.execute("DROP TABLE provenance")
        raise RuntimeError("halfway")

    monkeypatch.setattr(migrations, "_migrations", list(migrations._migrations))
    migrations()(m999_breaks)
    with pytest.raises(RuntimeError):
        Store(tmp_path / "dtc.db")
    monkeypatch.undo()
    with Store(tmp_path / "dtc.db") as store:
        assert store._file.rows("SELECT COUNT(*) AS n FROM provenance") == [{"n": 0}]


def test_a_store_of_a_newer_version_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Store(tmp_path / "dtc.db").close()
    monkeypatch.setattr(migrations, "_migrations", [])
    assert "was made by a newer version of dtc-local (m001_initial" in sentence(tmp_path / "dtc.db")


def test_another_program_s_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE mine (value TEXT)")
    other.close()
    before = path.read_bytes()
    assert sentence(path) == f"The database {path} belongs to another program. Name another file with --db."
    assert path.read_bytes() == before


def test_a_corrupt_database_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "dtc.db"
    Store(path).close()
    path.write_bytes(path.read_bytes()[:100] + os.urandom(20_000))
    assert sentence(path).startswith(f"The database {path} cannot be read: ")


def test_a_missing_database_is_not_made_by_looking_at_it(tmp_path: Path) -> None:
    assert sentence(tmp_path / "dtc.db", create=False).startswith(f"There is no database {tmp_path / 'dtc.db'}.")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("place", "said"), [(".", "is a folder"), ("absent/dtc.db", "a folder that does not exist")])
def test_an_impossible_place_is_one_sentence(tmp_path: Path, place: str, said: str) -> None:
    assert said in sentence(tmp_path / place)


def test_a_database_that_another_process_holds_is_one_sentence(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.05)
    with Store(store.path) as second:
        store._file.db.execute("BEGIN IMMEDIATE")
        try:
            with pytest.raises(UserError, match="has been locked by another process"):
                second.open_run(RunConfig(run="r"), MODEL)
        finally:
            store._file.db.rollback()
