"""An engine whose logits are noise: the worst model there can be, over any vocabulary, without weights."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from dtc_local.engine import batch, header
from dtc_local.engine.batch import LlamaEngine

LIKED = {b'"': 24, b"]": 10, b"}": 6, b"@": 6, b".": 6, b":": 6}
"""Tokens that begin so are likelier, or random text would hardly ever end."""


class RandomContext:
    """Stands in for llama.cpp: noise instead of logits, with a liking for tokens that close something."""

    def __init__(self, model: batch.Model, *_: object) -> None:
        self.rng = np.random.default_rng(11)
        noise = self.rng.standard_normal((48, model.vocabulary_size), np.float32) * 8
        for token in range(model.vocabulary_size):
            noise[:, token] += LIKED.get(model.piece(token)[:1], 0)
        noise[:, [*model.end_ids]] += 24
        self.rows = list(noise)

    def decode(self, _t: object, _p: object, _s: object, wanted: Sequence[int]) -> list[NDArray[np.float32]]:
        return [self.rows[index] for index in self.rng.integers(0, len(self.rows), len(wanted))]

    def copy(self, source: int, target: int) -> None: ...

    def truncate(self, sequence: int, length: int) -> None: ...

    def close(self) -> None: ...


def noise_engine(path: Path, monkeypatch: pytest.MonkeyPatch) -> LlamaEngine:
    """The whole engine over a real vocabulary, without weights."""
    for check in ("_check_tensors", "_check_sizes"):
        monkeypatch.setattr(header, check, lambda *_: None)
    monkeypatch.setattr(batch, "Model", partial(batch.Model, vocab_only=True))
    monkeypatch.setattr(batch, "Context", RandomContext)
    return LlamaEngine(path, width=16, threads=1, context=4096)
