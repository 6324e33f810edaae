"""Recorded results as simulated ones: cut to a tool's output schema, short enough for a conversation, lists whole.

A list of records is taken as it stands, two or three elements at a time: choosing each field on its own would mix the
name of one with the price of another.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from dtc_local.prompts.signature import shorten
from dtc_local.records import Json, Schema
from dtc_local.validation import is_valid
from dtc_local.world.examples import MAX_TEXT, is_plain_text

Path = tuple[str | int, ...]

LIST_ITEMS = 3
WINDOWS = 3
"""Most stretches of a recorded list that are offered for one result."""
MAX_LISTS_JSON = 600
"""Longest stretches of lists taken whole for one result, in characters of JSON: the budget of a result holds them."""


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


def whole_lists(
    schema: Schema, result: Json, needed: Sequence[Path], path: Path = ()
) -> Iterator[tuple[Path, tuple[Json, ...]]]:
    """Path and stretches of every list of records in a recorded result, as long as all of them stay short.

    Only stretches that hold every value at the paths in `needed`.
    """
    room = MAX_LISTS_JSON
    for place, items, values in _lists(schema, result, path):
        elements = [one for one in (fitted(items, value) for value in values) if one is not None]
        wanted = [one[len(place) :] for one in needed if one[: len(place)] == place and len(one) > len(place)]
        stretches = []
        for start in range(0, len(elements), LIST_ITEMS):
            stretch = _short(elements[start : start + LIST_ITEMS], room)
            if stretch and all(_holds(stretch, rest) for rest in wanted):
                stretches.append(stretch)
        if stretches:
            chosen = tuple(stretches[:WINDOWS])
            room -= max(len(json.dumps(stretch)) for stretch in chosen)
            yield place, chosen


def _lists(schema: Schema, value: Json, path: Path) -> Iterator[tuple[Path, Schema, list[Json]]]:
    """Lists of objects in a value, not those inside other lists."""
    if isinstance(value, dict):
        for name, child in schema.get("properties", {}).items():
            yield from _lists(child, value.get(name), (*path, name))
    elif isinstance(value, list) and isinstance(schema.get("items"), dict) and schema["items"].get("type") == "object":
        yield path, schema["items"], value


def _short(elements: list[Json], room: int) -> list[Json]:
    """As many of the elements as there is room for."""
    while elements and len(json.dumps(elements)) > room:
        elements = elements[:-1]
    return elements


def _holds(value: Json, path: Path) -> bool:
    for step in path:
        exists = step in value if isinstance(value, dict) else isinstance(value, list) and step in range(len(value))
        if not exists:
            return False
        value = value[step]
    return value is not None
