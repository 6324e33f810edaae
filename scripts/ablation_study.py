"""Runs the method whole and without one part at a time, on the same tools, seed and count, and prints a table.

Every run has a model of its own, so that none reads what another left in the cache, and ends when enough are kept or
five times as many were started. The figures are those of `dtc-local runs show`; tokens are those written by the model.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import click

from dtc_local import pipeline
from dtc_local.cli.engines import open_engine
from dtc_local.cli.options import Mix, Turns
from dtc_local.coverage.forms import require_formable
from dtc_local.errors import DtcError
from dtc_local.examples import paths as example_paths
from dtc_local.records import Json, Kind, Tool
from dtc_local.settings import ABLATIONS, RunConfig, ablated, run_config
from dtc_local.statistics import run_statistics
from dtc_local.statistics.tables import percent, table
from dtc_local.store import Store
from dtc_local.tools import read_files
from dtc_local.tools.dataflow.index import ToolIndex

STARTED_PER_KEPT = 5
HEADER = (
    *("run", "started", "kept", "kept share", "implicit share", "solve rate", "contradictions /100"),
    *("tokens /kept", "seconds /kept"),
)


class Row(NamedTuple):
    """What one run came to; shares from 0 to 1, None where there is nothing to share."""

    name: str
    started: int
    kept: int
    kept_share: float | None
    implicit_share: float | None
    solve_rate: float | None
    contradictions_per_100: float | None
    tokens_per_kept: float | None
    seconds_per_kept: float | None

    def cells(self) -> tuple[str, ...]:
        """The row as text."""
        tokens, seconds = self.tokens_per_kept, self.seconds_per_kept
        found = self.contradictions_per_100
        return (
            self.name,
            str(self.started),
            str(self.kept),
            *map(percent, (self.kept_share, self.implicit_share, self.solve_rate)),
            "-" if found is None else f"{found:.1f}",
            "-" if tokens is None else f"{tokens:.0f}",
            "-" if seconds is None else f"{seconds:.2f}",
        )


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("specs", nargs=-1, metavar="[SPEC...]", type=click.Path(path_type=Path))
@click.option("--db", type=click.Path(dir_okay=False, path_type=Path), help="Take the tools of this database.")
@click.option("-n", "--count", type=click.IntRange(min=1), default=100, show_default=True, help="Kept in each run.")
@click.option("--seed", type=int, default=1, show_default=True, help="Seed of every run.")
@click.option("--turns", type=Turns(), default="2-3", show_default=True, help="Turns of a conversation.")
@click.option("--mix", type=Mix(), help="Mix of turn kinds.  [default: that of generate]")
@click.option(
    "--model", metavar="FILE", help="GGUF file, or a name from dtc-local models list. Default: the seed model."
)
@click.option("--keep", type=click.Path(dir_okay=False, path_type=Path), help="New database to keep the runs in.")
@click.option("--json", "as_json", type=click.Path(dir_okay=False, path_type=Path), help="Also write the rows here.")
def ablations(
    specs: tuple[Path, ...],
    db: Path | None,
    count: int,
    seed: int,
    turns: tuple[int, int],
    mix: dict[Kind, float] | None,
    model: str | None,
    keep: Path | None,
    as_json: Path | None,
) -> None:
    """Compare the whole method with runs that each leave out one part of it.

    The tools are those of the specifications, of --db, or else the shipped examples. no-implicit says every call,
    no-verify asks no blind reader, no-ledger lets results contradict each other, single-turn makes one message.

    \b
    Example:
      scripts/ablations -n 100
      scripts/ablations --db dtc.db -n 200 --mix agentic --keep ablations.db
      scripts/ablations my_tools.json -n 50 --model granite.gguf
    """
    if specs and db:
        raise click.UsageError("Give specifications or --db, not both.")
    if keep and keep.exists():
        raise click.UsageError(f"{keep} exists already; name a new file with --keep.")
    values = {"count": count, "seed": seed, "turns_min": turns[0], "turns_max": turns[1]} | (
        {"mix": mix} if mix else {}
    )
    whole = run_config(values | {"run": "full", "limit": STARTED_PER_KEPT * count})
    tools = tools_of(specs, db)
    with _database(keep) as path:
        rows = [_told(row) for row in compared(path, tools, whole, model)]
    click.echo("\n".join(table(HEADER, [row.cells() for row in rows])))
    if as_json:
        as_json.write_text(json.dumps([row._asdict() for row in rows], indent=2) + "\n", encoding="utf-8")


def tools_of(specs: Sequence[Path], db: Path | None) -> tuple[Tool, ...]:
    """The tools to compare on; UserError where there are none."""
    if db is None:
        return tuple(read_files(specs or sorted(example_paths())).tools)
    with Store(db, create=False) as store:
        store.require_some()
        return store.tools()


def compared(path: Path, tools: Sequence[Tool], whole: RunConfig, model: str | None) -> Iterator[Row]:
    """The rows, whole run first, each as soon as its run has ended. The runs are stored in the file at `path`.

    Raises UserError before the first run where one of them could make nothing.
    """
    configs = [whole]
    for name in ABLATIONS:
        configs.append(ablated(whole, name).model_copy(update={"run": name.replace("_", "-")}))
    with Store(path) as store:
        store.add_tools(tools)
        for config in configs:
            require_formable(ToolIndex(store.catalogue()), config.mix, config.turns_max)
        for config in configs:
            yield measured(store, config, model)


def measured(store: Store, config: RunConfig, model: str | None) -> Row:
    """Make a run and say what it came to."""
    with open_engine(model) as engine:
        result = pipeline.run(engine, store, config)
    figures: dict[str, Json] = run_statistics(store, store.run(result.run))
    started, kept = figures["yield"]["started"], result.kept
    tokens = result.tokens["sampled"] + result.tokens["forced"]
    return Row(
        name=result.run,
        started=started,
        kept=kept,
        kept_share=kept / started if started else None,
        implicit_share=figures["implicit"]["share"] if kept else None,
        solve_rate=figures["solve_rate"]["mean"],
        contradictions_per_100=figures["contradictions"]["per_100"] if kept else None,
        tokens_per_kept=tokens / kept if kept else None,
        seconds_per_kept=result.seconds / kept if kept else None,
    )


@contextmanager
def _database(keep: Path | None) -> Iterator[Path]:
    if keep:
        yield keep
        return
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder) / "ablations.db"


def _told(row: Row) -> Row:
    click.echo(f"{row.name}: {row.kept} kept of {row.started}", err=True)
    return row


if __name__ == "__main__":
    try:
        ablations(standalone_mode=True)
    except DtcError as error:
        sys.exit(f"Error: {error}")
