"""What an import or a new version changed, in words for people and as JSON for scripts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from dtc_local.records import Json

if TYPE_CHECKING:
    from dtc_local.store import AddedReport
    from dtc_local.tools.diff import Change

SHOWN = 40
"""Most lines of one sort that an import prints; its JSON holds all."""


def change_words(change: Change) -> str:
    """A change in one line, with its place."""
    return f"{change.what}  [{change.pointer}]"


def report_words(report: AddedReport) -> Iterator[str]:
    """What changed in each tool, which tools their files lost, which say nearly the same."""
    yield from _capped(
        [f"{one.tool}: {change_words(change)}" for one in report.changes for change in one.changes],
        "changes; dtc-local tools diff NAME shows those of a tool",
    )
    yield from _capped(
        [f"{one.tool} is no longer in {one.file}; it stays on offer" for one in report.gone],
        "such tools; dtc-local tools remove takes them off offer",
    )
    if report.similar:
        yield f"{len(report.similar)} pairs of tools say nearly the same (dtc-local tools lint --kind near_duplicate)"


def report_json(report: AddedReport) -> dict[str, Json]:
    """The whole report."""
    return {
        "new": list(report.new),
        "changed": list(report.changed),
        "unchanged": list(report.unchanged),
        "changes": {one.tool: [vars(change) for change in one.changes] for one in report.changes},
        "gone": [vars(one) for one in report.gone],
        "similar": [vars(pair) for pair in report.similar],
    }


def _capped(lines: list[str], rest: str) -> Iterator[str]:
    yield from lines[:SHOWN]
    if len(lines) > SHOWN:
        yield f"... and {len(lines) - SHOWN} more {rest}"
