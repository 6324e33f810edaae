"""`models add|list|check`: a GGUF file becomes a name that `generate --model` knows, or one sentence."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from dtc_local import tried
from dtc_local.engine.trial import Trial
from dtc_local.models_file import find_model, known_models
from tests.cli.conftest import Invoke
from tests.engine.tiny_model import CHATML, Shape, write

SMALL = Shape(layers=2, width=64, heads=2, kv_heads=1, hidden=64, vocabulary=400)


@pytest.fixture
def model(folder: Path) -> Path:
    """A small random model in the current folder."""
    return write(folder / "small.gguf", SMALL, general__license="mit", general__name="A small one")


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Trials that every file survives at once; holds the files."""
    seen: list[Path] = []

    def trial(path: Path) -> Trial:
        seen.append(path)
        return Trial(200.0, 100.0, 16, 3.0)

    monkeypatch.setattr(tried, "try_model", trial)
    return seen


def test_a_model_is_added_listed_checked_and_found_by_its_name(invoke: Invoke, model: Path, own_models: Path) -> None:
    added = invoke("models", "add", model, "--name", "mine")
    assert added.exit_code == 0, added.output
    assert added.stdout.startswith(f"mine: {model}, 0.1 MB, ")
    assert "Trying" in added.stderr
    assert str(own_models / "models.toml") in added.stderr
    (entry,) = [one for one in known_models() if one.name == "mine"]
    assert (entry.title, entry.licence, entry.architecture) == ("A small one", "mit", "qwen2")
    assert (entry.size, entry.context_length, entry.quantisation) == (model.stat().st_size, 2048, "Q8_0")
    assert entry.parameters == 75_328
    assert len(entry.sha256) == 64
    assert min(entry.prefill_speed, entry.decode_speed) > 0
    assert find_model("mine") == model
    listed = json.loads(invoke("models", "list", "--json").stdout)
    assert [one["name"] for one in listed] == ["seed", "mine"]
    assert all(one["present"] and one["parameters"] and one["quantisation"] == "Q8_0" for one in listed)
    checked = invoke("models", "check", "mine")
    assert checked.exit_code == 0, checked.output
    assert "is sound: A small one, architecture qwen2, 2 blocks" in checked.stdout


def test_adding_a_file_again_changes_nothing(invoke: Invoke, model: Path, own_models: Path, quick: list[Path]) -> None:
    invoke("models", "add", model)
    before = {path: path.read_bytes() for path in own_models.iterdir()}
    again = invoke("models", "add", "small.gguf")
    assert again.exit_code == 0
    assert again.stdout == "small is known already; nothing has changed.\n"
    assert again.stderr == ""
    assert {path: path.read_bytes() for path in own_models.iterdir()} == before
    assert quick == [model]
    os.utime(model)
    assert json.loads(invoke("models", "add", model, "--json").stdout)["new"] is False
    assert (own_models / "models.toml").read_bytes() == before[own_models / "models.toml"]


@pytest.mark.usefixtures("quick")
def test_a_file_that_changed_is_tried_again_and_replaces_its_entry(invoke: Invoke, model: Path) -> None:
    first = json.loads(invoke("models", "add", model, "--json").stdout)
    write(model, SMALL, seed=1)
    refused = invoke("models", "check", "small")
    assert refused.exit_code == 1
    assert "has another SHA-256 than models.toml says" in refused.stderr
    second = json.loads(invoke("models", "add", model, "--json").stdout)
    assert second["new"]
    assert first["sha256"] != second["sha256"]
    assert [entry.name for entry in known_models()] == ["seed", "small"]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"general__architecture": "granitehybrid"}, "architecture 'granitehybrid', which is hybrid"),
        ({"tokenizer__ggml__eos_token_id": 10**9}, "eos_token_id 1000000000"),
        ({"qwen2__expert_count": 100_000}, "crashed with SIGABRT"),
        ({"tokenizer__chat_template": "{% for i in range(10**9) %}" + CHATML}, "chat template"),
    ],
)
def test_a_model_that_will_not_do_is_one_sentence_and_leaves_nothing(
    invoke: Invoke, folder: Path, own_models: Path, changed: dict[str, object], said: str
) -> None:
    result = invoke("models", "add", write(folder / "bad.gguf", SMALL, **changed))
    assert result.exit_code == 1
    assert said in result.stderr
    assert result.stderr.splitlines()[-1].startswith("Error: ")
    assert "Traceback" not in result.output
    assert result.stdout == ""
    assert not (own_models / "models.toml").exists()


@pytest.mark.usefixtures("quick")
def test_a_name_stands_for_one_file(invoke: Invoke, model: Path, folder: Path) -> None:
    invoke("models", "add", model)
    (folder / "other").mkdir()
    other = write(folder / "other" / "small.gguf", SMALL, seed=2)
    taken = invoke("models", "add", other)
    assert taken.exit_code == 1
    assert f"There is a model 'small' already: {model}. Give another name with --name." in taken.stderr
    assert "There is a model 'seed' already" in invoke("models", "add", model, "--name", "seed").stderr
    assert invoke("models", "add", model, "--name", "a b").exit_code == 1


@pytest.mark.usefixtures("quick")
def test_a_model_that_is_gone_is_listed_as_missing(invoke: Invoke, model: Path) -> None:
    invoke("models", "add", model)
    model.unlink()
    assert f"small: {model} (missing)" in invoke("models", "list").stdout
    gone = invoke("models", "check", "small")
    assert gone.exit_code == 1
    assert f"The model file {model} is missing. Name a GGUF file with --model." in gone.stderr


def test_a_models_toml_that_cannot_be_read_is_one_sentence(invoke: Invoke, model: Path, own_models: Path) -> None:
    (own_models / "models.toml").write_text("[half\n")
    for command in (["models", "list"], ["models", "add", model]):
        result = invoke(*command)
        assert result.exit_code == 1
        assert f"{own_models / 'models.toml'} cannot be read" in result.stderr
    assert (own_models / "models.toml").read_text() == "[half\n"


@pytest.mark.usefixtures("quick")
def test_a_folder_that_cannot_be_written_is_one_sentence(
    invoke: Invoke, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DTC_LOCAL_MODELS", str(model / "inside a file"))
    result = invoke("models", "add", model)
    assert result.exit_code == 1
    assert "DTC_LOCAL_MODELS" in result.stderr.splitlines()[-1]


def test_a_missing_file_is_one_sentence(invoke: Invoke, folder: Path) -> None:
    result = invoke("models", "add", "absent.gguf")
    assert result.exit_code == 1
    assert "absent.gguf cannot be read" in result.stderr
