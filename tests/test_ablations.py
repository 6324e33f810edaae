"""`scripts/ablations` runs the whole method beside runs that lack a part, and prints what each came to."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dtc_local import examples
from dtc_local.errors import UserError
from dtc_local.settings import ABLATIONS
from dtc_local.store import Store
from dtc_local.tools import read_files
from scripts.ablation_study import HEADER, Row, ablations

NAMES = ["full", *(name.replace("_", "-") for name in ABLATIONS)]


def study(*options: str | Path) -> Result:
    """The script's command with these options."""
    return CliRunner().invoke(ablations, [str(option) for option in options])


def test_every_run_is_made_with_the_shipped_model_and_has_its_row(folder: Path) -> None:
    tools = examples.paths()[0]
    result = study(tools, "-n", 1, "--turns", 1, "--mix", "single=1", "--keep", "kept.db", "--json", "rows.json")
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["run", *NAMES]
    assert len({len(line) for line in lines}) == 1, "columns align"
    rows = {row["name"]: row for row in json.loads((folder / "rows.json").read_text())}
    assert list(rows) == NAMES
    assert all(row["kept"] == 1 and 0 < row["kept_share"] <= 1 and row["tokens_per_kept"] > 0 for row in rows.values())
    assert rows["no-implicit"]["implicit_share"] == 0
    assert rows["no-verify"]["solve_rate"] is None
    assert rows["full"]["solve_rate"] > 0
    with Store(folder / "kept.db", create=False) as store:
        settings = {run.name: run.identity for run in store.runs()}
    assert [settings[name]["ledger"] for name in NAMES] == [name != "no-ledger" for name in NAMES]
    assert len({(one["seed"], one["tools"], one["model"]) for one in settings.values()}) == 1


def test_the_tools_of_a_database_are_taken_and_the_database_is_left_alone(folder: Path) -> None:
    with Store(folder / "dtc.db") as store:
        store.add_tools(read_files(examples.paths()).tools)
    before = (folder / "dtc.db").read_bytes()
    result = study("--db", "dtc.db", "--mix", "follow_up=1")
    assert isinstance(result.exception, UserError), "found before the first run: a single turn follows nothing"
    assert "No kind of turn in follow_up=1 fits a single message." in str(result.exception)
    assert (folder / "dtc.db").read_bytes() == before
    assert {path.name for path in folder.iterdir()} <= {"dtc.db", "dtc.db-wal", "dtc.db-shm"}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("tools.json", "--db", "dtc.db"), "Give specifications or --db, not both."),
        (("--keep", "."), "is a directory"),
        (("-n", 0), "0 is not in the range x>=1"),
        (("--mix", "spiral=1"), "'spiral' is no kind of turn"),
    ],
)
def test_wrong_usage_is_told(folder: Path, options: tuple[str | int, ...], said: str) -> None:
    result = study(*map(str, options))
    assert result.exit_code == 2
    assert said in result.output


def test_runs_are_never_written_into_a_file_that_exists(folder: Path) -> None:
    (folder / "kept.db").write_text("mine")
    assert "kept.db exists already" in study("--keep", "kept.db").output
    assert (folder / "kept.db").read_text() == "mine"


def test_a_database_that_is_absent_is_one_sentence(folder: Path) -> None:
    assert str(study("--db", "absent.db").exception).startswith("There is no database absent.db.")


def test_its_help_has_an_example_and_the_script_can_be_run() -> None:
    text = study("--help").output
    assert "Example:\n    scripts/ablations -n 100" in text
    assert os.access(Path(__file__).parent.parent / "scripts" / "ablations", os.X_OK)


def test_a_run_that_kept_nothing_has_dashes() -> None:
    cells = Row("full", 5, 0, 0.0, None, None, None, None, None).cells()
    assert len(cells) == len(HEADER)
    assert cells == ("full", "5", "0", "0.0%", "-", "-", "-", "-", "-")
