"""The graph as lines of text, and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dtc_local.records import Json
from dtc_local.tools.dataflow.views.selection import Shown


def lines(edges: Sequence[Shown]) -> Iterator[str]:
    """One line an edge."""
    for namespace, edge in edges:
        yield f"{namespace}: {edge}"


def as_json(edges: Sequence[Shown]) -> list[Json]:
    """One object an edge; `path` is a list of names and list positions."""
    fields = ("producer", "consumer", "parameter", "type", "score", "reason", "echo")
    return [
        {"namespace": namespace, "path": list(edge.path), **{name: getattr(edge, name) for name in fields}}
        for namespace, edge in edges
    ]
