"""`dtc-local tools record`: what a tool was really asked and answered, kept with the tool."""

from __future__ import annotations

from pathlib import Path

import click

from dtc_local.cli.options import db_option, json_option, print_json
from dtc_local.cli.tools.common import namespace_option
from dtc_local.errors import UserError


@click.command("record")
@click.argument("name", metavar="TOOL")
@click.argument("path", metavar="FILE.jsonl", type=click.Path(path_type=Path))
@click.option("--replace", is_flag=True, help="Forget the examples and recordings the tool had.")
@namespace_option
@db_option
@json_option
def record_tool(name: str, path: Path, replace: bool, namespace: str | None, db: Path, as_json: bool) -> None:
    """Keep recorded calls and results with a tool: simulated results will look like them. TOOL is name or
    namespace/name.

    One JSON value a line: {"arguments": {...}, "result": ...}, {"request": {...}, "response": ...},
    {"arguments": {...}} alone, or a result alone. What breaks the tool's schemas is dropped; a tool without an output
    schema gets one from the results. At most 200 are kept, evenly spread over the file.

    \b
    Example:
      dtc-local tools record shop/get_order get_order.jsonl
    """
    from dtc_local.store import Store
    from dtc_local.tools.results.recorded import read_recordings, with_recordings

    recorded = read_recordings(path)
    with Store(db, create=False) as store:
        found = store.tools_named(name, namespace)
        if len(found) > 1:
            several = ", ".join(f"{tool.namespace}/{tool.name}" for tool in found)
            raise UserError(f"{name!r} is the name of {len(found)} tools ({several}).", "Add the namespace.")
        tool, kept = with_recordings(found[0], recorded, replace=replace)
        store.amend_tool(tool, f"{kept.kept} recordings from {path.name}")
    if as_json:
        print_json(vars(kept) | {"output_origin": tool.output_origin})
        return
    click.echo(kept.words())
    for finding in tool.findings:
        if finding not in found[0].findings:
            click.echo(f"{finding.severity}: {finding.what} {finding.way_out}".rstrip(), err=True)
