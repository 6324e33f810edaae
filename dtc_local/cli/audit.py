"""`dtc-local audit`: what is wrong with conversations, ours or anyone's."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dtc_local.cli.options import db_option, json_option, print_json
from dtc_local.errors import UserError

if TYPE_CHECKING:
    from dtc_local.audit.dataset import Asked, DatasetAudit, Progress

EXIT_FOUND = 1
EVERY_SECONDS = 5.0
SQLITE = b"SQLite format 3\0"
FORMATS = (
    *("openai", "sharegpt", "hermes", "fms-dgt", "bfcl", "tau2"),
    *("apigen-mt", "llama-factory", "axolotl", "trl", "chatml"),
)


@click.command()
@click.argument("source", required=False, metavar="[FILE|RUN]")
@click.option("--format", "format_name", type=click.Choice(FORMATS), help="Read every row so.  [default: by content]")
@click.option(
    "--tools",
    "tool_files",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Specification of tools for data that states none; repeatable. A folder is read whole.",
)
@click.option(
    "--answers",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Ground truth by id, for BFCL tasks whose answers stand in a file of their own.",
)
@click.option("--rule", "rules", multiple=True, metavar="NAME", help="Look at this rule only; repeatable.")
@click.option("--list-rules", is_flag=True, help="Print the rules, each with what it promises, and end.")
@click.option(
    "--examples", type=click.IntRange(min=0), default=3, show_default=True, help="Defects to show of each rule."
)
@click.option(
    "--kind-share",
    type=click.FloatRange(0, 1),
    default=0.02,
    show_default=True,
    help="Report kinds of turns that are rarer than this share.",
)
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "never"]),
    default="error",
    show_default=True,
    help="Exit with 1 where there is a defect this bad.",
)
@db_option
@json_option
@click.pass_context
def audit(
    ctx: click.Context,
    source: str | None,
    format_name: str | None,
    tool_files: tuple[Path, ...],
    answers: Path | None,
    rules: tuple[str, ...],
    list_rules: bool,
    examples: int,
    kind_share: float,
    fail_on: str,
    db: Path,
    as_json: bool,
) -> None:
    """Count what is wrong in a set of tool-calling conversations, and describe it in figures.

    FILE is JSON or JSON Lines in any of these formats: OpenAI, ShareGPT (APIGen-MT, LLaMA-Factory), Hermes, fms-dgt,
    BFCL or tau2 tasks; it is read row by row, whatever its size. RUN is the name of a run in the store, which is held
    against stricter rules, because more is known of it; without either, the latest run. An error is wrong in any case;
    a warning is inferred from words and values, and a person should look.

    \b
    Example:
      dtc-local audit conversations.jsonl
      dtc-local audit tasks.jsonl --tools functions/ --fail-on never
      dtc-local audit night --rule near_duplicate --examples 20
    """
    from dtc_local.audit.table import as_json as json_of
    from dtc_local.audit.table import lines

    if list_rules:
        _print_rules(as_json)
        return
    asked = _asked(format_name, tool_files, answers, rules, examples, kind_share)
    audited = _audited(source, db, asked)
    if as_json:
        print_json(json_of(audited))
    else:
        for line in lines(audited):
            click.echo(line)
    bad = audited.tally.count("error") + (audited.tally.count("warning") if fail_on == "warning" else 0)
    if fail_on != "never" and bad:
        ctx.exit(EXIT_FOUND)


def _asked(
    format_name: str | None,
    tool_files: tuple[Path, ...],
    answers: Path | None,
    rules: tuple[str, ...],
    examples: int,
    kind_share: float,
) -> Asked:
    from dtc_local.audit.dataset import Asked, read_answers
    from dtc_local.audit.dialogue import spec_of
    from dtc_local.audit.readers import reader_named

    _refuse_unknown(rules)
    specs = None
    if tool_files:
        from dtc_local.tools import read_files

        specs = tuple(spec for tool in read_files(tool_files).tools for spec in spec_of(tool))
    return Asked(
        examples=examples,
        only=rules,
        kind_share=kind_share,
        reader=reader_named(format_name) if format_name else None,
        tools=specs,
        answers=read_answers(answers) if answers else {},
    )


def _refuse_unknown(rules: tuple[str, ...]) -> None:
    from dtc_local.audit.promises import promises

    known = {promise.rule for promise in promises()}
    for rule in rules:
        if rule not in known:
            raise UserError(f"There is no rule {rule!r}.", "dtc-local audit --list-rules names them.")


def _print_rules(as_json: bool) -> None:
    from dtc_local.audit.promises import promises

    if as_json:
        print_json([promise._asdict() for promise in promises()])
        return
    for promise in promises():
        click.echo(f"{promise.rule:22} {promise.severity:8} {promise.of:6} {promise.promise}")


def _audited(source: str | None, db: Path, asked: Asked) -> DatasetAudit:
    from dtc_local.audit.dataset import audit_file

    path = Path(source) if source else db
    if source and path.exists() and not _is_store(path):
        return audit_file(path, asked, _reporter())
    if source and path.exists():
        return _run_audited(path, None, asked)
    if source and not db.exists():
        raise UserError(f"There is no file {source}, and no store {db} with a run of that name.", "Check the path.")
    return _run_audited(db, source, asked)


def _is_store(path: Path) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(len(SQLITE)) == SQLITE


def _run_audited(db: Path, name: str | None, asked: Asked) -> DatasetAudit:
    from dtc_local.audit.dataset import audit_run
    from dtc_local.store import Store

    if asked.reader is not None or asked.tools is not None or asked.answers:
        raise UserError("--format, --tools and --answers are for files.", "A run has its own tools and form.")
    with Store(db, create=False) as store:
        run = store.run(name) if name else store.latest_run()
        return audit_run(store, run, asked)


def _reporter() -> Callable[[Progress], None]:
    """Says on standard error how far a long file is, every few seconds."""
    last = time.monotonic()

    def report(progress: Progress) -> None:
        nonlocal last
        if time.monotonic() - last >= EVERY_SECONDS:
            last = time.monotonic()
            share = min(1.0, progress.read / max(1, progress.size))
            click.echo(f"{share:4.0%} of {progress.size:,} bytes · {progress.conversations:,} conversations", err=True)

    return report
