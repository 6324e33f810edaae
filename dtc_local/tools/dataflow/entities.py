"""Entity kinds: which parameters and result fields name a thing, and what kind of thing.

    order_id -> order        id in get_order's result -> order        users.0.id -> user        file_name -> file

The one place where names tell entities; graph, ledger and samplers all read it. What the user has set for a tool
(`Tool.entities`) wins over every guess. A kind is one word, the last of several (`support_ticket_id` -> ticket), so
that `from_account_id` and `account_id` name things of one kind. The audit has its own derivation on purpose.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

from dtc_local.records import Schema, Tool
from dtc_local.tools.effect import DESTRUCTIVE, READ, WRITE
from dtc_local.tools.schemas.leaves import is_feedable, leaves, place_of
from dtc_local.tools.words import bag, singular, tokens

By = Literal["set", "id", "code", "handle", "name"]
"""How a field identifies: the user says so; an id; a code or number; a natural key such as a path; a plain name."""

IDS = bag("id sid uid oid urn arn pk ulid")
CODES = bag("key number code reference ref sku isbn iban slug vin iata")
OWN_CODES = bag("sku isbn iban slug vin")
"""Codes that identify their owner without another word."""
FILES = bag("file path filepath")
FOLDERS = bag("folder")
ROLES = bag(
    "receiver recipient sender author owner creator assignee assigned follower following friend reporter reviewer "
    "member participant parent child source target destination origin original related linked main primary secondary "
    "default first second other another external internal unique"
)
"""Words that say what part a thing plays, not what it is."""
CONTAINERS = bag(
    "result results item items data response output value values list entry record object content match node edge "
    "collection element row payload body detail info current previous"
)
"""Names of objects and lists that only hold what the tool is about."""
FILLER = bag(
    "the a an of to for in on at by with from and or is are be that this it as new old current working latest "
    "last first next previous total all list item result response data output info information detail record "
    "entry value object field given specific selected matching found returned retrieved created updated posted "
    "unique associated my your optional string integer full own exact valid based used which will where"
)
"""Words that say nothing about what a value is."""
THINGS = bag("item list result record entry object value data field selected")
"""Filler that is the only name some things have: kept in `item_id` and in `get_item`, dropped in `items[0].id`."""
_NOT_ENTITIES = bag(
    "phone zip country currency language locale status error exit response verification security promo access api "
    "secret public private license area dial house street page line color colour discount coupon tracking total "
    "serial random pin cvv access auth sort"
)
"""`phone_number` and `country_code` identify nothing that has a state of its own here."""
PERSONAL = bag("first last middle full family given maiden display nick sur preferred legal host domain class")
"""A `first_name` is a fact about a user and no way to name one."""
_BREAKS = bag("by for with from in on to of at via using per as based into onto and or within between")
"""After one of these a tool's name tells how, and no more what about."""
_CLEAR_VERBS = bag(
    "get set list create update delete add remove find search fetch retrieve upload download check validate send read "
    "write edit modify show view count calculate compute cancel query lookup put patch insert"
)
"""Verbs wherever they stand in a name; others only count at its beginning: `get_order`, `place_order`."""
_ATTRIBUTES = bag("status detail info information history summary stats statistics id name list all data count service")
"""Last words of tool names that are not the thing itself: `get_order_status` is about an order."""
_ID_OF = re.compile(
    r"\b(\w+)['\u2019]?s?\s+(?:id|identifier|name|number|code|key)s?\b"
    r"|\b(?:id|identifier|name|number|code|key)s? of (?:the |an? )?(?:\w+ed )?(\w+)",
    re.I,
)
_WEIGHT: Mapping[str, int] = {"set": 0, "id": 1, "code": 2, "handle": 3, "name": 4}


class Identity(NamedTuple):
    """The kind of entity a value names, and how it does."""

    kind: str
    by: By

    @property
    def rank(self) -> int:
        """0 for the surest way of naming; an object with several identities is known by the surest."""
        return _WEIGHT[self.by]

    @property
    def is_key(self) -> bool:
        """Whether the value stands for one entity, as a plain name need not."""
        return self.by != "name"


class EntityField(NamedTuple):
    """One parameter or result field that names an entity. `place` is spelled as in `Tool.entities`."""

    place: str
    identity: Identity


def entity_fields(tool: Tool) -> tuple[EntityField, ...]:
    """Every parameter, then every result field, that names an entity."""
    found = [(name, argument_identity(tool, name)) for name in tool.parameters["properties"]]
    if tool.output is not None:
        found += [(place_of(path), result_identity(tool, path, schema)) for path, schema, _ in leaves(tool.output)]
    return tuple(EntityField(place, identity) for place, identity in found if identity is not None)


def argument_identity(tool: Tool, name: str) -> Identity | None:
    """What kind of entity a parameter names, if it names one; unknown names are judged by themselves."""
    if name in tool.entities:
        return Identity(tool.entities[name], "set") if tool.entities[name] else None
    schema = tool.parameters["properties"].get(name)
    return _guess(name, _asked_by(tool.name) or subject(tool), schema)


def result_identity(tool: Tool, path: Sequence[str | int], schema: Schema | None = None) -> Identity | None:
    """What kind of entity a result field names. A bare `id` names what its container, or else the tool, is about."""
    place = place_of(tuple(path))
    if place in tool.entities:
        return Identity(tool.entities[place], "set") if tool.entities[place] else None
    name = next((step for step in reversed(path) if isinstance(step, str)), "")
    return _guess(name, owner_of(tool, path), schema)


def is_own(tool: Tool, path: Sequence[str | int], identity: Identity) -> bool:
    """Whether a result field names the object it stands in: `id` and `order_id` in an order, not its `customer_id`."""
    names = [step for step in path if isinstance(step, str)]
    owners = {owner_of(tool, path), *tokens(names[-2] if len(names) > 1 else "")[-1:]}
    if identity.by == "set" and identity.kind not in owners:
        return not [word for word in tokens(names[-1])[:-1] if word not in FILLER]
    return identity.kind in owners


def owner_of(tool: Tool, path: Sequence[str | int]) -> str:
    """The kind of thing the object around a result field is: `order` in `orders.0.id`, else what the tool is about."""
    names = [step for step in path if isinstance(step, str)]
    for name in reversed(names[:-1]):
        words = [word for word in tokens(name) if not word.isdigit()]
        telling = [word for word in words if word not in CONTAINERS]
        if telling:
            return "item" if words[-1] == "item" else telling[-1]
        if words == ["item"] and not _lists(tool.name):
            return "item"  # an order has items; what a search returns as items are its results
    return subject(tool)


def subject(tool: Tool) -> str:
    """The kind of thing a tool is about, by its name: `create_ticket` -> ticket; "" where the name is all verb."""
    words = nouns(tool)
    return words[-1] if words else ""


def _lists(name: str) -> bool:
    """Whether a tool returns many of what it is about: `list_orders`, `getOrders`, `find_order`."""
    if not {"list", "search", "find", "query", "browse", "all", "filter"}.isdisjoint(tokens(name)):
        return True
    parts = [part.lower() for part in re.findall(r"[A-Z]?[a-z]+", name)]
    return any(part != singular(part) and singular(part) in _nouns_of(name)[-1:] for part in parts)


def nouns(tool: Tool) -> tuple[str, ...]:
    """The words of a tool's name that say what it is about: after its last verb, or before it if nothing follows."""
    return _nouns_of(tool.name)


@lru_cache(maxsize=65536)
def _nouns_of(name: str) -> tuple[str, ...]:
    words = list(tokens(name))
    cut = next((index for index, word in enumerate(words) if index and word in _BREAKS), len(words))
    return _nouns(words[:cut]) or _nouns(words[cut:])


@lru_cache(maxsize=65536)
def _asked_by(name: str) -> str:
    """What a bare `id` names in `get_orders_by_customer(id)`: the customer. "" where the name does not say."""
    words = tokens(name)
    cut = next((index for index, word in enumerate(words) if index and word in ("by", "for", "of")), len(words))
    telling = [word for word in words[cut + 1 :] if word not in FILLER | IDS | CODES | _ATTRIBUTES]
    return telling[-1] if telling else ""


def _nouns(words: Sequence[str]) -> tuple[str, ...]:
    verbs = [index for index, word in enumerate(words) if _is_verb(index, word)]
    after = words[verbs[-1] + 1 :] if verbs else words
    candidates = after or [word for index, word in enumerate(words) if index not in verbs] or words[1:]
    telling = [word for word in candidates if word not in FILLER and not word.isdigit()]
    if telling and candidates[-1] == "item":  # a menu item is neither a menu nor any item
        telling.append("item")
    telling = telling or [word for word in candidates if word in THINGS]
    while len(telling) > 1 and telling[-1] in _ATTRIBUTES:
        telling.pop()
    return tuple(telling)


def _is_verb(index: int, word: str) -> bool:
    return word in (_CLEAR_VERBS if index else READ | WRITE | DESTRUCTIVE)


def id_owners(description: str) -> tuple[str, ...]:
    """Whose id a description says this is: "User ID of the receiver" gives user and receiver."""
    words = (word for pair in _ID_OF.findall(description) for part in pair if part for word in tokens(part))
    return tuple(dict.fromkeys(word for word in words if word not in FILLER and word not in IDS | CODES | {"name"}))


def named(name: str) -> tuple[str, ...]:
    """The words of a field's name that say what it holds: `user_id_to_follow` holds a user id."""
    words = tokens(name)
    cut = next((index for index, word in enumerate(words) if index and word in ("to", "for")), len(words))
    return words[:cut]


def identity_of(name: str, owner: str, description: str = "") -> Identity | None:
    """What a name identifies, whatever its type; `owner` is what a bare `id` belongs to."""
    words = [word for word in named(name) if not word.isdigit()]
    if not words:
        return None
    head, rest = words[-1], [word for word in words[:-1] if word not in FILLER or word in THINGS]
    if head in IDS:
        return Identity(_kind(rest, owner, description), "id")
    if head in CODES:
        if not rest:
            return Identity(owner, "code") if head in OWN_CODES else None
        return None if _NOT_ENTITIES & set(rest) else Identity(_kind(rest, owner, description), "code")
    natural = _natural_key(words, rest)
    if natural or head != "name":
        return natural
    return None if PERSONAL & set(words) else Identity(_kind(rest, owner, ""), "name")


def _natural_key(words: Sequence[str], rest: Sequence[str]) -> Identity | None:
    """User names, files and folders: names that stand for one thing."""
    if words[-2:] in (["user", "name"], ["login", "name"], ["screen", "name"]) or words == ["login"]:
        return Identity("user", "handle")
    bare = [word for word in words if word not in FILLER and word not in ("name", "path")]
    if set(bare) <= FILES | ROLES and (FILES & set(words)) and words[-1] in FILES | {"name"}:
        return Identity("file", "handle")
    if rest and words[-1] == "path" and rest[-1] in FILES | FOLDERS:
        return Identity("file" if rest[-1] in FILES else "folder", "handle")
    if set(bare) <= FOLDERS and FOLDERS & set(words):
        return Identity("folder", "handle")
    return None


def _kind(words: Sequence[str], owner: str, description: str) -> str:
    """The last word that is no role; of a role alone, what the description says has it; else the owner or the role."""
    telling = [word for word in words if word not in ROLES]
    if telling:
        return telling[-1]
    described = [word for word in id_owners(description) if word not in ROLES]
    if described:
        return described[0]
    return words[-1] if words and words[-1] not in ("parent", "child", "unique") else owner


def _guess(name: str, owner: str, schema: Schema | None) -> Identity | None:
    """The identity of a field by name and description, if its type can name anything. No schema: its name alone."""
    if schema is None:
        return identity_of(name, owner)
    items = schema.get("items") if schema.get("type") == "array" else schema
    if "type" not in schema or not is_feedable(schema) or not isinstance(items, dict) or "enum" in items:
        return None
    found = identity_of(name, owner, schema.get("description", ""))
    return None if found and found.by in ("handle", "name") and items["type"] != "string" else found
