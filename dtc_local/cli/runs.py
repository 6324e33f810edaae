"""`dtc-local runs`: what was made, under which settings, and what became of each conversation."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from dtc_local.cli.options import db_option, json_option, print_json
from dtc_local.cli.progress import duration

if TYPE_CHECKING:
    from dtc_local.records import Json
    from dtc_local.store import Run, Store, Summary


@click.group()
def runs() -> None:
    """Runs of generate: their settings, counts and conversations.

    \b
    Example:
      dtc-local runs list
    """


@runs.command("list")
@db_option
@json_option
def list_runs(db: Path, as_json: bool) -> None:
    """List all runs, oldest first.

    \b
    Example:
      dtc-local runs list --json
    """
    from dtc_local.store import Store

    with Store(db, create=False) as store:
        described = [_described(store, run) for run in store.runs()]
    if as_json:
        print_json(described)
        return
    for run in described:
        state = "complete" if run["complete"] else "unfinished"
        dropped = sum(run["dropped"].values())
        click.echo(f"{run['run']}: kept {run['kept']} of {run['wanted']}, dropped {dropped}, {state}, {run['model']}")
    if not described:
        click.echo(f"{db} holds no runs yet.", err=True)


@runs.command("show")
@click.argument("name")
@db_option
@json_option
def show_run(name: str, db: Path, as_json: bool) -> None:
    """Show a run: what it came to in figures, and the id and fate of each conversation.

    \b
    mix             kinds of turns asked and met
    coverage        tools, parameters, listed values, dataflow edges and kinds touched, and what never was
    yield           what each stage wrote, refused and lost, by reason
    solve_rate      share of blind readers who found a turn's calls, as a histogram
    implicit        calls that requests leave unsaid
    contradictions  results that contradict each other, by the rules of dtc-local audit
    judge           votes, and how often judge and rules say the same of a conversation

    With --json the same, and the settings, seconds and tokens.

    \b
    Example:
      dtc-local runs show night
      dtc-local runs show night --json
    """
    from dtc_local.statistics import run_statistics, tables
    from dtc_local.store import Store

    with Store(db, create=False) as store:
        run = store.run(name)
        described = _described(store, run)
        seconds, tokens = store.spent(run)
        conversations = store.summaries(run)
        statistics = run_statistics(store, run)
    if as_json:
        listed = [vars(conversation) | {"kinds": list(conversation.kinds)} for conversation in conversations]
        extra = {"settings": run.identity, "seconds": seconds, "tokens": tokens, "conversations": listed}
        print_json(described | statistics | extra)
        return
    click.echo(f"Run {run.name}, made {run.created_at} with {run.model}, seed {run.seed}")
    click.echo(
        f"Kept {described['kept']} of {run.wanted}, of these rescued {described['rescued']}; {duration(seconds)}"
    )
    for reason, count in described["dropped"].items():
        click.echo(f"  {count:4} dropped: {reason}")
    click.echo(f"\n{tables(statistics)}\n")
    for one in conversations:
        click.echo(_line(one))


def _line(one: Summary) -> str:
    """A conversation by id, fate, kinds and solve rate."""
    rate = "" if one.solve_rate is None else f", solve rate {one.solve_rate:.0%}"
    why = ": ".join(part for part in (one.stage, one.reason) if part)
    return f"{one.id}  {one.status}{f': {why}' if why else ''}  ({', '.join(one.kinds)}{rate})"


@runs.command("export-metadata")
@click.option(
    "-o",
    "--output",
    metavar="FILE|-",
    default="-",
    show_default=True,
    help="Where to write: YAML, or JSON where the name ends in .json; - is standard output.",
)
@db_option
def export_metadata(output: str, db: Path) -> None:
    """Describe the database for Datasette: tables, columns, facets, and ready queries.

    Datasette is a program of its own that shows SQLite files in a browser. The database itself is not read; the file
    says what stands in any of ours, under the name that --db gives. Datasette 1.0 takes the queries from its --config:
    name the file there as well.

    \b
    Example:
      dtc-local runs export-metadata -o metadata.yaml
      datasette dtc.db --metadata metadata.yaml
    """
    from dtc_local.export.writing import write_lines
    from dtc_local.store.metadata import datasette_metadata, metadata_text

    text = metadata_text(datasette_metadata(db.stem), "json" if output.endswith(".json") else "yaml")
    if output == "-":
        click.echo(text, nl=False)
        return
    write_lines([text.rstrip("\n")], Path(output))
    click.echo(f"Written to {output}. To look at the data: datasette {db} --metadata {output}", err=True)


def _described(store: Store, run: Run) -> dict[str, Json]:
    counts = store.counts(run)
    return {
        "run": run.name,
        "seed": run.seed,
        "model": run.model,
        "model_sha256": run.model_sha256,
        "prompt_version": run.prompt_version,
        "created_at": run.created_at,
        "wanted": counts.wanted,
        "kept": counts.kept,
        "rescued": counts.rescued,
        "dropped": counts.dropped,
        "complete": counts.complete,
    }
