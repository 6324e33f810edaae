"""One turn and one conversation as straight-line code over the stages: retries with a reason, and rescue.

Plan, split, ask, verify, execute, respond. A request that does not verify gives way to the next wording; whatever else
fails starts the turn over with a new plan, and the stage at fault is told why. When a later turn fails for good, the
finished turns are kept if there are enough of them.
"""

from __future__ import annotations

from collections.abc import Mapping

from dtc_local.errors import StageFailure
from dtc_local.ledger import Ledger
from dtc_local.randomness import stream
from dtc_local.records import Conversation, Plan, Turn, TurnOutline, Verification
from dtc_local.stages.ask import Wording, ask, wording
from dtc_local.stages.base import Desk, Steps
from dtc_local.stages.execute import execute
from dtc_local.stages.judge import judge
from dtc_local.stages.label import has_kind
from dtc_local.stages.plan import plan
from dtc_local.stages.provenance import provenance
from dtc_local.stages.respond import respond
from dtc_local.stages.split import split
from dtc_local.stages.verify import verify

HINTED = {"ask": "ask", "verify": "ask", "respond": "respond"}
"""Which stage is told why a stage failed; the plan, if none of these did."""


def conversation(desk: Desk) -> Steps[Conversation]:
    """A judged conversation, kept or not by its verdict; raises StageFailure if not enough turns could be made."""
    rescued = False
    for outline in desk.scenario.turns:
        try:
            made, ledger = yield from turn(desk, outline)
        except StageFailure:
            if len(desk.turns) < desk.config.turns_min:
                raise
            rescued = True
            break
        desk.turns.append(made)
        desk.ledger = ledger
    verdict = yield from judge(desk)
    return Conversation(scenario=desk.scenario, turns=tuple(desk.turns), verdict=verdict, rescued=rescued)


def turn(desk: Desk, outline: TurnOutline) -> Steps[tuple[Turn, Ledger]]:
    """A finished turn, within `retries` further attempts; raises the last attempt's StageFailure."""
    hints: dict[str, str] = {}
    for attempt in range(desk.config.retries + 1):
        desk.attempt = attempt
        try:
            return (yield from _attempt(desk, outline, hints))
        except StageFailure as failure:
            if not failure.retryable or attempt == desk.config.retries:
                raise
            # Small models have never read a hint: they get another draw alone.
            hints = {} if desk.facts_only else {HINTED.get(failure.stage, "plan"): failure.hint}
    raise AssertionError("unreachable: the last attempt returns or raises")


def _attempt(desk: Desk, outline: TurnOutline, hints: Mapping[str, str]) -> Steps[tuple[Turn, Ledger]]:
    chosen = yield from plan(desk, outline, hints.get("plan", ""))
    if not has_kind(chosen, outline.kind):
        raise StageFailure("plan", "label_unproved")
    place = f"split/{len(desk.turns)}"
    implicit = split(
        chosen, desk.config.implicit_ratio, stream(desk.config.seed, desk.scenario.index, place, desk.attempt)
    )
    words = wording(desk, chosen, implicit)
    request, verification = yield from _verified_request(desk, chosen, words, hints.get("ask", ""))
    levels, ledger = yield from execute(desk, chosen, request)
    reply = yield from respond(desk, request, levels, hints.get("respond", ""))
    made = Turn(
        kind=outline.kind,
        plan=chosen,
        implicit=implicit,
        request=request,
        required=words.required,
        verification=verification,
        levels=levels,
        reply=reply,
        provenance=provenance(desk, chosen, request),
    )
    return made, ledger


def _verified_request(desk: Desk, chosen: Plan, words: Wording, hint: str) -> Steps[tuple[str, Verification]]:
    """The first of the worded requests, best first, from which the blind reader gives the plan back."""
    requests = yield from ask(desk, words, hint)
    for position, request in enumerate(requests):
        try:
            return request, (yield from verify(desk, chosen, request))
        except StageFailure:
            if position == len(requests) - 1:
                raise
    raise AssertionError("unreachable: ask returns at least one request or raises")
