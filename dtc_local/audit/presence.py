"""Rules on what is there: lists of all things of a kind hold what is known, and errors do not deny it.

A tool lists all things of a kind where its name says no more than that (`list_orders`, `get_all_orders`); a search, or
a list with a word besides, may leave out what is known. What a list was asked to show alone must be so of a thing for
it to be missed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from dtc_local.audit.base import Placed, Violation, attempted_calls, placed_calls
from dtc_local.audit.calls import promised
from dtc_local.audit.entities import (
    HOLDERS,
    Entity,
    argument_kind,
    ended,
    id_kind,
    named_in_arguments,
    named_in_result,
    singular,
    target,
    told_by_result,
    words,
)
from dtc_local.audit.spelling import says
from dtc_local.audit.values import Path, bag, equal, leaves, schemas_at
from dtc_local.records import Conversation, Json

LISTING = bag("list get show fetch view read all")
PAGE = 3
"""So many of the known things a list must hold at least: longer lists come in pages."""
NOT_THERE = re.compile(
    r"not[ _-]?found|(?:do|does)(?:n't| not) exist|\bno (?:such|longer)\b|non-?exist|\b404\b|\bthere is no\b",
    re.IGNORECASE,
)
"""How an error says that something is not there."""


def lists_are_whole(conversation: Conversation) -> Iterator[Violation]:
    """A list of all things of a kind holds those that the conversation knows, as many as fit on a page."""
    facts: dict[Entity, dict[str, Json]] = {}
    for place in placed_calls(conversation):
        kind = _kind_listed(place)
        if kind is not None:
            known = [entity for entity, told in facts.items() if _belongs(place, kind, entity, told)]
            lacking = [entity for entity in known if entity not in named_in_result(place)]
            if len(known) - len(lacking) < min(PAGE, len(known)):
                yield place.violation(f"the list of all lacks {lacking[0]}")
        _take_in(place, facts)


def _take_in(place: Placed, facts: dict[Entity, dict[str, Json]]) -> None:
    """Learn from a call that succeeded; of what a write touches only that it is there, and what it was given."""
    acted_on = target(place)
    if place.tool is not None and place.tool.effect != "read":
        facts.update({entity: {} for entity in named_in_arguments(place) if entity in facts})
        if acted_on is not None:
            given = {name: one for name, one in place.executed.arguments.items() if argument_kind(place, name) is None}
            facts[acted_on] = given
    for told in told_by_result(place):
        facts.setdefault(told.entity, {}).update(told.facts)
    for entity in ended(place):
        facts.pop(entity, None)


def _belongs(place: Placed, kind: str, entity: Entity, told: dict[str, Json]) -> bool:
    """Whether a list must hold a thing: one of its kind, that is all it was asked to show alone."""
    namespace = place.tool.namespace if place.tool else ""
    asked = place.executed.arguments.items()
    is_so = all(name in told and equal(told[name], value) for name, value in asked)
    return (entity.namespace, entity.kind) == (namespace, kind) and is_so


def _kind_listed(place: Placed) -> str | None:
    """The kind of things of which a call lists all; None if it does not, or not by ids."""
    nouns = [word for word in words(place.executed.tool) if word not in LISTING]
    if place.tool is None or place.tool.effect != "read" or len(nouns) != 1 or singular(nouns[0]) == nouns[0]:
        return None
    kind, found = singular(nouns[0]), list(_lists(place.executed.result))
    if len(found) != 1:
        return None
    path, rows = found[0]
    fields = [name for schema in schemas_at(promised(place.tool), (*path, 0)) for name in schema.get("properties", {})]
    told = [told.entity for told in told_by_result(place) if told.entity.kind == kind]
    by_id = len(told) >= len(rows) if rows else any(id_kind(name, kind) == kind for name in fields)
    return kind if by_id else None


def _lists(result: Json) -> Iterator[tuple[Path, list[Json]]]:
    """The lists that a result is or holds, also one step down in what says nothing itself."""
    if isinstance(result, list):
        yield (), result
    for name, value in result.items() if isinstance(result, dict) else ():
        if isinstance(value, list):
            yield (name,), value
        elif name in HOLDERS:
            yield from (((name, *path), rows) for path, rows in _lists(value))


def not_found(conversation: Conversation) -> Iterator[Violation]:
    """No error says that something is not there which was shown and is not deleted."""
    yield from denied(attempted_calls(conversation))


def denied(places: Iterable[Placed], trusted: bool = True) -> Iterator[Violation]:
    """Violations of `not_found` among attempts in order; those with the fault `error` failed.

    Where effects are guessed and not to be `trusted`, any write may have used up what was there before it.
    """
    there: dict[Entity, str] = {}
    for place in places:
        if place.executed.fault == "error":
            for entity in _said_missing(place):
                if entity in there:
                    yield place.violation(f"the error says that {entity} is not there, but {there[entity]} showed it")
        elif not trusted and place.tool is not None and place.tool.effect != "read":
            there.clear()
        elif not place.executed.fault:
            for entity in (*named_in_arguments(place), *named_in_result(place)):
                there.setdefault(entity, place.executed.id)
            for entity in ended(place):
                there.pop(entity, None)


def _said_missing(place: Placed) -> list[Entity]:
    """Of what a call names, that which its error says is not there: by its id, by a kind of which the call names no
    other, or because the call has no other argument."""
    text = " ".join(str(leaf) for _, leaf in leaves(place.executed.result))
    if not NOT_THERE.search(text):
        return []
    said = {singular(word) for word in words(text)}
    named = named_in_arguments(place)
    kinds = Counter(entity.kind for entity in named)
    alone = len(place.executed.arguments) == 1
    return [
        entity
        for entity in named
        if (alone and len(named) == 1)
        or (entity.kind in said and kinds[entity.kind] == 1)
        or says(text, entity.id.partition(" ")[2])
    ]
