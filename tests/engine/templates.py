"""Real chat templates for tests, put into .cache/templates by scripts/vocabularies; without them tests are skipped."""

from __future__ import annotations

from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / ".cache" / "templates"
NAMES = tuple(sorted(path.stem for path in FOLDER.glob("*.jinja"))) or ("none",)


def template(name: str) -> str:
    """The source of one, by the beginning of its name; skips the test aloud if there are none."""
    if not FOLDER.is_dir():
        pytest.skip("no chat templates: run scripts/vocabularies")
    path = next(iter(sorted(FOLDER.glob(f"{name}*.jinja"))), None)
    if path is None:
        pytest.skip(f"no chat template {name} in this release of llama.cpp")
    return path.read_text(encoding="utf-8")
