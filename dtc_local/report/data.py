"""Everything a report shows, counted in one pass over the stored conversations.

The head is small: figures of the run, and a line for each conversation. The conversations themselves follow in parts of
`PART`, so that a page need not unpack what nobody looks at. A report covers what the run's counts cover: conversations
beyond the last one wanted are no part of the output and none of the report.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dtc_local.errors import DROP_REASONS
from dtc_local.records import Json, Tool
from dtc_local.report.case import Case, ToolNumbers
from dtc_local.report.coverage import Coverage
from dtc_local.report.dataflow import Dataflow
from dtc_local.report.funnel import OUTDONE, Funnel
from dtc_local.report.lengths import Lengths
from dtc_local.report.viewed import viewed
from dtc_local.settings import SETTINGS
from dtc_local.store import Counts, Run, Store

PART = 50
"""Conversations in one part."""
PREVIEW = 160
"""Characters of the first request in a conversation's line."""
STAGE = "stage:"
"""What a session's key for the tokens of one stage begins with."""
REASONS = DROP_REASONS | {OUTDONE: "another candidate for the same place was better"}


@dataclass(frozen=True)
class ReportData:
    """What the page draws (`head`), and the conversations that its viewer shows, in the order of `head["index"]`."""

    head: dict[str, Json]
    parts: tuple[Sequence[Json], ...]


def report_data(store: Store, run: Run) -> ReportData:
    """Count a run. Reads each of its conversations once."""
    counts, numbers = store.counts(run), ToolNumbers()
    funnel, lengths, dataflow = Funnel(), Lengths(), Dataflow(numbers)
    coverage = Coverage(numbers, _tools(store, run))
    index: list[Json] = []
    parts: list[list[Json]] = []
    for case in _cases(store, run, counts.finished):
        for counter in (funnel, lengths, dataflow, coverage):
            counter.add(case)
        if len(index) % PART == 0:
            parts.append([])
        index.append(_line(case, numbers))
        parts[-1].append(viewed(case, numbers))
    head = {
        "run": _run(run, counts, len(store.summaries(run))),
        "settings": _settings(run),
        "cost": _cost(store, run, counts.kept),
        "funnel": funnel.result(),
        "lengths": lengths.result(),
        "coverage": coverage.result(),
        "dataflow": dataflow.result(),
        "reasons": REASONS,
        "tools": numbers.listed(),
        "index": index,
        "part": PART,
    }
    return ReportData(head, tuple(parts))


def _cases(store: Store, run: Run, number: int) -> Iterator[Case]:
    """The first so many settled conversations, by index."""
    for summary in store.summaries(run)[:number]:
        yield Case(store.conversation(summary.id), store.candidates(summary.id))


def _tools(store: Store, run: Run) -> Sequence[Tool]:
    """The tools the run could use, if they are still those on offer; otherwise only its conversations know them."""
    namespaces = run.identity.get("namespaces", ())
    same = store.tools_digest(*namespaces) == run.identity.get("tools")
    return store.tools(*namespaces) if same else ()


def _line(case: Case, numbers: ToolNumbers) -> Json:
    """A conversation in one line of the list."""
    conversation, turns = case.stored.conversation, case.turns
    rates = [turn.verification.solve_rate for turn in turns if turn.verification]
    used = [
        (numbers.called(conversation, call.tool), turn.kind)
        for turn in turns
        for call in turn.executed()
        if conversation is not None
    ]
    in_vain = [(numbers.called(conversation, name), kind) for name, kind in case.in_vain if conversation is not None]
    return {
        "id": case.stored.id,
        "status": case.stored.status,
        "reason": case.stored.reason,
        "kinds": list(case.kinds),
        "used": sorted(set(used)),
        "in_vain": sorted(set(in_vain)),
        "text": turns[0].request[:PREVIEW] if turns else "",
        "turns": len(turns),
        "calls": len(used),
        "unsaid": sum(len(turn.implicit) for turn in turns),
        "solved": round(min(rates), 3) if rates else None,
        "refused": sum(not one.accepted for one in case.candidates),
    }


def _run(run: Run, counts: Counts, settled: int) -> Json:
    return {
        "name": run.name,
        "model": run.model,
        "sha256": run.model_sha256,
        "prompts": run.prompt_version,
        "seed": run.seed,
        "made": run.created_at,
        "wanted": run.wanted,
        "kept": counts.kept,
        "rescued": counts.rescued,
        "dropped": counts.dropped,
        "complete": counts.complete,
        "beyond": settled - counts.finished,
    }


def _settings(run: Run) -> list[Json]:
    """Name, value, default and meaning of each setting that decides what the run writes."""
    return [
        {"name": one.name, "value": run.identity[one.name], "default": one.default, "help": one.help}
        for one in SETTINGS
        if one.name in run.identity
    ]


def _cost(store: Store, run: Run, kept: int) -> Json:
    """Sessions that ended in good order, their sums, and tokens by stage where the sessions noted them."""
    seconds, tokens = store.spent(run)
    stages = {name.removeprefix(STAGE): count for name, count in tokens.items() if name.startswith(STAGE)}
    return {
        "sessions": [[one.ended_at, one.seconds] for one in store.sessions(run)],
        "seconds": round(seconds, 3),
        "tokens": {name: count for name, count in tokens.items() if not name.startswith(STAGE)},
        "stages": stages,
        "kept": kept,
    }
