"""correction: the user changes one value; the call is made again and differs in exactly that value."""

from __future__ import annotations

from dtc_local import prompts
from dtc_local.errors import StageFailure
from dtc_local.records import Plan, PlannedCall, TurnOutline
from dtc_local.stages import exchanges
from dtc_local.stages.ask import Wording
from dtc_local.stages.base import Desk, Steps
from dtc_local.stages.kinds.common import Hints, carried_out, understood
from dtc_local.stages.phrasebook import label
from dtc_local.stages.plan import plan
from dtc_local.words import leaves


def correction(desk: Desk, outline: TurnOutline, hints: Hints) -> Steps[None]:
    """One turn: the earlier call once more, one argument changed."""
    focus = outline.focus
    assert focus is not None, "a correction outline names the call and the argument that changes"
    before = next((call for turn in desk.turns for call in turn.plan.calls if call.id == focus.call), None)
    if before is None or focus.argument not in before.arguments:
        raise StageFailure("plan", "label_unproved")

    def merged(written: Plan) -> Plan:
        (call,) = written.calls
        return Plan(calls=(call.model_copy(update={"arguments": before.arguments | call.arguments}),))

    chosen = yield from plan(desk, outline, hints.get("plan", ""), complete=merged)
    if not differs_in(before, chosen.calls[0], focus.argument):
        raise StageFailure("plan", "label_unproved", "Choose another value than before.")
    value = dict(chosen.calls[0].literals())[focus.argument]
    words = Wording(
        goals=(f"Correct what was asked before. {prompts.worded(focus.argument)}: {prompts.written(value)}",),
        mentions=(),
        literals=tuple(leaves(value)),
        closed=exchanges.correction(label(focus.argument), [prompts.written(value)], desk.labels),
    )
    said = yield from understood(desk, chosen, words, hints)
    yield from carried_out(desk, outline, chosen, said, hints)


def differs_in(before: PlannedCall, after: PlannedCall, argument: str) -> bool:
    """Whether two calls are of one tool and differ in exactly that argument."""
    changed = {
        name for name in before.arguments | after.arguments if before.arguments.get(name) != after.arguments.get(name)
    }
    return before.tool == after.tool and changed == {argument}
