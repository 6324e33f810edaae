"""Figures that describe a set of conversations: how many, how long, how varied, which tools, what flows.

They grow with the vocabulary and the tools of the data, not with its length; words are counted as distinct over the
first WORDS of them, which also makes the share of distinct ones comparable between sets of different size.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from math import ceil

from dtc_local.audit.dialogue import Dialogue
from dtc_local.audit.dialogues.flow import Edge, kinds, longest_chain
from dtc_local.records import Json

WORDS = 200_000
RUNS = (1, 2, 3)
_MOST_KINDS = 100_000
"""Edges and tools told apart."""


class Spread:
    """How a whole number is spread over many things."""

    def __init__(self) -> None:
        self.counts: Counter[int] = Counter()

    def add(self, number: int) -> None:
        """Count one thing."""
        self.counts[number] += 1

    @property
    def things(self) -> int:
        """How many things were counted."""
        return sum(self.counts.values())

    @property
    def total(self) -> int:
        """The sum over all things."""
        return sum(number * count for number, count in self.counts.items())

    def quantile(self, share: float) -> int:
        """The number below or at which that share of things lies."""
        left = ceil(share * self.things)
        for number in sorted(self.counts):
            left -= self.counts[number]
            if left <= 0:
                return number
        return 0

    def as_json(self) -> dict[str, Json]:
        """Mean, least, median, 95th percentile and greatest."""
        if not self.counts:
            return {"mean": None, "min": None, "median": None, "p95": None, "max": None}
        return {
            "mean": round(self.total / self.things, 2),
            "min": min(self.counts),
            "median": self.quantile(0.5),
            "p95": self.quantile(0.95),
            "max": max(self.counts),
        }


class Figures:
    """Counts conversations one by one."""

    def __init__(self) -> None:
        self.conversations = 0
        self.turns, self.messages, self.calls_a_turn, self.chain = Spread(), Spread(), Spread(), Spread()
        self.request_words, self.reply_words = Spread(), Spread()
        self.kinds: Counter[str] = Counter()
        self.called: Counter[str] = Counter()
        self.offered: set[str] = set()
        self.edges: Counter[tuple[str, str, str, str]] = Counter()
        self.implicit, self.calls_known = 0, 0
        self._words = 0
        self._runs: dict[int, set[int]] = {run: set() for run in RUNS}
        self._all_runs: Counter[int] = Counter()

    def add(self, dialogue: Dialogue, flows: Sequence[Edge]) -> None:
        """Count one conversation and what flows in it."""
        self.conversations += 1
        self.turns.add(len(dialogue.all_turns))
        self.messages.add(len(dialogue.messages))
        if dialogue.results:  # nothing is seen to flow where there are none
            self.chain.add(longest_chain(dialogue, flows))
        by_turn = Counter(step.turn for step in dialogue.steps)
        for turn in dialogue.all_turns:
            self.calls_a_turn.add(by_turn[turn])
        for _, text in dialogue.requests:
            self._count_words(text)
        for message in dialogue.messages:
            if message.role == "assistant" and message.text.strip():
                self.reply_words.add(len(message.text.split()))
        self.kinds.update(kinds(dialogue, flows))
        self._count_tools(dialogue, flows)
        if dialogue.implicit is not None:
            self.implicit += dialogue.implicit
            self.calls_known += sum(not step.failed for step in dialogue.steps)

    def _count_tools(self, dialogue: Dialogue, flows: Sequence[Edge]) -> None:
        for step in dialogue.steps:
            if step.call.tool in self.called or len(self.called) < _MOST_KINDS:
                self.called[step.call.tool] += 1
        if len(self.offered) < _MOST_KINDS:
            self.offered.update(tool.name for tool in dialogue.tools or ())
        for flow in flows:
            if flow.kind in self.edges or len(self.edges) < _MOST_KINDS:
                self.edges[flow.kind] += 1

    def _count_words(self, text: str) -> None:
        words = re.findall(r"\w+", text.casefold())
        self.request_words.add(len(text.split()))
        if self._words >= WORDS:
            return
        self._words += len(words)
        for run in RUNS:
            runs = [hash(tuple(words[start : start + run])) for start in range(len(words) - run + 1)]
            self._runs[run].update(runs)
            self._all_runs[run] += len(runs)

    def distinct(self, run: int) -> float | None:
        """Share of distinct runs of so many words among all in requests; None where there is none."""
        return len(self._runs[run]) / self._all_runs[run] if self._all_runs[run] else None

    @property
    def implicit_share(self) -> float | None:
        """Share of calls that requests leave unsaid, where that is known."""
        return self.implicit / self.calls_known if self.calls_known else None

    def as_json(self) -> dict[str, Json]:
        """All figures by name."""
        return {
            "conversations": self.conversations,
            "turns": self.turns.as_json(),
            "messages": self.messages.as_json(),
            "calls": sum(self.called.values()),
            "calls_a_turn": self.calls_a_turn.as_json(),
            "longest_chain": self.chain.as_json(),
            "implicit_share": None if self.implicit_share is None else round(self.implicit_share, 4),
            "kinds": dict(self.kinds.most_common()),
            "tools_called": len(self.called),
            "tools_offered": len(self.offered),
            "edges_used": len(self.edges) if self.chain.things else None,
            "edge_uses": sum(self.edges.values()) if self.chain.things else None,
            **{f"distinct_{run}": _rounded(self.distinct(run)) for run in RUNS},
            "request_words": self.request_words.as_json(),
            "reply_words": self.reply_words.as_json(),
        }


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 4)
