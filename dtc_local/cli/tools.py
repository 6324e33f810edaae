"""`dtc-local tools`: specifications in, and a look at what became of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from dtc_local.cli.options import db_option, json_option, print_json
from dtc_local.errors import UserError
from dtc_local.records import Json, Tool

SHOWN_EDGES = 40

namespace_option = click.option("--namespace", metavar="NS", help="Only the tools of this namespace.")


@click.group()
def tools() -> None:
    """Tool specifications: import them, and see what the importer understood.

    \b
    Example:
      dtc-local tools import my_tools.json
    """


@tools.command("import")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...", type=click.Path(path_type=Path))
@click.option("--namespace", metavar="NS", help="Namespace of the tools.  [default: each file's name]")
@db_option
@json_option
def import_tools(paths: tuple[Path, ...], namespace: str | None, db: Path, as_json: bool) -> None:
    """Read tool specifications: OpenAI functions, MCP tools/list, BFCL function documents.

    All or nothing: where one file cannot be read, nothing is imported. A tool of the same namespace and name is
    replaced.

    \b
    Example:
      dtc-local tools import my_tools.json other_tools.json
      dtc-local tools import tools_list.json --namespace git
    """
    from dtc_local.store import Store
    from dtc_local.tools import read_files

    result = read_files(paths, namespace)
    with Store(db) as store:
        report = store.add_tools(result.tools)
    findings = sum(len(tool.findings) for tool in result.tools)
    if as_json:
        print_json(
            {
                "new": list(report.new),
                "changed": list(report.changed),
                "unchanged": list(report.unchanged),
                "findings": findings,
                "files": [vars(noted) | {"finding": noted.finding.model_dump()} for noted in result.findings],
            }
        )
        return
    for noted in result.findings:
        click.echo(f"{noted.file}: {noted.place}: {noted.finding.what}", err=True)
    click.echo(
        f"{len(report.new)} new, {len(report.changed)} changed, {len(report.unchanged)} unchanged tools in {db};"
        f" {findings} findings (dtc-local tools lint shows them)"
    )


@tools.command("list")
@namespace_option
@db_option
@json_option
def list_tools(namespace: str | None, db: Path, as_json: bool) -> None:
    """List the imported tools.

    \b
    Example:
      dtc-local tools list --namespace git
    """
    found = _stored(db, namespace)
    if as_json:
        print_json([_brief(tool) for tool in found])
        return
    for tool in found:
        parameters = ", ".join(name + "?" * (name not in tool.required) for name in tool.parameters["properties"])
        click.echo(f"{tool.namespace}/{tool.name}({parameters})  {tool.effect}")


@tools.command("show")
@click.argument("name")
@namespace_option
@db_option
@json_option
def show_tool(name: str, namespace: str | None, db: Path, as_json: bool) -> None:
    """Show a tool as models see it, with its schemas and findings. NAME is name or namespace/name.

    \b
    Example:
      dtc-local tools show git/git_log
    """
    from dtc_local.prompts.signature import signature

    for tool in _named(_stored(db, namespace), name):
        if as_json:
            print_json(tool.model_dump(mode="json"))
            continue
        click.echo(f"{tool.namespace}/{tool.name}, {tool.effect}, from {tool.source.file} ({tool.source.dialect})")
        click.echo(signature(tool, tool.description))
        for finding in tool.findings:
            click.echo(f"{finding.severity}: {finding.pointer}: {finding.what} {finding.way_out}".rstrip())


@tools.command("lint")
@namespace_option
@db_option
@json_option
def lint_tools(namespace: str | None, db: Path, as_json: bool) -> None:
    """Print what the importer changed, dropped or guessed in each specification.

    \b
    Example:
      dtc-local tools lint --namespace git
    """
    noted = [(tool, finding) for tool in _stored(db, namespace) for finding in tool.findings]
    if as_json:
        print_json([{"namespace": tool.namespace, "tool": tool.name} | found.model_dump() for tool, found in noted])
        return
    for tool, finding in noted:
        click.echo(
            f"{tool.namespace}/{tool.name}: {finding.severity}: {finding.pointer}: {finding.what}"
            f" {finding.way_out}".rstrip()
        )
    click.echo(f"{len(noted)} findings.", err=True)


@tools.command("graph")
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

    found = _stored(db, namespace)
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


def _stored(db: Path, namespace: str | None) -> Sequence[Tool]:
    from dtc_local.store import Store

    with Store(db, create=False) as store:
        return store.require_tools(*([namespace] if namespace else []))


def _named(found: Sequence[Tool], name: str) -> list[Tool]:
    matching = [tool for tool in found if name in (tool.name, f"{tool.namespace}/{tool.name}")]
    if not matching:
        raise UserError(f"There is no tool {name!r}.", "dtc-local tools list shows all names.")
    return matching


def _brief(tool: Tool) -> dict[str, Json]:
    return {
        "namespace": tool.namespace,
        "name": tool.name,
        "description": tool.description,
        "effect": tool.effect,
        "parameters": list(tool.parameters["properties"]),
        "required": list(tool.required),
        "dialect": tool.source.dialect,
        "file": tool.source.file,
        "findings": len(tool.findings),
    }
