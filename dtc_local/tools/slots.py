"""What a parameter or a result field is about, as its name and description tell: the two ends of a dataflow edge."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from dtc_local.records import Schema, Tool
from dtc_local.tools.effect import DESTRUCTIVE, READ, WRITE
from dtc_local.tools.words import bag, tokens

MAX_LEAVES = 40
MAX_DEPTH = 5

IDS = frozenset({"id", "key", "number", "code", "name", "reference", "token", "handle", "slug", "sku"})
"""Heads that identify an entity."""
FILLER = bag(
    "the a an of to for in on at by with from and or is are be that this it as new old current working latest "
    "last first next previous total all list item result response data output info information detail record "
    "entry value object field given specific selected matching found returned retrieved created updated posted "
    "unique associated my your optional string integer full own exact valid based used which will where"
)
"""Words that say nothing about what a value is."""
THINGS = bag("item list result record entry object value data field selected")
"""Filler that is the only name some things have: kept in `item_id` and in `get_item`, dropped in `items[0].id`."""
STATUS = frozenset({"status", "state", "success", "ok", "error", "healthy", "flag", "warning", "succeeded", "outcome"})
"""Words of results that report on the call itself; such fields feed nothing."""
PROSE = frozenset(
    {"description", "message", "summary", "body", "text", "comment", "note", "reason", "content", "output"}
)
SETTINGS = bag(
    "precision place decimal digit limit page offset size count max min top k n timeout year month day hour "
    "minute base exponent quantity priority line level index depth width port retry per seed"
)
"""Numeric parameters that steer a computation and are not its subject."""
_GENERIC_RESULT = frozenset({"result", "value", "answer", "output", "sum", "total", "product", "number"})
_REPORT = re.compile(
    r"\b(status|error|success\w*|confirmation) (of|message)"
    r"|\bdescribing the (result|outcome|status)|\bor an? error|result of the\b",
    re.I,
)
_ABOUT_CALL = re.compile(r"\b(operation|action|attempt|request|call|whether|if the|was successful)\b", re.I)
_ID_OF = re.compile(
    r"\b(\w+)['\u2019]?s?\s+(?:id|identifier|name|number|code|key)\b"
    r"|\b(?:id|identifier|name|number|code|key) of (?:the |an? )?(?:\w+ed )?(\w+)",
    re.I,
)


@dataclass(frozen=True)
class Slot:
    """One end of an edge. `head` is the last telling word of the name, `entities` what it belongs to."""

    tool: Tool
    path: tuple[str | int, ...]
    schema: Schema
    words: tuple[str, ...]
    head: str
    entities: frozenset[str]
    context: frozenset[str]
    """Weaker evidence: the words of its description, of the containers around it and of the tool."""
    about: frozenset[str]
    """The words of its own description."""
    nouns: frozenset[str]
    """The nouns of the tool's name."""
    generic: bool
    """A bare number ("result", "value", "a"): feeds any bare numeric parameter of its namespace, at a low score."""

    @property
    def type(self) -> str:
        """JSON type of the value."""
        return str(self.schema["type"])

    @cached_property
    def signs_in(self) -> bool:
        """True if the tool asks for a password."""
        return any("password" in tokens(name) for name in self.tool.parameters["properties"])

    @property
    def identifies(self) -> bool:
        """True if the value names an entity rather than measuring or describing one."""
        return self.head in IDS


def parameter_slots(tool: Tool) -> Iterator[Slot]:
    """One slot for each parameter that a reference could fill: scalars and arrays of scalars."""
    for name, schema in tool.parameters["properties"].items():
        if _feedable(schema) and "const" not in schema:
            yield _slot(tool, (name,), schema, noun_words(tool))


def output_slots(tool: Tool) -> Iterator[Slot]:
    """One slot for each result field that could feed a parameter: scalars, first array elements, arrays of scalars."""
    if tool.output is None:
        return
    for number, (path, schema, owners) in enumerate(leaves(tool.output)):
        if number >= MAX_LEAVES:
            return
        telling = tuple(word for word in owners if word not in FILLER)
        slot = _slot(tool, path, schema, telling or noun_words(tool))
        if _feedable(schema) and not _reports(slot):
            yield slot


def leaves(
    schema: Schema, path: tuple[str | int, ...] = (), owners: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str | int, ...], Schema, tuple[str, ...]]]:
    """(path, schema, words of the containers around it) of every scalar and array of scalars, depth first.

    Arrays are entered at index 0 only.
    """
    kind = schema.get("type")
    if len(path) > MAX_DEPTH:
        return
    if kind == "object":
        around = (*owners, *tokens(str(path[-1]))) if path and isinstance(path[-1], str) else owners
        for name, child in schema.get("properties", {}).items():
            yield from leaves(child, (*path, name), around)
    elif kind == "array":
        items = schema.get("items")
        if schema.get("maxItems") == 0 or not isinstance(items, dict):
            return
        if path and items.get("type") not in ("object", "array"):
            yield path, schema, owners
        name = tokens(str(path[-1])) if path and isinstance(path[-1], str) else ()
        if "description" in schema and "description" not in items:
            items = {**items, "description": schema["description"]}  # "list of users" says what an element is
        yield from leaves(items, (*path, 0), (*owners, *name))
    elif path:
        yield path, schema, owners


def id_owners(description: str) -> tuple[str, ...]:
    """Whose id a description says this is: "User ID of the receiver" gives user and receiver."""
    words = (word for pair in _ID_OF.findall(description) for part in pair if part for word in tokens(part))
    return tuple(dict.fromkeys(word for word in words if word not in FILLER and word not in IDS))


def noun_words(tool: Tool) -> tuple[str, ...]:
    """The words of a tool's name that are no verb: what it is about."""
    verbs = READ | WRITE | DESTRUCTIVE
    words = [word for index, word in enumerate(tokens(tool.name)) if index or word not in verbs]
    telling = tuple(word for word in words if word not in FILLER)
    return telling or tuple(word for word in words if word in THINGS)


def reports_on_call(name: str, schema: Schema, tool: Tool) -> bool:
    """Whether a text in a result tells how the call went: "the status of the close operation", a bare "result"."""
    words = set(tokens(name))
    if not words & {"status", "result", "message", "outcome", "confirmation", "output", "success"}:
        return False
    description = schema.get("description", "")
    if _ABOUT_CALL.search(description) or _REPORT.search(description):
        return True
    lonely = len((tool.output or {}).get("properties", ("result",))) == 1
    return lonely and (tool.effect != "read" or not description or "result" in words)


def _slot(tool: Tool, path: tuple[str | int, ...], schema: Schema, owners: tuple[str, ...]) -> Slot:
    named = [part for part in path if isinstance(part, str)]
    raw = tokens(named[-1]) if named else ()
    words = tuple(
        word
        for index, word in enumerate(raw)
        if len(word) > 1 and not word.isdigit() and (word not in FILLER or (word in THINGS and index + 1 < len(raw)))
    )
    description = schema.get("description", "")
    head = words[-1] if words else (raw[-1] if raw else "")
    entities = {*words[:-1], *id_owners(description)}
    if head in IDS and not words[:-1]:
        entities |= {word for word in owners[-2:] if word not in IDS}
    about = {word for word in tokens(description) if word not in FILLER and len(word) > 2}
    generic = schema["type"] in ("number", "integer") and (not words or set(words) <= _GENERIC_RESULT)
    return Slot(
        tool=tool,
        path=path,
        schema=schema,
        words=words,
        head=head,
        entities=frozenset(entities - {head}),
        context=frozenset({*owners, *about, *noun_words(tool)} - IDS - FILLER),
        about=frozenset(about),
        nouns=frozenset(noun_words(tool)),
        generic=generic,
    )


def _feedable(schema: Schema) -> bool:
    kind = schema["type"]
    if kind == "array":
        items = schema.get("items")
        return isinstance(items, dict) and items.get("type") in ("string", "integer", "number")
    return kind in ("string", "integer", "number")


def _reports(slot: Slot) -> bool:
    """Whether a result field speaks of the call (a status, a confirmation) and not of the world."""
    if STATUS & set(slot.words) or slot.schema.get("const") is not None:
        return True
    prose = slot.type == "string" and (not slot.words or set(slot.words) & PROSE)
    description = slot.schema.get("description", "")
    return bool(prose and (not slot.words or not description or _REPORT.search(description)))
