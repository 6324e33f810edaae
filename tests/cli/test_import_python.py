"""`tools import --python`: the user's own functions, asked for by name."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Invoke


@pytest.fixture(autouse=True)
def _module(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A module `depot_tools` in the current folder, forgotten afterwards."""
    text = "print('loading')\ndef ship(city: str) -> int:\n    'Ship it.'\ndef stop(city: str): ...\nVALUE = 3\n"
    (folder / "depot_tools.py").write_text(text)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    yield
    sys.modules.pop("depot_tools", None)


def test_functions_are_imported_by_name_and_by_module(invoke: Invoke) -> None:
    one = invoke("tools", "import", "--python", "depot_tools:ship", "--json")
    assert json.loads(one.stdout)["new"] == ["depot_tools/ship"]
    both = invoke("tools", "import", "--python", "depot_tools", "--namespace", "all", "--json")
    assert json.loads(both.stdout)["new"] == ["all/ship", "all/stop"]


def test_files_and_functions_are_imported_together(invoke: Invoke, spec: Path) -> None:
    result = invoke("tools", "import", spec, "--python", "depot_tools:stop", "--python", "depot_tools:ship", "--json")
    assert json.loads(result.stdout)["new"] == ["shop/find_order", "depot_tools/stop", "depot_tools/ship"]


@pytest.mark.parametrize(
    ("name", "words"),
    [("depot_tools:VALUE", "3 is neither a function nor a model"), ("no_depot:ship", "ModuleNotFoundError")],
)
def test_a_failing_name_imports_nothing(invoke: Invoke, spec: Path, folder: Path, name: str, words: str) -> None:
    result = invoke("tools", "import", spec, "--python", name)
    assert result.exit_code == 1
    assert words in result.stderr
    assert "Traceback" not in result.stderr
    assert not (folder / "dtc.db").exists()


def test_nothing_to_import_is_a_usage_error(invoke: Invoke) -> None:
    result = invoke("tools", "import")
    assert result.exit_code == 2
    assert "--python" in result.stderr


def test_the_help_says_that_code_is_run(invoke: Invoke) -> None:
    assert "runs its code" in " ".join(invoke("tools", "import", "--help").stdout.split())
