"""Rules on what a request says: the literals of the calls, in order, and no number besides."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from dtc_local.audit.base import Violation, offered, planned_calls
from dtc_local.audit.spelling import occurrences, says, without
from dtc_local.audit.values import Path, at, given_by_schema, leaves, schemas_at
from dtc_local.records import Conversation, Json, Schema


class Leaf(NamedTuple):
    """A scalar of a planned literal."""

    turn: int
    call: str
    path: Path
    """Begins with the argument's name."""
    value: Json
    schemas: tuple[Schema, ...]
    given: bool
    """Whether the schema alone fixes the value, or one that it is part of."""

    @property
    def enum(self) -> bool:
        """Whether the value was chosen from a list."""
        return any("enum" in schema for schema in self.schemas)

    @property
    def place(self) -> str:
        """The path as people write it."""
        return ".".join(map(str, self.path))


def literal_leaves(conversation: Conversation) -> Iterator[Leaf]:
    """Every scalar inside the literals of every plan."""
    for turn, call in planned_calls(conversation):
        tool = offered(conversation, call.tool)
        schema = tool.parameters if tool else None
        for name, literal in call.literals():
            for inner, value in leaves(literal, (name,)):
                cuts = [inner[:length] for length in range(1, len(inner) + 1)]
                given = any(given_by_schema(at({name: literal}, cut), [*schemas_at(schema, cut)]) for cut in cuts)
                yield Leaf(turn, call.id, inner, value, tuple(schemas_at(schema, inner)), given)


def grounded(conversation: Conversation) -> Iterator[Violation]:
    """Every scalar literal but a boolean stands alone in a request up to its turn, or the schema fixes it."""
    for leaf in literal_leaves(conversation):
        if isinstance(leaf.value, bool) or leaf.given:
            continue
        requests = [turn.request for turn in conversation.turns[: leaf.turn + 1]]
        if not any(says(request, leaf.value, leaf.enum) for request in requests):
            what = f"{leaf.place} is {leaf.value!r}, which no request up to here says"
            yield Violation(what=what, turn=leaf.turn, call=leaf.call)


def required_carried(conversation: Conversation) -> Iterator[Violation]:
    """A request carries its required literals in order, each after the start of the one before."""
    for number, turn in enumerate(conversation.turns):
        start = 0
        for literal in turn.required:
            spans = [begin for begin, _ in occurrences(literal, turn.request) if begin >= start]
            if not spans:
                yield Violation(what=f"the request lacks {literal!r}, or says it out of order", turn=number)
                break
            start = spans[0] + 1


def no_other_digits(conversation: Conversation) -> Iterator[Violation]:
    """A request has no digits besides those in its required literals."""
    for number, turn in enumerate(conversation.turns):
        if found := re.findall(r"\S*\d\S*", without(turn.request, turn.required)):
            yield Violation(what=f"the request says {found[0]!r}, which nothing requires", turn=number)
