"""Train the seed model: first copying, then lessons, with a checkpoint and a usable GGUF every few minutes."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from seed_model import checkpoint, gguf_file, tokenizer
from seed_model.feed import Feed, lesson_rows
from seed_model.network import Network, Shape
from seed_model.optimiser import Optimisers
from seed_model.rows import LENGTH, STAGES, Row
from seed_model.tokenizer import Segments
from seed_model.writer import copying_rows, lessons

COPYING_LEARNED, COPYING_MOST, COPYING_AFTER = 0.8, 0.2, 0.10
"""Loss at which lessons begin, the most of the budget spent before them, the share of exercises afterwards."""
TOKENIZER_LESSONS, TOKENIZER_EXERCISES = 1500, 500
CHECKPOINT_S, LOG_S = 180.0, 20.0
WATCHED = 8
"""Rows of held-out lessons whose loss is logged."""


@dataclass
class Progress:
    """How far a training has come; part of every checkpoint."""

    step: int = 0
    tokens: int = 0
    seconds: float = 0.0
    starts: int = 0
    copying: bool = True


@dataclass
class Losses:
    """Sums of loss and counts by stage since the last log line."""

    sums: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def add(self, losses: Tensor, stages: Tensor) -> None:
        """Losses and stages of the same places."""
        for number, stage in enumerate(STAGES):
            chosen = losses[stages == number]
            if len(chosen):
                self.sums[stage] += float(chosen.sum())
                self.counts[stage] += len(chosen)

    def means(self) -> dict[str, float]:
        """Mean loss a token by stage."""
        return {stage: round(self.sums[stage] / self.counts[stage], 3) for stage in self.counts}


class Trainer:
    """Network, optimisers and progress, and what is done with them."""

    def __init__(self, folder: Path, options: argparse.Namespace) -> None:
        torch.manual_seed(options.seed)
        self.folder, self.options = folder, options
        self.segments = Segments.load(folder / checkpoint.TOKENIZER)
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        state = checkpoint.load(folder) if options.resume else None
        self.network = (checkpoint.network(state) if state else self._new()).to(self.device)
        self.optimisers = Optimisers(self.network)
        self.progress = Progress()
        if state:
            self.optimisers.restore(state["optimisers"])
            self.progress = Progress(**state["progress"])
        self.compiled = torch.compile(self.network, dynamic=False)
        self.stopping = False

    def _new(self) -> Network:
        """A network as the command line shapes it."""
        options, vocabulary = self.options, self.segments.tokenizer.get_vocab_size()
        return Network(Shape(vocabulary, options.layers, options.width, options.heads, options.hidden))

    def losses(self, rows: Sequence[Row], compiled: bool = True) -> tuple[Tensor, Tensor]:
        """Loss and stage of every taught place of some rows."""
        columns = [torch.from_numpy(np.stack(column)).to(self.device) for column in zip(*rows, strict=True)]
        tokens, positions, ends, places, targets, stages = columns
        with torch.autocast(self.device, dtype=torch.bfloat16):
            logits = (self.compiled if compiled else self.network)(tokens, positions, ends, places)
        taught = stages >= 0
        return functional.cross_entropy(logits[taught].float(), targets[taught], reduction="none"), stages[taught]

    def step(self, rows: Sequence[Row], spent: float, seen: Losses) -> float:
        """One update from all rows, a few at a time; returns the factor on the rates."""
        taught = sum(int((row.stages >= 0).sum()) for row in rows)
        for start in range(0, len(rows), self.options.rows):
            losses, stages = self.losses(rows[start : start + self.options.rows])
            torch.autograd.backward(losses.sum() / taught)
            seen.add(losses.detach(), stages)
        factor = self.optimisers.step(self.progress.step, spent)
        self.progress.step += 1
        self.progress.tokens += len(rows) * LENGTH
        return factor

    @torch.no_grad()
    def held_out(self, rows: Sequence[Row]) -> dict[str, float]:
        """Mean loss by stage on rows that are never trained on."""
        seen = Losses()
        for row in rows:
            seen.add(*self.losses([row], compiled=False))
        return seen.means()

    def save(self) -> None:
        """Checkpoint and GGUF."""
        checkpoint.save(self.folder, self.network, self.optimisers, asdict(self.progress))
        gguf_file.write(self.folder / checkpoint.MODEL, self.network, self.segments)

    def run(self) -> None:
        """Train until the budget is spent or somebody interrupts."""
        options, progress = self.options, self.progress
        budget, before, begun = options.minutes * 60, progress.seconds, time.monotonic()
        progress.starts += 1
        journal = Journal(self)
        share = 1.0 if progress.copying else COPYING_AFTER
        with Feed(self.folder / checkpoint.TOKENIZER, options.seed + 1000 * progress.starts, share) as feed:
            while progress.seconds < budget and not self.stopping:
                rows = feed.take(options.rows * (1 if progress.copying else options.micros))
                factor = self.step(rows, progress.seconds / budget, journal.losses)
                progress.seconds = before + time.monotonic() - begun
                journal.note(f"rate x{factor:.2f}, {feed.ready} rows ready")
                if progress.copying and (journal.copying < COPYING_LEARNED or progress.seconds > COPYING_MOST * budget):
                    progress.copying = False
                    feed.share(COPYING_AFTER)
                    say(f"lessons begin: loss on copying {journal.copying:.2f}")
        self.save()
        say("stopped; continue with --resume" if self.stopping else "budget spent, model complete")


class Journal:
    """Log lines every few seconds; every few minutes a checkpoint and the losses on held-out lessons."""

    def __init__(self, trainer: Trainer) -> None:
        self.trainer, self.losses = trainer, Losses()
        self.copying = 99.0
        """Mean loss on copying exercises at the last log line."""
        self._logged = self._saved = time.monotonic()
        self._tokens = trainer.progress.tokens
        seed = trainer.options.seed + 1
        self._watched = list(islice(lesson_rows(trainer.segments, seed, held_out=True), WATCHED))

    def note(self, remarks: str) -> None:
        """Called after every step."""
        now, progress = time.monotonic(), self.trainer.progress
        if now - self._logged < LOG_S:
            return
        means = self.losses.means()
        self.copying = means.get("copy", self.copying)
        speed = (progress.tokens - self._tokens) / (now - self._logged)
        say(
            f"{progress.seconds / 60:.1f} min, step {progress.step}, {progress.tokens / 1e6:.2f} M tokens, "
            f"{speed:.0f}/s, {remarks}, loss {_listed(means)}"
        )
        if now - self._saved > CHECKPOINT_S:
            self.trainer.save()
            say(f"saved; held out: {_listed(self.trainer.held_out(self._watched))}")
            self._saved = now
        self._logged, self._tokens, self.losses = time.monotonic(), progress.tokens, Losses()


def _listed(means: dict[str, float]) -> str:
    return ", ".join(f"{stage} {mean:.3f}" for stage, mean in sorted(means.items()))


def say(text: str) -> None:
    """One log line with the time of day."""
    print(time.strftime("%H:%M:%S"), text, flush=True)


def learn_tokenizer(path: Path, seed: int) -> None:
    """Merges from the text of lessons and exercises."""

    def texts() -> Iterator[str]:
        for lesson in islice(lessons(seed), TOKENIZER_LESSONS):
            yield from (lesson.system, *lesson.history)
            for task in lesson.tasks:
                yield from (task.prompt, task.answer)
        for pair in islice(copying_rows(seed), TOKENIZER_EXERCISES):
            yield from pair

    Segments(tokenizer.train(texts())).save(path)


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="train_seed_model",
        description=__doc__,
        epilog="example: scripts/train_seed_model --minutes 120; stop with Ctrl-C, go on with --resume",
    )
    parser.add_argument("--out", type=Path, default=Path("build/seed"), help="model and checkpoint (%(default)s)")
    parser.add_argument("--minutes", type=float, default=120, help="time budget, earlier starts included (%(default)s)")
    parser.add_argument("--resume", action="store_true", help="continue from the checkpoint in the folder")
    parser.add_argument("--seed", type=int, default=1, help="seed of text and initial values (%(default)s)")
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="CPU threads (%(default)s)")
    parser.add_argument("--rows", type=int, default=2, help="rows in one pass (%(default)s)")
    parser.add_argument("--micros", type=int, default=2, help="passes in one update (%(default)s)")
    for name, default in (("layers", 6), ("width", 256), ("heads", 4), ("hidden", 704)):
        parser.add_argument(f"--{name}", type=int, default=default, help="shape of the network (%(default)s)")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str]) -> int:
    """Train as asked; the exit code is 130 if interrupted."""
    options = parse(arguments)
    torch.set_num_threads(options.threads)
    options.out.mkdir(parents=True, exist_ok=True)
    if options.resume and not (options.out / checkpoint.CHECKPOINT).exists():
        print(f"no checkpoint in {options.out}: leave out --resume to begin anew", file=sys.stderr)
        return 2
    if not options.resume:
        say("learning the tokenizer")
        learn_tokenizer(options.out / checkpoint.TOKENIZER, options.seed)
    trainer = Trainer(options.out, options)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: setattr(trainer, "stopping", True))
    say(f"training on {trainer.device}, {options.threads} threads, log line every {LOG_S:.0f} s after compilation")
    trainer.run()
    return 130 if trainer.stopping else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
