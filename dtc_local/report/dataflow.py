"""The dataflow graph of a run: edges that kept conversations really use, among those that could be used.

What could be used are the edges that the graph sees among tools that some conversation offered. A use is a reference
in a plan; any position of a list counts as its first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from dtc_local.records import Json
from dtc_local.report.case import Case, ToolNumbers
from dtc_local.tools.dataflow.graph import Graph

MOST_UNUSED = 2_000
"""Unused edges in one page; the surest stay."""

End = tuple[int, str, int, str]
"""Producer, path of its field, consumer, parameter."""


class Dataflow:
    """Counts cases one by one."""

    def __init__(self, numbers: ToolNumbers) -> None:
        self.numbers = numbers
        self.used: Counter[End] = Counter()
        self.across: Counter[End] = Counter()
        self.offered: set[tuple[str, str]] = set()

    def add(self, case: Case) -> None:
        """Count the references of one case, if it is kept."""
        conversation = case.stored.conversation
        if conversation is None:
            return
        self.offered.update((tool.namespace, tool.name) for tool in conversation.scenario.offer)
        if not case.kept:
            return
        tools = {call.id: call.tool for turn in case.turns for call in turn.plan.calls}
        for turn in case.turns:
            own = {call.id for call in turn.plan.calls}
            for call in turn.plan.calls:
                for parameter, reference in call.references():
                    producer = self.numbers.called(conversation, tools[reference.call])
                    consumer = self.numbers.called(conversation, call.tool)
                    end = producer, _path(reference.path), consumer, parameter
                    self.used[end] += 1
                    self.across[end] += reference.call not in own

    def result(self) -> Json:
        """Edges, most used first: producer, path, consumer, parameter, score (None: no guess), uses, across turns."""
        scores = self._scores()
        ends = sorted(self.used.keys() | scores.keys(), key=lambda end: (-self.used[end], -scores.get(end, 0.0), end))
        used, unused = [end for end in ends if end in self.used], [end for end in ends if end not in self.used]
        return {
            "edges": [[*end, scores.get(end), self.used[end], self.across[end]] for end in used + unused[:MOST_UNUSED]],
            "possible": len(scores),
            "used": sum(end in scores for end in used),
            "left_out": max(0, len(unused) - MOST_UNUSED),
            "depth": _depths(used, len(self.numbers.tools)),
        }

    def _scores(self) -> Mapping[End, float]:
        """The best score of each edge that could be used."""
        scores: dict[End, float] = {}
        tools = [tool for key, tool in self.numbers.tools.items() if key in self.offered]
        for namespace in dict.fromkeys(tool.namespace for tool in tools):
            within = {tool.name: tool for tool in tools if tool.namespace == namespace}
            for edge in Graph(list(within.values())).edges:
                producer, consumer = (self.numbers.of(within[name]) for name in (edge.producer, edge.consumer))
                end = producer, _path(edge.path), consumer, edge.parameter
                scores[end] = max(edge.score, scores.get(end, 0.0))
        return scores


def _path(path: Sequence[str | int]) -> str:
    """Dotted, with every position of a list as 0; the whole result is a full stop."""
    return ".".join("0" if isinstance(step, int) else step for step in path) or "."


def _depths(edges: Sequence[End], tools: int) -> list[int]:
    """For each tool the longest way to it along used edges; an edge that would close a circle is passed over."""
    parents: dict[int, set[int]] = {tool: set() for tool in range(tools)}
    ancestors: dict[int, set[int]] = {tool: {tool} for tool in range(tools)}
    for producer, _, consumer, _ in edges:
        if consumer in ancestors[producer] or producer in parents[consumer]:
            continue
        parents[consumer].add(producer)
        for above in ancestors.values():
            if consumer in above:
                above |= ancestors[producer]
    depth: dict[int, int] = {}
    for tool in sorted(parents, key=lambda tool: len(ancestors[tool])):  # whoever is above has fewer above it
        depth[tool] = 1 + max((depth[parent] for parent in parents[tool]), default=-1)
    return [depth[tool] for tool in range(tools)]
