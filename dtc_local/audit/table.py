"""An audit in words: the table of broken rules with examples, what could not be looked at, and the figures."""

from __future__ import annotations

from collections.abc import Iterator

from dtc_local.audit.dataset import DatasetAudit
from dtc_local.audit.defects import SEVERITIES, Broken
from dtc_local.audit.figures import RUNS, Figures, Spread
from dtc_local.records import Json


def lines(audited: DatasetAudit) -> Iterator[str]:
    """The whole report, line by line."""
    yield heading(audited)
    if audited.tally.broken:
        yield ""
        yield from table(audited)
    if audited.unlooked:
        yield ""
    for reason, rules in audited.unlooked.items():
        yield f"Not looked at in {_conversations(max(rules.values()))}, because {reason}: {', '.join(rules)}."
    yield ""
    yield from figures(audited.figures)


def heading(audited: DatasetAudit) -> str:
    """What was looked at, and what came of it, in one line."""
    tally = audited.tally
    formats = ", ".join(
        f"{name} {count}" if len(audited.formats) > 1 else name for name, count in audited.formats.items()
    )
    counts = ", ".join(f"{tally.count(severity)} {severity}" for severity in SEVERITIES)
    return (
        f"{audited.source}: {_conversations(audited.conversations)} ({formats or 'none'}); "
        f"{len(tally.broken)} of {len(tally.rules)} rules broken; defects: {counts}."
    )


def _conversations(number: int) -> str:
    return f"{number:,} conversation{'' if number == 1 else 's'}"


def table(audited: DatasetAudit) -> Iterator[str]:
    """One line for each broken rule, and its examples beneath it."""
    broken = audited.tally.broken
    width = max(len(rule.rule) for rule in broken)
    yield f"{'rule':{width}}  severity  {'count':>7}  {'each':>6}  conversations"
    for rule in broken:
        yield _line(rule, width, audited.conversations)
        yield from (f"    {defect}" for defect in rule.examples)


def _line(rule: Broken, width: int, conversations: int) -> str:
    rate = f"{rule.count / conversations:.2f}" if conversations else "-"
    where = f"{rule.conversations} ({rule.conversations / conversations:.0%})" if conversations else "-"
    return f"{rule.rule:{width}}  {rule.severity:8}  {rule.count:7}  {rate:>6}  {where if rule.conversations else '-'}"


def figures(found: Figures) -> Iterator[str]:
    """The figures, one subject a line."""
    shares = ", ".join(f"{kind} {count / found.kinds.total():.0%}" for kind, count in found.kinds.most_common())
    yield f"turns a conversation   {_spread(found.turns)}"
    yield f"messages               {_spread(found.messages)}"
    yield f"calls a turn           {_spread(found.calls_a_turn)}; {sum(found.called.values())} calls in all"
    yield f"longest chain of calls {_spread(found.chain)}"
    if found.implicit_share is not None:
        yield f"implicit calls         {found.implicit_share:.1%}"
    yield f"kinds of turns         {shares or '-'}"
    yield f"tools                  {len(found.called)} called, {len(found.offered)} on offer"
    flows = (
        f"{len(found.edges)} edges between tools, used {sum(found.edges.values())} times" if found.chain.things else "-"
    )
    yield f"dataflow               {flows}"
    distinct = [f"distinct-{run} {share:.3f}" for run in RUNS if (share := found.distinct(run)) is not None]
    yield f"words of requests      {', '.join(distinct) or '-'}"
    yield f"words a request        {_spread(found.request_words)}"
    yield f"words a reply          {_spread(found.reply_words)}"


def _spread(spread: Spread) -> str:
    told = spread.as_json()
    if told["mean"] is None:
        return "-"
    return f"mean {told['mean']:g}, {told['min']} to {told['max']}, median {told['median']}, 95 % up to {told['p95']}"


def as_json(audited: DatasetAudit) -> dict[str, Json]:
    """The whole report for scripts."""
    return {
        "source": audited.source,
        "formats": dict(audited.formats),
        "conversations": audited.conversations,
        "defects": {severity: audited.tally.count(severity) for severity in SEVERITIES},
        "rules": [_rule_json(rule, audited.conversations) for rule in audited.tally.rules.values()],
        "not_looked_at": {reason: dict(rules) for reason, rules in audited.unlooked.items()},
        "figures": audited.figures.as_json(),
    }


def _rule_json(rule: Broken, conversations: int) -> dict[str, Json]:
    return {
        "rule": rule.rule,
        "severity": rule.severity,
        "count": rule.count,
        "rate": round(rule.count / conversations, 4) if conversations else None,
        "conversations": rule.conversations,
        "examples": [defect.as_json() for defect in rule.examples],
    }
