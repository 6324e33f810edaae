"""`scripts/setup` says in one sentence what a machine lacks, before it makes or changes anything."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
NEEDED = ("bash", "cat", "cksum", "dirname", "env", "getconf", "grep")
PYTHON = """#!/bin/sh
case "$*" in
  -V) echo "Python {version}" ;;
  *"3, 10"*) exit {verdict} ;;
  *version*) echo "{version}" ;;
esac
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of what setup needs, and a PATH with no compiler on it."""
    (tmp_path / "scripts").mkdir()
    (tmp_path / "bin").mkdir()
    shutil.copy(ROOT / "scripts" / "setup", tmp_path / "scripts" / "setup")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for tool in NEEDED:
        (tmp_path / "bin" / tool).symlink_to(shutil.which(tool) or tool)
    return tmp_path


def add_python(checkout: Path, version: str, accepted: bool) -> None:
    """A `python3` that only says its version."""
    python = checkout / "bin" / "python3"
    python.write_text(PYTHON.format(version=version, verdict=0 if accepted else 1))
    python.chmod(0o755)


def refused(checkout: Path, **environment: str) -> str:
    """What setup says when it gives up."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "CXX", "PYTHON"))}
    result = subprocess.run(
        [checkout / "scripts" / "setup"],
        env=kept | {"PATH": str(checkout / "bin")} | environment,
        capture_output=True,
        text=True,
    )
    assert result.returncode == 1, result.stderr
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert not (checkout / ".venv").exists()
    return result.stderr


def test_without_python_it_says_which_versions_will_do(checkout: Path) -> None:
    assert "There is no python3 here: install Python 3.10 to 3.13" in refused(checkout)
    assert "There is no python4 here" in refused(checkout, PYTHON="python4")


def test_with_the_wrong_python_it_says_so(checkout: Path) -> None:
    add_python(checkout, "3.9.1", accepted=False)
    assert refused(checkout) == ("python3 is Python 3.9.1: Python 3.10 to 3.13 is needed; name one with PYTHON=...\n")


def test_without_a_compiler_it_says_how_to_get_one(checkout: Path) -> None:
    add_python(checkout, "3.11.7", accepted=True)
    assert "There is no C++ compiler here, and llama.cpp has to be compiled once" in refused(checkout)


def test_shell_scripts_stop_at_the_first_error() -> None:
    for script in (
        ".ci/run",
        *(f"scripts/{name}" for name in ("setup", "demo", "test", "check", "vocabularies", "ablations")),
    ):
        lines = (ROOT / script).read_text().splitlines()
        assert lines[0] == "#!/usr/bin/env bash"
        assert "set -euo pipefail" in lines
        assert os.access(ROOT / script, os.X_OK)
