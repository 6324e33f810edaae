"""The rule on provenance: every value has an origin, and what the origin says is so.

An origin is of a whole argument, or of one scalar inside it under a dotted path (`marks.taste`, `tags.0`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from dtc_local.audit.base import Violation, offered, planned_calls
from dtc_local.audit.spelling import occurrences, says
from dtc_local.audit.values import Missing, at, equal, given_by_schema, leaves, schemas_at
from dtc_local.records import Conversation, Json, LiteralValue, PlannedCall, Provenance, Reference, Schema


class Place(NamedTuple):
    """What an origin may be of: an argument, or a scalar inside it."""

    argument: Reference | LiteralValue
    value: Json
    schemas: Sequence[Schema]

    @property
    def enum(self) -> bool:
        """Whether the value was chosen from a list."""
        return any("enum" in schema for schema in self.schemas)

    @property
    def spoken(self) -> list[Json]:
        """Scalars that only words can bring: all but booleans, nulls and empty texts."""
        return [leaf for _, leaf in leaves(self.value) if leaf not in (None, "") and not isinstance(leaf, bool)]


def provenance(conversation: Conversation) -> Iterator[Violation]:
    """Every argument has an origin; each origin belongs to an argument, none stands twice, and what it says is so."""
    for number, call in planned_calls(conversation):
        places = _places(conversation, call)
        origins = [origin for origin in conversation.turns[number].provenance if origin.call == call.id]
        whats = [*_missing(call, places, origins)]
        for origin in origins:
            wrong = _untrue(conversation, number, origin, places.get(origin.argument))
            whats += [f"the origin of {origin.argument} {wrong}"] if wrong else []
        yield from (Violation(what=what, turn=number, call=call.id) for what in whats)
    yield from _of_no_call(conversation)


def _of_no_call(conversation: Conversation) -> Iterator[Violation]:
    for number, turn in enumerate(conversation.turns):
        planned = {call.id for call in turn.plan.calls}
        for origin in turn.provenance:
            if origin.call not in planned:
                yield Violation(what="an origin in a call that is not planned", turn=number, call=origin.call)


def _places(conversation: Conversation, call: PlannedCall) -> dict[str, Place]:
    """Everything in a call that an origin may be of, by dotted path."""
    tool = offered(conversation, call.tool)
    schema = tool.parameters if tool else None
    places: dict[str, Place] = {}
    for name, argument in call.arguments.items():
        value = argument.value if isinstance(argument, LiteralValue) else None
        places[name] = Place(argument, value, [*schemas_at(schema, (name,))])
        for path, leaf in leaves(value, (name,)):
            places[".".join(map(str, path))] = Place(argument, leaf, [*schemas_at(schema, path)])
    return places


def _missing(call: PlannedCall, places: dict[str, Place], origins: Sequence[Provenance]) -> Iterator[str]:
    """Arguments and scalars without an origin, and those with more than one."""
    named = Counter(origin.argument for origin in origins)
    yield from (f"{count} origins of {name}" for name, count in named.items() if count > 1)
    for name, argument in call.arguments.items():
        inside = [place for place in places if place.startswith(f"{name}.") and places[place].spoken]
        if isinstance(argument, Reference) or not inside:
            inside = [name]
        if name not in named:
            yield from (f"no origin of {place}" for place in inside if place not in named)


def _untrue(conversation: Conversation, turn: int, origin: Provenance, place: Place | None) -> str | None:
    """What is wrong with an origin, or None."""
    if place is None:
        return "is of no place in the arguments"
    if isinstance(place.argument, Reference):
        right = origin.source == "result" and origin.path == str(place.argument)
        return None if right else f"is {origin.source} {origin.path}, but the plan refers to {place.argument}"
    if origin.source == "request":
        return _untrue_span(conversation, turn, origin, place)
    if origin.source == "result":
        return _untrue_path(conversation, origin, place.value)
    if origin.source == "schema":
        right = given_by_schema(place.value, place.schemas)
        return None if right else f"is the schema, which does not fix {place.value!r}"
    right = place.enum or not place.spoken
    return None if right else f"is inferred, but {place.value!r} is neither boolean nor enum value"


def _untrue_span(conversation: Conversation, turn: int, origin: Provenance, place: Place) -> str | None:
    if origin.turn is None or origin.span is None or not 0 <= origin.turn <= turn:
        return "is a request, but of no turn and span up to here"
    request = conversation.turns[origin.turn].request
    said = request[slice(*origin.span)]
    if isinstance(place.value, dict | list):
        right = bool(place.spoken) and all(says(said, leaf, True) for leaf in place.spoken)
    else:
        right = origin.span in occurrences(place.value, request, place.enum)
    return None if right else f"is {said!r}, but the value is {place.value!r}"


def _untrue_path(conversation: Conversation, origin: Provenance, value: Json) -> str | None:
    call, *path = (origin.path or "").split(".")
    results = {done.id: done.result for turn in conversation.turns for done in turn.executed()}
    try:
        found = at(results.get(call), path)
    except Missing:
        return f"is {origin.path}, which is in no result"
    return None if equal(found, value) else f"is {origin.path}, which is {found!r}"
