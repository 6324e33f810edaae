"""`dtc-local tools list` and `show`: what is on offer, and one tool as models see it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from dtc_local.cli.options import db_option, json_option, print_json
from dtc_local.cli.tools.common import namespace_option, stored
from dtc_local.errors import UserError
from dtc_local.records import Json, Tool


@click.command("list")
@namespace_option
@db_option
@json_option
def list_tools(namespace: str | None, db: Path, as_json: bool) -> None:
    """List the imported tools.

    \b
    Example:
      dtc-local tools list --namespace git
    """
    found = stored(db, namespace)
    if as_json:
        print_json([_brief(tool) for tool in found])
        return
    for tool in found:
        parameters = ", ".join(name + "?" * (name not in tool.required) for name in tool.parameters["properties"])
        click.echo(f"{tool.namespace}/{tool.name}({parameters})  {tool.effect}")


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

    for tool in _named(stored(db, namespace), name):
        if as_json:
            print_json(tool.model_dump(mode="json"))
            continue
        click.echo(f"{tool.namespace}/{tool.name}, {tool.effect}, from {tool.source.file} ({tool.source.dialect})")
        click.echo(signature(tool, tool.description))
        for finding in tool.findings:
            click.echo(f"{finding.severity}: {finding.pointer}: {finding.what} {finding.way_out}".rstrip())


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
