"""tool_error and mistake_hint: something goes wrong on the way; it is mended, or honestly reported.

Proved by rule: the failed attempt stands before its call and differs from every call that succeeds (mistake_hint), or
returned an error (tool_error) after which the same call follows, a mended one, or none and a reply that says so. What
the conversation has destroyed cannot be read: the tool's error says so.
"""

from __future__ import annotations

from dtc_local.errors import StageFailure
from dtc_local.records import LiteralValue, Plan, PlannedCall, TurnOutline
from dtc_local.stages.base import Desk, Steps
from dtc_local.stages.detours import Detour
from dtc_local.stages.kinds.common import Hints, carried_out, implicit, planned, requested
from dtc_local.tools.dataflow.entities import argument_identity
from dtc_local.validation import is_valid
from dtc_local.words import sayable


def detoured(desk: Desk, outline: TurnOutline, hints: Hints) -> Steps[None]:
    """One turn with a failed attempt at the call that the outline names."""
    focus = outline.focus
    assert focus is not None, "the outline names the call that goes wrong"
    if outline.outcome == "gone":
        chosen = _asking_for_what_is_gone(desk, outline)
    else:
        chosen = yield from planned(desk, outline, hints)
    hidden = implicit(desk, chosen)
    said = yield from requested(desk, chosen, hidden, hints)
    omitted = focus.argument if outline.outcome == "repair" else ""
    detour = Detour(focus.call, outline.outcome, omitted)
    yield from carried_out(desk, outline, chosen, said, hints, hidden=hidden, detour=detour)


def _asking_for_what_is_gone(desk: Desk, outline: TurnOutline) -> Plan:
    """The call with the id of the last entity of its kind that was destroyed; its value is known, so no model is asked.

    Raises StageFailure("label_unproved") if nothing of the kind was destroyed, or its id cannot be said.
    """
    (call,) = outline.calls
    assert outline.focus is not None, "the outline names the argument"
    tool, name = desk.scenario.tool(call.tool), outline.focus.argument
    identity = argument_identity(tool, name)
    kind = identity.kind if identity else ""
    for done in reversed([done for turn in desk.turns for done in turn.executed()]):
        for value in done.arguments.values():
            ended = isinstance(value, str | int) and (kind, value) in desk.ledger.gone
            if ended and sayable(value) and is_valid({name: value}, tool.source.parameters):
                return Plan(
                    calls=(PlannedCall(id=call.id, tool=call.tool, arguments={name: LiteralValue(value=value)}),)
                )
    raise StageFailure("plan", "label_unproved")
