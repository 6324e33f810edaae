"""World facts: plausible values for parameters and result fields, people, dates. No model, no network.

    candidates("city", {"type": "string"}, "get_weather", rng, 3)   ->  ("Lyon", "Oslo", "Denver")

Every value is valid for the schema it was made for (checked with jsonschema), readable aloud, on one line and free of
quotes and backslashes, so that it can stand in a sentence, in JSON and in a grammar alike. Equal generators give
equal values. Inside `spoken("de")` they are of a German-speaking world, and kinds of which we have English words only
have no values at all.
"""

from __future__ import annotations

import json
import re
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from jsonschema import Draft202012Validator

from dtc_local.records import Effect, Json, Schema
from dtc_local.tools.schemas import hints
from dtc_local.world.examples import PLAIN_SHARE, VARIED_SHARE, sayable_examples, spread
from dtc_local.world.kinds import kind_of
from dtc_local.world.pattern import matching
from dtc_local.world.people import persona, today
from dtc_local.world.pools import is_said, pool, spoken
from dtc_local.world.values import day_near, entity, number, spread_of, string

if TYPE_CHECKING:
    from numpy.random import Generator

TRIES = 6
"""Draws for one wanted value before giving up on it."""
MAX_CHARS = 40
MAX_PROSE_CHARS = 80
_BOTH = {"boolean": [True, False]}
_PROSE = frozenset({"message", "description", "resolution", "commit"})
_ID_LIKE = re.compile(r"[#A-Za-z]*[-_#]?\d{2,}(?:[-_]?[A-Za-z0-9]+)?")
"""Examples whose digits may be replaced: "#W0000000", "USR001", "ORD-2024-77". Others are taken as they are."""
_YEAR = re.compile(r"(19|20)\d\d")
_FIXED_LISTS = frozenset(
    {"phrase", "status", "mode", "level", "format", "unit", "category", "size", "role", "language", "currency", "color"}
)
"""Kinds for which values shown in the description are better than any of ours."""


def candidates(name: str, schema: Schema, context: str, rng: Generator, n: int, today: str = "") -> tuple[Json, ...]:
    """Up to `n` distinct values for a field called `name`.

    `context` is text around it (tool name, containers). Dates lie around the ISO date `today` where one is given. Empty
    only where no value could be found that the schema allows (a hard pattern, contradictory bounds).
    """
    closed = [schema["const"]] if "const" in schema else schema.get("enum") or _BOTH.get(schema.get("type", ""))
    if closed:
        return tuple(closed[int(i)] for i in rng.permutation(len(closed))[:n])
    found: dict[str, Json] = {}
    check = _validator(json.dumps(schema, sort_keys=True))
    for _ in range(n * TRIES):
        if len(found) == n:
            break
        value = _draw(name, schema, context, rng, today)
        if _speakable(value, schema) and check.is_valid(value):
            found.setdefault(json.dumps(value), value)
    return tuple(found.values()) or tuple(value for value in _last_resort(schema, rng) if check.is_valid(value))[:1]


def _last_resort(schema: Schema, rng: Generator) -> tuple[Json, ...]:
    """What to try where nothing of the recognised kind fits: any words of the right length.

    Never the default: a value that a tool takes when nothing is said is not worth saying.
    """
    can_be = schema.get("type") == "string" and is_said("phrase")
    words = _sized(string("phrase", rng, ""), "phrase", schema, rng) if can_be else None
    return (words,) if words is not None else ()


def outcomes(effect: Effect, rng: Generator, n: int) -> tuple[str, ...]:
    """Up to `n` distinct words in which a tool reports that a call went well; none where we have no words for it."""
    if not is_said("done"):
        return ()
    values = pool("found" if effect == "read" else "removed" if effect == "destructive" else "done")
    return tuple(values[int(i)] for i in rng.permutation(len(values))[:n])


@lru_cache(maxsize=8192)
def _validator(schema: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads(schema), format_checker=Draft202012Validator.FORMAT_CHECKER)


def _draw(name: str, schema: Schema, context: str, rng: Generator, today: str) -> Json:
    if "const" in schema:
        return schema["const"]
    if schema.get("enum"):
        return schema["enum"][int(rng.integers(len(schema["enum"])))]
    if "examples" in schema:
        return _like_examples(name, schema, context, rng, today)
    kind = schema.get("type", "string")
    if kind == "string":
        return _string(name, schema, context, rng, today)
    if kind in ("integer", "number"):
        return _number(name, schema, rng)
    if kind == "boolean":
        return bool(rng.integers(2))
    if kind == "array":
        return _array(name, schema, context, rng, today)
    return _object(name, schema, context, rng, today) if kind == "object" else None


def _like_examples(name: str, schema: Schema, context: str, rng: Generator, today: str) -> Json:
    """One of the examples, an id-like one often with other digits; a third of the time a value made without them."""
    shown = sayable_examples(schema)
    bare = {key: value for key, value in spread(schema).items() if key != "examples"}
    if not shown:
        return _draw(name, bare, context, rng, today)
    example = shown[int(rng.integers(len(shown)))]
    plain = rng.random() < PLAIN_SHARE
    if isinstance(example, str) and _ID_LIKE.fullmatch(example) and not _YEAR.fullmatch(example):
        return varied(example, rng) if plain or rng.random() < VARIED_SHARE else example
    return _draw(name, bare, context, rng, today) if plain else example


def _string(name: str, schema: Schema, context: str, rng: Generator, today: str) -> str | None:
    if "pattern" in schema:
        return matching(schema["pattern"], rng)
    description = schema.get("description", "")
    kind = kind_of(name, schema.get("format", ""), description, context)
    shown = hints.mentioned(description) if "format" not in schema else ()
    if shown and (kind in _FIXED_LISTS or _has_digits(shown[0]) or hints.listed(description)):
        example = shown[int(rng.integers(len(shown)))]
        return varied(example, rng) if _has_digits(example) and not hints.listed(description) else example
    if today and kind in ("date", "datetime") and not shown and schema.get("maxLength", 20) >= 20:
        near = day_near(rng, date.fromisoformat(today), name)
        return near if kind == "date" else f"{near}T{string('clock', rng, '')}:00Z"
    if not is_said(kind):
        return None
    owner = entity(name, description, context) if kind == "id" else ""
    return _sized(string(kind, rng, owner), kind, schema, rng)


def varied(example: str, rng: Generator) -> str:
    """An example with other digits: `#W0000000` gives `#W4821937`, and dates stay dates."""
    if re.fullmatch(r"\d{4}-\d\d-\d\d", example):
        return string("date", rng, "")
    if re.fullmatch(r"[01]?\d:[0-5]\d", example):
        return string("clock", rng, "")
    if not _ID_LIKE.fullmatch(example):
        return example
    # The first digit of a run is never 0, so that no run turns into a number with leading zeros.
    return re.sub(
        r"\d+", lambda run: "".join(str(int(rng.integers(i == 0, 10))) for i in range(len(run.group()))), example
    )


def _has_digits(example: str) -> bool:
    return any(char.isdigit() for char in example)


def _sized(value: str, kind: str, schema: Schema, rng: Generator) -> str:
    """The value cut or filled to the schema's length, at a word where it can be."""
    longest = min(schema.get("maxLength", MAX_PROSE_CHARS), MAX_PROSE_CHARS if kind in _PROSE else MAX_CHARS + 20)
    if len(value) > longest:
        cut = value[:longest].rsplit(" ", 1)[0] if " " in value[:longest] else value[:longest]
        value = cut.rstrip(" ,.;-_") or value[:longest]
    shortest = schema.get("minLength", 0)
    while len(value) < shortest and is_said("noun"):
        nouns = pool("noun")
        value = f"{value} {nouns[int(rng.integers(len(nouns)))]}"
        if len(value) > longest:
            value = value[: max(shortest, 1)]
    return value


def _number(name: str, schema: Schema, rng: Generator) -> int | float:
    kind = schema["type"]
    least = max((schema[key] for key in ("minimum", "exclusiveMinimum") if key in schema), default=None)
    most = min((schema[key] for key in ("maximum", "exclusiveMaximum") if key in schema), default=None)
    said = hints.bounds(schema.get("description", ""))
    if said and least is None and most is None:
        least, most = said
    value = number(kind, rng, spread_of(name, kind), (least, most))
    step = schema.get("multipleOf")
    if step:
        value = round(value / step) * step
    if kind == "integer":
        value = int(value)
    if value == schema.get("exclusiveMinimum"):
        value += 1
    return value - 1 if value == schema.get("exclusiveMaximum") else value


def _array(name: str, schema: Schema, context: str, rng: Generator, today: str) -> list[Json] | None:
    if "prefixItems" in schema:
        return [_draw(name, item, context, rng, today) for item in schema["prefixItems"]]
    if schema.get("maxItems") == 0:
        return []
    items = schema["items"]
    if "description" in schema and "description" not in items:
        items = {**items, "description": schema["description"]}
    low = max(1, schema.get("minItems", 0))
    wanted = int(rng.integers(low, max(low, min(low + 2, schema.get("maxItems", 3))) + 1))
    if items.get("type") in ("integer", "number") and "maxItems" not in schema:
        wanted += 2  # a single number is no list anybody would ask about
    distinct: dict[str, Json] = {}
    for _ in range(wanted * TRIES):
        value = _draw(name, items, context, rng, today)
        distinct.setdefault(json.dumps(value), value)
        if len(distinct) >= wanted:
            break
    return list(distinct.values())


def _object(name: str, schema: Schema, context: str, rng: Generator, today: str) -> dict[str, Json]:
    properties = schema.get("properties", {})
    if not properties:
        rest = schema.get("additionalProperties")
        return {"note": _draw("note", rest, context, rng, today)} if isinstance(rest, dict) and rest else {}
    chosen = set(schema.get("required", ()))
    if not chosen:
        simple = [key for key, child in properties.items() if child.get("type") not in ("object", "array")] or list(
            properties
        )
        chosen = {simple[int(i)] for i in rng.permutation(len(simple))[: int(rng.integers(1, 3))]}
    return {
        key: _draw(key, child, f"{context} {name}", rng, today) for key, child in properties.items() if key in chosen
    }


def _speakable(value: Json, schema: Schema) -> bool:
    """Whether a value can stand in a sentence as it is; what the schema itself lists is taken as given."""
    if not isinstance(value, str) or "enum" in schema or "const" in schema:
        return value is not None
    return bool(value.strip()) and value == value.strip() and not any(char in '"\\' or ord(char) < 32 for char in value)


__all__ = ["candidates", "outcomes", "persona", "spoken", "today", "varied"]
