"""Models with random weights have a real vocabulary, load, and end their values."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from scripts.bench_suite.weights import SHAPES, Shape, make, names, rarities, tensors
from tests.engine.vocabularies import vocabulary

TINY = Shape(layers=4, width=256, heads=4, kv_heads=2, hidden=512, context=512)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("weights") / "0.5b-q8-1.gguf"
    make("0.5b-q8", path, vocabulary("qwen2"), TINY)
    return path


@pytest.mark.parametrize(("name", "least", "most"), [("0.5b", 493e6, 495e6), ("1.5b", 1.54e9, 1.55e9)])
def test_shapes_have_the_parameters_of_qwen2(name: str, least: float, most: float) -> None:
    assert least < sum(rows * max(1, columns) for _, rows, columns, _ in tensors(SHAPES[name], 151_936)) < most


def test_frequent_tokens_of_the_recorded_answers_are_the_least_rare() -> None:
    from llama_cpp import Llama

    path = vocabulary("qwen2")
    nats = rarities(path, 151_936)
    llama = Llama(str(path), vocab_only=True, verbose=False)
    (quote,), (unseen,) = (llama.tokenize(text, add_bos=False) for text in (b'","', b" Kubernetes"))
    llama.close()
    assert nats.min() == 0
    assert nats[quote] < 2 < 10 < nats[unseen]


def test_a_written_model_answers_and_its_strings_end(written: Path) -> None:
    from outlines.types import JsonSchema

    from dtc_local.engine import from_gguf
    from dtc_local.engine.base import Message, Request, Sampling

    schema = {
        "type": "object",
        "properties": {"a": {"type": "string"}},
        "required": ["a"],
        "additionalProperties": False,
    }
    with from_gguf(written, width=4) as engine:
        engine.submit(Request((Message("user", ("Go on.",)),), JsonSchema(schema), Sampling(n=16), 160))
        (finished,) = engine.poll()
    ended = [completion for completion in finished.completions if completion.finish == "accepted"]
    assert len(ended) >= 12, finished.completions
    assert len({completion.text for completion in ended}) > 8


def test_the_same_arguments_write_the_same_bytes(written: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.gguf"
    make("0.5b-q8", again, vocabulary("qwen2"), TINY)
    assert again.read_bytes() == written.read_bytes()


def test_llama_cpp_quantises_a_written_model(written: Path) -> None:
    target = written.with_name("0.5b-q4-1.gguf")
    make("0.5b-q4", target, vocabulary("qwen2"), TINY)
    assert target.stat().st_size < written.stat().st_size
    assert not list(written.parent.glob("*.part"))


def test_models_are_named_by_shape_and_quantisation() -> None:
    assert names() == ["0.5b-q8", "0.5b-q4", "0.5b-q4km", "1.5b-q8", "1.5b-q4", "1.5b-q4km"]


def test_no_weight_is_out_of_range() -> None:
    for shape in SHAPES.values():
        deviations = [deviation for _, _, columns, deviation in tensors(shape, 151_936) if columns]
        # A smaller scale than this would lose digits as a half-precision number.
        assert min(deviations) * 3**0.5 / 127 > float(np.finfo(np.float16).tiny) / 4
