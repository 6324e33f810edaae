"""Tools that a run cannot use, or not for this: a sentence before anything is made, or a skip that is told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from dtc_local.cli import engines
from tests.cli.conftest import SPEC, Invoke
from tests.perfect_model import PerfectModel
from tests.scripted import Scripted

NO_VALUE = {"type": "object", "properties": {"a": {"type": "integer", "minimum": 5, "maximum": 1}}, "required": ["a"]}
NOTHING: dict[str, Any] = {"type": "object", "properties": {}}
LOOK_AHEAD = {
    "type": "object",
    "properties": {"a": {"type": "string", "pattern": r"^(?=a)(?!b)(.)\1$"}},
    "required": ["a"],
}


@pytest.fixture(autouse=True)
def perfect(monkeypatch: pytest.MonkeyPatch) -> None:
    """A model that obeys every constraint, in the place of the shipped one."""

    @contextmanager
    def open_engine(model: str | None, **options: int | None) -> Iterator[Scripted]:
        yield Scripted(PerfectModel())

    monkeypatch.setattr(engines, "open_engine", open_engine)


def imported(invoke: Invoke, *tools: dict[str, Any]) -> None:
    """Import these tools."""
    Path("shop.json").write_text(json.dumps(tools))
    result = invoke("tools", "import", "shop.json")
    assert result.exit_code == 0, result.output


def tool(name: str, parameters: dict[str, Any]) -> dict[str, Any]:
    """A tool of that name."""
    return {"name": name, "description": f"{name.replace('_', ' ').capitalize()}.", "parameters": parameters}


def called(invoke: Invoke, run: str) -> list[str]:
    """Names of all tools that the kept conversations of a run call."""
    ids = [one["id"] for one in json.loads(invoke("runs", "show", run, "--json").stdout)["conversations"]]
    shown = [json.loads(invoke("show", one, "--json").stdout) for one in ids]
    turns = [turn for one in shown if one["status"] != "dropped" for turn in one["conversation"]["turns"]]
    return [call["tool"] for turn in turns for level in turn["levels"] for call in level]


def refused(invoke: Invoke, *options: str) -> str:
    """The one sentence with which a run is refused; there is no trace of it."""
    result = invoke("generate", "-n", "1", "--run", "r", *options)
    assert result.exit_code == 1, result.output
    assert result.stdout == ""
    assert result.stderr.startswith("Error: ")
    assert result.stderr.count("\n") == 1
    assert json.loads(invoke("runs", "list", "--json").stdout) == []
    return result.stderr.removeprefix("Error: ")


def test_a_registry_from_which_everything_was_removed_is_one_sentence(invoke: Invoke) -> None:
    imported(invoke, *SPEC)
    assert invoke("tools", "remove", "shop/find_order").exit_code == 0
    assert "dtc-local tools import" in refused(invoke)


@pytest.mark.parametrize("kind", ["chain", "fan_in", "fan_out", "follow_up", "confirm"])
def test_a_tool_set_that_admits_no_such_turn_is_one_sentence(invoke: Invoke, kind: str) -> None:
    imported(invoke, *SPEC)
    assert f"{kind}=1" in refused(invoke, "--mix", f"{kind}=1")


def test_a_kind_that_cannot_come_about_beside_others_is_told_with_the_mix(invoke: Invoke) -> None:
    imported(invoke, *SPEC)
    assert invoke("generate", "-n", "3", "--run", "r", "--mix", "single=1,chain=1", "--turns", "1").exit_code == 0
    figures = json.loads(invoke("runs", "show", "r", "--json").stdout)
    assert (figures["mix"]["chain"]["turns"], figures["coverage"]["kinds"]["never"]) == (0, ["chain"])
    assert figures["mix"]["chain"]["why"]
    assert f"chain: {figures['mix']['chain']['why']}" in invoke("runs", "show", "r").stdout


def test_a_tool_without_parameters_is_called(invoke: Invoke) -> None:
    imported(invoke, tool("list_offices", NOTHING), *SPEC)
    result = invoke("generate", "-n", "4", "--run", "r", "--mix", "single=1", "--turns", "2")
    assert result.exit_code == 0, result.output
    assert set(called(invoke, "r")) == {"list_offices", "find_order"}


def test_a_registry_of_one_tool_without_parameters_makes_conversations_of_one_turn(invoke: Invoke) -> None:
    imported(invoke, tool("list_offices", NOTHING))
    result = invoke("generate", "-n", "1", "--run", "r", "--mix", "single=1", "--turns", "1")
    assert result.exit_code == 0, result.output
    assert set(called(invoke, "r")) == {"list_offices"}


@pytest.mark.parametrize("parameters", [NO_VALUE, LOOK_AHEAD, {"type": "string"}], ids=["bounds", "pattern", "string"])
def test_a_tool_whose_schema_is_refused_is_told_and_passed_over(invoke: Invoke, parameters: dict[str, Any]) -> None:
    imported(invoke, tool("never", parameters), *SPEC)
    linted = invoke("tools", "lint").stdout
    assert "shop/never: refused" in linted
    result = invoke("generate", "-n", "2", "--run", "r", "--mix", "single=1", "--turns", "1")
    assert result.exit_code == 0, result.output
    assert set(called(invoke, "r")) == {"find_order"}
    figures = json.loads(invoke("runs", "show", "r", "--json").stdout)
    assert figures["coverage"]["tools"] == {"touched": 1, "of": 1, "never": []}


def test_tools_none_of_which_can_be_called_are_one_sentence(invoke: Invoke) -> None:
    imported(invoke, tool("never", NO_VALUE))
    assert "dtc-local tools lint" in refused(invoke)
