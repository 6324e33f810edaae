"""Desks and plans for tests of single stages: a few words of shorthand over the records."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from dtc_local.engine.base import Completion, Request
from dtc_local.prompts import compact
from dtc_local.records import (
    CallOutline,
    ExecutedCall,
    Focus,
    Kind,
    LiteralValue,
    Outcome,
    Plan,
    PlannedCall,
    Reference,
    Scenario,
    Tool,
    Turn,
    TurnOutline,
)
from dtc_local.settings import RunConfig
from dtc_local.stages.base import Desk, Steps
from tests.shop import PERSONA, SHOP

T = TypeVar("T")


def ref(text: str, kind: str = "string") -> Reference:
    """`$1.orders.0.total` as a reference."""
    call, *path = text.split(".")
    return Reference(call=call, path=tuple(int(step) if step.isdigit() else step for step in path), type=kind)


def call(call_id: str, tool: str, **arguments: Any) -> PlannedCall:
    """A planned call; what is no reference is a literal."""
    values = {
        name: value if isinstance(value, Reference) else LiteralValue(value=value) for name, value in arguments.items()
    }
    return PlannedCall(id=call_id, tool=tool, arguments=values)


def plan_of(*calls: PlannedCall) -> Plan:
    """A plan of those calls."""
    return Plan(calls=calls)


def outline(kind: Kind, *calls: CallOutline, focus: Focus | None = None, outcome: Outcome = "") -> TurnOutline:
    """A turn's outline."""
    return TurnOutline(kind=kind, calls=calls, focus=focus, outcome=outcome)


def desk(
    *outlines: TurnOutline,
    offer: Sequence[Tool] = SHOP,
    turns: Sequence[Turn] = (),
    facts: dict[str, dict[str, tuple[Any, ...]]] | None = None,
    facts_only: bool = False,
    withheld: Sequence[Tool] = (),
    **settings: Any,
) -> Desk:
    """A desk on which those finished turns lie; `withheld` are asked for and not on offer."""
    missing = {tool.name for tool in withheld}
    scenario = Scenario(
        index=0,
        date="2026-03-02",
        persona=PERSONA,
        offer=tuple(tool for tool in offer if tool.name not in missing),
        turns=tuple(outlines),
        facts=facts or {},
        withheld=tuple(withheld),
    )
    return Desk(scenario=scenario, config=RunConfig(**settings), facts_only=facts_only, turns=list(turns))


def done(call_id: str, tool: str, result: Any, **arguments: Any) -> ExecutedCall:
    """An executed call."""
    return ExecutedCall(id=call_id, tool=tool, arguments=arguments, result=result)


def turn(plan: Plan, request: str, *levels: tuple[ExecutedCall, ...], reply: str = "Done as asked.") -> Turn:
    """A finished turn."""
    return Turn(kind="single", plan=plan, request=request, levels=levels, reply=reply)


def completion(value: Any, logprob: float = -0.5, finish: Any = "accepted") -> Completion:
    """A candidate: a text, or the JSON of any other value."""
    text = value if isinstance(value, str) else compact(value)
    return Completion(text, value if finish == "accepted" else None, logprob, len(text), 0, finish)


def asked(steps: Steps[T]) -> Sequence[Request]:
    """What a stage asks for first."""
    return next(steps)


def answered(steps: Steps[T], *answers: Sequence[Completion]) -> T:
    """What a stage returns if each of its single requests is answered so."""
    next(steps)
    for answer in answers:
        try:
            steps.send([answer])
        except StopIteration as stop:
            result: T = stop.value
            return result
    raise AssertionError("the stage asks for more")
