"""`--model` finds a file, a name from models.toml or the seed model, and says what is missing."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dtc_local.errors import UserError
from dtc_local.models_file import (
    NAME,
    ModelEntry,
    check_entry,
    find_model,
    is_shipped,
    known_models,
    save_entry,
    user_folder,
)
from dtc_local.prompts import PROMPT_VERSION

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
    assert check_entry(seed, models) == [f"it was trained on prompts of version x, these are {PROMPT_VERSION}"]
    (models / "seed.gguf").write_bytes(b"GGUF!")
    assert len(check_entry(seed, models)) == 3
    assert check_entry(ModelEntry(name="n", file="absent.gguf"), models) == [f"{models / 'absent.gguf'} is missing"]


def test_a_broken_models_toml_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "models.toml").write_text("[seed\n")
    with pytest.raises(UserError, match=r"models.toml cannot be read"):
        known_models(tmp_path)


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's folder, not made yet."""
    place = tmp_path / "deep" / "mine"
    monkeypatch.setenv("DTC_LOCAL_MODELS", str(place))
    return place


GRANITE = ModelEntry(name="granite-3.3", file="/m/granite.gguf", sha256="ab", size=7, decode_speed=12.5)


def test_the_user_s_folder_is_where_the_environment_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DTC_LOCAL_MODELS", str(tmp_path))
    assert user_folder() == tmp_path
    monkeypatch.delenv("DTC_LOCAL_MODELS")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert user_folder() == tmp_path / "data" / "dtc-local"
    monkeypatch.delenv("XDG_DATA_HOME")
    assert user_folder() == Path.home() / ".local" / "share" / "dtc-local"


def test_an_entry_is_saved_and_read_back(own: Path) -> None:
    path = save_entry(GRANITE)
    assert path == own / "models.toml"
    assert known_models(own) == (GRANITE,)
    assert known_models()[-1] == GRANITE
    assert [one.name for one in own.iterdir()] == ["models.toml"]


HAND_WRITTEN = """# My models.
other = {file = "other.gguf"}

[first]
file = "first.gguf"   # the first one
size = 1

# About granite.
["granite-3.3"]
file = "old.gguf"
description = "old"

# About the last.
[last]
file = "last.gguf"
"""


def test_what_else_the_file_says_stays(own: Path) -> None:
    own.mkdir(parents=True)
    (own / "models.toml").write_text(HAND_WRITTEN)
    save_entry(GRANITE)
    text = (own / "models.toml").read_text()
    assert text == HAND_WRITTEN.replace(
        'file = "old.gguf"\ndescription = "old"\n',
        'file = "/m/granite.gguf"\nsha256 = "ab"\nsize = 7\ndecode_speed = 12.5\n',
    )
    save_entry(ModelEntry(name="new", file="new.gguf"))
    assert (own / "models.toml").read_text() == text + '\n[new]\nfile = "new.gguf"\n'


@pytest.mark.parametrize("text", ['[a]\nfile = "x"', "\n\n", "# only words"])
def test_a_file_without_a_last_line_feed_is_extended(own: Path, text: str) -> None:
    own.mkdir(parents=True)
    (own / "models.toml").write_text(text)
    save_entry(GRANITE)
    assert known_models(own)[-1] == GRANITE


def test_a_file_that_cannot_be_extended_is_left_alone(own: Path) -> None:
    own.mkdir(parents=True)
    text = '"granite-3.3".file = "old.gguf"\n'
    (own / "models.toml").write_text(text)
    with pytest.raises(UserError, match="cannot be extended"):
        save_entry(GRANITE)
    assert (own / "models.toml").read_text() == text


@given(
    title=st.text(max_size=60).map(lambda text: " ".join(text.split())),
    name=st.from_regex(NAME, fullmatch=True),
    speed=st.floats(0, 1e9),
    size=st.integers(0, 2**62),
)
def test_any_text_survives_the_way_into_the_file_and_back(title: str, name: str, speed: float, size: int) -> None:
    entry = ModelEntry(name=name, file="/m/x.gguf", title=title, decode_speed=speed, size=size)
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("DTC_LOCAL_MODELS", folder)
        save_entry(GRANITE)
        save_entry(entry)
        save_entry(entry)
        assert {one.name: one for one in known_models(Path(folder))} == {GRANITE.name: GRANITE, name: entry}


def test_of_two_entries_of_one_name_the_shipped_one_counts(own: Path) -> None:
    own.mkdir(parents=True)
    (own / "models.toml").write_text('[seed]\nfile = "mine.gguf"\n')
    assert find_model("seed") == find_model(None)
    assert find_model(None).name == "seed.gguf"


def test_only_the_shipped_file_is_vouched_for(own: Path, tmp_path: Path) -> None:
    assert is_shipped(find_model(None))
    copy = tmp_path / "seed.gguf"
    copy.write_bytes(find_model(None).read_bytes())
    assert not is_shipped(copy)
