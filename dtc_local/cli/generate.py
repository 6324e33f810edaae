"""`dtc-local generate`: make conversations until enough are kept."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dtc_local.cli.engines import engine_options
from dtc_local.cli.options import (
    EXIT_INTERRUPTED,
    EXIT_SHORT,
    config_from,
    db_option,
    json_option,
    model_option,
    print_json,
    setting_options,
)
from dtc_local.cli.progress import duration, progress_reporter

if TYPE_CHECKING:
    from dtc_local.pipeline import RunResult
    from dtc_local.planner import RunPlan
    from dtc_local.settings import RunConfig


@click.command()
@setting_options
@model_option
@engine_options
@click.option("--dry-run", is_flag=True, help="Print what the run would take, and write nothing.")
@db_option
@json_option
@click.pass_context
def generate(
    ctx: click.Context,
    /,
    db: Path,
    model: str | None,
    width: int | None,
    context: int | None,
    gpu_layers: int,
    dry_run: bool,
    as_json: bool,
    **options: Any,
) -> None:
    """Write conversations that call the imported tools, until COUNT of them are kept.

    Conversations are started in index order; the run's output is the first COUNT that are kept. A run that was
    interrupted, by Ctrl-C or by a kill, goes on when the same command is given again. It ends short, with exit code 3,
    when --limit conversations were started and too few of them were kept.

    With --dry-run nothing is made: memory, length of prompts, tokens and hours are estimated from the model's header,
    the tools, its measured speed and past runs with it.

    A mix says which kinds of turns to make, and how often each. plain: the six shapes of call graphs (single,
    parallel, chain, fan_in, fan_out, follow_up). bfcl: these, chains more often, with clarify (a value is missing),
    missing_tool and no_tool. agentic: all thirteen kinds, also correction, confirm (consent before what deletes),
    tool_error and mistake_hint. --no-implicit, --no-verify, --no-ledger and --single-turn each leave out one part of
    the method, to see what it is worth.

    \b
    Example:
      dtc-local generate -n 20 --seed 7
      dtc-local generate -n 2000 --model granite --dry-run
      dtc-local generate -n 200 --run night --model granite.gguf --turns 1-4 --mix chain=3,follow_up=2
      dtc-local generate -n 200 --mix agentic,clarify=0 --policy rules.txt --verify strict --implicit 0.7
      dtc-local generate -n 50 --mix bfcl --candidates 4 --no-ledger
    """
    config = config_from(options)
    if dry_run:
        from dtc_local.planner import readable

        plan = planned(db, model, config, width, context)
        print_json(plan.as_json()) if as_json else click.echo(readable(plan))
        return
    try:
        result = make(db, model, config, width=width, context=context, gpu_layers=gpu_layers)
    except KeyboardInterrupt:
        click.echo("Interrupted. What was finished is kept; the same command goes on from here.", err=True)
        ctx.exit(EXIT_INTERRUPTED)
    if as_json:
        print_json(
            {
                "run": result.run,
                "kept": result.kept,
                "dropped": result.dropped,
                "seconds": result.seconds,
                "tokens": result.tokens,
            }
        )
    else:
        click.echo(summary(result))
    exit_if_short(ctx, result, config)


def planned(db: Path, model: str | None, config: RunConfig, width: int | None, context: int | None) -> RunPlan:
    """What the run would take; the store is only read."""
    from dtc_local.models_file import find_model
    from dtc_local.planner import plan_store
    from dtc_local.store import Store

    with Store(db, create=False) as store:
        store.require_some(*config.namespaces)
        return plan_store(store, find_model(model), config, width, context)


def make(db: Path, model: str | None, config: RunConfig, **engine_options: int | None) -> RunResult:
    """Run the pipeline on the store in `db`, with progress on standard error."""
    from dtc_local import pipeline
    from dtc_local.cli.engines import open_engine
    from dtc_local.store import Store

    with Store(db, create=False) as store:
        store.require_some(*config.namespaces)
        with open_engine(model, **engine_options) as engine, progress_reporter() as report:
            return pipeline.run(engine, store, config, report)


def exit_if_short(ctx: click.Context, result: RunResult, config: RunConfig) -> None:
    """End with the exit code that tells scripts that too few were kept, and say how to go on."""
    if result.ended_short:
        click.echo(
            f"Ended short: {result.kept} of {config.count} kept after {config.start_limit} started."
            f" To go on: dtc-local generate --run {result.run} --limit {2 * config.start_limit}, all else the same.",
            err=True,
        )
        ctx.exit(EXIT_SHORT)


def summary(result: RunResult) -> str:
    """What a run came to, in words."""
    written = result.tokens.get("sampled", 0) + result.tokens.get("forced", 0)
    lines = [
        f"Run {result.run}: kept {result.kept}, dropped {sum(result.dropped.values())}, {duration(result.seconds)}."
    ]
    lines += [f"  {count:4} {reason}" for reason, count in result.dropped.items()]
    if written:
        lines.append(f"{written} tokens written, {written / max(result.seconds, 0.001):.0f} a second.")
    return "\n".join(lines)
