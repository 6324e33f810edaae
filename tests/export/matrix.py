"""Tables of real chat templates and formats against rows: how many survive, in which shape, and why the others do not.

`python -m tests.export.matrix FOLDER [DATABASE]` prints them for the latest run of a database, or for hand-written
conversations of every kind: one line a template, then one line a format.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from dtc_local.export import FORMATS
from dtc_local.export.base import Format, Rendered, Sample, Unfit
from dtc_local.export.dialogue import Dialogue, dialogue
from dtc_local.export.rendering import Judge
from dtc_local.export.shape import Shape
from dtc_local.store import Store
from tests.export import kinds


def outcome(source: str, dialogues: Sequence[Dialogue]) -> tuple[Counter[str], Counter[str]]:
    """Counts of reasons ("" for rows that survive), and of the shapes of those that do."""
    judge = Judge(source, "<bos>", "<eos>", want_text=True)
    return counted([judge.verdict(shown) for shown in dialogues])


def counted(verdicts: Sequence[dict[str, Any]]) -> tuple[Counter[str], Counter[str]]:
    """Counts of reasons, and of shapes."""
    reasons = Counter(verdict.get("reason", "") for verdict in verdicts)
    return reasons, Counter(_named(verdict["shape"]) for verdict in verdicts if "shape" in verdict)


def _named(shape: Shape) -> str:
    spelling, *ways = shape
    return ", ".join(
        [spelling, *(n for n, way in zip(("split calls", "folded system", "written calls"), ways, strict=True) if way)]
    )


def fate(chosen: Format, given: Sample, verdict: dict[str, Any]) -> str:
    """Why a format makes no row of a sample behind the gate; empty if it does."""
    if "reason" in verdict:
        return str(verdict["reason"])
    shape = Shape(*verdict["shape"])
    rendered = Rendered(verdict["text"], tuple(verdict["spans"]))
    try:
        list(chosen.rows(replace(given, dialogue=shape.of(given.dialogue), shape=shape, rendered=rendered)))
    except Unfit as unfit:
        return unfit.message
    return ""


def samples(database: Path | None) -> list[Sample]:
    """Rows of the latest run, or hand-written ones."""
    if database is None:
        return [Sample(str(made.scenario.index), made, dialogue(made)) for made in kinds.ten()]
    with Store(database, create=False) as store:
        run = store.latest_run()
        return [Sample(str(index), made, dialogue(made, run.policy), run.policy) for index, made in store.kept(run)]


def table(folder: Path, database: Path | None) -> None:
    """Print both tables."""
    given = samples(database)
    dropped = [
        replace(one, dialogue=dialogue(one.conversation, one.policy, faults="drop"), faults="drop") for one in given
    ]
    fates: dict[str, Counter[str]] = {name: Counter() for name in FORMATS}
    for path in sorted(folder.glob("*.jinja")):
        judge = Judge(path.read_text(encoding="utf-8"), "<bos>", "<eos>", want_text=True)
        masked, without = ([judge.verdict(one.dialogue) for one in rows] for rows in (given, dropped))
        reasons, shapes = counted(masked)
        told = [f"{count} as {name}" for name, count in shapes.items()]
        told += [f"{count} {name}" for name, count in reasons.items() if name]
        other = "" if counted(without) == (reasons, shapes) else f"; without wrong attempts {dict(counted(without)[0])}"
        lost = len(given) - reasons[""]
        print(f"{path.stem:50} in {reasons['']:3} out {lost:3}  {'; '.join(told)}{other}")
        for name, chosen in FORMATS.items():
            rows = given if chosen.masks else dropped
            verdicts = masked if chosen.masks else without
            fates[name].update(fate(chosen, one, verdict) for one, verdict in zip(rows, verdicts, strict=True))
    for name, counts in fates.items():
        refused = "; ".join(f"{count} {reason}" for reason, count in counts.most_common() if reason)
        print(f"{name:24} in {counts['']:4} out {counts.total() - counts['']:4}  {refused}")


if __name__ == "__main__":
    table(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None)
