"""A whole export: a run's kept conversations, chosen, past the gate, in rows, into files; and what is written beside.

Conversations pass one by one, so that memory does not grow with their number; what splits and duplicates need to know
of all of them is a few hundred bytes each. Files appear together, when all are complete, or not at all.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from dtc_local.errors import UserError
from dtc_local.export.base import Format, Row, Sample, Unfit, Written
from dtc_local.export.card import card
from dtc_local.export.dialogue import Faults, Spelling, dialogue
from dtc_local.export.gate import Refused, Template, survivors
from dtc_local.export.provenance import provenance
from dtc_local.export.report import ExportReport, FileReport, beside
from dtc_local.export.select import Selection, by_outline, by_summary, outlines
from dtc_local.export.split import assign
from dtc_local.export.writing import JsonLines, Sink, whole
from dtc_local.randomness import stream
from dtc_local.records import Conversation
from dtc_local.store import Run, Store, Summary

ALL = "train"
"""The split of an export that is not split."""


@dataclass(frozen=True)
class Options:
    """What an export is asked for beside the run and the format."""

    selection: Selection = field(default_factory=Selection)
    split: Mapping[str, float] = field(default_factory=dict)
    shuffle_tools: bool = True
    seed: int = 1
    provenance: bool = False
    arguments: Spelling | None = None
    """How calls spell their arguments where the format leaves a choice and no template decides."""
    faults: Faults = "mask"
    """What becomes of wrong attempts; a format that cannot show them unlearned leaves out what is to be masked."""
    template: Template | None = None
    licence: str = ""
    """The licence of the model, for the card."""

    def listed(self) -> dict[str, object]:
        """The options as the card lists them."""
        template = self.template and hashlib.sha256(self.template.source.encode()).hexdigest()
        return {
            **vars(self.selection),
            "split": dict(self.split),
            "shuffle_tools": self.shuffle_tools,
            "seed": self.seed,
            "arguments": self.arguments,
            "faults": self.faults,
            "template": self.template and Path(self.template.name).name,
            "template SHA-256": template,
        }


def files_of(output: Path, options: Options) -> list[Written]:
    """The files of rows: one, or one for each split with its name before the suffix."""
    if not options.split:
        return [Written(output, ALL)]
    return [Written(beside(output, f"{name}{output.suffix}"), name) for name in options.split]


def export_run(store: Store, run: Run, chosen: Format, options: Options, output: Path) -> ExportReport:
    """Export a run into files; raises UserError, and leaves no file, where that cannot be done or nothing is left.

    Beside the rows stand a card, the snippet of the format, and the format's index; not beside a pipe or a device.
    """
    report, summaries, splits = _chosen(store, run, chosen, options)
    files = files_of(output, options)
    ordinary = all(file.path.is_file() or not file.path.exists() for file in files)
    with ExitStack() as stack:
        sinks = {file.split: _Output(chosen, file, stack, ordinary) for file in files}
        for index, rows in _rows(store, run, chosen, options, summaries, report):
            for row in rows:
                sinks[splits.get(index, files[0].split)].write(row)
        for sink in sinks.values():
            report.files.append(sink.close())
        _refuse_nothing(report, summaries)
        if ordinary:
            texts = _beside(store, run, chosen, options, output, files, report)
            for path, text in texts.items():
                stack.enter_context(whole(path)).write(text.encode())
            report.beside += [*(str(sink.answers) for sink in sinks.values() if sink.answers), *map(str, texts)]
    return report


def stream_run(store: Store, run: Run, chosen: Format, options: Options, out: BinaryIO) -> ExportReport:
    """Export a run as lines of JSON to an open stream; raises UserError where the format needs files."""
    if options.split or chosen.answers or chosen.sink is not JsonLines:
        needs = "--split" if options.split else f"The format {chosen.name}"
        raise UserError(f"{needs} needs files, not standard output.", "Name one with -o.")
    report, summaries, _ = _chosen(store, run, chosen, options)
    sink, count = chosen.sink(out), 0
    for _, rows in _rows(store, run, chosen, options, summaries, report):
        for row in rows:
            sink.write(row)
            count += 1
    report.files.append(FileReport("-", ALL, count, ""))
    _refuse_nothing(report, summaries)
    return report


def _chosen(
    store: Store, run: Run, chosen: Format, options: Options
) -> tuple[ExportReport, list[Summary], dict[int, str]]:
    """A new report, the conversations to export, and the split of each where there are splits."""
    selection, missing = options.selection, Counter[str]()
    summaries = by_summary(store, run, selection, missing)
    kept, faults = len(summaries) + sum(missing.values()), chosen.faults(options.faults)
    report = ExportReport(run.name, kept, missing=missing, faults=faults)
    if not (selection.drop_duplicates or selection.max_per_tool or options.split):
        return report, summaries, {}
    left = by_outline(list(outlines(store, run, summaries)), selection, missing)
    splits = assign(left, options.split, options.seed) if options.split and left else {}
    wanted = {one.index for one in left}
    return report, [summary for summary in summaries if summary.index in wanted], splits


def _rows(
    store: Store, run: Run, chosen: Format, options: Options, summaries: Sequence[Summary], report: ExportReport
) -> Iterator[tuple[int, list[Row]]]:
    """Index and rows of every conversation that can be exported; counts the others in the report."""
    samples = _samples(store, run, options, summaries, report.faults)
    for one in _gated(samples, chosen, options):
        if isinstance(one, Refused):
            report.missing[one.reason] += 1
            report.said.setdefault(one.reason, one.said)
            continue
        try:
            rows = list(chosen.rows(one))
        except Unfit as error:
            report.missing[error.message] += 1
            continue
        if options.provenance:
            made = provenance(run, one)
            rows = [row | {"provenance": made} for row in rows]
        report.coverage.add(one.conversation)
        yield one.conversation.scenario.index, rows


def _samples(
    store: Store, run: Run, options: Options, summaries: Sequence[Summary], faults: Faults
) -> Iterator[Sample]:
    for summary in summaries:
        stored = store.conversation(summary.id)
        if stored.conversation is None:
            continue
        order = _order(stored.conversation, options)
        yield Sample(
            id=summary.id,
            conversation=stored.conversation,
            dialogue=dialogue(stored.conversation, run.policy, order, faults),
            policy=run.policy,
            faults=faults,
            arguments=options.arguments,
            candidates=lambda key=summary.id: store.candidates(key),  # type: ignore[misc]
        )


def _order(conversation: Conversation, options: Options) -> list[int] | None:
    if not options.shuffle_tools:
        return None
    scenario = conversation.scenario
    return [int(one) for one in stream(options.seed, scenario.index, "export/tools").permutation(len(scenario.offer))]


def _gated(samples: Iterator[Sample], chosen: Format, options: Options) -> Iterator[Sample | Refused]:
    if options.template is not None:
        return survivors(samples, options.template, want_text=chosen.rendered)
    if chosen.rendered:
        raise UserError(f"The format {chosen.name} needs a chat template.", "Name one with --template.")
    return samples


class _Output:
    """The file of one split, and the file of answers beside it where the format has one."""

    def __init__(self, chosen: Format, file: Written, stack: ExitStack, ordinary: bool) -> None:
        self._file = file
        self._parted = chosen.answers
        self._rows = 0
        self._out = stack.enter_context(whole(file.path))
        self._ordinary = ordinary
        self._sinks: list[Sink] = [chosen.sink(self._out)]
        self.answers = beside(file.path, f"answers{file.path.suffix}") if chosen.answers and ordinary else None
        if self.answers:
            self._sinks.append(JsonLines(stack.enter_context(whole(self.answers))))

    def write(self, row: Row) -> None:
        """Write a row, or its two parts."""
        parts = self._parted(row) if self._parted else (row,)
        for sink, part in zip(self._sinks, parts, strict=False):
            sink.write(part)
        self._rows += 1

    def close(self) -> FileReport:
        """Complete the file and say what it is."""
        for sink in self._sinks:
            sink.close()
        self._out.flush()
        digest = hashlib.sha256()
        if self._ordinary:
            with open(self._out.fileno(), "rb", closefd=False) as written:
                written.seek(0)
                while piece := written.read(1 << 20):
                    digest.update(piece)
        return FileReport(str(self._file.path), self._file.split, self._rows, digest.hexdigest())


def _refuse_nothing(report: ExportReport, summaries: Sequence[Summary]) -> None:
    """An empty run is an empty export; a run of which nothing is left is an error."""
    if report.kept and not report.coverage.conversations:
        why = "; ".join(report.reasons())
        raise UserError(
            f"None of the {report.kept} conversations of run {report.run} is left: {why}.",
            "Export with other filters, another --format or another --template.",
        )


def _beside(
    store: Store,
    run: Run,
    chosen: Format,
    options: Options,
    output: Path,
    files: Sequence[Written],
    report: ExportReport,
) -> dict[Path, str]:
    return {
        beside(output, "card.md"): card(run, store.counts(run), chosen, report, options.listed(), options.licence),
        beside(output, f"{chosen.name}{chosen.snippet_suffix}"): chosen.snippet(files),
        **chosen.index(files),
    }
