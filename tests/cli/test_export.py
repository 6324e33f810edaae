"""`dtc-local export`: every format by name, filters and the gate from the command line, one sentence for bad input."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dtc_local.export import FORMATS
from dtc_local.settings import RunConfig
from dtc_local.store import Store
from tests.cli.conftest import Invoke
from tests.engine import tiny_model
from tests.export import kinds
from tests.export.rows import CHATML
from tests.samples import MODEL

NEEDS = {"text": ("--template", "chat.jinja"), "trl-preference": None, "parquet": None, "bfcl": None}
"""Formats that need more than a run of the samples: an option, or what the samples do not hold."""


@pytest.fixture
def template(folder: Path) -> Path:
    """A template that shows everything."""
    path = folder / "chat.jinja"
    path.write_text(CHATML)
    return path


@pytest.mark.parametrize("name", [name for name in FORMATS if NEEDS.get(name, ()) is not None])
def test_every_format_is_written_with_its_card(name: str, invoke: Invoke, run_name: str, template: Path) -> None:
    result = invoke("export", "--format", name, "-o", "data.jsonl", "--provenance", *NEEDS.get(name, ()) or ())
    assert result.exit_code == 0, result.output
    rows = [json.loads(line) for line in Path("data.jsonl").read_text().splitlines()]
    assert len(rows) == 3
    assert all(row["provenance"]["run"] == "night" for row in rows)
    assert f"Format: `{name}`" in Path("data.card.md").read_text()


@pytest.mark.parametrize("name", FORMATS)
def test_a_snippet_is_printed_without_a_database(name: str, invoke: Invoke, folder: Path) -> None:
    result = invoke("export", "--format", name, "--snippet", "-o", "mine.jsonl", "--split", "train=0.9,test=0.1")
    assert result.exit_code == 0, result.output
    assert "mine.train" in result.stdout
    assert not list(folder.iterdir())


def test_the_gate_says_what_it_left_out_and_json_says_it_to_scripts(
    invoke: Invoke, run_name: str, template: Path
) -> None:
    template.write_text(
        "{% if 'ORD-001' in messages | map(attribute='content') | join %}{{ 1 / 0 }}{% endif %}" + CHATML
    )
    result = invoke("export", "--template", "chat.jinja", "-o", "data.jsonl", "--json")
    assert result.exit_code == 0, result.output
    report = json.loads(result.stdout)
    assert (report["rows"], report["kept"], report["missing"]) == (2, 3, {"template_raised": 1})
    assert "Run night: 2 conversations of the 3 wanted written to data.jsonl." in result.stderr
    assert (
        "Left out: 1 template_raised: the chat template refuses the conversation (division by zero)." in result.stderr
    )


def test_the_template_of_a_model_is_found_inside_it(invoke: Invoke, run_name: str, folder: Path) -> None:
    tiny_model.write(folder / "tiny.gguf", template=CHATML)
    result = invoke("export", "--format", "text", "--template", "tiny.gguf")
    assert result.exit_code == 0, result.output
    row = json.loads(result.stdout.splitlines()[0])
    start, end = row["spans"][-1]
    assert row["text"][start:end] == "Grace Hopper has ORD-90 and Zoë Müller has ORD-91.<|im_end|>"


@pytest.mark.parametrize("asked", ["object", "string"])
def test_arguments_are_spelled_as_asked(asked: str, invoke: Invoke, run_name: str) -> None:
    row = json.loads(invoke("export", "--format", "trl", "--arguments", asked).stdout.splitlines()[0])
    spelled = row["messages"][2]["tool_calls"][0]["function"]["arguments"]
    assert isinstance(spelled, {"object": dict, "string": str}[asked])


@pytest.mark.parametrize(("faults", "shown"), [("keep", True), ("mask", True), ("drop", False)])
def test_wrong_attempts_are_kept_masked_or_dropped(faults: str, shown: bool, invoke: Invoke, folder: Path) -> None:
    with Store(Path("dtc.db")) as store:
        run = store.open_run(RunConfig(run="mistakes", count=1), MODEL)
        store.save(run, 0, kinds.talk(kinds.mistaken), (), kept=True)
    result = invoke("export", "--faults", faults)
    assert result.exit_code == 0, result.output
    assert ("Read the request once more." in result.stdout) is shown
    assert ('"weight": 0' in result.stdout) is (faults == "mask")
    assert "1 wrong attempt" in result.stderr


def test_filters_are_said_and_counted(invoke: Invoke, run_name: str) -> None:
    result = invoke("export", "--where", "position > 0", "--min-solve-rate", "0.5", "--kinds", "chain,parallel")
    assert len(result.stdout.splitlines()) == 2
    assert "Left out: 1 where: the condition of --where does not hold." in result.stderr
    capped = invoke("export", "--max-per-tool", "1", "--no-shuffle-tools", "--drop-duplicates")
    assert len(capped.stdout.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--format", "csv"), 2, "'csv' is not one of 'openai', 'trl'"),
        (("--kinds", "chain,sing"), 2, "'sing' is no kind of turn"),
        (("--min-solve-rate", "2"), 2, "--min-solve-rate"),
        (("--faults", "hide"), 2, "'hide' is not one of 'keep', 'mask', 'drop'"),
        (("--json",), 2, "name a file with -o"),
        (("--arguments", "string", "--template", "t.jinja"), 2, "leave out --arguments"),
        (("--split", "a=0.5,b=0.5"), 1, "--split needs files"),
        (("--split", "a=1,b=1", "-o", "x.jsonl"), 1, "come to 2, not to 1"),
        (("--split", "a=0.5,b=0.5", "-o", "x.jsonl"), 1, "no request is 1 for 3"),
        (("--where", "no such"), 1, "is refused by SQLite"),
        (("--template", "absent.jinja"), 1, "There is no chat template absent.jinja"),
        (("--template", "broken.jinja"), 1, "is not valid Jinja"),
        (("--format", "text"), 1, "needs a chat template"),
        (("-o", "no/x.jsonl"), 1, "lies in a folder that does not exist"),
        (("-o", "."), 1, "is a folder"),
        (("--kinds", "single"), 1, "None of the 3 conversations of run night is left: 3 kind"),
    ],
)  # fmt: skip
def test_bad_input_is_one_sentence_and_leaves_no_file(
    arguments: tuple[str, ...], code: int, said: str, invoke: Invoke, run_name: str, folder: Path
) -> None:
    (folder / "broken.jinja").write_text("{% for %}")
    before = sorted(folder.iterdir())
    result = invoke("export", *arguments)
    assert result.exit_code == code, result.output
    assert said in result.stderr
    assert "Traceback" not in result.output
    assert result.stdout == ""
    assert sorted(folder.iterdir()) == before
