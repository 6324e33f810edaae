"""How long, deep and hard the kept conversations are, as histograms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from dtc_local.records import Json
from dtc_local.report.case import Case

MOST_BINS = 16
"""Whole numbers from here on share the last bin."""


class Lengths:
    """Counts cases one by one."""

    def __init__(self) -> None:
        self.turns: list[int] = []
        self.calls: list[int] = []
        self.depths: list[int] = []
        self.unsaid: list[float] = []
        self.solved: list[float] = []
        self.all_calls = 0
        self.unsaid_calls = 0

    def add(self, case: Case) -> None:
        """Count one case, if it is kept."""
        if not case.kept:
            return
        self.turns.append(len(case.turns))
        calls, unsaid = len(case.calls), sum(len(turn.implicit) for turn in case.turns)
        self.all_calls += calls
        self.unsaid_calls += unsaid
        if calls:
            self.unsaid.append(unsaid / calls)
        for turn in case.turns:
            self.calls.append(len(turn.executed()))
            self.depths.append(sum(any(not call.fault for call in level) for level in turn.levels))
            if turn.verification:
                self.solved.append(turn.verification.solve_rate)

    def result(self) -> Json:
        """Calls, unsaid calls, and the histograms in the order in which they are shown."""
        return {
            "calls": self.all_calls,
            "unsaid": self.unsaid_calls,
            "histograms": [
                _histogram("Turns a conversation", "conversations", self.turns),
                _histogram("Calls a turn", "turns", self.calls),
                _histogram("Depth of a turn's call graph", "turns", self.depths),
                _share_histogram("Calls left unsaid, a conversation", "conversations", self.unsaid),
                _share_histogram("Blind readers right (solve rate), a turn", "turns", self.solved),
            ],
        }


def _histogram(title: str, unit: str, values: Sequence[int]) -> Json:
    """A bin for each whole number between the least and the greatest."""
    least = min(values, default=0)
    top = least + MOST_BINS - 1
    counts = Counter(min(value, top) for value in values)
    last = max(counts, default=least)
    bins = [[f"{number}+" if number == top else str(number), counts[number]] for number in range(least, last + 1)]
    return {"title": title, "unit": unit, "share": False, "mean": _mean(values), "bins": bins if values else []}


def _share_histogram(title: str, unit: str, values: Sequence[float]) -> Json:
    """Bins a tenth wide; none and all have bins of their own, for they mean something of their own."""
    counts = Counter(_tenth(value) for value in values)
    labels = ["0%", *(f"to {tenth * 10}%" for tenth in range(1, 10)), "below 100%", "100%"]
    bins = [[label, counts[position]] for position, label in enumerate(labels)]
    return {"title": title, "unit": unit, "share": True, "mean": _mean(values), "bins": bins if values else []}


def _tenth(value: float) -> int:
    """The bin of a share: 0, then upper bounds of a tenth, two tenths ... and 11 for all."""
    if value <= 0 or value >= 1:
        return 0 if value <= 0 else 11
    return next(tenth for tenth in range(1, 11) if value <= tenth / 10)


def _mean(values: Sequence[float]) -> float | None:
    return round(sum(values) / len(values), 3) if values else None
