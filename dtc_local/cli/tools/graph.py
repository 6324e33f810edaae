"""`dtc-local tools graph`: which result field can fill which parameter, as text, JSON, DOT or one HTML page."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dtc_local.cli.options import db_option, json_option
from dtc_local.cli.tools.common import namespace_option, within
from dtc_local.records import Tool

if TYPE_CHECKING:
    from dtc_local.tools.dataflow.views import Grapher, Shown

SHOWN_EDGES = 40


@click.command("graph")
@click.option("--tool", "name", metavar="NAME", help="Only edges of this tool: name or namespace/name.")
@click.option("--min-score", type=click.FloatRange(0, 1), default=0.0, help="Only edges at least this sure.")
@click.option("--all", "all_edges", is_flag=True, help=f"As text: all edges, not the {SHOWN_EDGES} surest.")
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "dot", "html"]), default="text", show_default=True,
    help="dot is for Graphviz; html is one page that needs no network.",
)  # fmt: skip
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write to this file, not to standard output.")
@click.option(
    "--embeddings",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="GGUF embedding model that has a say in the scores. Runs do not use it.",
)
@namespace_option
@db_option
@json_option
def graph_tools(
    name: str | None,
    min_score: float,
    all_edges: bool,
    form: str,
    output: Path | None,
    embeddings: Path | None,
    namespace: str | None,
    db: Path,
    as_json: bool,
) -> None:
    """Show which result field can fill which parameter, the surest first.

    Scores come from names, types, descriptions and entity kinds. With an embedding model, what parameters and fields
    mean has a say too: 0.6 times the score of the words and 0.4 times the similarity of the descriptions.

    \b
    Example:
      dtc-local tools graph --namespace git
      dtc-local tools graph --format html -o graph.html
    """
    from dtc_local.store import Store
    from dtc_local.tools.dataflow.views import shown_edges

    with Store(db, create=False) as store:
        tools = store.require_tools(*within(namespace))
        chosen = store.tools_named(name, namespace) if name else ()
    names = [f"{tool.namespace}/{tool.name}" for tool in chosen]
    edges = shown_edges(tools, names, min_score, *([_similarity(embeddings)] if embeddings else []))
    form = "json" if as_json else form
    limit = None if all_edges or form != "text" or output else SHOWN_EDGES
    _write("\n".join(_product(form, tools, edges[:limit])), output)
    click.echo(f"{len(edges[:limit])} of {len(edges)} edges.", err=True)


def _product(form: str, tools: Sequence[Tool], edges: Sequence[Shown]) -> list[str]:
    import json

    from dtc_local.tools.dataflow.views import as_json, dot, lines, page

    if form == "json":
        return [json.dumps(as_json(edges), ensure_ascii=False)]
    if form == "dot":
        return [dot(tools, edges).rstrip()]
    return [page(tools, edges).rstrip()] if form == "html" else list(lines(edges))


def _write(text: str, output: Path | None) -> None:
    from dtc_local.export.writing import write_lines

    if output is not None:
        write_lines([text], output)
    elif text:
        click.echo(text)


def _similarity(path: Path) -> Grapher:
    """Makes the graph of a namespace under scores in which that embedding model has a say."""
    from dtc_local.engine.embedding import Embedder
    from dtc_local.tools.dataflow.semantics import similar_graph

    embedder = Embedder(path)
    return lambda tools: similar_graph(tools, embedder.embed)
