"""Which edges a view shows: those of some namespaces, of one tool, above a score; the surest first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from dtc_local.records import Tool
from dtc_local.tools.dataflow.graph import Edge, Graph

Grapher = Callable[[Sequence[Tool]], Graph]


class Shown(NamedTuple):
    """An edge and the namespace of its two tools."""

    namespace: str
    edge: Edge


def shown_edges(
    tools: Sequence[Tool], names: Sequence[str] = (), least: float = 0.0, grapher: Grapher = lambda tools: Graph(tools)
) -> list[Shown]:
    """Edges of at least that score, into or out of the tools named "namespace/name" (of all where none is named).

    `grapher` makes the graph of one namespace.
    """
    found = [
        Shown(namespace, edge)
        for namespace in dict.fromkeys(tool.namespace for tool in tools)
        for edge in grapher([tool for tool in tools if tool.namespace == namespace]).edges
        if edge.score >= least
        and (not names or {f"{namespace}/{edge.producer}", f"{namespace}/{edge.consumer}"} & set(names))
    ]
    return sorted(found, key=lambda shown: -shown.edge.score)
