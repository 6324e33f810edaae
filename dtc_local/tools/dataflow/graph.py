"""The dataflow graph: which result field can fill which parameter, with a score and the reason for it.

Edges are guesses from names, descriptions, types, formats and entity kinds; no tool is run and no model asked. A score
says how sure the guess is (`matching.py`). Of several fields of one result that could fill a parameter
only the best and those near it stay. Edges are computed within a namespace, on demand, from an index of words, so that
ten thousand tools cost what their own neighbours cost.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from dtc_local.records import Tool
from dtc_local.tools.dataflow.entities import subject
from dtc_local.tools.dataflow.matching import THRESHOLD, Score, likeness, match, words_of
from dtc_local.tools.dataflow.slots import Slot, output_slots, parameter_slots

_Key = TypeVar("_Key", str, tuple[str, str])
Matcher = Callable[[Slot, Slot], Score]

POSTINGS = 64
"""Parameters looked at for one word of one field; commoner words are cut to the nearest tools of the file."""
RIVALS = 0.75
"""An edge stays if its score is at least this share of the best one between the same tool and the same parameter."""
ECHO_SCORE = 0.7


@dataclass(frozen=True, slots=True)
class Edge:
    """`producer`'s result at `path` can fill `consumer`'s `parameter`. Tools are named within one namespace."""

    producer: str
    path: tuple[str | int, ...]
    type: str
    """JSON type of the field: what a reference along this edge resolves to."""
    consumer: str
    parameter: str
    score: float
    reason: str
    echo: bool = False
    """The producer was itself given this value: the result only repeats it."""

    def __str__(self) -> str:
        path = ".".join(map(str, self.path))
        return f"{self.producer}.{path} -> {self.consumer}.{self.parameter} ({self.score:.2f}, {self.reason})"


class Graph:
    """Dataflow among the tools of one namespace.

    `matcher` scores a pair, by default by its words alone; `nearby` adds to the parameters that share a word with a
    field those that may match it otherwise.
    """

    def __init__(
        self,
        tools: Sequence[Tool],
        threshold: float = THRESHOLD,
        matcher: Matcher = match,
        nearby: Callable[[Slot], Sequence[Slot]] = lambda field: (),
    ) -> None:
        self.tools = tuple(tools)
        self.threshold = threshold
        self.matcher = matcher
        self.nearby = nearby

    @cached_property
    def edges(self) -> tuple[Edge, ...]:
        """All edges at or above the threshold, by producer in tool order."""
        inputs = {tool.name: tuple(parameter_slots(tool)) for tool in self.tools}
        index = _WordIndex(inputs[tool.name] for tool in self.tools)
        return tuple(
            edge for position, tool in enumerate(self.tools) for edge in self._out_of(tool, position, index, inputs)
        )

    @cached_property
    def into(self) -> dict[str, tuple[Edge, ...]]:
        """Edges by consumer."""
        return _grouped((edge.consumer, edge) for edge in self.edges)

    @cached_property
    def out_of(self) -> dict[str, tuple[Edge, ...]]:
        """Edges by producer."""
        return _grouped((edge.producer, edge) for edge in self.edges)

    @cached_property
    def between(self) -> dict[tuple[str, str], tuple[Edge, ...]]:
        """Edges by (producer, consumer)."""
        return _grouped(((edge.producer, edge.consumer), edge) for edge in self.edges)

    def _out_of(self, tool: Tool, position: int, index: _WordIndex, inputs: dict[str, tuple[Slot, ...]]) -> list[Edge]:
        """A tool's edges, without those that a better field of the same result makes pointless."""
        found = [
            edge
            for field in output_slots(tool)
            for edge in self._field_edges(field, self._candidates(field, position, index), inputs[tool.name])
        ]
        best: dict[tuple[str, str], float] = {}
        for edge in found:
            key = edge.consumer, edge.parameter
            best[key] = max(edge.score, best.get(key, 0.0))
        return [edge for edge in found if edge.score >= RIVALS * best[edge.consumer, edge.parameter]]

    def _candidates(self, field: Slot, position: int, index: _WordIndex) -> list[Slot]:
        near = index.near(field, position)
        known = {(slot.tool.name, slot.path) for slot in near}
        return [*near, *(slot for slot in self.nearby(field) if (slot.tool.name, slot.path) not in known)]

    def _field_edges(self, field: Slot, parameters: Iterable[Slot], own: Sequence[Slot]) -> Iterator[Edge]:
        echo: bool | None = None
        for parameter in parameters:
            same = field.tool.name == parameter.tool.name
            if same and not (field.generic and parameter.generic):
                continue
            score, reason = self.matcher(field, parameter)
            if score < self.threshold:
                continue
            if echo is None:
                echo = any(_echoes(field, slot) for slot in own)
            name = str(parameter.path[0])
            yield Edge(
                field.tool.name, field.path, field.type, parameter.tool.name, name, round(score, 3), reason, echo
            )


def _echoes(field: Slot, given: Slot) -> bool:
    """Whether a result field repeats a parameter of its own tool. The id of a new thing may be given, and seldom is."""
    if given.generic or likeness(field, given)[0] < ECHO_SCORE:
        return False
    tool = field.tool
    new = tool.effect == "write" and field.identity is not None and field.identity.kind == subject(tool)
    return not new or given.path[0] in tool.required


def _grouped(pairs: Iterable[tuple[_Key, Edge]]) -> dict[_Key, tuple[Edge, ...]]:
    groups: dict[_Key, list[Edge]] = defaultdict(list)
    for key, edge in pairs:
        groups[key].append(edge)
    return {key: tuple(edges) for key, edges in groups.items()}


class _WordIndex:
    """Parameters by the words that could make them match, each with the position of its tool."""

    def __init__(self, slots: Iterable[Iterable[Slot]]) -> None:
        self._postings: dict[str, list[tuple[int, Slot]]] = defaultdict(list)
        for position, group in enumerate(slots):
            for slot in group:
                for word in words_of(slot):
                    self._postings[word].append((position, slot))

    def near(self, field: Slot, position: int) -> list[Slot]:
        """Parameters that share a word, a family or bareness with the field, in tool order."""
        found: dict[int, tuple[int, Slot]] = {}
        for word in sorted(words_of(field)):
            for place, slot in self._window(self._postings.get(word, []), position):
                found[id(slot)] = (place, slot)
        return [slot for _, slot in sorted(found.values(), key=lambda pair: (pair[0], str(pair[1].path)))]

    @staticmethod
    def _window(postings: list[tuple[int, Slot]], position: int) -> list[tuple[int, Slot]]:
        if len(postings) <= POSTINGS:
            return postings
        return sorted(postings, key=lambda pair: (abs(pair[0] - position), pair[0]))[:POSTINGS]
