"""Embedding: equal texts give equal vectors, whatever was asked before; another kind of file gets one sentence."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dtc_local.engine.embedding import LENGTH, Embedder
from dtc_local.errors import UserError
from tests.engine.gguf_file import write_file
from tests.engine.tiny_model import write

TEXTS = ("order id: The order to cancel.", "city: Where to.", "", "größe: naïve ☃")
MEAN, RANK = 1, 4


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A random model that pools by the mean."""
    return write(tmp_path_factory.mktemp("models") / "embedding.gguf", qwen2__pooling_type=MEAN)


def test_vectors_are_of_length_one_and_the_same_in_any_order_and_in_another_process_of_loading(path: Path) -> None:
    with Embedder(path, threads=2) as embedder:
        forth = embedder.embed(TEXTS)
        back = embedder.embed(TEXTS[::-1])[::-1]
    with Embedder(path, threads=1) as embedder:
        again = embedder.embed([TEXTS[1]])
    assert forth.shape == (len(TEXTS), 128)
    assert np.allclose(np.linalg.norm(forth, axis=1), 1, atol=1e-6)
    assert forth.tobytes() == back.tobytes()
    assert forth[1].tobytes() == again[0].tobytes()
    assert len({row.tobytes() for row in forth}) == len(TEXTS)


def test_no_texts_give_no_rows(path: Path) -> None:
    with Embedder(path) as embedder:
        assert embedder.embed([]).shape == (0, 128)


def test_a_long_text_is_cut_and_not_refused(path: Path) -> None:
    long = "city " * 4 * LENGTH
    with Embedder(path) as embedder:
        assert np.isfinite(embedder.embed([long, long + "and more"])).all()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, "it is no embedding model"),
        ({"qwen2__pooling_type": RANK}, "ranks texts in pairs"),
        (
            {"qwen2__pooling_type": MEAN, "general__architecture": "mamba"},
            "no embedding model that this llama.cpp knows",
        ),
    ],
)
def test_a_model_of_another_kind_gets_one_sentence(tmp_path: Path, change: dict[str, object], said: str) -> None:
    file = write(tmp_path / "other.gguf", **change)
    with pytest.raises(UserError) as error:
        Embedder(file)
    assert said in str(error.value)
    assert str(error.value).endswith("Give a GGUF embedding model, such as nomic-embed-text or bge-small.")


def test_a_file_that_is_no_model_gets_one_sentence(tmp_path: Path) -> None:
    note = tmp_path / "note.txt"
    note.write_text("Not a model.")
    empty = write_file(tmp_path / "empty.gguf", {"general.architecture": "bert"}, {})
    for file in (note, empty, tmp_path / "missing.gguf"):
        with pytest.raises(UserError) as error:
            Embedder(file)
        assert str(file) in str(error.value)
        assert "\n" not in str(error.value)
