"""The graph in Graphviz's DOT language: a cluster for each namespace, a node for each tool, an edge for each edge.

Every name is quoted, so that no name is taken for a keyword or ends its string; text that Graphviz would read as an
escape (`\\N` is the node's name) is made plain.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dtc_local.records import Tool
from dtc_local.tools.dataflow.views.selection import Shown


def dot(tools: Sequence[Tool], edges: Sequence[Shown]) -> str:
    """The tools that have an edge, and the edges, as one digraph; echoes are dashed."""
    linked = {f"{shown.namespace}/{name}" for shown in edges for name in (shown.edge.producer, shown.edge.consumer)}
    body = [*_clusters([tool for tool in tools if f"{tool.namespace}/{tool.name}" in linked]), *map(_edge, edges)]
    head = ["digraph tools {", "  rankdir=LR;", "  node [shape=box, style=rounded];"]
    return "\n".join([*head, *(f"  {line}" for line in body), "}", ""])


def quoted(text: str) -> str:
    """A DOT string of this text; control characters become blanks."""
    plain = "".join(char if char.isprintable() else " " for char in text)
    return '"' + plain.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _clusters(tools: Sequence[Tool]) -> Iterator[str]:
    for number, namespace in enumerate(dict.fromkeys(tool.namespace for tool in tools)):
        yield f"subgraph cluster_{number} {{"
        yield f"  label={quoted(namespace)};"
        for tool in tools:
            if tool.namespace == namespace:
                node = quoted(f"{namespace}/{tool.name}")
                yield f"  {node} [label={quoted(tool.name)}, tooltip={quoted(tool.description)}];"
        yield "}"


def _edge(shown: Shown) -> str:
    namespace, edge = shown
    ends = " -> ".join(quoted(f"{namespace}/{name}") for name in (edge.producer, edge.consumer))
    label = quoted(f"{'.'.join(map(str, edge.path))} → {edge.parameter}")
    tooltip = quoted(f"{edge.score:.2f}: {edge.reason}")
    dashed = ", style=dashed" if edge.echo else ""
    return f"{ends} [label={label}, tooltip={tooltip}, penwidth={0.5 + 2 * edge.score:.2f}{dashed}];"
