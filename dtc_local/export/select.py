"""Which of a run's kept conversations are exported: by kind, quality, an SQL condition, likeness and use of tools.

Everything that can be said without reading a conversation is decided first. The rest needs an outline of each: which
tools it calls and which requests it makes. Conversations are looked at in the order of the run, and the first of
several like ones stays.
"""

from __future__ import annotations

import sqlite3
import time
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from dtc_local.errors import UserError
from dtc_local.export.dialogue import is_wrong
from dtc_local.export.duplicates import near_pairs, shingles
from dtc_local.records import Conversation, Turn
from dtc_local.store import Run, Store, Summary

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

WHERE_SECONDS = 30.0
WHERE_HINT = "The columns are id, position, status, kinds, solve_rate and record; see dtc-local runs show."


@dataclass(frozen=True)
class Selection:
    """What is asked for; the defaults take everything."""

    kinds: tuple[str, ...] = ()
    """Kinds of turns; a conversation with a turn of another kind is left out."""
    min_solve_rate: float | None = None
    """Least solve rate of the hardest turn; what was never verified has none and is left out."""
    where: str = ""
    """An SQL condition on the table of conversations."""
    drop_duplicates: bool = False
    max_per_tool: int | None = None
    """Most conversations that call any one tool."""


@dataclass(frozen=True)
class Outline:
    """What selection and splits need to know of a conversation."""

    index: int
    called: frozenset[tuple[str, str]]
    """Namespace and name of every tool that is called, wrong attempts aside."""
    requests: tuple[NDArray[np.uint32], ...]
    """Shingles of each request that is of its own."""
    missing: frozenset[tuple[str, str]] = frozenset()
    """Namespace and name of every tool that is asked for and not on offer."""


def outline(index: int, conversation: Conversation) -> Outline:
    """The outline of a conversation."""
    scenario, turns = conversation.scenario, conversation.turns
    names = {call.tool for turn in turns for call in turn.attempted() if not is_wrong(turn, call)}
    called = frozenset((tool.namespace, tool.name) for tool in scenario.offer if tool.name in names)
    missing = frozenset((tool.namespace, tool.name) for tool in scenario.withheld)
    return Outline(index, called, tuple(shingles(turn.request) for turn in turns if _is_own(turn)), missing)


def _is_own(turn: Turn) -> bool:
    """Whether a request is about something: small talk and a bare yes or no may stand in any conversation."""
    return bool(turn.required) or (turn.kind != "no_tool" and turn.part != "closing")


def by_summary(store: Store, run: Run, selection: Selection, dropped: Counter[str]) -> list[Summary]:
    """The run's output without what kind, solve rate or condition leaves out; counts why in `dropped`."""
    kept = set(store.kept_indices(run)[: run.wanted])
    allowed = where_ids(store.path, run, selection.where) if selection.where else None
    found = []
    for summary in store.summaries(run):
        if summary.index not in kept:
            continue
        reason = _fault(summary, selection, allowed)
        if reason:
            dropped[reason] += 1
        else:
            found.append(summary)
    return found


def _fault(summary: Summary, selection: Selection, allowed: Collection[str] | None) -> str:
    if allowed is not None and summary.id not in allowed:
        return "where"
    if selection.kinds and not set(summary.kinds) <= set(selection.kinds):
        return "kind"
    least = selection.min_solve_rate
    if least is not None and (summary.solve_rate is None or summary.solve_rate < least):
        return "solve_rate"
    return ""


def by_outline(outlines: Sequence[Outline], selection: Selection, dropped: Counter[str]) -> list[Outline]:
    """Without near-duplicates of earlier ones and without what calls a tool that enough others call."""
    doubled = _doubled(outlines) if selection.drop_duplicates else set()
    used: Counter[tuple[str, str]] = Counter()
    found = []
    for position, one in enumerate(outlines):
        if position in doubled:
            dropped["near_duplicate"] += 1
        elif selection.max_per_tool and any(used[tool] >= selection.max_per_tool for tool in one.called):
            dropped["max_per_tool"] += 1
        else:
            used.update(one.called)
            found.append(one)
    return found


def _doubled(outlines: Sequence[Outline]) -> set[int]:
    """Positions of conversations whose requests together nearly repeat those of an earlier one that stays."""
    import numpy as np

    doubled: set[int] = set()
    whole = [np.unique(np.concatenate(one.requests)) if one.requests else np.array([], np.uint32) for one in outlines]
    for later, earlier in near_pairs(whole):
        if earlier not in doubled:
            doubled.add(later)
    return doubled


def where_ids(path: Path, run: Run, condition: str) -> set[str]:
    """Ids of the run's conversations for which an SQL condition holds.

    The connection can neither write nor look beyond the file. Raises UserError with SQLite's words where it refuses.
    """
    deadline = time.monotonic() + WHERE_SECONDS
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    try:
        connection.set_authorizer(_reading_only)
        connection.set_progress_handler(lambda: time.monotonic() > deadline, 100_000)
        sql = f"SELECT id FROM conversations WHERE run = ? AND (\n{condition}\n)"
        return {str(row[0]) for row in connection.execute(sql, [run.id])}
    except (sqlite3.Error, sqlite3.Warning, ValueError) as error:
        late = time.monotonic() > deadline
        said = f"took longer than {WHERE_SECONDS:g} seconds" if late else f"is refused by SQLite: {error}"
        raise UserError(f"The condition --where {condition!r} {said}.", WHERE_HINT) from error
    finally:
        connection.close()


def _reading_only(action: int, *details: str | None) -> int:
    allowed = (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE)
    return sqlite3.SQLITE_OK if action in allowed else sqlite3.SQLITE_DENY


def outlines(store: Store, run: Run, summaries: Iterable[Summary]) -> Iterator[Outline]:
    """An outline for each summary."""
    for summary in summaries:
        stored = store.conversation(summary.id).conversation
        if stored is not None:
            yield outline(summary.index, stored)
