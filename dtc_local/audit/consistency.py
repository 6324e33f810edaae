"""Rules on results among each other: what a conversation has established stays so until it is changed.

Calls that failed or were mistaken change nothing. What is there at all is the matter of
:mod:`dtc_local.audit.presence`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from dtc_local.audit.base import Placed, Violation, placed_calls
from dtc_local.audit.calls import promised, schema_error
from dtc_local.audit.entities import (
    Entity,
    Told,
    argument_kind,
    ended,
    named_in_arguments,
    named_in_result,
    noun,
    target,
    told_by_result,
)
from dtc_local.audit.values import equal, json_type
from dtc_local.records import Conversation, Json

NUMERIC = {"integer", "number"}
Known = dict[Entity, dict[str, tuple[str, Json]]]
"""Facts of each entity by field: the call that told it, and the value."""


def echo(conversation: Conversation) -> Iterator[Violation]:
    """A result field with the name of an argument, and a type that fits, repeats its value."""
    for place in placed_calls(conversation):
        for name, value, told in broken_echoes(place):
            yield place.violation(f"{name} is {value!r} in the arguments and {told!r} in the result")


def broken_echoes(place: Placed) -> Iterator[tuple[str, Json, Json]]:
    """Arguments that the result of their own call tells differently: name, value, what the result tells."""
    result = place.executed.result
    for name, value in place.executed.arguments.items() if isinstance(result, dict) else ():
        if name in result and _could_repeat(place, name, value) and not equal(result[name], value):
            yield name, value, result[name]


def _could_repeat(place: Placed, name: str, value: Json) -> bool:
    """Whether the result's field is of the argument's type, and its schema admits the argument's value."""
    found = json_type(place.executed.result[name])
    if found != json_type(value) and not {found, json_type(value)} <= NUMERIC:
        return False
    field = (promised(place.tool) or {}).get("properties", {}).get(name, True)
    return schema_error(value, field) is None


def same_read_same_result(conversation: Conversation) -> Iterator[Violation]:
    """The same read with the same arguments, and no write in between, returns the same."""
    yield from changed_reads(placed_calls(conversation))


def changed_reads(places: Iterable[Placed]) -> Iterator[Violation]:
    """Violations of `same_read_same_result` among calls in the order of execution."""
    seen: dict[str, tuple[str, Json]] = {}
    for place in places:
        if not _reads(place):
            seen.clear()
            continue
        key = json.dumps([place.executed.tool, place.executed.arguments], sort_keys=True)
        first, result = seen.setdefault(key, (place.executed.id, place.executed.result))
        if not equal(result, place.executed.result):
            yield place.violation(f"{place.executed.tool} returned something else than {first}, the same call")


def facts_stay(conversation: Conversation) -> Iterator[Violation]:
    """Two reads of one field of one entity, with no write to the entity in between, never differ.

    A value that a write was given, or returned, counts as read: what is read after it is the new value.
    """
    yield from changed_facts(placed_calls(conversation))


def changed_facts(places: Iterable[Placed]) -> Iterator[Violation]:
    """Violations of `facts_stay` among calls in the order of execution."""
    known: Known = {}
    for place in places:
        if not _reads(place):
            _apply_write(place, known)
            continue
        for told in told_by_result(place):
            yield from _changed(place, told, known)


def _changed(place: Placed, told: Told, known: Known) -> Iterator[Violation]:
    facts = known.setdefault(told.entity, {})
    for field, value in told.facts.items():
        before, old = facts.setdefault(field, (place.executed.id, value))
        if not equal(old, value):
            yield place.violation(f"{told.entity} had {field} {old!r} in {before}, and now has {value!r}")


def _apply_write(place: Placed, known: Known) -> None:
    """Forget what was known of every entity the write names; what it was given is known of the one it acts on or has
    made, and what it returned of those that it tells of."""
    for entity in (*named_in_arguments(place), *named_in_result(place)):
        known.pop(entity, None)
    if place.tool is None or place.tool.effect != "write":
        return
    acted_on = target(place) or _made(place)
    if acted_on is not None:
        known[acted_on] = {
            name: (place.executed.id, value)
            for name, value in place.executed.arguments.items()
            if argument_kind(place, name) is None and not isinstance(value, dict | list)
        }
    for told in told_by_result(place):
        returned = {field: (place.executed.id, value) for field, value in told.facts.items()}
        known.setdefault(told.entity, {}).update(returned)


def _made(place: Placed) -> Entity | None:
    """What a write has made: the one thing of its kind that its result tells of and its arguments do not name."""
    kind = noun(place.executed.tool)
    if any(entity.kind == kind for entity in named_in_arguments(place)):
        return None
    made = {told.entity for told in told_by_result(place) if told.entity.kind == kind}
    return made.pop() if len(made) == 1 else None


def deleted_stays_deleted(conversation: Conversation) -> Iterator[Violation]:
    """Nothing is said of an entity after a destructive call on it."""
    yield from spoken_of_deleted(placed_calls(conversation))


def spoken_of_deleted(places: Iterable[Placed]) -> Iterator[Violation]:
    """Violations of `deleted_stays_deleted` among calls in the order of execution."""
    deleted: dict[Entity, str] = {}
    for place in places:
        for entity in dict.fromkeys((*named_in_arguments(place), *named_in_result(place))):
            if entity in deleted:
                yield place.violation(f"{entity} was deleted by {deleted[entity]}")
        for entity in ended(place):
            deleted.setdefault(entity, place.executed.id)


def _reads(place: Placed) -> bool:
    return place.tool is None or place.tool.effect == "read"
