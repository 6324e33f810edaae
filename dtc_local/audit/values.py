"""JSON values and schemas, as the rules look at them: leaves, equality, the schema of a place."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import TypeAlias

from dtc_local.records import Json, Schema

Path: TypeAlias = tuple[str | int, ...]


class Missing(LookupError):
    """A path leads nowhere."""


def leaves(value: Json, path: Path = ()) -> Iterator[tuple[Path, Json]]:
    """Every scalar inside a value with its path."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from leaves(item, (*path, key))
    elif isinstance(value, list):
        for position, item in enumerate(value):
            yield from leaves(item, (*path, position))
    else:
        yield path, value


def keys(value: Json) -> Iterator[str]:
    """Every key inside a value."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from keys(item)
    elif isinstance(value, list):
        for item in value:
            yield from keys(item)


def at(value: Json, path: Sequence[str | int]) -> Json:
    """The value at a path; raises Missing where there is none."""
    for step in path:
        if isinstance(value, dict) and str(step) in value:
            value = value[str(step)]
        elif isinstance(value, list) and str(step).isdigit() and int(step) < len(value):
            value = value[int(step)]
        else:
            raise Missing(step)
    return value


def exactly(one: Json, other: Json) -> bool:
    """Whether two values are the same to the byte: 5, 5.0, "5" and true all differ."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def equal(one: Json, other: Json) -> bool:
    """Whether two values are the same to JSON: 5 equals 5.0, but true does not equal 1."""
    return exactly(_plain(one), _plain(other))


def _plain(value: Json) -> Json:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def json_type(value: Json) -> str:
    """The JSON type of a value; a whole number is an integer."""
    names = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array", dict: "object"}
    if isinstance(value, float) and value.is_integer():
        return "integer"
    return names.get(type(value), "null")


def schemas_at(schema: Schema | bool | None, path: Sequence[str | int], root: Schema | None = None) -> Iterator[Schema]:
    """Every subschema that speaks of the value at a path, through `$ref` and the branches of a combination."""
    if not isinstance(schema, dict):
        return
    root = schema if root is None else root
    if isinstance(schema.get("$ref"), str):
        yield from schemas_at(_referred(root, schema["$ref"]), path, root)
    for combination in ("anyOf", "oneOf", "allOf"):
        for branch in schema.get(combination, ()):
            yield from schemas_at(branch, path, root)
    if not path:
        yield schema
        return
    yield from schemas_at(_child(schema, path[0]), path[1:], root)


def _child(schema: Schema, step: str | int) -> Schema | bool | None:
    if isinstance(step, int):
        prefix = schema.get("prefixItems", ())
        inner: Schema | bool | None = prefix[step] if step < len(prefix) else schema.get("items")
    else:
        inner = schema.get("properties", {}).get(step, schema.get("additionalProperties"))
    return inner


def _referred(root: Schema, reference: str) -> Schema | bool | None:
    if not reference.startswith("#"):
        return None
    steps = [step.replace("~1", "/").replace("~0", "~") for step in reference[1:].split("/")[1:]]
    try:
        found: Schema | bool = at(root, steps)
    except Missing:
        return None
    return found


def given_by_schema(value: Json, schemas: Sequence[Schema]) -> bool:
    """Whether a schema alone fixes the value: its default, its const, its only enum value."""
    return any(
        ("default" in schema and equal(schema["default"], value))
        or ("const" in schema and equal(schema["const"], value))
        or (len(schema.get("enum", ())) == 1 and equal(schema["enum"][0], value))
        for schema in schemas
    )


def bag(text: str) -> frozenset[str]:
    """The words of a text as a set."""
    return frozenset(text.split())
