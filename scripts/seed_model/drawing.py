"""Random answers under a constraint: a sentence of a closed grammar, a value under a narrowed schema.

The grammars of the phrase books are regular expressions made of texts, groups, alternatives and `?`; the schemas of a
small model's values offer what may be chosen. What is drawn from them is what the engine would allow, by construction.
"""

from __future__ import annotations

import random
from functools import lru_cache

from dtc_local.records import Json, Schema

Sequenced = tuple["str | Choice", ...]


class Choice(tuple[Sequenced, ...]):
    """Alternatives, one of which is taken."""


class Open(Exception):
    """A schema that leaves a text to the writer: nothing is offered to choose from."""


def sentence(grammar: str, rng: random.Random) -> str:
    """A random text of a grammar `start: T` with one regular terminal `T: /.../`."""
    pattern = grammar[grammar.index("T: /") + 4 : grammar.rindex("/")]
    return _told(_parsed(pattern), rng)


def _told(choice: Choice, rng: random.Random) -> str:
    parts = choice[rng.randrange(len(choice))]
    return "".join(part if isinstance(part, str) else _told(part, rng) for part in parts)


@lru_cache(maxsize=512)
def _parsed(pattern: str) -> Choice:
    choice, end = _alternatives(pattern, 0)
    if end != len(pattern):
        raise ValueError(f"unbalanced pattern at {end}: {pattern[end : end + 20]!r}")
    return choice


def _alternatives(pattern: str, at: int) -> tuple[Choice, int]:
    """The alternatives from a place on, and where they end: at a closing bracket, or at the pattern's end."""
    found: list[Sequenced] = []
    parts: list[str | Choice] = []
    while at < len(pattern) and pattern[at] != ")":
        if pattern[at] == "|":
            found.append(tuple(parts))
            parts = []
            at += 1
            continue
        part, at = _part(pattern, at)
        if pattern[at : at + 1] == "?":
            part, at = Choice(((part,), ())), at + 1
        parts.append(part)
    return Choice((*found, tuple(parts))), at


def _part(pattern: str, at: int) -> tuple[str | Choice, int]:
    """A character, an escaped one, one in brackets, or a group."""
    if pattern[at] == "\\":
        return pattern[at + 1], at + 2
    if pattern[at] == "[":
        return pattern[at + 1], pattern.index("]", at + 2) + 1
    if pattern[at] == "(":
        group, end = _alternatives(pattern, at + 1)
        return group, end + 1
    return pattern[at], at + 1


def value(schema: Schema, rng: random.Random) -> Json:
    """A random value under a schema as the stages narrow it; raises :class:`Open` where a text is left free."""
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return rng.choice(schema["enum"])
    if "anyOf" in schema:
        return value(rng.choice(schema["anyOf"]), rng)
    kind = schema.get("type")
    if kind == "object":
        return {name: value(field, rng) for name, field in schema["properties"].items()}
    if kind == "array":
        return _items(schema, rng)
    if kind == "boolean":
        return rng.random() < 0.7
    if kind == "integer":
        return rng.randint(1, 9)
    raise Open


def _items(schema: Schema, rng: random.Random) -> list[Json]:
    if "prefixItems" in schema:
        return [value(part, rng) for part in schema["prefixItems"]]
    count = rng.randint(schema.get("minItems", 1), schema.get("maxItems", 3))
    drawn = [value(schema["items"], rng) for _ in range(count)]
    different = [item for place, item in enumerate(drawn) if item not in drawn[:place]]
    return different if len(different) >= schema.get("minItems", 1) else drawn
