"""Figures of a trained network on tools, nouns and phrasings it never saw, by task, as JSON.

Everything comes from one reading of the expected answers: greedy decoding writes an answer exactly if the likeliest
token is the expected one at each of its places.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from seed_model import checkpoint
from seed_model.network import Network
from seed_model.rows import STAGES, Row, Tree, fill, tree
from seed_model.tokenizer import Segments
from seed_model.writer import lessons, verdict

Array = NDArray[Any]
ARGUMENTS = '","arguments"'
"""What follows the tool's name in a call."""


@dataclass
class Figures:
    """Sums for one stage."""

    answers: int = 0
    tokens: int = 0
    loss: float = 0.0
    right_tokens: int = 0
    exact: int = 0
    chances: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    hits: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    """How often something was to be got right, and how often it was, by its name."""

    def count(self, name: str, hit: bool) -> None:
        """One more chance, taken or not."""
        self.chances[name] += 1
        self.hits[name] += hit

    def means(self) -> dict[str, float]:
        """Shares and mean loss."""
        means = {
            "answers": self.answers,
            "tokens": self.tokens,
            "loss": round(self.loss / self.tokens, 4),
            "tokens_right": round(self.right_tokens / self.tokens, 4),
            "answers_exact": round(self.exact / self.answers, 4),
        }
        return means | {name: round(self.hits[name] / chances, 4) for name, chances in self.chances.items()}


def measure(network: Network, segments: Segments, seed: int, count: int) -> dict[str, dict[str, float]]:
    """Figures by stage on `count` held-out lessons."""
    sums: dict[str, Figures] = defaultdict(Figures)
    for row in fill(_trees(segments, seed, count)):
        losses, right = _read(network, row)
        for start, end in _answers(row, segments.turn_end):
            stage = STAGES[row.stages[start]]
            _add(sums[stage], stage, losses[start:end], right[start:end], row.targets[start:end], segments)
    return {stage: sums[stage].means() for stage in STAGES if stage in sums}


def _trees(segments: Segments, seed: int, count: int) -> Iterator[Tree]:
    random = Random(seed)
    for lesson in islice(lessons(seed, held_out=True), count):
        packed = tree(lesson, segments, random)
        if packed is not None:
            yield packed


@torch.no_grad()
def _read(network: Network, row: Row) -> tuple[Array, Array]:
    """Loss at every place, and whether its likeliest token is the expected one."""
    columns = [torch.from_numpy(column)[None] for column in row]
    logits = network(*columns[:4])[0]
    losses = functional.cross_entropy(logits, columns[4][0], reduction="none")
    return losses.numpy(), (logits.argmax(-1) == columns[4][0]).numpy()


def _answers(row: Row, turn_end: int) -> Iterator[tuple[int, int]]:
    """Stretches of places that belong to one answer."""
    start = 0
    for place in np.flatnonzero(row.stages >= 0):
        if row.targets[place] == turn_end:
            yield start, int(place) + 1
            start = int(place) + 1


def _add(sums: Figures, stage: str, losses: Array, right: Array, answer: Array, segments: Segments) -> None:
    sums.answers += 1
    sums.tokens += len(answer)
    sums.loss += float(losses.sum())
    sums.right_tokens += int(right.sum())
    sums.exact += bool(right.all())
    if stage == "verify":
        _add_tool(sums, right, answer, segments)
    if stage == "judge":
        _add_verdict(sums, right, answer, segments)


def _add_tool(sums: Figures, right: Array, answer: Array, segments: Segments) -> None:
    """Whether the name of the first call's tool is right."""
    text = segments.text(answer.tolist())
    if ARGUMENTS in text:
        first_wrong = len(answer) if right.all() else int(right.argmin())
        written = len(segments.text(answer[:first_wrong].tolist()))
        sums.count("first_tool_right", written >= text.index(ARGUMENTS))


def _add_verdict(sums: Figures, right: Array, answer: Array, segments: Segments) -> None:
    """Whether a sound conversation passes, and the first criterion that a spoiled one fails is found wanting."""
    sound = segments.content(verdict(()))
    differs = [place for place, (one, other) in enumerate(zip(answer, sound, strict=False)) if one != other]
    if differs and answer[differs[0]] != segments.turn_end:
        sums.count("spoiled_noticed", bool(right[differs[0]]))
    else:
        sums.count("sound_passed", bool(right.all()))


def main(arguments: Sequence[str]) -> int:
    """Print the figures of the checkpoint in a folder."""
    parser = argparse.ArgumentParser(
        prog="seed_model.figures", description=__doc__, epilog="example: python -m seed_model.figures --out build/seed"
    )
    parser.add_argument("--out", type=Path, default=Path("build/seed"), help="folder of the training (%(default)s)")
    parser.add_argument("--lessons", type=int, default=100, help="held-out lessons (%(default)s)")
    parser.add_argument("--seed", type=int, default=2, help="seed of the held-out lessons (%(default)s)")
    parser.add_argument("--threads", type=int, default=1, help="CPU threads (%(default)s)")
    options = parser.parse_args(arguments)
    torch.set_num_threads(options.threads)
    state = checkpoint.load(options.out)
    segments = Segments.load(options.out / checkpoint.TOKENIZER)
    by_stage = measure(checkpoint.network(state), segments, options.seed, options.lessons)
    print(json.dumps({"progress": state["progress"], "lessons": options.lessons, "stages": by_stage}, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
