"""All figures of a run, as JSON: one pass over its conversations, each read when its turn comes and then let go."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

from dtc_local.coverage import Fate, fate_of
from dtc_local.coverage.table import RunCoverage, run_coverage
from dtc_local.records import Json
from dtc_local.statistics.soundness import Soundness
from dtc_local.statistics.turns import Turns
from dtc_local.statistics.yields import yields
from dtc_local.store import Run, Store


def run_statistics(store: Store, run: Run) -> dict[str, Json]:
    """Mix, coverage, yield, solve rates, calls left unsaid, contradictions, and the judge beside the rules."""
    turns, soundness = Turns(), Soundness(run)

    def counted() -> Iterator[Fate]:
        """The fates of all conversations, each counted while it is here."""
        for summary in store.counted(run):
            stored = store.conversation(summary.id)
            made, kept = stored.conversation, stored.status != "dropped"
            if made is not None and kept:
                turns.add(made)
            if made is not None and made.verdict is not None:
                soundness.add(made, kept)
            yield fate_of(made, stored.reason)

    coverage = run_coverage(store, run, counted())
    return {
        "mix": {
            one.kind: {name: value for name, value in asdict(one).items() if name != "kind"} for one in coverage.mix
        },
        "coverage": _covered(coverage),
        "yield": yields(store, run),
        **turns.result(),
        **soundness.result(),
    }


def _covered(coverage: RunCoverage) -> dict[str, Json]:
    """For each sort of things how many were touched of how many (None: not known), and which never were."""
    asked = [one for one in coverage.mix if one.asked]
    return {
        **{row.what: {"touched": row.shown, "of": row.all, "never": list(row.never)} for row in coverage.rows},
        "kinds": {
            "touched": sum(one.turns > 0 for one in asked),
            "of": len(asked),
            "never": [one.kind for one in asked if not one.turns],
        },
    }
