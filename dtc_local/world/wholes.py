"""Whole values for results: recorded ones cut to a tool's output schema, and lists of records, recorded or made.

A list of records is offered as it stands, two or three elements at a time: choosing each field of each element on its
own would mix the name of one with the price of another, and give two of them one id.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from dtc_local.prompts.signature import shorten
from dtc_local.records import Json, Schema, Tool
from dtc_local.tools.dataflow.entities import owner_of, result_identity
from dtc_local.validation import is_valid
from dtc_local.words import leaves
from dtc_local.world import candidates
from dtc_local.world.examples import MAX_TEXT, is_plain_text, spread

if TYPE_CHECKING:
    from numpy.random import Generator

Path = tuple[str | int, ...]
Lists = Iterator[tuple[Path, tuple[Json, ...]]]
"""Path of a list in a result, and the values it may have."""

LIST_ITEMS = 3
WINDOWS = 3
"""Most stretches of a recorded list that are offered for one result."""
MADE = (3, 2)
"""Lengths of the lists made where nothing was recorded."""
FIELDS = 10
MAX_LISTS_JSON = 600
"""Longest lists of one result together, in characters of JSON: the budget of a result holds them."""


def fitted(schema: Schema | bool, value: Json) -> Json:
    """The value cut to the normal form of its schema: named fields, short lists, short plain texts. None if none fits.

    Fields that do not fit are left out where they may be.
    """
    if not isinstance(schema, dict) or value is None:
        return None
    if isinstance(value, dict):
        fields = {name: fitted(child, value.get(name)) for name, child in schema.get("properties", {}).items()}
        value = {name: part for name, part in fields.items() if part is not None}
    elif isinstance(value, list):
        parts = [fitted(schema.get("items", True), item) for item in value]
        value = [part for part in parts if part is not None][:LIST_ITEMS]
    elif isinstance(value, str) and "enum" not in schema and "const" not in schema:
        value = value if {"format", "pattern"} & schema.keys() else shorten(value, MAX_TEXT)
        if not is_plain_text(value):
            return None
    return value if value not in ({}, []) and is_valid(value, schema) else None


def recorded_lists(output: Schema, result: Json, needed: Sequence[Path]) -> Lists:
    """Stretches of every list of records in a recorded result; only those that hold every value `needed` leads to."""
    room = MAX_LISTS_JSON
    for path, schema in list_places(output):
        values = at(result, path)
        if not isinstance(values, list):
            continue
        elements = [one for one in (fitted(schema["items"], value) for value in values) if one is not None]
        stretches = [elements[start : start + LIST_ITEMS] for start in range(0, len(elements), LIST_ITEMS)]
        chosen = _usable(stretches, path, schema, needed, room)[:WINDOWS]
        if chosen:
            room -= max(len(json.dumps(stretch)) for stretch in chosen)
            yield path, chosen


def made_lists(tool: Tool, output: Schema, needed: Sequence[Path], today: str, rng: Generator) -> Lists:
    """Short lists of made records for every list of a result, no two of a list with the same id."""
    room = MAX_LISTS_JSON
    for path, schema in list_places(output):
        names = [step for step in path if isinstance(step, str)]
        items = _with_all_fields(schema["items"])
        drawn = candidates(" ".join(names), items, f"{tool.name} {' '.join(names)}", rng, sum(MADE) + 1, today)
        elements = _distinct(tool, path, [one for one in drawn if all(map(_is_clean, leaves(one)))])
        stretches = [elements[: MADE[0]], elements[MADE[0] : sum(MADE)]]
        chosen = _usable(stretches, path, schema, needed, room)
        if chosen:
            room -= max(len(json.dumps(stretch)) for stretch in chosen)
            yield path, chosen


def list_places(schema: Schema, path: Path = ()) -> Iterator[tuple[Path, Schema]]:
    """Path and schema of every list of objects, not of those inside other lists."""
    schema = spread(schema)
    for name, child in schema.get("properties", {}).items():
        yield from list_places(child, (*path, name))
    items = schema.get("items")
    if schema.get("type") == "array" and isinstance(items, dict) and items.get("properties"):
        yield path, schema


def at(value: Json, path: Path) -> Json:
    """The value at a path, or None where it leads nowhere."""
    for step in path:
        exists = step in value if isinstance(value, dict) else isinstance(value, list) and step in range(len(value))
        if not exists:
            return None
        value = value[step]
    return value


def _with_all_fields(items: Schema) -> Schema:
    """The schema of an element with its first fields required: what a result shows of each."""
    names = [*items.get("required", ()), *(name for name in items["properties"] if name not in items["required"])]
    kept = [name for name in items["properties"] if name in names[: max(FIELDS, len(items["required"]))]]
    return {**items, "properties": {name: items["properties"][name] for name in kept}, "required": kept}


def _distinct(tool: Tool, path: Path, elements: Sequence[Json]) -> list[Json]:
    """The elements whose own ids and names none before has."""
    seen: set[str] = set()
    kept = []
    for element in elements:
        ids = [f"{name} {value!r}" for name, value in element.items() if _names_it(tool, (*path, 0, name))]
        if seen.isdisjoint(ids):
            kept.append(element)
        seen.update(ids)
    return kept


def _is_clean(leaf: Json) -> bool:
    return not isinstance(leaf, str) or is_plain_text(leaf)


def _names_it(tool: Tool, path: Path) -> bool:
    """Whether a field is an id or a name of the element it stands in."""
    identity = result_identity(tool, path)
    return identity is not None and identity.kind == owner_of(tool, path)


def _usable(
    stretches: Sequence[list[Json]], path: Path, schema: Schema, needed: Sequence[Path], room: int
) -> tuple[Json, ...]:
    """The stretches cut to the room, without those that the list or a later call cannot do with."""
    wanted = [one[len(path) :] for one in needed if one[: len(path)] == path and len(one) > len(path)]
    cut = [_short(stretch[: schema.get("maxItems")], room) for stretch in stretches]
    return tuple(
        one for one in cut if one and is_valid(one, schema) and all(at(one, rest) is not None for rest in wanted)
    )


def _short(elements: list[Json], room: int) -> list[Json]:
    """As many of the elements as there is room for."""
    while elements and len(json.dumps(elements)) > room:
        elements = elements[:-1]
    return elements
