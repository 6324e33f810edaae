"""The counts of a run: how often each thing and each kind of turn was shown, and what that makes the next draw prefer.

What was kept counts whole, and so does what is planned and not settled yet; what was planned and not kept counts a
quarter. So a tool whose conversations are dropped is drawn more often than others, though never more than about four
times as often, however little comes of it. Counts are whole quarters: their sum does not depend on their order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from dtc_local.coverage.tally import Fate, Tally, Thing, edge_thing, value_thing
from dtc_local.records import Json, Kind, Tool

if TYPE_CHECKING:
    from dtc_local.tools.dataflow.graph import Edge

WHOLE = 4
"""Quarters of what is kept, or planned and open."""
PART = 1
"""Quarters of what was planned and not kept."""
CALLED = 4
"""How many times more than its count says a tool is worth that was never called."""
PRIOR = 4
"""The yield of a kind starts as if so many turns of it had come to what turns come to on average."""


class Coverage:
    """What a run has shown so far. A new one is neutral: every thing is worth the same."""

    def __init__(self) -> None:
        self._quarters: Counter[Thing] = Counter()
        self._tools: Counter[str] = Counter()
        self._open: Counter[Kind] = Counter()
        self._planned: Counter[Kind] = Counter()
        self._kept: Counter[Kind] = Counter()

    def open(self, tally: Tally) -> None:
        """Count a conversation that is planned and not settled."""
        self._open.update(tally.kinds)
        self._add(tally.things, WHOLE)

    def settle(self, fate: Fate) -> None:
        """Count what became of a conversation that was opened."""
        kept = fate.kept or Tally()
        self._open.subtract(fate.planned.kinds)
        self._planned.update(fate.planned.kinds)
        self._kept.update(kept.kinds)
        self._add(fate.planned.things, -WHOLE)
        self._add(kept.things, WHOLE)
        self._add(tuple((Counter(fate.planned.things) - Counter(kept.things)).elements()), PART)

    def _add(self, things: Sequence[Thing], quarters: int) -> None:
        for thing in things:
            before = self._quarters[thing]
            self._quarters[thing] = before + quarters
            if thing[0] == "tool" and (before > 0) != (before + quarters > 0):
                self._tools[thing[1]] += 1 if quarters > 0 else -1

    def count(self, *thing: str) -> float:
        """How often a thing was shown, in quarters of a time."""
        return self._quarters[thing] / WHOLE if thing in self._quarters else 0.0

    def called(self, namespace: str) -> int:
        """How many tools of a namespace were called."""
        return self._tools[namespace]

    def turns(self, kind: Kind) -> float:
        """Turns of a kind that were kept, and those to be expected of the open ones."""
        return self._kept[kind] + self._open[kind] * self.turn_yield(kind)

    def turn_yield(self, kind: Kind) -> float:
        """Share of the planned turns of a kind that is kept, above 0; 1 as long as nothing is settled."""
        planned = sum(self._planned.values())
        average = (sum(self._kept.values()) + 1) / (planned + 1)
        return (self._kept[kind] + PRIOR * average) / (self._planned[kind] + PRIOR)

    def on(self, namespace: str) -> Worth:
        """What the things of a namespace are worth now."""
        return Worth(self, namespace)


class Worth:
    """Factors for the weights of a draw on one shelf: 1 for what was never shown, less the oftener it was.

    The coverage must not change meanwhile: one of these serves one conversation.
    """

    def __init__(self, coverage: Coverage | None = None, namespace: str = "") -> None:
        self._coverage = coverage or Coverage()
        self._namespace = namespace
        self._tools: dict[str, float] = {}

    def tool(self, tool: Tool) -> float:
        """Of a call of the tool: half of it lies in its parameters that were never filled."""
        if tool.name not in self._tools:
            names = tool.parameters["properties"]
            fresh = [not self._count("parameter", tool.name, name) for name in names] or [True]
            share = sum(fresh) / len(fresh)
            known = self._count("tool", tool.name)
            self._tools[tool.name] = (1 + share) / 2 / (1 + known) ** 2 / (CALLED if known else 1)
        return self._tools[tool.name]

    def edge(self, edge: Edge) -> float:
        """Of a reference along the edge. How sure the edge is must go on to matter most, so its tools weigh little."""
        thing = edge_thing(self._namespace, edge.producer, edge.path, edge.consumer, edge.parameter)
        ends = (1 + self._count("tool", edge.producer)) * (1 + self._count("tool", edge.consumer))
        return float(1 / (1 + self._coverage.count(*thing)) / ends**0.5)

    def parameter(self, tool: Tool, name: str) -> float:
        """Of filling an optional parameter."""
        return 1 / (1 + self._count("parameter", tool.name, name)) ** 2

    def offer(self, tool: Tool) -> float:
        """Of having the tool on offer without need: never less than half, since what is near makes hard choices."""
        return 0.5 + 0.5 / (1 + self._coverage.count("offer", tool.namespace, tool.name))

    def rarest_first(self, tool: Tool, name: str, values: Sequence[Json]) -> tuple[Json, ...]:
        """Values of a parameter that lists them, those said least before the others; equals stay in order."""
        return tuple(sorted(values, key=lambda value: self._coverage.count(*value_thing(tool, name, value))))

    def _count(self, what: str, *names: str) -> float:
        return self._coverage.count(what, self._namespace, *names)
