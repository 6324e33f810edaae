"""`dtc-local tools list`, `search` and `show`: what is on offer, and one tool as models see it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dtc_local.cli.options import db_option, json_option, print_json
from dtc_local.cli.tools.common import namespace_option, within
from dtc_local.records import Json

if TYPE_CHECKING:
    from dtc_local.store import ToolLabel


@click.command("list")
@namespace_option
@click.option("--limit", type=click.IntRange(0), default=100, show_default=True, help="Print so many; 0: all.")
@click.option("--offset", type=click.IntRange(0), default=0, show_default=True, help="Leave out so many at first.")
@db_option
@json_option
def list_tools(namespace: str | None, limit: int, offset: int, db: Path, as_json: bool) -> None:
    """List the tools on offer, a page at a time; optional parameters carry a question mark.

    \b
    Example:
      dtc-local tools list --namespace git
      dtc-local tools list --offset 100
    """
    from dtc_local.store import Store

    with Store(db, create=False) as store:
        total = store.require_some(*within(namespace))
        found = store.labels(*within(namespace), limit=limit or None, offset=offset)
    _print(found, as_json)
    more = f"; --offset {offset + len(found)} shows more" if offset + len(found) < total and found else ""
    click.echo(f"{len(found)} of {total} tools{more}.", err=True)


@click.command("search")
@click.argument("words", nargs=-1, required=True, metavar="WORDS...")
@namespace_option
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="Print so many.")
@db_option
@json_option
def search_tools(words: tuple[str, ...], namespace: str | None, limit: int, db: Path, as_json: bool) -> None:
    """Find tools by the words of their names, descriptions and parameters, the best first.

    All words must occur; where no tool has them all, any does.

    \b
    Example:
      dtc-local tools search order status
    """
    from dtc_local.store import Store

    with Store(db, create=False) as store:
        store.require_some(*within(namespace))
        found = store.search(" ".join(words), *within(namespace), limit=limit)
    _print(found, as_json)
    click.echo(f"{len(found)} tools.", err=True)


@click.command("show")
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
    from dtc_local.store import Store

    with Store(db, create=False) as store:
        store.require_some()
        found = [(tool, store.findings_on(tool)) for tool in store.tools_named(name, namespace)]
    for tool, findings in found:
        if as_json:
            print_json(tool.model_dump(mode="json"))
            continue
        click.echo(f"{tool.namespace}/{tool.name}, {tool.effect}, from {tool.source.file} ({tool.source.dialect})")
        click.echo(signature(tool, tool.description))
        for finding in findings:
            click.echo(f"{finding.severity}: {finding.pointer}: {finding.what} {finding.way_out}".rstrip())


def _print(found: Sequence[ToolLabel], as_json: bool) -> None:
    if as_json:
        print_json([_brief(label) for label in found])
        return
    for label in found:
        parameters = ", ".join(name + "?" * (name not in label.required) for name in label.parameters)
        unusable = "" if label.usable else "  (never called: a distractor at best)"
        click.echo(f"{label.namespace}/{label.name}({parameters})  {label.effect}{unusable}")


def _brief(label: ToolLabel) -> dict[str, Json]:
    return {
        **vars(label),
        "parameters": list(label.parameters),
        "required": list(label.required),
        "findings": sum(label.findings.values()),
        "severities": label.findings,
    }
