"""The demo goes the whole way: example tools in, conversations out, one printed, all exported; README's block too."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

from dtc_local.settings import RunConfig
from tests.cli.conftest import Invoke

README = Path(__file__).parent.parent.parent / "README.md"


def test_the_demo_prints_a_conversation_and_says_where_everything_is(
    invoke: Invoke, written: list[RunConfig], folder: Path
) -> None:
    result = invoke("demo")
    assert result.exit_code == 0, result.output
    assert re.search(r"^Conversation seed-1-\w+-0 \(kept\)$", result.stdout, re.MULTILINE)
    assert re.search(r"^Run seed-1-\w+: kept 5, dropped 2, 2 s\.\n +2 judged\n", result.stdout, re.MULTILINE)
    assert "out/demo.jsonl" in result.stdout
    assert "out/demo.db" in result.stdout
    rows = [json.loads(line) for line in (folder / "out/demo.jsonl").read_text().splitlines()]
    assert len(rows) == 5


def test_after_a_finished_demo_the_next_one_takes_another_seed(invoke: Invoke, written: list[RunConfig]) -> None:
    for _ in range(2):
        assert invoke("demo").exit_code == 0
    assert [config.seed for config in written] == [1, 2]


def test_the_commands_of_the_readme_run_one_after_the_other(
    invoke: Invoke, spec: Path, written: list[RunConfig], folder: Path
) -> None:
    shutil.copy(spec, folder / "my_tools.json")
    block = README.read_text(encoding="utf-8").partition("## Your own tools\n\n```\n")[2].partition("```")[0]
    assert block.count("\n") >= 4
    for line in block.splitlines():
        command = line.split()
        assert command[0] == "dtc-local"
        result = invoke(*command[1:])
        assert result.exit_code == 0, f"{line}: {result.output}"
    assert len((folder / "conversations.jsonl").read_text().splitlines()) == 20
