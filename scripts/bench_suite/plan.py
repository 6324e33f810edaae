"""Which measurements a model gets, in which order, and what one needs from another.

The engine at 8 sequences comes first: it says how many tokens each candidate has, and the unconstrained ways write as
many. Ways that take long get less of the same work: Outlines some of its candidates, others its beginning. The raw
rates are weighed with the engine's own counts: the time in which llama.cpp itself would evaluate the prompt tokens that
the engine evaluated and generate those that it generated.
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from scripts.bench_suite.job import Job, Measured, WayFailed, measure
from scripts.bench_suite.workload import Mode

RIVALS = {
    "a": "Outlines with llguidance, one by one",
    "b": "llama-cpp-python without a constraint, one by one",
    "c": "llama.cpp's batches without a constraint, 8 sequences with a shared prompt",
    "d": "this engine",
    "e": "llama.cpp's server with 8 slots, with JSON Schema and without a constraint",
}
WIDTH = 8
WIDTHS = (1, 4, 16, 32)
"""Further widths of the engine."""
SMALLEST_RAW = 64
"""Tokens a sequence that the raw rates are measured on at least: fewer take too short a time."""
Part = tuple[int, int | None]
Measure = Callable[[str, Job], Measured]


@dataclass(frozen=True)
class Size:
    """How much of the work a model is given; a pair is a number of conversations and of the first steps of each."""

    batched: Part
    """For the engine and for llama.cpp's batches."""
    single: Part
    """For one sequence that keeps its prompts: the engine at width 1, and llama-cpp-python."""
    served: Part
    """For the server, and for the engine beside it."""
    spread: int
    """Candidates out of `batched` for Outlines."""
    widths: tuple[int, ...] = WIDTHS


TURN = 6
"""Steps of most first turns."""
QUICK = {
    "seed": Size((4, None), (1, None), (4, TURN), 12, (1,)),
    "0.5b": Size((4, TURN), (1, 3), (2, 3), 6, (1,)),
    "1.5b": Size((2, TURN), (1, 2), (2, 2), 4, (1,)),
}
FULL = {
    "seed": Size((12, None), (4, None), (8, None), 64),
    "0.5b": Size((3, None), (1, TURN), (4, 3), 10),
    "1.5b": Size((3, TURN), (1, 3), (3, 3), 6),
}


@dataclass
class Round:
    """One pass over all ways on one model."""

    path: Path
    mode: Mode
    size: Size
    rivals: frozenset[str]
    profile: bool = False
    measure: Measure = measure
    say: Callable[[str], None] = lambda text: print(text, file=sys.stderr)

    def run(self) -> tuple[dict[str, Measured], list[str]]:
        """What was measured, by way, and what was left out and why."""
        self.found: dict[str, Measured] = {}
        self.notes: list[str] = []
        base = _part(Job(str(self.path), self.mode, None, WIDTH), self.size.batched)
        self._try("ours8", "ours", replace(base, profile=self.profile))
        if "ours8" not in self.found:
            return self.found, self.notes
        base = replace(base, lengths=self.found["ours8"].details.pop("lengths"))
        for name, way, job in self._others(base):
            self._try(name, way, job)
        return self.found, self.notes

    def _others(self, base: Job) -> Iterable[tuple[str, str, Job]]:
        single = _part(replace(base, width=1), self.size.single)
        for width in self.size.widths:
            yield f"ours{width}", "ours", replace(single if width == 1 else base, width=width, lengths={})
        if "a" in self.rivals:
            yield "outlines", "outlines", replace(base, width=1, lengths={}, spread=self.size.spread)
        if "b" in self.rivals:
            yield "plain", "plain", single
        if "c" in self.rivals:
            raw = replace(base, lengths={}, options=shape(self.found["ours8"]))
            yield "raw8", "raw", raw
            yield "batched_bench8", "batched_bench", raw
        if "e" in self.rivals:
            bounded = _part(replace(base, json_only=True), self.size.served)
            yield "ours8_json", "ours", replace(bounded, lengths={})
            yield "server8_json", "server", replace(bounded, lengths={})
            yield "server8_free", "server", replace(bounded, constrained=False)

    def _try(self, name: str, way: str, job: Job) -> None:
        try:
            measured = self.measure(way, job)
        except WayFailed as reason:
            self.notes.append(f"{name} is missing: {reason}")
            self.say(f"  {self.notes[-1]}")
            return
        self.found[name] = measured
        if name in ("raw8", "batched_bench8"):
            self.found[name] = whole(measured, self.found["ours8"])
            self.found[f"{name}_generation"] = measured
        self.say(f"  {name}: {self.found[name].tokens_per_s:.1f} tokens/s ({measured.seconds:.0f} s)")


def _part(job: Job, part: Part) -> Job:
    return replace(job, conversations=part[0], steps=part[1])


def shape(ours: Measured) -> dict[str, int]:
    """Prompt and generated tokens of an average candidate."""
    prompt = round(ours.details["prompt_tokens"] / ours.candidates)
    return {"prompt": prompt, "length": max(SMALLEST_RAW, round(ours.tokens / ours.candidates))}


def whole(raw: Measured, ours: Measured) -> Measured:
    """The raw rates on the engine's own work: its evaluated prompt tokens, then its generated ones."""
    prompt = ours.details["evaluated_tokens"] / raw.details["prompt_per_s"]
    generated = ours.tokens / raw.details["generated_per_s"]
    worked = None
    if "prompt_per_worked_s" in raw.details:
        worked = ours.details["evaluated_tokens"] / raw.details["prompt_per_worked_s"]
        worked += ours.tokens / raw.details["generated_per_worked_s"]
    return Measured(prompt + generated, ours.tokens, ours.candidates, worked=worked, details=dict(raw.details))


def middle(rounds: list[dict[str, Measured]]) -> dict[str, Measured]:
    """Of several rounds, each way's measurement with the middle rate; its spread goes to the details."""
    chosen = {}
    for name in rounds[0]:
        found = sorted((one[name] for one in rounds if name in one), key=lambda one: one.tokens_per_s)
        chosen[name] = found[(len(found) - 1) // 2]
        if len(found) > 1:
            rates = [one.tokens_per_s for one in found]
            chosen[name].details["spread"] = round((rates[-1] - rates[0]) / statistics.median(rates), 3)
    return chosen


def size_of(name: str, quick: bool) -> Size:
    """How much work a model of that name gets; unknown files count as 0.5B."""
    sizes = QUICK if quick else FULL
    return sizes.get(name.split("-")[0], sizes["0.5b"])
