"""Makes `workload.jsonl.xz`: a `generate` of 64 conversations over the shipped examples with the seed model.

    python -m scripts.bench_suite.record

Each stage runs twice side by side: as the seed model's desk has it, and with a desk for larger models that gets the
same answers. So every prompt is recorded with both constraints. The same checkout records the same bytes.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

from dtc_local.engine.base import Completion, Request
from dtc_local.prompts import PROMPT_VERSION
from dtc_local.stages.base import Desk, Steps
from scripts.bench_suite.workload import FILE, Asked, write

CONVERSATIONS = 64
STAGES = (
    *(("kinds.common", name) for name in ("plan", "ask", "verify", "execute", "respond")),
    *((f"kinds.{kind}", "talk") for kind in ("clarify", "confirm", "missing_tool", "no_tool")),
    ("kinds.confirm", "ask"),
    ("kinds.correction", "plan"),
    ("turn", "judge"),
)
"""Where stages are called, by module and name."""
Stage = Callable[..., Steps[Any]]


def record(count: int = CONVERSATIONS) -> tuple[dict[str, Any], list[Asked]]:
    """What was run, and its requests by conversation and step."""
    from dtc_local import pipeline
    from dtc_local.engine import from_gguf
    from dtc_local.models_file import find_model
    from dtc_local.settings import run_config
    from dtc_local.store import Store
    from dtc_local.tools import read_files

    examples = sorted((Path(pipeline.__file__).parent / "examples").glob("*.json"))
    with tempfile.TemporaryDirectory() as folder, Store(Path(folder) / "record.db") as store:
        store.add_tools(read_files(examples).tools)
        config = run_config({"count": count, "seed": 1})
        with from_gguf(find_model(None)) as engine, recorded_stages() as asked:
            result = pipeline.run(engine, store, config, _say)
            settled = store.done(store.run(result.run))
            about = {
                "model": engine.model.name,
                "sha256": engine.model.sha256,
                "prompt_version": PROMPT_VERSION,
                "tools": [path.name for path in examples],
                "settings": {"count": count, "seed": 1},
                "kept": result.kept,
                "dropped": sum(result.dropped.values()),
            }
    # Drafts that were still open when enough were kept are cut off somewhere: they are left out.
    asked = [one for one in asked if one.draft in settled]
    return about, sorted(asked, key=lambda one: (one.draft, one.step, one.position))


@contextmanager
def recorded_stages() -> Iterator[list[Asked]]:
    """While it lasts, what the stages ask is appended to the list, with the answers."""
    asked: list[Asked] = []
    steps: dict[int, int] = {}
    places = [(import_module(f"dtc_local.stages.{module}"), name) for module, name in STAGES]
    originals = {(module, name): getattr(module, name) for module, name in places}
    for (module, name), stage in originals.items():
        setattr(module, name, _twin(stage, asked, steps))
    try:
        yield asked
    finally:
        for (module, name), stage in originals.items():
            setattr(module, name, stage)


def _twin(stage: Stage, asked: list[Asked], steps: dict[int, int]) -> Stage:
    """`stage`, that also runs for a larger model's desk and writes down what both ask."""

    def both(desk: Desk, *rest: Any, **named: Any) -> Steps[Any]:
        large = stage(replace(desk, facts_only=False, candidates=[]), *rest, **named)
        small = stage(desk, *rest, **named)
        turn = min(len(desk.turns), len(desk.scenario.turns) - 1)
        answers: Sequence[Sequence[Completion]] | None = None
        while True:
            try:
                requests = next(small) if answers is None else small.send(answers)
            except StopIteration as stop:
                return stop.value
            opened = next(large) if answers is None else large.send(answers)
            step = steps[desk.scenario.index] = steps.get(desk.scenario.index, -1) + 1
            answers = yield requests
            for position, (closed, free, completions) in enumerate(zip(requests, opened, answers, strict=True)):
                asked.append(_asked((desk.scenario.index, turn, step, position), closed, free, completions))

    return both


def _asked(at: tuple[int, int, int, int], closed: Request, free: Request, completions: Sequence[Completion]) -> Asked:
    return Asked(
        *at,
        stage=closed.stage,
        messages=free.messages,
        closed=_text(closed.constraint),
        open=_text(free.constraint),
        sampling=closed.sampling,
        max_tokens=closed.max_tokens,
        answers=tuple(completion.text for completion in completions),
    )


def _text(constraint: Any) -> tuple[str, str]:
    kind = type(constraint).__name__
    return kind, constraint.definition if kind == "CFG" else constraint.schema


def _say(progress: Any) -> None:
    print(f"\r{progress.kept} kept, {progress.dropped} dropped", end="", file=sys.stderr)


if __name__ == "__main__":
    write(FILE, *record())
    print(f"\n{FILE.name}: {FILE.stat().st_size} bytes", file=sys.stderr)
