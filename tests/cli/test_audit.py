"""`dtc-local audit`: files and runs, tables and JSON, exit codes, and sentences for what cannot be audited."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dtc_local.cli import audit as command
from tests.audit.dialogues.sound import arguments, changed, gone, sound
from tests.audit.readers.test_readers import sharegpt
from tests.cli.conftest import SPEC, Invoke


def written(folder: Path, *rows: Any, name: str = "rows.jsonl") -> Path:
    """A file of JSON Lines."""
    path = folder / name
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    return path


WARNED = changed(arguments(11, copies=13))
WRONG = changed(gone(4))


def test_a_sound_file_ends_well(invoke: Invoke, folder: Path) -> None:
    result = invoke("audit", written(folder, sound()))
    assert result.exit_code == 0
    assert "1 conversation (openai); 0 of 30 rules broken" in result.stdout


@pytest.mark.parametrize(
    ("row", "options", "code"),
    [
        (WRONG, [], 1),
        (WRONG, ["--fail-on", "never"], 0),
        (WARNED, [], 0),
        (WARNED, ["--fail-on", "warning"], 1),
        (WRONG, ["--rule", "ungrounded_argument"], 0),
        (WRONG, ["--rule", "ungrounded_argument", "--rule", "call_without_result"], 1),
    ],
)
def test_the_exit_code_says_whether_there_is_a_defect_this_bad(
    invoke: Invoke, folder: Path, row: Any, options: list[str], code: int
) -> None:
    assert invoke("audit", written(folder, row), *options).exit_code == code


def test_the_table_has_rule_count_rate_and_examples(invoke: Invoke, folder: Path) -> None:
    out = invoke(
        "audit", written(folder, WARNED, sound(), WARNED), "--rule", "ungrounded_argument", "--examples", "1"
    ).stdout
    assert "ungrounded_argument  warning         2    0.67  2 (67%)" in out
    assert out.count("copies is 13") == 1


def test_json_is_one_object_for_scripts(invoke: Invoke, folder: Path) -> None:
    result = invoke("audit", written(folder, WRONG), "--json")
    made = json.loads(result.stdout)
    assert (result.exit_code, made["conversations"], made["formats"]) == (1, 1, {"openai": 1})
    assert {rule["rule"]: rule["count"] for rule in made["rules"]}["call_without_result"] == 1


def test_a_run_is_audited_by_name_or_as_the_latest(invoke: Invoke, run_name: str) -> None:
    by_name, latest = invoke("audit", run_name, "--fail-on", "never"), invoke("audit", "--fail-on", "never")
    assert by_name.exit_code == latest.exit_code == 0
    assert "run night: 3 conversations" in by_name.stdout
    assert by_name.stdout == latest.stdout
    assert "implicit calls" in by_name.stdout


def test_a_store_that_is_named_like_a_file_is_a_store(invoke: Invoke, run_name: str) -> None:
    assert "run night: 3 conversations" in invoke("audit", "dtc.db", "--fail-on", "never").stdout


def test_a_run_and_its_export_have_the_same_figures(invoke: Invoke, run_name: str) -> None:
    assert invoke("export", "-o", "out.jsonl").exit_code == 0
    ours, theirs = (
        json.loads(invoke("audit", one, "--json", "--fail-on", "never").stdout) for one in (run_name, "out.jsonl")
    )
    same = ("conversations", "turns", "calls", "calls_a_turn", "edges_used", "distinct_2", "request_words")
    assert [ours["figures"][name] for name in same] == [theirs["figures"][name] for name in same]


def test_tools_are_named_beside_the_data(invoke: Invoke, folder: Path, spec: Path) -> None:
    bare = written(folder, {"messages": sound()["messages"]})
    result = invoke("audit", bare, "--tools", spec, "--rule", "unknown_tool")
    assert result.exit_code == 1
    assert f"{SPEC[0]['name']} is not on offer" not in result.stdout
    assert "get_order is not on offer" in result.stdout


def test_answers_are_named_beside_the_tasks(invoke: Invoke, folder: Path) -> None:
    task = {"id": "t", "question": [[{"role": "user", "content": "Go."}]], "function": []}
    answers = written(folder, {"id": "t", "ground_truth": ["go()"]}, name="answers.jsonl")
    result = invoke("audit", written(folder, task), "--answers", answers)
    assert "go is not on offer" in result.stdout


def test_the_format_can_be_given(invoke: Invoke, folder: Path) -> None:
    assert invoke("audit", written(folder, sharegpt()), "--format", "apigen-mt").exit_code == 0
    result = invoke("audit", written(folder, sharegpt()), "--format", "openai")
    assert (result.exit_code, result.stdout) == (1, "")


def test_rules_are_listed_with_what_they_promise(invoke: Invoke) -> None:
    assert "near_duplicate" in invoke("audit", "--list-rules").stdout
    listed = json.loads(invoke("audit", "--list-rules", "--json").stdout)
    assert {"rule", "severity", "of", "promise"} == set(listed[0])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["none.jsonl"], "There is no file none.jsonl"),
        (["utf16.jsonl"], "UTF-16"),
        (["empty.jsonl"], "is empty"),
        (["other.jsonl"], "no conversation known here"),
        (["."], "cannot be read"),
        (["good.jsonl", "--rule", "grounding"], "There is no rule 'grounding'"),
        (["good.jsonl", "--tools", "none.json"], "none.json"),
        (["good.jsonl", "--answers", "good.jsonl"], "no id, or no ground_truth"),
        (["night", "--db", "good.jsonl"], "good.jsonl"),
    ],
)
def test_what_cannot_be_audited_is_one_sentence(invoke: Invoke, folder: Path, arguments: list[str], words: str) -> None:
    written(folder, sound(), name="good.jsonl")
    written(folder, {"a": 1}, name="other.jsonl")
    (folder / "utf16.jsonl").write_text(json.dumps(sound()), encoding="utf-16")
    (folder / "empty.jsonl").write_text("")
    result = invoke("audit", *arguments)
    assert result.exit_code == 1
    assert words in result.stderr
    assert result.stdout == ""
    assert "Traceback" not in result.stderr


def test_options_of_files_are_refused_for_runs(invoke: Invoke, run_name: str) -> None:
    result = invoke("audit", run_name, "--format", "openai")
    assert result.exit_code == 1
    assert "are for files" in result.stderr


def test_a_long_file_tells_how_far_it_is(invoke: Invoke, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "EVERY_SECONDS", 0.0)
    path = written(folder, sound(), WARNED)
    result = invoke("audit", path)
    assert f"100% of {path.stat().st_size:,} bytes · 2 conversations" in result.stderr
    assert "bytes ·" not in result.stdout
