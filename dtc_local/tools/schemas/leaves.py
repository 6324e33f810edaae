"""The leaves of a result schema: every scalar and list of scalars, with its path and the containers around it."""

from __future__ import annotations

from collections.abc import Iterator

from dtc_local.records import Schema
from dtc_local.tools.words import tokens

MAX_LEAVES = 40
"""Leaves looked at in one result: what a model reads of a signature ends about here, too."""
MAX_DEPTH = 5
RESULT = "->"
"""Marks a result path where it stands beside parameter names: "->items.0.price"."""


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


def is_feedable(schema: Schema) -> bool:
    """Whether a reference can carry such a value: a string, a number, or a list of such."""
    kind = schema["type"]
    if kind == "array":
        items = schema.get("items")
        return isinstance(items, dict) and items.get("type") in ("string", "integer", "number")
    return kind in ("string", "integer", "number")


def place_of(path: tuple[str | int, ...]) -> str:
    """A result path in one word: ("items", 3, "id") is "->items.0.id", whichever element it is."""
    return RESULT + ".".join("0" if isinstance(step, int) else step for step in path)
