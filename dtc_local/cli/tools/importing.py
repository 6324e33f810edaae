"""`dtc-local tools import`: specification files into the store."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dtc_local.cli.options import db_option, json_option, print_json
from dtc_local.cli.tools.changes import report_json, report_words

if TYPE_CHECKING:
    from dtc_local.records import Tool
    from dtc_local.store import Store


@click.command("import")
@click.argument("paths", nargs=-1, metavar="PATH...", type=click.Path(path_type=Path))
@click.option("--namespace", metavar="NS", help="Namespace of the tools.  [default: the file's own, or its name]")
@click.option(
    "--python",
    "callables",
    metavar="MODULE[:NAME]",
    multiple=True,
    help="A Python function or model, or all public functions of a module: imports the module, which runs its code.",
)
@click.option(
    "--recorded",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Folder of recorded calls, TOOL.jsonl or NAMESPACE/TOOL.jsonl; see dtc-local tools record.",
)
@click.option("--no-examples", is_flag=True, help="Store nothing that the files show as an example.")
@db_option
@json_option
def import_tools(
    paths: tuple[Path, ...],
    namespace: str | None,
    callables: tuple[str, ...],
    recorded: Path | None,
    no_examples: bool,
    db: Path,
    as_json: bool,
) -> None:
    """Read tool specifications of any known dialect, as JSON, JSON Lines or YAML; the content tells which.

    A folder gives every specification beneath it. Files that an OpenAPI document refers to are found in its folder, or
    named beside it; no reference leads anywhere else.

    All or nothing: where one file cannot be read, nothing is imported. A tool that changed becomes the next version of
    its namespace and name, and what changed is printed; one that did not is left alone.

    \b
    Example:
      dtc-local tools import my_tools.json other_tools.json
      dtc-local tools import tools_list.json --namespace git
      dtc-local tools import openapi.yaml ../shared/schemas.yaml
      dtc-local tools import --python shop.orders:get_order --python shop.orders:Refund
    """
    from dtc_local.store import Store
    from dtc_local.tools import read_files, read_python
    from dtc_local.tools.results.recorded import with_recorded_files
    from dtc_local.tools.results.withhold import without_examples

    if not paths and not callables:
        raise click.UsageError("Name a file, or a Python function with --python.")
    if recorded and no_examples:
        raise click.UsageError("--recorded stores examples and --no-examples none: give one of them.")
    result = read_files(paths, namespace) if paths else read_python(callables, namespace)
    if paths and callables:
        result += read_python(callables, namespace)
    # Read first, so that a bad line stops the import before anything is written.
    _, kept, strange = with_recorded_files(result.tools, recorded) if recorded else ((), (), ())
    tools = tuple(map(without_examples, result.tools)) if no_examples else result.tools
    with Store(db) as store:
        report = store.add_tools(tools)
        if recorded:
            _amend(store, tools, recorded)
    findings = sum(len(tool.findings) for tool in tools)
    if as_json:
        noted = [vars(one) | {"finding": one.finding.model_dump()} for one in result.findings]
        recordings = [vars(one) for one in kept]
        print_json({**report_json(report), "findings": findings, "recorded": recordings, "files": noted})
        return
    for line in (
        *(f"{noted.file}: {noted.place}: {noted.finding.what}" for noted in result.findings),
        *(one.words() for one in kept),
        *(f"{path}: no imported tool has this name, not read." for path in strange),
        *report_words(report),
    ):
        click.echo(line, err=True)
    click.echo(
        f"{len(report.new)} new, {len(report.changed)} changed, {len(report.unchanged)} unchanged tools in {db};"
        f" {findings} findings (dtc-local tools lint shows them)"
    )


def _amend(store: Store, tools: Sequence[Tool], folder: Path) -> None:
    """Recordings are the user's word on a tool, not its specification's: they outlast the next import."""
    from dtc_local.tools.results.recorded import with_recorded_files

    names = {(tool.namespace, tool.name) for tool in tools}
    offered = [tool for tool in store.tools(*{space for space, _ in names}) if (tool.namespace, tool.name) in names]
    made, _, _ = with_recorded_files(offered, folder)
    changed = [new for new, old in zip(made, offered, strict=True) if new.recorded != old.recorded]
    if changed:
        store.amend_tools(changed, f"recorded calls of {folder.name}")
