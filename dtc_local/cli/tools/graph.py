"""`dtc-local tools graph`: which result field can fill which parameter."""

from __future__ import annotations

from pathlib import Path

import click

from dtc_local.cli.options import db_option, json_option, print_json
from dtc_local.cli.tools.common import namespace_option, stored

SHOWN_EDGES = 40


@click.command("graph")
@namespace_option
@click.option("--all", "all_edges", is_flag=True, help=f"All edges, not the {SHOWN_EDGES} surest.")
@db_option
@json_option
def graph_tools(namespace: str | None, all_edges: bool, db: Path, as_json: bool) -> None:
    """Print which result field can fill which parameter, the surest first.

    \b
    Example:
      dtc-local tools graph --namespace git
    """
    from dtc_local.tools.graph import Graph

    found = stored(db, namespace)
    edges = [
        (space, edge)
        for space in sorted({tool.namespace for tool in found})
        for edge in Graph([tool for tool in found if tool.namespace == space]).edges
    ]
    edges.sort(key=lambda pair: -pair[1].score)
    shown = edges if all_edges or as_json else edges[:SHOWN_EDGES]
    if as_json:
        fields = ("producer", "consumer", "parameter", "score", "reason")
        print_json(
            [
                {"namespace": space, "path": list(edge.path), **{name: getattr(edge, name) for name in fields}}
                for space, edge in shown
            ]
        )
        return
    for space, edge in shown:
        click.echo(f"{space}: {edge}")
    click.echo(f"{len(shown)} of {len(edges)} edges.", err=True)
