"""`dtc-local tools import`: specification files into the store."""

from __future__ import annotations

from pathlib import Path

import click

from dtc_local.cli.options import db_option, json_option, print_json


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
@db_option
@json_option
def import_tools(
    paths: tuple[Path, ...], namespace: str | None, callables: tuple[str, ...], db: Path, as_json: bool
) -> None:
    """Read tool specifications of any known dialect; a file's dialect is told by its content.

    All or nothing: where one file cannot be read, nothing is imported. A tool of the same namespace and name is
    replaced.

    \b
    Example:
      dtc-local tools import my_tools.json other_tools.json
      dtc-local tools import tools_list.json --namespace git
      dtc-local tools import --python shop.orders:get_order --python shop.orders:Refund
    """
    from dtc_local.store import Store
    from dtc_local.tools import read_files, read_python

    if not paths and not callables:
        raise click.UsageError("Name a file, or a Python function with --python.")
    result = read_files(paths, namespace) if paths else read_python(callables, namespace)
    if paths and callables:
        result += read_python(callables, namespace)
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
