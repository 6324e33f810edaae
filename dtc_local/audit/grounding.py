"""Rules on where values come from: literals are in the user's words, and the provenance says so truly."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from dtc_local.audit.base import Violation, offered, planned_calls
from dtc_local.audit.spelling import occurrences, says, without
from dtc_local.audit.values import Missing, Path, at, equal, exactly, given_by_schema, leaves, schemas_at
from dtc_local.records import Conversation, Json, LiteralValue, Provenance, Reference, Schema


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


def provenance(conversation: Conversation) -> Iterator[Violation]:
    """Every argument has an origin; each origin belongs to an argument, none stands twice, and what it says is so."""
    given: dict[int, Sequence[Provenance]] = {n: turn.provenance for n, turn in enumerate(conversation.turns)}
    arguments = {
        (turn, call.id, name): argument
        for turn, call in planned_calls(conversation)
        for name, argument in call.arguments.items()
    }
    for turn, origins in given.items():
        for key, count in Counter((origin.call, origin.argument) for origin in origins).items():
            if count > 1:
                yield Violation(what=f"{count} origins of {key[1]}", turn=turn, call=key[0])
        for origin in origins:
            if (turn, origin.call, _argument_name(origin)) not in arguments:
                yield Violation(
                    what=f"an origin of {origin.argument}, which is not planned", turn=turn, call=origin.call
                )
    for (turn, call, name), argument in arguments.items():
        own = [origin for origin in given[turn] if origin.call == call and _argument_name(origin) == name]
        if not own and _needs_origin(argument):
            yield Violation(what=f"no origin of {name}", turn=turn, call=call)
        for origin in own:
            if what := _untrue(conversation, turn, origin, argument):
                yield Violation(what=f"the origin of {origin.argument} {what}", turn=turn, call=call)


def _argument_name(origin: Provenance) -> str:
    return re.split(r"[.\[]", origin.argument, maxsplit=1)[0]


def _needs_origin(argument: Reference | LiteralValue) -> bool:
    return isinstance(argument, Reference) or any(True for _ in leaves(argument.value))


def _untrue(
    conversation: Conversation, turn: int, origin: Provenance, argument: Reference | LiteralValue
) -> str | None:
    """What is wrong with an origin, or None."""
    if isinstance(argument, Reference):
        right = origin.source == "result" and origin.path == str(argument)
        return None if right else f"is {origin.source} {origin.path}, but the plan refers to {argument}"
    path = tuple(origin.argument.split("."))
    try:
        value = at({path[0]: argument.value}, path)
    except Missing:
        return "names a place that the argument does not have"
    schemas = _schemas(conversation, origin.call, path, argument.value)
    enum = any("enum" in schema for schema in schemas)
    if origin.source == "request":
        return _untrue_span(conversation, turn, origin, value, enum)
    if origin.source == "result":
        return _untrue_path(conversation, origin, value)
    if origin.source == "schema":
        return None if given_by_schema(value, schemas) else f"is the schema, which does not fix {value!r}"
    return None if isinstance(value, bool) or enum else f"is inferred, but {value!r} is no boolean or enum value"


def _schemas(conversation: Conversation, call_id: str, path: Path, value: Json) -> Sequence[Schema]:
    """Subschemas at a dotted path; a step is a position where the value has a list there."""
    steps: list[str | int] = []
    for step in path:
        inside = at({path[0]: value}, steps)
        steps.append(int(step) if isinstance(inside, list) else step)
    call = next(call for _, call in planned_calls(conversation) if call.id == call_id)
    tool = offered(conversation, call.tool)
    return [*schemas_at(tool.parameters if tool else None, steps)]


def _untrue_span(conversation: Conversation, turn: int, origin: Provenance, value: Json, enum: bool) -> str | None:
    if origin.turn is None or origin.span is None or not 0 <= origin.turn <= turn:
        return "is a request, but of no turn and span up to here"
    begin, end = origin.span
    request = conversation.turns[origin.turn].request
    said = request[begin:end]
    parts = [leaf for _, leaf in leaves(value)]
    whole = not isinstance(value, dict | list)
    if whole and (begin, end) in occurrences(value, request, enum):
        return None
    if not whole and parts and all(says(said, leaf, True) for leaf in parts):
        return None
    return f"is {said!r}, but the value is {value!r}"


def _untrue_path(conversation: Conversation, origin: Provenance, value: Json) -> str | None:
    call, *path = (origin.path or "").split(".")
    results = {done.id: done.result for turn in conversation.turns for done in turn.executed()}
    try:
        found = at(results.get(call), path)
    except Missing:
        return f"is {origin.path}, which is in no result"
    return None if exactly(found, value) or equal(found, value) else f"is {origin.path}, which is {found!r}"
