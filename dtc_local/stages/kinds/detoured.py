"""tool_error and mistake_hint: something goes wrong on the way; it is mended, or honestly reported.

Proved by rule: the failed attempt stands before its call and differs from every call that succeeds (mistake_hint), or
returned an error (tool_error) after which the same call follows, a mended one, or none and a reply that says so.
"""

from __future__ import annotations

from dtc_local.records import TurnOutline
from dtc_local.stages.base import Desk, Steps
from dtc_local.stages.detours import Detour
from dtc_local.stages.kinds.common import Hints, carried_out, implicit, planned, requested


def detoured(desk: Desk, outline: TurnOutline, hints: Hints) -> Steps[None]:
    """One turn with a failed attempt at the call that the outline names."""
    focus = outline.focus
    assert focus is not None, "the outline names the call that goes wrong"
    chosen = yield from planned(desk, outline, hints)
    hidden = implicit(desk, chosen)
    said = yield from requested(desk, chosen, hidden, hints)
    detour = Detour(focus.call, outline.outcome, focus.argument)
    yield from carried_out(desk, outline, chosen, said, hints, hidden=hidden, detour=detour)
