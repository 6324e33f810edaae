"""`dtc-local tools entities`: which fields name which kind of entity, and how to set it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dtc_local.cli.options import db_option, json_option, print_json
from dtc_local.cli.tools.common import namespace_option, within

if TYPE_CHECKING:
    from dtc_local.tools.dataflow.entity_kinds import Row


@click.command("entities")
@click.option(
    "--set", "file", metavar="FILE", type=click.Path(path_type=Path), help="Take kinds from a YAML or JSON file."
)
@namespace_option
@db_option
@json_option
def tool_entities(file: Path | None, namespace: str | None, db: Path, as_json: bool) -> None:
    """Show which parameters and result fields name an entity, and of what kind.

    Kinds decide which results feed which parameters, and that simulated results stay true to each entity. They are
    told from names and descriptions (by: id, code, handle, name) unless they are set. --set reads
    {"namespace/tool": {field: kind}}: a field is a parameter, or "->" and a result path such as "->orders.0.id"; the
    kind "" means that the field names nothing, null takes the setting back.

    \b
    Example:
      dtc-local tools entities --namespace shop
      dtc-local tools entities --set my_kinds.yaml
    """
    from dtc_local.store import Store
    from dtc_local.tools.dataflow.entity_kinds import read_kinds, table, with_kinds

    with Store(db, create=False) as store:
        tools = store.require_tools(*within(namespace))
        if file is not None:
            changed = with_kinds(read_kinds(file), tools, str(file))
            store.amend_tools(changed, f"entity kinds set by {file.name}")
            click.echo(f"Entity kinds of {len(changed)} tools set by {file}.", err=True)
            tools = store.require_tools(*within(namespace))
    rows = list(table(tools))
    if as_json:
        print_json([row._asdict() for row in rows])
    else:
        _print(rows)
    click.echo(f"{len(rows)} fields of {len(tools)} tools.", err=True)


def _print(rows: Sequence[Row]) -> None:
    names = [f"{row.namespace}/{row.tool}" for row in rows]
    wide = max((len(name) for name in names), default=0)
    field = max((len(row.field) for row in rows), default=0)
    for name, row in zip(names, rows, strict=True):
        click.echo(f"{name:{wide}}  {row.field:{field}}  {row.kind or '(none)'}  by {row.by}")
