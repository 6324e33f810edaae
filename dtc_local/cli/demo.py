"""`dtc-local demo`: the whole way once, on the shipped example specifications, with the seed model."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from dtc_local.cli.generate import exit_if_short, make, summary
from dtc_local.cli.options import model_option

if TYPE_CHECKING:
    from dtc_local.store import Store, Stored

EXAMPLES = Path(__file__).parent.parent / "examples"


@click.command()
@click.option("-n", "--count", type=click.IntRange(min=1), default=5, show_default=True, help="Conversations to keep.")
@click.option(
    "--db",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("out/demo.db"),
    show_default=True,
    help="SQLite file of the demo; its JSON Lines go beside it.",
)
@model_option
@click.pass_context
def demo(ctx: click.Context, /, count: int, db: Path, model: str | None) -> None:
    """Import the example tools, write a few conversations, print one and export all.

    A demo that was interrupted goes on; after a finished one, the next takes another seed.

    \b
    Example:
      dtc-local demo
      dtc-local demo -n 3 --model granite.gguf
    """
    from dtc_local.export import export_lines, write_lines
    from dtc_local.settings import run_config
    from dtc_local.show import readable
    from dtc_local.store import Store
    from dtc_local.tools import read_files

    db.parent.mkdir(parents=True, exist_ok=True)
    examples = sorted(EXAMPLES.glob("*.json"))
    with Store(db) as store:
        store.add_tools(read_files(examples).tools)
        seed = 1 + sum(store.counts(run).complete for run in store.runs())
        click.echo(f"{store.require_some()} tools from {len(examples)} example files; seed {seed}.", err=True)
    config = run_config({"count": count, "seed": seed})
    result = make(db, model, config)
    with Store(db) as store:
        run = store.run(result.run)
        if result.kept:
            click.echo(readable(_most_telling(store, result.run)) + "\n")
        click.echo(summary(result))
        jsonl = db.with_suffix(".jsonl")
        write_lines(export_lines((one for _, one in store.kept(run)), "openai", run.policy), jsonl)
    click.echo(f"Conversations for fine-tuning: {jsonl}")
    click.echo(f"Everything, with every refused candidate: {db} (dtc-local runs show {result.run} --db {db})")
    exit_if_short(ctx, result, config)


def _most_telling(store: Store, run: str) -> Stored:
    """The kept conversation with the most left unsaid, then with the most calls; the first of equals."""

    def telling(index: int) -> tuple[int, int]:
        conversation = store.conversation(f"{run}-{index}").conversation
        turns = conversation.turns if conversation else ()
        return sum(len(turn.implicit) for turn in turns), sum(len(turn.executed()) for turn in turns)

    kept = [index for index, _ in store.kept(store.run(run))]
    return store.conversation(f"{run}-{max(kept, key=telling)}")
