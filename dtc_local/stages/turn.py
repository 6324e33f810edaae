"""One turn and one conversation as straight-line code over the stages: retries with a reason, and rescue.

How a turn goes is its kind's matter (`kinds/`): mostly plan, split, ask, verify, execute, respond. Whatever fails
starts the turn over with a new plan, and the stage at fault is told why. When a later turn fails for good, the finished
turns are kept if there are enough of them.
"""

from __future__ import annotations

from dtc_local.errors import StageFailure
from dtc_local.records import Conversation, TurnOutline
from dtc_local.stages.base import Desk, Steps
from dtc_local.stages.judge import judge
from dtc_local.stages.kinds import MAKERS
from dtc_local.stages.label import unproved

HINTED = {"ask": "ask", "verify": "ask", "respond": "respond", "talk": "talk", "think": "think"}
"""Which stage is told why a stage failed; the plan, if none of these did."""


def conversation(desk: Desk) -> Steps[Conversation]:
    """A judged conversation, kept or not by its verdict; raises StageFailure if not enough turns could be made."""
    rescued = False
    for finished, outline in enumerate(desk.scenario.turns):
        try:
            yield from turn(desk, outline)
        except StageFailure:
            if finished < desk.config.turns_min:
                raise
            rescued = True
            break
    verdict = yield from judge(desk)
    return Conversation(scenario=desk.scenario, turns=tuple(desk.turns), verdict=verdict, rescued=rescued)


def turn(desk: Desk, outline: TurnOutline) -> Steps[None]:
    """A finished turn on the desk, within `retries` further attempts; raises the last attempt's StageFailure."""
    before, ledger = len(desk.turns), desk.ledger
    hints: dict[str, str] = {}
    for attempt in range(desk.config.retries + 1):
        desk.attempt = attempt
        try:
            yield from MAKERS[outline.kind](desk, outline, hints)
            if unproved(outline, desk.turns[:before], desk.turns[before:], desk.scenario):
                raise StageFailure("plan", "label_unproved")
            return
        except StageFailure as failure:
            del desk.turns[before:]
            desk.ledger = ledger
            if not failure.retryable or attempt == desk.config.retries:
                raise
            # Small models have never read a hint: they get another draw alone.
            hints = {} if desk.facts_only else {HINTED.get(failure.stage, "plan"): failure.hint}
    raise AssertionError("unreachable: the last attempt returns or raises")
