"""What the kinds of turns share: a request that is understood, calls carried out, the finished turn on the desk."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from dtc_local.errors import StageFailure
from dtc_local.randomness import stream
from dtc_local.records import Json, Plan, Turn, TurnOutline, Verification
from dtc_local.stages.ask import Wording, ask, wording
from dtc_local.stages.base import Desk, Steps
from dtc_local.stages.detours import Detour
from dtc_local.stages.execute import execute
from dtc_local.stages.plan import plan
from dtc_local.stages.provenance import provenance
from dtc_local.stages.respond import respond
from dtc_local.stages.split import split
from dtc_local.stages.think import think
from dtc_local.stages.verify import verify

Hints = Mapping[str, str]
"""What a stage is told of the attempt before, by stage name."""
Maker = Callable[[Desk, TurnOutline, Hints], Steps[None]]
"""Makes the turn or turns of a kind and puts them on the desk; raises StageFailure."""


@dataclass(frozen=True)
class Said:
    """A request, and how well it was understood."""

    request: str
    required: tuple[str, ...]
    verification: Verification | None


def planned(desk: Desk, outline: TurnOutline, hints: Hints) -> Steps[Plan]:
    """The plan of the outline."""
    return (yield from plan(desk, outline, hints.get("plan", "")))


def implicit(desk: Desk, chosen: Plan) -> tuple[str, ...]:
    """The calls that stay unsaid, drawn for this turn and attempt."""
    place = f"split/{len(desk.turns)}"
    return split(chosen, desk.config.implicit_ratio, stream(desk.config.seed, desk.scenario.index, place, desk.attempt))


def requested(desk: Desk, chosen: Plan, hidden: tuple[str, ...], hints: Hints) -> Steps[Said]:
    """A request for the plan, understood by the blind reader."""
    return (yield from understood(desk, chosen, wording(desk, chosen, hidden), hints))


def understood(desk: Desk, chosen: Plan, words: Wording, hints: Hints, lacks: tuple[Json, ...] = ()) -> Steps[Said]:
    """The first of the worded requests, best first, from which the blind reader gives the plan back.

    A request that says one of the values it `lacks` is no candidate: raises StageFailure("label_unproved") if all do.
    """
    requests = yield from ask(desk, words, hints.get("ask", ""), lacks)
    for position, request in enumerate(requests):
        try:
            return Said(request, words.required, (yield from verify(desk, chosen, request)))
        except StageFailure:
            if position == len(requests) - 1:
                raise
    raise AssertionError("unreachable: ask returns at least one request")


def carried_out(
    desk: Desk,
    outline: TurnOutline,
    chosen: Plan,
    said: Said,
    hints: Hints,
    *,
    hidden: tuple[str, ...] = (),
    part: Literal["whole", "closing"] = "whole",
    detour: Detour | None = None,
) -> Steps[None]:
    """Think where that is asked for, execute, respond, and put the turn on the desk."""
    thought = ""
    if desk.config.reasoning:
        thought = yield from think(desk, chosen, said.request, hints.get("think", ""))
    levels, ledger = yield from execute(desk, chosen, said.request, detour)
    reply = yield from respond(desk, said.request, levels, hints.get("respond", ""))
    desk.turns.append(
        Turn(
            kind=outline.kind,
            part=part,
            outcome=outline.outcome,
            focus=outline.focus,
            plan=chosen,
            implicit=hidden,
            request=said.request,
            required=said.required,
            verification=said.verification,
            thought=thought,
            levels=levels,
            reply=reply,
            provenance=provenance(desk, chosen, said.request),
        )
    )
    desk.ledger = ledger


def talked(
    outline: TurnOutline, said: Said, reply: str, part: Literal["whole", "opening", "closing"] = "whole"
) -> Turn:
    """A turn in which nothing is called."""
    return Turn(
        kind=outline.kind,
        part=part,
        outcome=outline.outcome,
        focus=outline.focus,
        request=said.request,
        required=said.required,
        verification=said.verification,
        reply=reply,
    )
