"""What became of each tool: its findings, and how much of its specification the grammar holds.

A tool is *strict* where everything its parameters say is enforced while a call is written, *relaxed* where some of it
is only checked afterwards, and *refused* where no call can be planned. The compiler has the word, not the importer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dtc_local.engine.policy import Level, policy_of
from dtc_local.records import Finding, Severity, Tool

SEVERITIES: tuple[Severity, ...] = ("info", "warning", "error")
"""In rising order."""
_RELAXING = frozenset({"keyword", "pattern"})
"""Kinds of findings that say: not enforced, checked afterwards."""


@dataclass(frozen=True)
class Linted:
    """A tool with its level; `reason` says what is relaxed, or why the tool is refused."""

    tool: Tool
    level: Level
    reason: str
    findings: tuple[Finding, ...]


def lint(tool: Tool, extra: Sequence[Finding] = ()) -> Linted:
    """Level and findings of a tool; `extra` are findings about it that it does not carry itself."""
    findings = (*tool.findings, *extra)
    fatal = next((finding for finding in findings if finding.severity == "error"), None)
    if fatal:
        return Linted(tool, "refused", fatal.what, findings)
    policy = policy_of(tool.parameters)
    if policy.level == "refused":
        return Linted(tool, "refused", policy.reason, findings)
    given_up = (*policy.relaxed, *(finding.pointer.rpartition("/")[2] for finding in findings if _relaxes(finding)))
    return Linted(tool, "relaxed" if given_up else "strict", ", ".join(dict.fromkeys(given_up)), findings)


def counted(linted: Iterable[Linted]) -> dict[str, Counter[str]]:
    """How many tools by level, and how many findings by severity and by kind."""
    counts: dict[str, Counter[str]] = {"levels": Counter(), "severities": Counter(), "kinds": Counter()}
    for one in linted:
        counts["levels"][one.level] += 1
        counts["severities"].update(finding.severity for finding in one.findings)
        counts["kinds"].update(finding.kind for finding in one.findings)
    return counts


def at_least(severity: Severity, least: Severity) -> bool:
    """Whether a severity is that or worse."""
    return SEVERITIES.index(severity) >= SEVERITIES.index(least)


def _relaxes(finding: Finding) -> bool:
    return finding.kind in _RELAXING and finding.severity == "warning"
