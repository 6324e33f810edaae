"""`dtc-local report`: a run as one HTML file, to look at and to pass on."""

from __future__ import annotations

from pathlib import Path

import click

from dtc_local.cli.options import db_option


@click.command()
@click.argument("run", required=False)
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Where to write; a file is written whole or not at all.  [default: RUN.html]",
)
@db_option
def report(run: str | None, output: Path | None, db: Path) -> None:
    """Write a run as one HTML file that needs no network: figures, and every conversation with its provenance.

    RUN is the name of a run; without it, the latest. The file shows yield, cost, coverage, shapes and dataflow of the
    run's output, and its conversations, kept and dropped, with search and filters. It holds what the tools'
    specifications say and what the conversations say: pass it on as you would pass on these.

    \b
    Example:
      dtc-local report
      dtc-local report night -o night.html
    """
    from dtc_local.export import write_lines
    from dtc_local.report import report_data, report_page
    from dtc_local.store import Store

    with Store(db, create=False) as store:
        found = store.run(run) if run else store.latest_run()
        data = report_data(store, found)
    target = output or Path(f"{found.name}.html")
    write_lines([report_page(data)], target)
    number = len(data.head["index"])
    click.echo(f"Run {found.name}: {number} conversations written to {target}; open it in a browser.", err=True)
