"""Which tools are near each other: one feeds the other, both name entities of one kind, or both are about one thing.

Nearness is a number from 0 (strangers) up: the score of the surest edge between the two, plus half the share of entity
kinds they have in common, plus a quarter where their names are about the same thing. Near tools are easily mistaken
for each other, which makes them good company for one conversation and hard distractors.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property

from dtc_local.records import Tool
from dtc_local.tools.dataflow.entities import entity_fields, subject
from dtc_local.tools.dataflow.graph import Edge

SHARED_KINDS = 0.5
SAME_SUBJECT = 0.25


class Neighbourhood:
    """Nearness among the tools of a shelf."""

    def __init__(self, tools: Sequence[Tool], edges: Sequence[Edge]) -> None:
        self._tools = tuple(tools)
        self._edges = edges
        self._near: dict[str, dict[str, float]] = {}

    def near(self, name: str) -> dict[str, float]:
        """Every other tool with a nearness above 0, by name, in tool order."""
        if name not in self._near:
            self._near[name] = dict(self._around(name))
        return self._near[name]

    def nearness(self, names: Iterable[str]) -> dict[str, float]:
        """Every tool near one of these, with the greatest nearness."""
        greatest: dict[str, float] = {}
        for name in names:
            for other, value in self.near(name).items():
                greatest[other] = max(value, greatest.get(other, 0.0))
        return greatest

    def _around(self, name: str) -> Iterable[tuple[str, float]]:
        kinds, about = self._known.get(name, (frozenset(), ""))
        fed = self._fed.get(name, {})
        for tool in self._tools:
            if tool.name == name:
                continue
            own, same = self._known[tool.name]
            shared = len(own & kinds) / len(own | kinds) if own & kinds else 0.0
            value = fed.get(tool.name, 0.0) + SHARED_KINDS * shared + SAME_SUBJECT * (bool(about) and about == same)
            if value > 0:
                yield tool.name, value

    @cached_property
    def _known(self) -> dict[str, tuple[frozenset[str], str]]:
        """The entity kinds that a tool names, and what it is about."""
        return {
            tool.name: (frozenset(field.identity.kind for field in entity_fields(tool)) - {""}, subject(tool))
            for tool in self._tools
        }

    @cached_property
    def _fed(self) -> dict[str, dict[str, float]]:
        """The surest edge between two tools, either way."""
        scores: dict[str, dict[str, float]] = {}
        for edge in self._edges:
            for one, other in ((edge.producer, edge.consumer), (edge.consumer, edge.producer)):
                known = scores.setdefault(one, {})
                known[other] = max(edge.score, known.get(other, 0.0))
        return scores
