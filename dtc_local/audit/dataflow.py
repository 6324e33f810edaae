"""Rules on what flows between calls: references, values carried unchanged, the order of execution."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from dtc_local.audit.base import Placed, Violation, attempted_calls
from dtc_local.audit.values import Missing, at, exactly, json_type
from dtc_local.records import Conversation, ExecutedCall, Json, LiteralValue, Reference, Turn

WIDER = {"integer": {"integer", "number"}}
"""Types under which a reference may name a value of a JSON type, where there are several."""


def references(conversation: Conversation) -> Iterator[Violation]:
    """A reference finds, in the result of an earlier call, exactly the value that the executed call carries."""
    results: dict[str, Json] = {}
    for place in attempted_calls(conversation):
        if place.planned:
            for name, reference in place.planned.references():
                yield from _unresolved(place, name, reference, results)
        if not place.executed.fault:
            results[place.executed.id] = place.executed.result


def _unresolved(place: Placed, name: str, reference: Reference, results: Mapping[str, Json]) -> Iterator[Violation]:
    if reference.call not in results:
        yield place.violation(f"{name} refers to {reference.call}, which has not run by then")
        return
    try:
        value = at(results[reference.call], reference.path)
    except Missing:
        yield place.violation(f"{name} refers to {reference}, which is not in the result")
        return
    if name in place.executed.arguments and not exactly(place.executed.arguments[name], value):
        yield place.violation(f"{name} carries {place.executed.arguments[name]!r}, but {reference} is {value!r}")
    kind = json_type(value)
    if reference.type not in WIDER.get(kind, {kind}):
        yield place.violation(f"{name} refers to {reference} as {reference.type}, but that is of type {kind}")


def literals(conversation: Conversation) -> Iterator[Violation]:
    """A call has the plan's arguments, no others, and every literal unchanged."""
    for place in attempted_calls(conversation):
        if place.planned is None:
            continue
        carried = place.executed.arguments
        if list(carried) != list(place.planned.arguments):
            yield place.violation(f"arguments {list(carried)} are not the planned {list(place.planned.arguments)}")
        for name, argument in place.planned.arguments.items():
            if isinstance(argument, LiteralValue) and name in carried and not exactly(argument.value, carried[name]):
                yield place.violation(f"{name} was planned as {argument.value!r} and carries {carried[name]!r}")


def levels(conversation: Conversation) -> Iterator[Violation]:
    """The plan's calls are made once each, every one in the first level after all that it refers to.

    A call whose error is only reported is made too; attempts that fail before a call succeeds are no part of the plan.
    """
    for number, turn in enumerate(conversation.turns):
        planned = {call.id: call.tool for call in turn.plan.calls}
        made = [call for call in turn.attempted() if not call.fault or call.id in planned]
        if {call.id: call.tool for call in made} != planned or len(made) != len(planned):
            yield Violation(what=f"planned {planned} but executed {_called(made)}", turn=number)
        if not all(turn.levels):
            yield Violation(what="a level is empty", turn=number)
        yield from _out_of_order(number, turn)


def _called(calls: Sequence[ExecutedCall]) -> list[str]:
    return [f"{call.id} {call.tool}" for call in calls]


def _out_of_order(number: int, turn: Turn) -> Iterator[Violation]:
    planned = {call.id for call in turn.plan.calls}
    calling = [calls for calls in turn.levels if not calls or any(call.id in planned for call in calls)]
    depth = {call.id: level for level, calls in enumerate(calling) for call in calls}
    for call in turn.plan.calls:
        parents = {
            reference.call: depth[reference.call] for _, reference in call.references() if reference.call in depth
        }
        own, earliest = depth.get(call.id), 1 + max(parents.values(), default=-1)
        if own is not None and own != earliest:
            what = f"stands in level {own + 1}, but what it refers to puts it in level {earliest + 1}"
            yield Violation(what=what, turn=number, call=call.id)
