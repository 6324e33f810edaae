"""The data set's card: Markdown with the YAML header that model and data hubs read.

Everything in it is a function of the run and of the export, so that equal exports have equal cards; no time of day.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from dtc_local.export.base import REASONS, Format
from dtc_local.export.report import ExportReport
from dtc_local.records import Json
from dtc_local.store import Counts, Run

MOST_TOOLS = 200
"""Rows of the table of tools; the rest is counted."""
SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))


def card(
    run: Run,
    counts: Counts,
    chosen: Format,
    report: ExportReport,
    settings: Mapping[str, Json],
    licence: str = "",
) -> str:
    """The card of one export; `settings` are those of the export, `licence` that of the model, where it is known."""
    parts = [
        _header(run, report),
        f"# {run.name}\n\n{_opening(run, chosen, report)}",
        _files(report),
        _section("What it holds", _coverage(report)),
        _section("What was left out", _missing(counts, report)),
        _section("How it was made", _origin(run, settings)),
        _section("Licence", _licence(run, licence)),
    ]
    return "\n\n".join(parts) + "\n"


def _header(run: Run, report: ExportReport) -> str:
    size = next((name for most, name in SIZES if report.rows < most), "n>1M")
    lines = [
        "---",
        f"pretty_name: {json.dumps(run.name)}",
        "license: other",
        "language:",
        f"- {run.identity.get('language', 'en')}",
    ]
    lines += ["task_categories:", "- text-generation", "tags:", "- synthetic", "- tool-calling", "- function-calling"]
    lines += ["size_categories:", f"- {size}", "configs:", "- config_name: default", "  data_files:"]
    for file in report.files:
        lines += [f"  - split: {file.split}", f"    path: {json.dumps(Path(file.path).name)}"]
    return "\n".join([*lines, "---"])


def _opening(run: Run, chosen: Format, report: ExportReport) -> str:
    return (
        f"{report.coverage.conversations} synthetic multi-turn tool-calling conversations, written by the model "
        f"{run.model} with dtc-local from tool specifications alone. Tool results are simulated: names, numbers and "
        f"ids in them are invented.\n\nFormat: `{chosen.name}` ({chosen.about})."
    )


def _files(report: ExportReport) -> str:
    rows = [(f"`{Path(file.path).name}`", file.split, file.rows, f"`{file.sha256}`") for file in report.files]
    return _table(("file", "split", "rows", "SHA-256"), rows)


def _coverage(report: ExportReport) -> str:
    coverage = report.coverage
    tools = coverage.called.keys() | coverage.offered.keys()
    order = sorted(tools, key=lambda tool: (-coverage.called[tool], tool))
    shown = [(f"`{tool}`", coverage.called[tool], coverage.offered[tool]) for tool in order[:MOST_TOOLS]]
    more = f"\n\n{len(order) - MOST_TOOLS} further tools are not listed." if len(order) > MOST_TOOLS else ""
    counted = [(kind, turns, coverage.holding[kind]) for kind, turns in _commonest(coverage.kinds)]
    kinds = _table(("kind of turn", "turns", "conversations that hold it"), counted)
    attempts = report.attempts()
    return (
        f"{coverage.kinds.total()} turns in {coverage.requests} messages of the user, with {coverage.calls} calls; "
        f"{sum(1 for tool in tools if coverage.called[tool])} of {len(tools)} offered tools are called."
        f"{f' {attempts}' if attempts else ''}\n\n{kinds}\n\n"
        f"{_table(('tool', 'conversations that call it', 'that offer it'), shown)}{more}"
    )


def _missing(counts: Counts, report: ExportReport) -> str:
    from dtc_local.errors import DROP_REASONS

    made = [(f"`{reason}`", count, DROP_REASONS.get(reason, "")) for reason, count in counts.dropped.items()]
    left = [(f"`{reason}`", count, REASONS[reason]) for reason, count in _commonest(report.missing)]
    head = ("reason", "conversations", "meaning")
    return (
        f"The run kept {counts.kept} conversations and dropped {sum(counts.dropped.values())}.\n\n"
        f"{_table(head, made) if made else 'None was dropped.'}\n\n"
        f"Of those kept, {sum(report.missing.values())} are not in this export.\n\n"
        f"{_table(head, left) if left else 'None is missing.'}"
    )


def _origin(run: Run, settings: Mapping[str, Json]) -> str:
    facts: dict[str, Json] = {
        "model": run.model,
        "model SHA-256": run.model_sha256,
        "prompts version": run.prompt_version,
        "run seed": run.seed,
        **{f"export: {name}": value for name, value in settings.items() if value not in (None, "", (), [], False)},
        **{f"run: {name}": value for name, value in sorted(run.identity.items()) if name not in ("model", "prompts")},
    }
    rows = [(name, f"`{value if isinstance(value, str) else json.dumps(value)}`") for name, value in facts.items()]
    return _table(("setting", "value"), rows)


def _licence(run: Run, licence: str) -> str:
    known = (
        f"The model {run.model} is under {licence}." if licence else f"The licence of {run.model} is not known here."
    )
    return (
        f"{known} Whether its terms allow training on its output, and under which licence the tool specifications "
        "stand, is for the publisher to check; set `license` in the header accordingly."
    )


def _section(title: str, text: str) -> str:
    return f"## {title}\n\n{text}"


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(_cell(cell) for cell in line)} |" for line in lines)


def _cell(value: object) -> str:
    return str(value).replace("|", "\\|").replace("\n", " ")


def _commonest(counted: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counted.items(), key=lambda item: (-item[1], item[0]))
