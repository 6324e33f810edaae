"""`dtc-local export`: a run's output as a file for fine-tuning."""

from __future__ import annotations

from pathlib import Path

import click

from dtc_local.cli.options import db_option
from dtc_local.export import FORMATS, export_lines, write_lines


@click.command()
@click.option(
    "--format",
    "format_name",
    type=click.Choice(sorted(FORMATS)),
    default="openai",
    show_default=True,
    help="Format of a row.",
)
@click.option("--run", help="Name of the run.  [default: the latest]")
@click.option(
    "-o",
    "--output",
    metavar="FILE|-",
    default="-",
    show_default=True,
    help="Where to write; - is standard output. A file is written whole or not at all.",
)
@db_option
def export(format_name: str, run: str | None, output: str, db: Path) -> None:
    """Write the kept conversations of a run, one JSON object a line.

    \b
    Example:
      dtc-local export --format openai -o conversations.jsonl
      dtc-local export --run night -o - | head -1
    """
    from dtc_local.store import Store

    with Store(db, create=False) as store:
        found = store.run(run) if run else store.latest_run()
        lines = export_lines((conversation for _, conversation in store.kept(found)), format_name, found.policy)
        if output == "-":
            written = 0
            for written, line in enumerate(lines, start=1):  # noqa: B007 - the last one counts
                click.echo(line)
        else:
            written = write_lines(lines, Path(output))
        short = "" if written == found.wanted else f" of the {found.wanted} wanted"
        click.echo(f"Run {found.name}: {written} conversations{short} written to {output}.", err=True)
