"""`dtc-local tools remove`: tools off offer, by name, namespace or file."""

from __future__ import annotations

from pathlib import Path

import click

from dtc_local.cli.options import db_option, json_option, print_json


@click.command("remove")
@click.argument("name", required=False)
@click.option("--namespace", metavar="NS", help="Tools of this namespace.")
@click.option("--file", metavar="FILE", help="Tools last imported from this file, named as it was then.")
@db_option
@json_option
def remove_tools(name: str | None, namespace: str | None, file: str | None, db: Path, as_json: bool) -> None:
    """Take tools off offer; their versions stay in the history. NAME is name or namespace/name.

    New runs do without them. Of several conditions all must hold. Importing the tool again puts it back.

    \b
    Example:
      dtc-local tools remove git/git_reset
      dtc-local tools remove --file old_tools.json
    """
    from dtc_local.store import Store

    if name is None and namespace is None and file is None:
        raise click.UsageError("Say which: a NAME, --namespace or --file.")
    with Store(db, create=False) as store:
        removed = store.remove_tools(name, namespace, file)
    if as_json:
        print_json(list(removed))
        return
    for one in removed:
        click.echo(one)
    click.echo(f"{len(removed)} tools taken off offer; their history stays.", err=True)
