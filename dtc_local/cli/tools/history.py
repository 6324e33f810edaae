"""`dtc-local tools history` and `diff`: the versions of a tool, and what changed from one to another."""

from __future__ import annotations

from pathlib import Path

import click

from dtc_local.cli.options import db_option, json_option, print_json
from dtc_local.cli.tools.changes import change_words
from dtc_local.cli.tools.common import namespace_option


@click.command("history")
@click.argument("name")
@namespace_option
@db_option
@json_option
def tool_history(name: str, namespace: str | None, db: Path, as_json: bool) -> None:
    """List the versions of a tool, oldest first, with what changed in each. NAME is name or namespace/name.

    \b
    Example:
      dtc-local tools history git/git_log
    """
    from dtc_local.store import Store
    from dtc_local.tools.diff import diff

    with Store(db, create=False) as store:
        versions = [version for key in store.ever_named(name, namespace) for version in store.history(*key)]
        tools = [store.tool_version(version) for version in versions]
    listed = []
    for position, (version, tool) in enumerate(zip(versions, tools, strict=True)):
        changes = diff(tools[position - 1], tool) if version.version > 1 else ()
        listed.append({**vars(version), "changes": [vars(change) for change in changes]})
        if not as_json:
            offered = ", on offer" if version.on_offer else ""
            click.echo(
                f"{version.namespace}/{version.name} {version.version}  {version.made_at}  {version.digest[:12]}"
                f"  {version.file}  ({version.reason}{offered})"
            )
            for change in changes:
                click.echo(f"  {change_words(change)}")
    if as_json:
        print_json(listed)


@click.command("diff")
@click.argument("name")
@click.option("--from", "before", type=click.IntRange(1), metavar="N", help="Version.  [default: the last but one]")
@click.option("--to", "after", type=click.IntRange(1), metavar="M", help="Version.  [default: the last]")
@namespace_option
@db_option
@json_option
def diff_tool(name: str, before: int | None, after: int | None, namespace: str | None, db: Path, as_json: bool) -> None:
    """Print what changed from one version of a tool to another. NAME is name or namespace/name.

    \b
    Example:
      dtc-local tools diff git/git_log
      dtc-local tools diff git/git_log --from 1 --to 3
    """
    from dtc_local.store import Store
    from dtc_local.tools.diff import diff

    with Store(db, create=False) as store:
        old, new = store.two_versions(name, namespace, before, after)
        changes = diff(store.tool_version(old), store.tool_version(new))
    if as_json:
        print_json({"from": old.version, "to": new.version, "changes": [vars(change) for change in changes]})
        return
    for change in changes:
        click.echo(change_words(change))
    click.echo(
        f"{len(changes)} changes from version {old.version} to {new.version} of {new.namespace}/{new.name}.", err=True
    )
