"""This project's engine, `width` sequences together, fed as the pipeline feeds it.

Uses the engine's public contract alone: submit, poll, usage. Grammars are compiled inside the measured time, and values
are validated in it, as in a run; loading the model and one warm-up request come before it.
"""

from __future__ import annotations

import time
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from dtc_local.engine import from_gguf
from dtc_local.engine.base import Completion, Engine, Message, Request, Sampling
from scripts.bench_suite.job import Job, Measured, threads
from scripts.bench_suite.profile import Profile
from scripts.bench_suite.workload import Asked, Replay

Answered = list[tuple[Asked, tuple[Completion, ...]]]


def run(job: Job) -> Measured:
    """Replay the job's work."""
    profile = Profile() if job.profile else None
    engine = from_gguf(Path(job.model), width=job.width, threads=threads(), **job.options)
    warm(engine)
    before = counters(engine)
    with profile.measuring() if profile else nullcontext():
        started, worked = time.perf_counter(), time.process_time()
        answered = replay(engine, job)
        seconds, worked = time.perf_counter() - started, time.process_time() - worked
    spent = {name: value - before[name] for name, value in counters(engine).items()}
    engine.close()
    made = [completion for _, completions in answered for completion in completions]
    details: dict[str, Any] = {
        "prompt_tokens": spent["prompt_tokens"],
        "evaluated_tokens": spent["evaluated_tokens"],
        "decode_seconds": spent["decode_seconds"],
        "sampled_tokens": spent["sampled_tokens"],
        "forced_tokens": spent["forced_tokens"],
        "prompts": len(made),
        "lengths": {one.key: [made.tokens for made in completions] for one, completions in answered},
        "stages": stages(answered),
    }
    if profile:
        details["profile"] = profile.shares(seconds)
    finished = [completion.finish for completion in made]
    return Measured(
        seconds=seconds,
        tokens=sum(completion.tokens for completion in made),
        candidates=len(made),
        objects=finished.count("accepted"),
        wrong=finished.count("cancelled"),
        worked=worked,
        details=details,
    )


def replay(engine: Engine, job: Job) -> Answered:
    """Answer everything; the replay decides what may be asked when."""
    plan, answered = Replay(job.work(), job.width), []
    tickets: dict[int, tuple[int, Asked]] = {}

    def submit(ready: list[tuple[int, Asked]]) -> None:
        for number, one in ready:
            tickets[engine.submit(one.request(job.mode))] = number, one

    submit(plan.start())
    while tickets:
        for done in engine.poll():
            number, one = tickets.pop(done.ticket)
            answered.append((one, done.completions))
            submit(plan.answered(number))
    return answered


def warm(engine: Engine) -> None:
    """One short request: weights are read from the disk, threads are started."""
    from outlines.types import JsonSchema

    message = Message("user", ("Say a number.",))
    engine.submit(Request((message,), JsonSchema({"type": "integer", "minimum": 0, "maximum": 9}), Sampling(), 8))
    while engine.poll():
        pass


def counters(engine: Engine) -> dict[str, float]:
    """The engine's counters that are numbers."""
    return {name: value for name, value in vars(engine.usage).items() if isinstance(value, int | float)}


def stages(answered: Answered) -> dict[str, dict[str, int]]:
    """Candidates, objects, generated and forced tokens by stage."""
    rows: dict[str, dict[str, int]] = {}
    for one, completions in answered:
        row = rows.setdefault(one.stage, {"candidates": 0, "objects": 0, "tokens": 0, "forced": 0})
        for completion in completions:
            row["candidates"] += 1
            row["objects"] += completion.finish == "accepted"
            row["tokens"] += completion.tokens
            row["forced"] += completion.forced_tokens
    return rows
