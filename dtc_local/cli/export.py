"""`dtc-local export`: a run's output as files for fine-tuning."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dtc_local.cli.options import db_option, print_json
from dtc_local.export import FORMATS
from dtc_local.export.dialogue import FAULTS
from dtc_local.records import KINDS

if TYPE_CHECKING:
    from dtc_local.export.gate import Template
    from dtc_local.export.job import Options
    from dtc_local.export.report import ExportReport
    from dtc_local.store import Run

FORMAT_HELP = "Format of a row: " + "; ".join(f"{one.name} ({one.about})" for one in FORMATS.values()) + "."


@click.command()
@click.option(
    "--format",
    "format_name",
    metavar="FORMAT",
    type=click.Choice(list(FORMATS)),
    default="openai",
    show_default=True,
    help=FORMAT_HELP,
)
@click.option("--run", help="Name of the run.  [default: the latest]")
@click.option(
    "-o",
    "--output",
    metavar="FILE|-",
    default="-",
    show_default=True,
    help="Where to write; - is standard output. A card and what the format's stack needs are written beside a file.",
)
@click.option(
    "--template",
    metavar="FILE|MODEL",
    help="Keep only what this chat template shows as it is: a Jinja file, a tokenizer_config.json or a GGUF.",
)
@click.option(
    "--split",
    metavar="NAME=SHARE,...",
    help="Files by split, such as train=0.9,valid=0.05,test=0.05; no tool set and no request is in two of them, small"
    " talk aside.",
)
@click.option(
    "--kinds",
    metavar="KIND,...",
    help=f"Only conversations whose turns are all of these: {', '.join(KINDS)}. For those that hold one of a kind:"
    " --where \"kinds LIKE '%clarify%'\".",
)
@click.option("--min-solve-rate", type=click.FloatRange(0, 1), help="Least solve rate of the hardest turn.")
@click.option("--max-per-tool", type=click.IntRange(min=1), help="Most conversations that call any one tool.")
@click.option(
    "--drop-duplicates", is_flag=True, help="Leave out what nearly repeats an earlier conversation's requests."
)
@click.option("--where", metavar="SQL", help="Condition on the table conversations, such as \"status = 'kept'\".")
@click.option(
    "--shuffle-tools/--no-shuffle-tools", default=True, show_default=True, help="Order of the tools on offer."
)
@click.option("--seed", type=int, default=1, show_default=True, help="Seed of the tools' order and of the splits.")
@click.option(
    "--arguments",
    type=click.Choice(["object", "string"]),
    help="How trl, trl-preference and unsloth spell arguments; --template decides it itself.  [default: the format's]",
)
@click.option(
    "--faults",
    type=click.Choice(FAULTS),
    default="mask",
    show_default=True,
    help="Calls that were wrong and then put right: keep them like all others, mask them from the loss (formats that"
    " cannot say so leave them out), or drop them.",
)
@click.option("--provenance", is_flag=True, help="Add to each row where it and each argument come from.")
@click.option(
    "--snippet", is_flag=True, help="Print what the format's stack needs to read the file, and write nothing."
)
@click.option(
    "--json", "as_json", is_flag=True, help="Print what was exported and what was not as JSON; needs -o FILE."
)
@db_option
def export(format_name: str, output: str, snippet: bool, as_json: bool, db: Path, **asked: Any) -> None:
    """Write the kept conversations of a run for fine-tuning, one row each, and count what cannot be written.

    With --template, each conversation is rendered with the target's own chat template and read back; one whose calls,
    results or words do not survive is left out, and the reason is printed.

    \b
    Example:
      dtc-local export --format openai -o conversations.jsonl
      dtc-local export --format trl --template granite.gguf --split train=0.9,test=0.1 -o data.jsonl
      dtc-local export --format text --template chat_template.jinja -o text.jsonl
      dtc-local export --run night -o - | head -1
    """
    chosen = FORMATS[format_name]
    if as_json and output == "-":
        raise click.UsageError("--json prints on standard output: name a file with -o.")
    if asked["arguments"] and asked["template"]:
        raise click.UsageError("--template decides how arguments are spelled: leave out --arguments.")
    if snippet:
        click.echo(_snippet(format_name, output, asked["split"]), nl=False)
        return
    from dtc_local.export import job
    from dtc_local.store import Store

    with Store(db, create=False) as store:
        run = store.run(asked["run"]) if asked["run"] else store.latest_run()
        options = _options(asked, run)
        if output == "-":
            report = job.stream_run(store, run, chosen, options, sys.stdout.buffer)
        else:
            report = job.export_run(store, run, chosen, options, Path(output))
    if as_json:
        print_json(report.as_json())
    _tell(report, run, output)


def _options(asked: dict[str, Any], run: Run) -> Options:
    from dtc_local.export.job import Options
    from dtc_local.export.select import Selection
    from dtc_local.export.split import parse_split
    from dtc_local.models_file import known_models

    selection = Selection(
        kinds=_kinds(asked["kinds"]),
        min_solve_rate=asked["min_solve_rate"],
        where=asked["where"] or "",
        drop_duplicates=asked["drop_duplicates"],
        max_per_tool=asked["max_per_tool"],
    )
    licences = (model.licence for model in known_models() if model.sha256 == run.model_sha256)
    return Options(
        selection=selection,
        split=parse_split(asked["split"]) if asked["split"] else {},
        shuffle_tools=asked["shuffle_tools"],
        seed=asked["seed"],
        provenance=asked["provenance"],
        arguments=asked["arguments"],
        faults=asked["faults"],
        template=_template(asked["template"]),
        licence=next(licences, ""),
    )


def _kinds(text: str | None) -> tuple[str, ...]:
    kinds = tuple(part.strip() for part in text.split(",")) if text else ()
    for kind in kinds:
        if kind not in KINDS:
            raise click.BadParameter(
                f"{kind!r} is no kind of turn; there are {', '.join(KINDS)}.", param_hint="--kinds"
            )
    return kinds


def _template(named: str | None) -> Template | None:
    """The template of a file or folder, or of a model that models.toml names."""
    from dtc_local.export.gate import read_template
    from dtc_local.models_file import known_models

    if not named:
        return None
    models = {} if Path(named).exists() else {model.name: model.file for model in known_models()}
    return read_template(Path(models.get(named, named)))


def _snippet(format_name: str, output: str, split: str | None) -> str:
    from dtc_local.export.job import Options, files_of
    from dtc_local.export.split import parse_split

    chosen = FORMATS[format_name]
    target = Path("data.jsonl" if output == "-" else output)
    files = files_of(target, Options(split=parse_split(split) if split else {}))
    index = "".join(f"\n# {path}\n{text}" for path, text in chosen.index(files).items())
    return chosen.snippet(files) + index


def _tell(report: ExportReport, run: Run, output: str) -> None:
    exported = report.coverage.conversations
    short = "" if exported == run.wanted else f" of the {run.wanted} wanted"
    rows = "" if report.rows == exported else f" ({report.rows} rows)"
    places = ", ".join(file.path for file in report.files)
    click.echo(f"Run {run.name}: {exported} conversations{short}{rows} written to {places}.", err=True)
    if report.beside:
        click.echo(f"Beside it: {', '.join(report.beside)}.", err=True)
    if report.attempts():
        click.echo(report.attempts(), err=True)
    for line in report.reasons():
        click.echo(f"Left out: {line}.", err=True)
