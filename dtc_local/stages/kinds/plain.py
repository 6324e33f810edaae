"""The kinds that are a shape of the call graph: request, calls, results, reply."""

from __future__ import annotations

from dtc_local.records import TurnOutline
from dtc_local.stages.base import Desk, Steps
from dtc_local.stages.kinds.common import Hints, carried_out, implicit, planned, requested


def plain(desk: Desk, outline: TurnOutline, hints: Hints) -> Steps[None]:
    """One turn of single, parallel, chain, fan-in, fan-out or follow-up calls."""
    chosen = yield from planned(desk, outline, hints)
    hidden = implicit(desk, chosen)
    said = yield from requested(desk, chosen, hidden, hints)
    yield from carried_out(desk, outline, chosen, said, hints, hidden=hidden)
