"""What one conversation shows: its kinds of turns, and the tools, parameters, values and edges of its calls.

A thing is a tuple of texts that begins with what it is:

    ("tool", namespace, tool)                                   called with success
    ("parameter", namespace, tool, parameter)                   filled in such a call
    ("value", namespace, tool, parameter, JSON)                 said for a parameter that lists its values
    ("edge", namespace, producer, path, consumer, parameter)    followed by a reference
    ("offer", namespace, tool)                                  on offer, called or not

A planned conversation is tallied as if it went well; its listed values are those offered to the model first. A turn of
two messages counts once, and calls that the plan wants to fail, or not to happen, do not count.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from dtc_local.records import Conversation, Json, Kind, Reference, Scenario, Schema, Tool, Turn, TurnOutline

Thing = tuple[str, ...]
LOST = ("no", "report", "gone")
"""Outcomes of turns whose last call comes to nothing."""


@dataclass(frozen=True)
class Tally:
    """Kinds of turns and things shown, each as often as it is."""

    kinds: tuple[Kind, ...] = ()
    things: tuple[Thing, ...] = ()


@dataclass(frozen=True)
class Fate:
    """What became of a conversation: what was planned, what was kept of it, and at which kind of turn it broke off."""

    planned: Tally
    kept: Tally | None
    """None where it was dropped."""
    failed: tuple[Kind, ...] = ()
    """The kind of the turn that failed for good; every kind where the whole was found wanting."""
    reason: str = ""


def fate_of(conversation: Conversation | None, reason: str | None) -> Fate:
    """The fate of a settled conversation: kept if it has no `reason`; None is one that could not even be planned."""
    if conversation is None:
        return Fate(Tally(), None, reason=reason or "")
    kept = made(conversation)
    outlines = conversation.scenario.turns
    whole = len(kept.kinds) >= len(outlines)
    failed = tuple(outline.kind for outline in outlines) if whole else (outlines[len(kept.kinds)].kind,)
    if reason is None:
        return Fate(planned(conversation.scenario), kept, () if whole else failed)
    return Fate(planned(conversation.scenario), None, failed, reason)


def planned(scenario: Scenario) -> Tally:
    """What a conversation of this scenario shows if all goes well."""
    return Tally(tuple(turn.kind for turn in scenario.turns), (*_offered(scenario), *_planned_things(scenario)))


def made(conversation: Conversation) -> Tally:
    """What the finished turns of a conversation show."""
    kinds = tuple(turn.kind for turn in conversation.turns if turn.part != "opening")
    scenario = conversation.scenario
    return Tally(kinds, (*_offered(scenario), *_made_things(scenario, conversation.turns)))


def value_thing(tool: Tool, parameter: str, value: Json) -> Thing:
    """A value of a parameter that lists its values."""
    return ("value", tool.namespace, tool.name, parameter, json.dumps(value, sort_keys=True))


def edge_thing(namespace: str, producer: str, path: tuple[str | int, ...], consumer: str, parameter: str) -> Thing:
    """A dataflow edge."""
    return ("edge", namespace, producer, ".".join(map(str, path)), consumer, parameter)


def listed_values(schema: Schema) -> tuple[Json, ...]:
    """The values that a parameter lists, or both values of a boolean; none where it is open."""
    if "const" in schema:
        return ()
    return tuple(schema.get("enum", (True, False) if schema.get("type") == "boolean" else ()))


def _offered(scenario: Scenario) -> Iterator[Thing]:
    return (("offer", tool.namespace, tool.name) for tool in scenario.offer)


def _planned_things(scenario: Scenario) -> Iterator[Thing]:
    producers = {call.id: call.tool for turn in scenario.turns for call in turn.calls}
    for turn in scenario.turns:
        for call in turn.calls[: _successful(turn)]:
            said = {name: values[0] for name, values in scenario.facts.get(call.id, {}).items() if values}
            arguments = {name: said.get(name) for name in call.literals}
            references = {name: choices[0] for name, choices in call.references.items()}
            yield from _call_things(scenario.tool(call.tool), arguments, references, producers)


def _successful(turn: TurnOutline) -> int:
    """How many of a turn's calls are to succeed."""
    if turn.kind == "missing_tool":
        return 0
    return len(turn.calls) - (turn.outcome in LOST)


def _made_things(scenario: Scenario, turns: tuple[Turn, ...]) -> Iterator[Thing]:
    producers = {call.id: call.tool for turn in turns for call in turn.plan.calls}
    for turn in turns:
        succeeded = {call.id for call in turn.executed()}
        for call in turn.plan.calls:
            if call.id in succeeded:
                tool = scenario.tool(call.tool)
                yield from _call_things(tool, dict(call.literals()), dict(call.references()), producers)


def _call_things(
    tool: Tool, literals: Mapping[str, Json], references: Mapping[str, Reference], producers: Mapping[str, str]
) -> Iterator[Thing]:
    place = (tool.namespace, tool.name)
    yield ("tool", *place)
    for name in (*literals, *references):
        yield ("parameter", *place, name)
    for name, value in literals.items():
        if value in listed_values(tool.parameters["properties"][name]):
            yield value_thing(tool, name, value)
    for name, reference in references.items():
        yield edge_thing(tool.namespace, producers[reference.call], reference.path, tool.name, name)
