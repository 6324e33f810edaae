"""What a parameter or a result field is about, as its name and description tell: the two ends of a dataflow edge."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from dtc_local.records import Schema, Tool
from dtc_local.tools.dataflow.entities import (
    CONTAINERS,
    FILLER,
    PERSONAL,
    ROLES,
    THINGS,
    Identity,
    argument_identity,
    named,
    nouns,
    result_identity,
)
from dtc_local.tools.schemas.leaves import MAX_LEAVES, is_feedable, leaves
from dtc_local.tools.words import bag, tokens

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
_LIST_OF = re.compile(r"\b(?:list|array|set|collection|sequence) of ((?:[\w'-]+ ){0,3}[\w'-]+)", re.I)
_SIGN_IN = bag("login logon signin authenticate")


@dataclass(frozen=True)
class Slot:
    """One end of an edge. `head` is the last telling word of its name, `words` all telling ones."""

    tool: Tool
    path: tuple[str | int, ...]
    schema: Schema
    words: tuple[str, ...]
    head: str
    raw: frozenset[str]
    """All words of its name, telling or not; numbers among them."""
    identity: Identity | None
    """The kind of entity it names, if it names one."""
    owners: frozenset[str]
    """The words of the containers around it, or else of what the tool is about."""
    about: frozenset[str]
    """The telling words of its own description."""
    lead: tuple[str, ...]
    """The telling words of the description's first phrase: what the value is."""
    elements: frozenset[str]
    """Of an element of a list: the words for what its elements are."""
    nouns: frozenset[str]
    """What the tool is about."""
    generic: bool
    """A bare number ("result", "value", "a"): feeds any bare numeric parameter of its namespace, at a low score."""

    @property
    def type(self) -> str:
        """JSON type of the value."""
        return str(self.schema["type"])

    @property
    def qualifiers(self) -> frozenset[str]:
        """The telling words before the head."""
        return frozenset(self.words[:-1])

    @property
    def surroundings(self) -> frozenset[str]:
        """Weaker evidence: the words of its description, of the containers around it and of the tool."""
        return self.owners | self.about | self.nouns

    @cached_property
    def signs_in(self) -> bool:
        """True if the tool asks for a password or says that it signs in."""
        named = any("password" in tokens(name) for name in self.tool.parameters["properties"])
        return named or not _SIGN_IN.isdisjoint(tokens(self.tool.name))


def parameter_slots(tool: Tool) -> Iterator[Slot]:
    """One slot for each parameter that a reference could fill: scalars and arrays of scalars."""
    for name, schema in tool.parameters["properties"].items():
        if is_feedable(schema) and "const" not in schema:
            yield _slot(tool, (name,), schema, (), argument_identity(tool, name))


def output_slots(tool: Tool) -> Iterator[Slot]:
    """One slot for each result field that could feed a parameter: scalars, first array elements, arrays of scalars."""
    if tool.output is None:
        return
    for number, (path, schema, owners) in enumerate(leaves(tool.output)):
        if number >= MAX_LEAVES:
            return
        if is_feedable(schema):
            slot = _slot(tool, path, schema, owners, result_identity(tool, path, schema))
            if not _reports(slot):
                yield slot


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


def _slot(
    tool: Tool, path: tuple[str | int, ...], schema: Schema, containers: tuple[str, ...], identity: Identity | None
) -> Slot:
    name = next((part for part in reversed(path) if isinstance(part, str)), "")
    raw = named(name) if identity else tokens(name)
    words = _telling(raw)
    description = schema.get("description", "")
    about = frozenset(word for word in tokens(description) if word not in FILLER and len(word) > 2)
    owners = frozenset(word for word in containers if word not in CONTAINERS and word not in FILLER)
    numeric = schema["type"] in ("number", "integer")
    return Slot(
        tool=tool,
        path=path,
        schema=schema,
        words=words,
        head=words[-1] if words else (raw[-1] if raw else ""),
        raw=frozenset(raw),
        identity=identity,
        owners=owners or frozenset(nouns(tool)),
        about=about,
        lead=_lead(description),
        elements=_elements(words, description, about) if path[-1] == 0 else frozenset(),
        nouns=frozenset(nouns(tool)),
        generic=numeric and len(path) == 1 and _is_bare(raw),
    )


def _telling(raw: tuple[str, ...]) -> tuple[str, ...]:
    """The words of a name that say something; filler stays where it is the only name a thing has: `item_id`."""
    return tuple(
        word
        for index, word in enumerate(raw)
        if len(word) > 1 and not word.isdigit() and (word not in FILLER or _names(word, raw[index + 1 :]))
    )


def _names(word: str, following: tuple[str, ...]) -> bool:
    """Whether a word of filler says something here: `item` in `item_id`, `last` in `last_name`."""
    return bool(following) and (word in THINGS or (word in PERSONAL and following == ("name",)))


def _is_bare(raw: tuple[str, ...]) -> bool:
    """Whether a name says nothing: "result", "a", "x1"."""
    return all(word in _GENERIC_RESULT or len(word) == 1 or word.isdigit() for word in raw)


def _lead(description: str) -> tuple[str, ...]:
    """The telling words up to the first comma, stop, or word that begins another phrase."""
    phrase = re.split(
        r"[.,;:(]|\b(?:of|for|to|from|in|on|that|which|where|with|by|used|whose)\b", description, maxsplit=1
    )
    return tuple(word for word in tokens(phrase[0]) if word not in FILLER and word not in ROLES)


def _elements(words: tuple[str, ...], description: str, about: frozenset[str]) -> frozenset[str]:
    """What a list's elements are: as "list of ..." says, else by the words of its name and description."""
    phrase = _LIST_OF.search(description)
    said = frozenset(word for word in tokens(phrase[1]) if word not in FILLER | PROSE) if phrase else frozenset()
    if said:
        return said
    return frozenset(words) - PROSE or about


def _reports(slot: Slot) -> bool:
    """Whether a result field speaks of the call (a status, a confirmation) and not of the world."""
    if slot.identity is not None and slot.identity.by == "set":
        return False
    if STATUS & set(slot.words) or slot.schema.get("const") is not None:
        return True
    prose = slot.type == "string" and (not slot.words or set(slot.words) & PROSE)
    description = slot.schema.get("description", "")
    return bool(prose and (not slot.words or not description or _REPORT.search(description)))
