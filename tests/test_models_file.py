"""`--model` finds a file, a name from models.toml or the seed model, and says what is missing."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from dtc_local.errors import UserError
from dtc_local.models_file import ModelEntry, check_entry, find_model, known_models

TOML = """
[seed]
file = "seed.gguf"
sha256 = "{digest}"
size = 4
licence = "Apache-2.0"
prompt_version = "{version}"

[granite]
file = "granite.gguf"
"""


@pytest.fixture
def models(tmp_path: Path) -> Path:
    """A folder with a seed file and a models.toml that also names a file that is not there."""
    (tmp_path / "seed.gguf").write_bytes(b"GGUF")
    digest = hashlib.sha256(b"GGUF").hexdigest()
    (tmp_path / "models.toml").write_text(TOML.format(digest=digest, version="x"))
    return tmp_path


def test_entries_come_in_the_file_s_order(models: Path) -> None:
    assert [entry.name for entry in known_models(models)] == ["seed", "granite"]


def test_nothing_said_means_the_seed_model(models: Path) -> None:
    assert find_model(None, models) == models / "seed.gguf"
    assert find_model("seed", models) == models / "seed.gguf"


def test_a_path_comes_before_a_name(models: Path) -> None:
    assert find_model(str(models / "seed.gguf"), models) == models / "seed.gguf"


@pytest.mark.parametrize(
    ("model", "said"),
    [
        ("granite", "granite.gguf is missing"),
        ("llama", "There is no model file 'llama'."),
    ],
)
def test_what_is_not_there_is_said(models: Path, model: str, said: str) -> None:
    with pytest.raises(UserError, match=said):
        find_model(model, models)


def test_without_a_seed_model_the_way_out_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="Name a GGUF file with --model"):
        find_model(None, tmp_path)


def test_a_changed_file_is_noticed(models: Path) -> None:
    seed = known_models(models)[0]
    assert check_entry(seed, models) == ["it was trained on prompts of version x, these are 1"]
    (models / "seed.gguf").write_bytes(b"GGUF!")
    assert len(check_entry(seed, models)) == 3
    assert check_entry(ModelEntry(name="n", file="absent.gguf"), models) == [f"{models / 'absent.gguf'} is missing"]


def test_a_broken_models_toml_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "models.toml").write_text("[seed\n")
    with pytest.raises(UserError, match=r"models.toml cannot be read"):
        known_models(tmp_path)
