"""Which entities a call speaks of, derived anew from names alone; what the user has set for a tool wins.

An entity is a kind and an id: `order_id` names an order, and so does `id` inside `order` or `orders`, or in what
`get_order` returns. An object that names its own entity tells facts about it: its scalars, and those of objects in it.
A list called "results" or "data" is no kind of thing; what it holds is what the tool is about.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from dtc_local.audit.base import Placed
from dtc_local.audit.values import bag, json_type
from dtc_local.records import Json

ID_WORDS = {"id", "ids", "uuid", "guid"}
GENERIC = {"result", "results", "value", "message", "success", "ok", "output", "data", "response", "text", "error"}
"""Fields that say something about the call rather than the entity: two tools may well differ in them."""

HOLDERS = {
    "result",
    "results",
    "data",
    "response",
    "output",
    "list",
    "value",
    "values",
    "matches",
    "entries",
    "records",
}
"""Containers that say nothing about what is in them."""
ENDING = bag(
    "delete remove destroy drop purge erase clear wipe cancel rm rmdir unlink uninstall revoke terminate discard "
    "unsubscribe deactivate archive"
)
CHANGING = bag(
    "update edit modify change set write put replace overwrite save create add append move rename copy patch sync get "
    "list read"
)
"""Verbs of tools that end what they act on, and of those that do not, though a specification calls them destructive."""
RESULT = "->"
"""How a setting of the user marks a result field: "->orders.0.id"."""


class Entity(NamedTuple):
    """What an id names. Tools of different namespaces speak of different things."""

    namespace: str
    kind: str
    id: str
    """Its JSON type and its value: 7 is not "7"."""

    def __str__(self) -> str:
        return f"{self.kind} {self.id.partition(' ')[2]}"


class Told(NamedTuple):
    """Facts that one object tells about an entity: field path and value."""

    entity: Entity
    facts: dict[str, Json]


def words(name: str) -> list[str]:
    """An identifier in lower-case words: `orderId`, `order_id` and `order-id` are all order, id."""
    return list(_words(name))


@lru_cache(maxsize=8192)
def _words(name: str) -> tuple[str, ...]:
    spaced = re.sub(r"([a-z0-9])([A-Z])|([A-Z])([A-Z][a-z])", r"\1\3 \2\4", name)
    return tuple(word.lower() for word in re.split(r"[^A-Za-z0-9]+", spaced) if word)


def singular(word: str) -> str:
    """`orders` is order, `entries` is entry."""
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    return word[:-1] if word.endswith("s") and not word.endswith("ss") and len(word) > 3 else word


def id_kind(name: str, owner: str) -> str | None:
    """The kind of entity that a field of this name identifies; a bare `id` identifies its owner."""
    parts = words(name)
    if not parts or parts[-1] not in ID_WORDS:
        return None
    return singular(parts[-2]) if len(parts) > 1 else owner


def noun(tool_name: str) -> str:
    """The kind of thing a tool is about: the last word of its name."""
    parts = words(tool_name)
    return singular(parts[-1]) if parts else ""


def named_in_arguments(place: Placed) -> list[Entity]:
    """Entities whose ids stand in the arguments of a call, in their order."""
    return _named(place, place.executed.arguments, noun(place.executed.tool), "")


def named_in_result(place: Placed) -> list[Entity]:
    """Entities whose ids stand anywhere in the result of a call."""
    return _named(place, place.executed.result, noun(place.executed.tool), RESULT)


def argument_kind(place: Placed, name: str) -> str | None:
    """The kind of entity that an argument identifies, or None."""
    return _kind(place, "", name, noun(place.executed.tool)) or None


def target(place: Placed) -> Entity | None:
    """The entity that a call acts on: the one whose kind its name says, of several the last; `delete_message` leaves
    the receiver that it names alone. A name that is a verb alone acts on the only id it is given. What is taken from
    something else is not ended by it, nor is the other.
    """
    named = named_in_arguments(place)
    spoken = [singular(word) for word in words(place.executed.tool)]
    if "from" in spoken:
        return None
    meant = [entity for entity in named if entity.kind in spoken]
    if meant:
        return max(meant, key=lambda entity: spoken.index(entity.kind))
    return named[0] if len(named) == len(spoken) == 1 else None


def ended(place: Placed) -> list[Entity]:
    """What a call ends: all that it names of the kind that it acts on."""
    spoken, acted_on = set(words(place.executed.tool)), target(place)
    ends = bool(spoken & ENDING) or not spoken & CHANGING
    if acted_on is None or place.tool is None or place.tool.effect != "destructive" or not ends:
        return []
    return [entity for entity in named_in_arguments(place) if entity.kind == acted_on.kind]


def told_by_result(place: Placed) -> Iterator[Told]:
    """What a result tells about entities. One that names none of its own is about the only id in the arguments."""
    result, owner = place.executed.result, noun(place.executed.tool)
    yield from _told(place, result, owner, RESULT)
    named = named_in_arguments(place)
    if isinstance(result, dict) and _own(place, result, owner, RESULT) is None and len(named) == 1:
        yield Told(named[0], _facts(place, result))


def _told(place: Placed, value: Json, owner: str, path: str) -> Iterator[Told]:
    if isinstance(value, list):
        for item in value:
            yield from _told(place, item, owner, _below(path, "0"))
    if not isinstance(value, dict):
        return
    own = _own(place, value, owner, path)
    if own is not None:
        yield Told(own, _facts(place, value))
    for name, item in value.items():
        yield from _told(place, item, _inner(place, name, owner), _below(path, name))


def _own(place: Placed, value: dict[str, Json], owner: str, path: str) -> Entity | None:
    """The entity an object is: by its `id`, or by an id of its owner's kind. Any other id is that of something else."""
    ids = {name: kind for name in value if (kind := _kind(place, path, name, owner)) and _is_id(value[name])}
    chosen = [name for name in ids if words(name) in (["id"], ["uuid"], ["guid"])]
    chosen = chosen or [name for name, kind in ids.items() if kind == owner]
    if len(chosen) != 1:
        return None
    return _entity(place, ids[chosen[0]], value[chosen[0]])


def _kind(place: Placed, path: str, name: str, owner: str) -> str | None:
    """The kind of entity that a field identifies: as the user has set it, else by its name; "" is none."""
    told = place.tool.entities if place.tool else {}
    return told.get(_below(path, name), id_kind(name, owner))


def _below(path: str, step: str) -> str:
    return f"{path}{step}" if path in ("", RESULT) else f"{path}.{step}"


def _inner(place: Placed, name: str, owner: str) -> str:
    """The kind of thing that a container of this name holds; the items of `list_orders` are orders."""
    parts, spoken = words(name), words(place.executed.tool)
    if parts == ["items"] and spoken and singular(spoken[-1]) != spoken[-1]:
        return owner
    return singular(parts[-1]) if parts and parts[-1] not in HOLDERS else owner


def _facts(place: Placed, value: dict[str, Json], prefix: str = "") -> dict[str, Json]:
    """Scalars of an object and of the objects in it; an argument repeated is no news about the entity."""
    facts: dict[str, Json] = {}
    for name, item in value.items():
        if name in place.executed.arguments:
            continue
        path = f"{prefix}{name}"
        if isinstance(item, dict):
            facts |= _facts(place, item, f"{path}.")
        elif not isinstance(item, list):
            facts[f"{place.executed.tool}:{path}" if name.lower() in GENERIC else path] = item
    return facts


def _named(place: Placed, value: Json, owner: str, path: str) -> list[Entity]:
    found: dict[Entity, None] = {}
    if isinstance(value, list):
        inside = _below(path, "0")
        found |= dict.fromkeys(entity for item in value for entity in _named(place, item, owner, inside))
    elif isinstance(value, dict):
        for name, item in value.items():
            kind = _kind(place, path, name, owner)
            ids = [one for one in (item if isinstance(item, list) else [item]) if kind and _is_id(one)]
            found |= dict.fromkeys(_entity(place, kind or "", one) for one in ids)
            found |= dict.fromkeys(_named(place, item, _inner(place, name, owner), _below(path, name)))
    return list(found)


def _is_id(value: Json) -> bool:
    return json_type(value) in ("string", "integer") and value != ""


def _entity(place: Placed, kind: str, value: Json) -> Entity:
    namespace = place.tool.namespace if place.tool else ""
    return Entity(namespace, kind, f"{json_type(value)} {value}")
