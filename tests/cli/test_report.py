"""`dtc-local report` and `runs export-metadata`: one file, whole or not at all, and one sentence for bad input."""

from __future__ import annotations

import json
from pathlib import Path

import yaml

from dtc_local.report.page import unpacked
from tests.cli.conftest import Invoke
from tests.report.test_page import Page


def test_the_latest_run_is_written_under_its_name(invoke: Invoke, run_name: str) -> None:
    result = invoke("report")
    assert result.exit_code == 0, result.output
    assert result.stdout == ""
    assert result.stderr == "Run night: 4 conversations written to night.html; open it in a browser.\n"
    page = Page(Path("night.html").read_text(encoding="utf-8"))
    head = json.loads(page.element("script", id="head"))
    assert [line["status"] for line in head["index"]] == ["kept", "kept", "dropped", "kept"]
    assert [one["id"] for one in unpacked(page.element("script", class_="part"))] == [f"night-{k}" for k in range(4)]


def test_a_named_run_is_written_where_it_is_wanted(invoke: Invoke, run_name: str) -> None:
    assert invoke("report", run_name, "-o", "it.html").exit_code == 0
    assert {path.name for path in Path().glob("*.html")} == {"it.html"}


def test_bad_input_is_one_sentence_and_leaves_no_file(invoke: Invoke, run_name: str) -> None:
    for arguments, said in (
        (["report", "other"], "Error: There is no run 'other' in dtc.db; its runs: night. See dtc-local runs list."),
        (["report", "-o", "absent/it.html"], "Error: The output file absent/it.html lies in a folder that does not"),
        (["report", "--db", "absent.db"], "Error: There is no database absent.db."),
        (["runs", "export-metadata", "-o", "absent/m.yaml"], "Error: The output file absent/m.yaml lies in a folder"),
    ):
        result = invoke(*arguments)
        assert result.exit_code == 1
        assert result.stderr.startswith(said)
        assert result.stderr.count("\n") == 1
    assert {path.suffix for path in Path().iterdir()} <= {".db", ".json", ".lock", ".db-wal", ".db-shm"}


def test_a_store_without_runs_is_one_sentence(invoke: Invoke, spec: Path) -> None:
    assert invoke("tools", "import", spec).exit_code == 0
    result = invoke("report")
    assert (result.exit_code, result.stderr.count("\n")) == (1, 1)
    assert "There is no run in dtc.db yet." in result.stderr


def test_metadata_is_yaml_or_json_by_its_name_and_says_the_same(invoke: Invoke) -> None:
    assert invoke("runs", "export-metadata", "--db", "some/shop.db", "-o", "m.json").exit_code == 0
    result = invoke("runs", "export-metadata", "--db", "some/shop.db", "-o", "m.yaml")
    assert "datasette some/shop.db --metadata m.yaml" in result.stderr
    metadata = json.loads(Path("m.json").read_text(encoding="utf-8"))
    assert yaml.safe_load(Path("m.yaml").read_text(encoding="utf-8")) == metadata
    assert list(metadata["databases"]) == ["shop"]
    printed = invoke("runs", "export-metadata", "--db", "some/shop.db")
    assert yaml.safe_load(printed.stdout) == metadata
