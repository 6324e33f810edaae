"""Rows for training, made by one background process so that the network never waits for text."""

from __future__ import annotations

import multiprocessing
import os
import queue
import signal
from collections.abc import Iterator
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path
from random import Random
from types import TracebackType

from seed_model.rows import Row, copying_tree, fill, tree
from seed_model.tokenizer import Segments
from seed_model.writer import copying_rows, lessons

WAITING = 48
"""Rows made ahead."""
PATIENCE_S = 120.0
"""A writer silent for so long is taken for dead."""


def lesson_rows(segments: Segments, seed: int, held_out: bool = False) -> Iterator[Row]:
    """Rows of whole lessons, endless."""
    random = Random(seed)
    packed = (tree(lesson, segments, random) for lesson in lessons(seed, held_out=held_out))
    return fill(one for one in packed if one is not None)


def copying_rows_of(segments: Segments, seed: int) -> Iterator[Row]:
    """Rows of copying exercises, endless."""

    return fill(copying_tree(prompt, answer, segments) for prompt, answer in copying_rows(seed))


class Feed:
    """The background process and its bounded queue; use as a context manager."""

    def __init__(self, tokenizer: Path, seed: int, copying: float) -> None:
        context = multiprocessing.get_context("spawn")
        self._rows: multiprocessing.Queue[Row] = context.Queue(WAITING)
        self._copying = context.Value("d", copying)
        self._process = context.Process(target=_produce, args=(tokenizer, seed, self._copying, self._rows), daemon=True)

    def __enter__(self) -> Feed:
        self._process.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.join(10)

    def share(self, copying: float) -> None:
        """From the next rows on, this share of them are copying exercises; rows made before are dropped."""
        self._copying.value = copying
        for _ in range(WAITING):
            try:
                self._rows.get_nowait()
            except queue.Empty:
                break

    def take(self, rows: int) -> list[Row]:
        """The next rows, waiting for them if need be."""
        return [self._rows.get(timeout=PATIENCE_S) for _ in range(rows)]

    @property
    def ready(self) -> int:
        """Rows that wait to be taken: 0 again and again means that text, not the network, is slow."""
        return self._rows.qsize()


def _produce(tokenizer: Path, seed: int, copying: Synchronized[float], rows: multiprocessing.Queue[Row]) -> None:
    """The background process: lessons and exercises in the share asked for, until it is ended."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    segments, random = Segments.load(tokenizer), Random(seed)
    exercises, texts = copying_rows_of(segments, seed), lesson_rows(segments, seed)
    while True:
        rows.put(next(exercises if random.random() < copying.value else texts))
