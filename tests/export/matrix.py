"""A table of real chat templates against rows: how many survive, in which shape, and why the others do not.

`python -m tests.export.matrix FOLDER DATABASE` prints it for the latest run of a database, one line a template.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from dtc_local.export.dialogue import Dialogue, dialogue
from dtc_local.export.rendering import Judge
from dtc_local.store import Store


def outcome(source: str, dialogues: Sequence[Dialogue]) -> tuple[Counter[str], Counter[str]]:
    """Counts of reasons ("" for rows that survive), and of the shapes of those that do."""
    judge = Judge(source, "<bos>", "<eos>", want_text=True)
    reasons: Counter[str] = Counter()
    shapes: Counter[str] = Counter()
    for shown in dialogues:
        verdict = judge.verdict(shown)
        reasons[verdict.get("reason", "")] += 1
        if "shape" in verdict:
            spelling, *ways = verdict["shape"]
            named = [
                name for name, way in zip(("split calls", "folded system", "written calls"), ways, strict=True) if way
            ]
            shapes[", ".join([spelling, *named])] += 1
    return reasons, shapes


def table(folder: Path, database: Path) -> None:
    """Print the table."""
    with Store(database, create=False) as store:
        run = store.latest_run()
        dialogues = [dialogue(made, run.policy) for _, made in store.kept(run)]
    print(f"{len(dialogues)} rows of run {run.name}")
    for path in sorted(folder.glob("*.jinja")):
        reasons, shapes = outcome(path.read_text(encoding="utf-8"), dialogues)
        told = [f"{count} as {name}" for name, count in shapes.items()]
        told += [f"{count} {name}" for name, count in reasons.items() if name]
        lost = len(dialogues) - reasons[""]
        print(f"{path.stem:50} in {reasons['']:3} out {lost:3}  {'; '.join(told)}")


if __name__ == "__main__":
    table(Path(sys.argv[1]), Path(sys.argv[2]))
