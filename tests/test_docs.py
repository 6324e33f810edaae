"""README says what the program does: every command, setting and module is in it, and its commands run."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from dtc_local.cli import cli
from dtc_local.cli.options import OWN_SPELLING
from dtc_local.settings import SETTINGS, RunConfig
from scripts import docs

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = [(" ".join(("dtc-local", *names)), command) for names, command in docs.commands(cli)]
OPTION_OF = {
    "examples": "--no-examples",
    "ledger": "--no-ledger",
    "implicit_ratio": "--implicit",
    "count": "--count",
    "turns_min": "--turns",
    "turns_max": "--turns",
    "namespaces": "--namespace",
}


@pytest.mark.parametrize(("name", "command"), COMMANDS, ids=[name for name, _ in COMMANDS])
def test_every_command_is_in_the_readme_and_its_help_has_an_example(name: str, command: click.Command) -> None:
    assert f"### {name}\n" in README
    text = command.help or ""
    assert re.search(rf"Example:\n +{name}", text) or (isinstance(command, click.Group) and "Example:" in text)


@pytest.mark.parametrize(("name", "command"), COMMANDS, ids=[name for name, _ in COMMANDS])
def test_every_option_has_help(name: str, command: click.Command) -> None:
    for parameter in command.params:
        assert not isinstance(parameter, click.Option) or parameter.help, parameter.name


@pytest.mark.parametrize("setting", SETTINGS, ids=[setting.name for setting in SETTINGS])
def test_every_setting_has_help_and_an_option_in_the_readme(setting: object) -> None:
    name = setting.name  # type: ignore[attr-defined]
    assert RunConfig.model_fields[name].description
    option = OPTION_OF.get(name, f"--{name.replace('_', '-')}")
    assert re.search(rf"^ +(-n, )?{option}\b", README, re.MULTILINE), option


def test_own_spellings_are_settings() -> None:
    assert {setting.name for setting in SETTINGS} >= OWN_SPELLING


def test_the_version_is_the_same_everywhere() -> None:
    assert len(set(docs.versions().values())) == 1, docs.versions()


def test_every_module_says_what_it_is() -> None:
    for module in sorted((ROOT / "dtc_local").rglob("*.py")):
        assert ast.get_docstring(ast.parse(module.read_text(encoding="utf-8"))), module


def test_every_link_in_the_readme_leads_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert target.startswith("http") or (ROOT / target).exists(), target


def test_every_file_named_as_a_test_exists() -> None:
    for target in re.findall(r"`(tests/[^`]+)`", README):
        assert (ROOT / target).exists(), target


def test_every_command_line_in_the_readme_parses() -> None:
    lines = re.findall(r"^(?: *)(dtc-local (?!\[|tools \[|runs \[|models \[)[^\n|]+)", README, re.MULTILINE)
    prose = [line for line in lines if not re.match(r"dtc-local( \w+)* \[OPTIONS\]", line)]
    assert len(prose) > 10
    for line in prose:
        _parse(cli, line.split()[1:], line)


@pytest.mark.slow
def test_every_piece_of_python_in_the_readme_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    pieces = re.findall(r"^```python\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    assert pieces
    for piece in pieces:
        names: dict[str, object] = {}
        exec(compile(piece, "README.md", "exec"), names)
        assert names["moods"] in ([a, b] for a in ("glad", "cross") for b in ("glad", "cross"))


@pytest.mark.slow
def test_the_commands_for_your_own_tools_work_one_after_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my_tools.json").write_bytes((ROOT / "dtc_local/examples/help_desk.json").read_bytes())
    call = {"arguments": {"customer_email": "ann@example.com", "subject": "No light"}, "result": {"ticket_id": 7}}
    (tmp_path / "calls.jsonl").write_text(json.dumps(call))
    section = README.partition("## Your own tools")[2].partition("\n## ")[0]
    lines = re.findall(r"^(dtc-local [^\n]+)|`(dtc-local [^`]+)`", section, re.MULTILINE)
    assert len(lines) > 10
    for line in ("".join(pair) for pair in lines):
        words = ["1" if word == "20" else word for word in line.split()[1:]]
        result = CliRunner().invoke(cli, words)
        assert result.exit_code == 0, f"{line}: {result.output}"


def _parse(command: click.Command, words: list[str], line: str) -> None:
    """Only parse: the command itself is not run."""
    try:
        context = command.make_context(command.name or "", list(words), resilient_parsing=False)
    except click.exceptions.Exit:
        return
    except click.ClickException as error:
        pytest.fail(f"{line}: {error.format_message()}")
    if isinstance(command, click.Group):
        rest = [*context._protected_args, *context.args]
        if rest:
            _, found, arguments = command.resolve_command(context, rest)
            assert found is not None
            _parse(found, arguments, line)
