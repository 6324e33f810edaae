"""One measurement: what a way is given, what it gives back, and the process in between.

A process of its own for every measurement: rivals run with llama.cpp as it comes, not with the settings that this
engine makes in its own process; memory is given back; a crash is one missing number.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from scripts.bench_suite.workload import Draft, Mode, drafts, json_only, read

ROOT = Path(__file__).resolve().parents[2]
CONTEXT = 4096
"""Tokens of a sequence, for every way."""


@dataclass(frozen=True)
class Job:
    """A model, a part of the workload, and how wide."""

    model: str
    mode: Mode
    conversations: int | None
    """How many to replay, from the first on; None: all."""
    width: int = 1
    steps: int | None = None
    """How many of the first steps of each; None: all."""
    spread: int | None = None
    """How many candidates out of these, evenly spread, for ways that gain nothing from what went before; None: all."""
    json_only: bool = False
    """Leave out requests whose constraint is a grammar."""
    constrained: bool = True
    profile: bool = False
    lengths: Mapping[str, Sequence[int]] = field(default_factory=dict)
    """Tokens to write without a constraint, by request and candidate: as many as the engine wrote."""
    options: Mapping[str, Any] = field(default_factory=dict)

    def work(self) -> list[Draft]:
        """The part of the workload."""
        work = drafts(read()[1], self.conversations, self.steps)
        return json_only(work, self.mode) if self.json_only else work


@dataclass
class Measured:
    """What a way did in `seconds`.

    `objects` candidates ended and obey their constraints, `wrong` ones ended and do not, the others were cut at their
    budgets.
    """

    seconds: float
    tokens: int
    """Generated, those forced by a grammar included."""
    candidates: int
    objects: int | None = None
    """None: the way has no constraint."""
    wrong: int = 0
    worked: float | None = None
    """Processor seconds of all threads in that time; None: not known."""
    details: dict[str, Any] = field(default_factory=dict)

    @property
    def tokens_per_s(self) -> float:
        """Generated tokens a second; the evaluation of prompts is inside the time."""
        return self.tokens / self.seconds


class WayFailed(Exception):
    """A measurement did not come about; the text says why."""


def threads() -> int:
    """Threads of every way: one for each core this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def measure(way: str, job: Job) -> Measured:
    """Run `python -m scripts.bench_suite WAY` on the job; raises WayFailed with its last words."""
    with tempfile.TemporaryDirectory() as folder:
        asked, answer = Path(folder) / "job.json", Path(folder) / "measured.json"
        asked.write_text(json.dumps(asdict(job)))
        command = [sys.executable, "-m", "scripts.bench_suite", way, str(asked), str(answer)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        if not answer.exists():
            words = done.stderr.strip().splitlines()[-1:] or [f"it ended with {done.returncode} and no word"]
            raise WayFailed(words[0])
        return Measured(**json.loads(answer.read_text()))
