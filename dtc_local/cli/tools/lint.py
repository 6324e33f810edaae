"""`dtc-local tools lint`: what the importer changed, dropped or guessed."""

from __future__ import annotations

from pathlib import Path

import click

from dtc_local.cli.options import db_option, json_option, print_json
from dtc_local.cli.tools.common import namespace_option, stored


@click.command("lint")
@namespace_option
@db_option
@json_option
def lint_tools(namespace: str | None, db: Path, as_json: bool) -> None:
    """Print what the importer changed, dropped or guessed in each specification.

    \b
    Example:
      dtc-local tools lint --namespace git
    """
    noted = [(tool, finding) for tool in stored(db, namespace) for finding in tool.findings]
    if as_json:
        print_json([{"namespace": tool.namespace, "tool": tool.name} | found.model_dump() for tool, found in noted])
        return
    for tool, finding in noted:
        click.echo(
            f"{tool.namespace}/{tool.name}: {finding.severity}: {finding.pointer}: {finding.what}"
            f" {finding.way_out}".rstrip()
        )
    click.echo(f"{len(noted)} findings.", err=True)
