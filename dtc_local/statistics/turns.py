"""How hard the kept turns are, and how much of them is left unsaid."""

from __future__ import annotations

from collections import Counter

from dtc_local.records import Conversation, Json

BINS = 10


class Turns:
    """Counts kept conversations one by one."""

    def __init__(self) -> None:
        self.rates: Counter[float] = Counter()
        self.unverified = 0
        self.calls = 0
        self.unsaid = 0

    def add(self, conversation: Conversation) -> None:
        """Count the turns of one conversation."""
        for turn in conversation.turns:
            self.calls += len(turn.executed())
            self.unsaid += len(turn.implicit)
            if turn.verification is None:
                self.unverified += 1
            else:
                self.rates[turn.verification.solve_rate] += 1

    def result(self) -> dict[str, Json]:
        """`solve_rate` with a histogram of tenths, the last of which holds 1; `implicit` with the share of calls."""
        verified = self.rates.total()
        bins = [0] * BINS
        for rate, turns in self.rates.items():
            bins[min(int(rate * BINS), BINS - 1)] += turns
        total = sum(rate * turns for rate, turns in self.rates.items())
        return {
            "solve_rate": {
                "mean": round(total / verified, 4) if verified else None,
                "turns": verified,
                "unverified": self.unverified,
                "histogram": [
                    {"from": start / BINS, "to": (start + 1) / BINS, "turns": turns} for start, turns in enumerate(bins)
                ],
            },
            "implicit": {
                "calls": self.calls,
                "unsaid": self.unsaid,
                "share": round(self.unsaid / self.calls, 4) if self.calls else 0.0,
            },
        }
