"""Edges with a say for meaning: the similarity of what parameters and result fields say of themselves.

The score of a pair becomes 0.6 times the score of its words plus 0.4 times its similarity, where the similarity is the
cosine of the two texts "name: description", stretched so that the mean cosine of the namespace's pairs is 0 and equal
texts have 1. So words alone still make an edge and meaning alone hardly ever does; what types or good sense rule out
stays out. Vectors come from whoever embeds texts; nothing here knows a model.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from dtc_local.prompts import worded
from dtc_local.records import Tool
from dtc_local.tools.dataflow.graph import Graph
from dtc_local.tools.dataflow.matching import Score, is_pointless, match, sense, types_fit
from dtc_local.tools.dataflow.slots import Slot, output_slots, parameter_slots

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Embed = Callable[[Sequence[str]], "NDArray[np.float32]"]
"""One row of length 1 for each text."""
WORDS = 0.6
MEANING = 0.4
NEAREST = 8
"""Parameters nearest in meaning that are looked at for each field, besides those that share a word with it."""


def text_of(slot: Slot) -> str:
    """What a parameter or a field says of itself, as it is embedded: "order id: The order to cancel."."""
    name = next((part for part in reversed(slot.path) if isinstance(part, str)), "value")
    return f"{worded(name)}: {slot.schema.get('description', '')}".strip()


def similar_graph(tools: Sequence[Tool], embed: Embed) -> Graph:
    """The graph of one namespace under the blended score."""
    meaning = _Meaning(tools, embed)
    return Graph(tools, matcher=meaning.match, nearby=meaning.nearby)


class _Meaning:
    """Similarity of every field to every parameter of a namespace, a field at a time."""

    def __init__(self, tools: Sequence[Tool], embed: Embed) -> None:
        self._parameters = [slot for tool in tools for slot in parameter_slots(tool)]
        fields = [slot for tool in tools for slot in output_slots(tool)]
        self._given = embed([*map(text_of, fields)])
        self._wanted = embed([*map(text_of, self._parameters)])
        self._rows = {_key(slot): number for number, slot in enumerate(fields)}
        self._columns = {_key(slot): number for number, slot in enumerate(self._parameters)}
        # The mean of all cosines of two sets is the product of their means.
        self._mean = float(self._given.mean(axis=0) @ self._wanted.mean(axis=0)) if fields and self._columns else 0.0
        self._last: tuple[int, Any] = (-1, None)

    def _similarities(self, field: Slot) -> Any:
        """To each parameter: the cosine, moved so that the mean is 0 and 1 stays 1; nothing is below 0."""
        row = self._rows[_key(field)]
        if self._last[0] != row:
            cosines = (self._wanted @ self._given[row]).round(4).clip(-1, 1)
            self._last = row, ((cosines - self._mean) / max(1 - self._mean, 1e-6)).clip(0, 1)
        return self._last[1]

    def match(self, field: Slot, parameter: Slot) -> Score:
        """The blended score; bare numbers, which have no meaning, keep the score of their words."""
        words, reason = match(field, parameter)
        if field.generic or parameter.generic:
            return words, reason
        if not types_fit(field, parameter) or is_pointless(field, parameter):
            return 0.0, ""
        similarity = float(self._similarities(field)[self._columns[_key(parameter)]])
        score = WORDS * words + MEANING * similarity * sense(field, parameter)
        return score, f"{reason or 'described alike'}, similarity {similarity:.2f}"

    def nearby(self, field: Slot) -> list[Slot]:
        """The parameters nearest in meaning, the nearest first, equals in tool order."""
        nearest = (-self._similarities(field)).argsort(kind="stable")[:NEAREST]
        return [self._parameters[int(column)] for column in nearest]


def _key(slot: Slot) -> tuple[str, tuple[str | int, ...]]:
    return slot.tool.name, slot.path
