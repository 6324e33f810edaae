"""Each command prints its product on standard output, and JSON where a script asks for it."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import SPEC, Invoke
from tests.samples import conversation


def test_import_says_what_is_new_and_what_changed(invoke: Invoke, spec: Path) -> None:
    first = invoke("tools", "import", spec, "--json")
    assert json.loads(first.stdout)["new"] == ["shop/find_order"]
    spec.write_text(json.dumps([SPEC[0] | {"description": "Find it."}]))
    assert json.loads(invoke("tools", "import", spec, "--json").stdout)["changed"] == ["shop/find_order"]
    assert "0 new, 0 changed, 1 unchanged tools in dtc.db" in invoke("tools", "import", spec).stdout


def test_import_takes_a_namespace(invoke: Invoke, spec: Path) -> None:
    invoke("tools", "import", spec, "--namespace", "bank")
    listed = json.loads(invoke("tools", "list", "--json").stdout)
    assert [(tool["namespace"], tool["name"]) for tool in listed] == [("bank", "find_order")]
    assert invoke("tools", "list").stdout == "bank/find_order(customer)  read\n"


def test_a_bad_file_among_good_ones_imports_nothing(invoke: Invoke, spec: Path, folder: Path) -> None:
    (folder / "bad.json").write_text('{"tools": [')
    result = invoke("tools", "import", spec, "bad.json")
    assert result.exit_code == 1
    assert "bad.json: line 1" in result.stderr
    assert not (folder / "dtc.db").exists()


def test_tools_can_be_looked_at(invoke: Invoke, spec: Path) -> None:
    invoke("tools", "import", spec)
    assert "find_order(customer: string)" in invoke("tools", "show", "shop/find_order").stdout
    assert json.loads(invoke("tools", "show", "find_order", "--json").stdout)["name"] == "find_order"
    assert invoke("tools", "lint").exit_code == 0
    assert json.loads(invoke("tools", "graph", "--json").stdout) == []
    assert "There is no tool 'lose_order'." in invoke("tools", "show", "lose_order").stderr


def test_runs_are_listed_with_their_counts(invoke: Invoke, run_name: str) -> None:
    (listed,) = json.loads(invoke("runs", "list", "--json").stdout)
    assert {key: listed[key] for key in ("run", "wanted", "kept", "dropped", "complete")} == {
        "run": "night",
        "wanted": 3,
        "kept": 3,
        "dropped": {"judged": 1},
        "complete": True,
    }
    assert invoke("runs", "list").stdout == "night: kept 3 of 3, dropped 1, complete, sample\n"


def test_a_run_is_shown_with_settings_and_conversations(invoke: Invoke, run_name: str) -> None:
    shown = json.loads(invoke("runs", "show", run_name, "--json").stdout)
    assert shown["settings"]["seed"] == 1
    assert [(one["id"], one["status"], one["reason"]) for one in shown["conversations"]] == [
        ("night-0", "kept", None),
        ("night-1", "kept", None),
        ("night-2", "dropped", "judged"),
        ("night-3", "kept", None),
    ]
    for key in ("mix", "coverage", "yield", "solve_rate", "implicit", "contradictions", "rules", "judge"):
        assert key in shown
    assert "night-2  dropped: judged  (chain, parallel, solve rate 75%)" in invoke("runs", "show", run_name).stdout


def test_a_conversation_is_printed_readably(invoke: Invoke, run_name: str) -> None:
    shown = invoke("show", "night-0").stdout
    for words in (
        "Conversation night-0 (kept)",
        "2026-03-02",
        "Ada Byron, shop owner, new to this, polite",
        "find_order, cancel_order, ping",
        "Turn 1: chain, 3 of 4 blind readers right",
        "Please cancel Ada Byron's order and refund it.",
        '$1 find_order(customer="Ada Byron")  (left unsaid)',
        '$2 cancel_order(order_id="ORD-000" [$1.order_id], refund=true)',
        'Result    $1 {"order_id": "ORD-000"}',
        "Order ORD-000 is cancelled.",
        "Verdict: keep, sound (votes: sound, sound, wrong_value)",
    ):
        assert words in shown
    assert max(map(len, shown.splitlines())) <= 110


def test_a_dropped_conversation_says_why_and_shows_what_was_refused(invoke: Invoke, run_name: str) -> None:
    shown = invoke("show", "night-2", "--candidates").stdout
    assert "Dropped: judged: the judge did not find the conversation sound." in shown
    assert "ask · turn 1 · attempt 1 · -1.50 · refused: missing_literal\n    Hm." in shown


def test_show_json_is_the_stored_record(invoke: Invoke, run_name: str) -> None:
    shown = json.loads(invoke("show", "night-1", "--json").stdout)
    assert (shown["id"], shown["index"], shown["status"]) == ("night-1", 1, "kept")
    assert shown["conversation"] == conversation(1).model_dump(mode="json")
    assert len(shown["candidates"]) == 2


def test_export_writes_the_output_of_the_run_to_a_file(invoke: Invoke, run_name: str, folder: Path) -> None:
    result = invoke("export", "--format", "openai", "--run", run_name, "-o", "data.jsonl")
    assert result.exit_code == 0, result.output
    assert result.stdout == ""
    assert result.stderr.splitlines() == [
        "Run night: 3 conversations written to data.jsonl.",
        "Beside it: data.card.md, data.openai.md.",
    ]
    rows = [json.loads(line) for line in (folder / "data.jsonl").read_text().splitlines()]
    assert [row["messages"][3]["content"] for row in rows] == [
        f'{{"order_id": "ORD-{index:03d}"}}' for index in (0, 1, 3)
    ]


def test_export_to_stdout_prints_rows_alone(invoke: Invoke, run_name: str) -> None:
    result = invoke("export")
    assert [sorted(json.loads(line)) for line in result.stdout.splitlines()] == [["messages", "tools"]] * 3


def test_export_carries_the_user_s_policy(invoke: Invoke, run_name: str, folder: Path) -> None:
    (folder / "rules.txt").write_text("Be kind.")
    invoke("generate", "-n", "1", "--run", "kind", "--policy", "rules.txt", "--mix", "plain")
    row = json.loads(invoke("export", "--run", "kind").stdout)
    assert row["messages"][0]["content"].endswith(" Be kind.")


def test_unknown_names_are_answered_with_what_there_is(invoke: Invoke, run_name: str) -> None:
    for command in (["runs", "show", "day"], ["export", "--run", "day"], ["show", "day-1"]):
        result = invoke(*command)
        assert result.exit_code == 1
        assert "'day" in result.stderr


def test_a_file_that_is_no_database_is_left_as_it_was(invoke: Invoke, folder: Path) -> None:
    (folder / "notes.db").write_text("These are my notes. " * 100)
    result = invoke("runs", "list", "--db", "notes.db")
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: The database notes.db cannot be read: file is not a database.")
    assert (folder / "notes.db").read_text() == "These are my notes. " * 100


def test_models_are_listed(invoke: Invoke) -> None:
    result = invoke("models", "list", "--json")
    assert result.exit_code == 0, result.output
    assert isinstance(json.loads(result.stdout), list)


def test_a_file_that_is_no_model_is_refused(invoke: Invoke, folder: Path) -> None:
    (folder / "notes.gguf").write_text("notes")
    result = invoke("models", "check", "notes.gguf")
    assert result.exit_code == 1
    assert "does not begin with GGUF" in result.stderr
