"""Schemas made narrower than the tool's own before the grammar compiles them: a weak model cannot write nonsense there.

Narrowing only ever removes values: what the narrowed schema allows, the original allows too, or the independent
validator refuses it afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from dtc_local.records import Json, Schema
from dtc_local.validation import is_valid

STRING_CHARS = 120
"""Longest free string; a schema's own smaller maxLength wins."""
PATTERN_CHARS = 16
"""Above this minLength the compiler gives up on a pattern beside it."""
LIST_ITEMS = 3
FIELDS = 10
"""Most fields written of a large result object."""
DEPTH = 4

CLEAN_TEXT = r"^[^\s\"\\\x00-\x1f]([^\"\\\x00-\x1f]*[^\s\"\\\x00-\x1f])?$"
"""No quotes, backslashes, control characters, or white space at the ends: such text can be said and found again."""

Path = tuple[str | int, ...]
Choices = Callable[[Path, Schema], Sequence[Json]]
"""Values offered for the scalar leaf at a path; empty means the schema decides."""


def narrowed(schema: Schema | bool, choices: Choices, path: Path = (), needed: frozenset[Path] = frozenset()) -> Schema:
    """The schema with leaves limited to `choices` where there are any, free strings clean and short, lists short.

    Paths in `needed` are made required, and arrays on the way to them non-empty.
    """
    if not isinstance(schema, dict):
        return {"type": "string", "minLength": 1, "maxLength": STRING_CHARS, "pattern": CLEAN_TEXT}
    if "const" in schema:
        return schema
    offered = [value for value in choices(path, schema) if is_valid(value, schema)]
    if offered:
        return {"enum": offered}
    if "enum" in schema:
        return schema
    kind = schema.get("type")
    if kind == "object":
        return _object(schema, choices, path, needed)
    if kind == "array" and schema.get("maxItems") != 0:
        return _array(schema, choices, path, needed)
    if kind == "string" and not ({"pattern", "format"} & schema.keys()):
        least = max(1, schema.get("minLength", 1))
        longest = min(schema.get("maxLength", STRING_CHARS), STRING_CHARS)
        clean = {"pattern": CLEAN_TEXT} if least <= PATTERN_CHARS else {}
        return {"type": "string", "minLength": least, "maxLength": max(least, longest), **clean}
    return schema


def _object(schema: Schema, choices: Choices, path: Path, needed: frozenset[Path]) -> Schema:
    """The needed, the required and the first other fields, all of them required; without named fields, no field."""
    wanted = {step[len(path)] for step in needed if len(step) > len(path) and step[: len(path)] == path}
    required = set(schema.get("required", ()))
    fields = schema.get("properties", {})
    musts = required | wanted
    others = [name for name in fields if name not in musts] if len(path) < DEPTH else []
    names = musts.union(others[: max(0, FIELDS - len(musts))])
    keep = [name for name in fields if name in names]
    return {
        "type": "object",
        "properties": {name: narrowed(fields[name], choices, (*path, name), needed) for name in keep},
        "required": keep,
        "additionalProperties": False,
    }


def _array(schema: Schema, choices: Choices, path: Path, needed: frozenset[Path]) -> Schema:
    if "prefixItems" in schema:
        parts = [narrowed(part, choices, (*path, i), needed) for i, part in enumerate(schema["prefixItems"])]
        return {"type": "array", "prefixItems": parts, "items": False, "minItems": len(parts), "maxItems": len(parts)}
    reached = [step[len(path)] for step in needed if len(step) > len(path) and step[: len(path)] == path]
    least = max([schema.get("minItems", 1), 1, *(index + 1 for index in reached if isinstance(index, int))])
    most = max(least, min(schema.get("maxItems", LIST_ITEMS), LIST_ITEMS))
    items = narrowed(schema.get("items", {"type": "string"}), choices, (*path, 0), _first_items(needed, path))
    unique = {"uniqueItems": True} if schema.get("uniqueItems") else {}
    return {"type": "array", "items": items, "minItems": least, "maxItems": most, **unique}


def _first_items(needed: frozenset[Path], path: Path) -> frozenset[Path]:
    """What is needed of any item is asked of every item: one schema serves them all."""
    depth = len(path)
    return frozenset(
        (*step[:depth], 0, *step[depth + 1 :]) for step in needed if len(step) > depth and step[:depth] == path
    )


def fixed(schema: Schema, pinned: Mapping[str, Json]) -> Schema:
    """An object schema whose top-level fields in `pinned` can only have that value."""
    properties = {
        name: {"const": pinned[name]} if name in pinned else field
        for name, field in schema.get("properties", {}).items()
    }
    return {**schema, "properties": properties} if properties else schema


def with_members(schema: Schema, path: Path, members: Sequence[Mapping[str, Json]], original: Schema) -> Schema:
    """The narrowed schema whose list at `path` holds these records: each as it is known, the fields nobody knows open.

    Where whole lists are offered, each is offered with the records in it. `original` is the schema of the list as the
    tool has it; a list that it refuses is not offered.
    """
    if path:
        step, *rest = path
        fields = schema.get("properties", {})
        if step not in fields:
            return schema
        return {**schema, "properties": {**fields, step: with_members(fields[step], tuple(rest), members, original)}}
    if "enum" in schema:
        lists = [_merged(offered, members) for offered in schema["enum"] if offered]
        valid = [one for index, one in enumerate(lists) if is_valid(one, original) and one not in lists[:index]]
        return {"enum": valid} if valid else schema
    if not isinstance(schema.get("items"), dict):
        return schema
    item = schema["items"]
    known = [fixed(_with_fields(item, record, original), record) for record in members]
    most = max(len(known), min(schema.get("maxItems", LIST_ITEMS), LIST_ITEMS))
    least = max(len(known), schema.get("minItems", 1))
    return {"type": "array", "prefixItems": known, "items": item, "minItems": least, "maxItems": most}


def filtered(schema: Schema, path: Path, asked: Mapping[str, Json], original: Schema) -> Schema:
    """The narrowed schema whose list at `path` holds only records with these values: those the call has asked for."""
    if path:
        step, *rest = path
        fields = schema.get("properties", {})
        if step not in fields:
            return schema
        return {**schema, "properties": {**fields, step: filtered(fields[step], tuple(rest), asked, original)}}
    if "enum" in schema:
        lists = [[{**record, **_shown(asked, record)} for record in offered] for offered in schema["enum"]]
        valid = [one for index, one in enumerate(lists) if is_valid(one, original) and one not in lists[:index]]
        return {"enum": valid} if valid else schema
    if not isinstance(schema.get("items"), dict):
        return schema
    known = [fixed(record, asked) for record in schema.get("prefixItems", ())]
    return {**schema, "items": fixed(schema["items"], asked), **({"prefixItems": known} if known else {})}


def _shown(asked: Mapping[str, Json], record: Mapping[str, Json]) -> dict[str, Json]:
    return {name: value for name, value in asked.items() if name in record}


def _with_fields(item: Schema, record: Mapping[str, Json], original: Schema) -> Schema:
    """The schema of an element that shows every field of the record."""
    fields = original["items"]["properties"]
    shown = item.get("properties", {}) | {name: fields[name] for name in record if name in fields}
    properties = {name: shown[name] for name in fields if name in shown}
    return {**item, "properties": properties, "required": list(properties)}


def _merged(offered: Sequence[Mapping[str, Json]], members: Sequence[Mapping[str, Json]]) -> list[Json]:
    """An offered list whose first records are the known ones; what is not known of them stays as offered."""
    known = [{**offered[min(index, len(offered) - 1)], **record} for index, record in enumerate(members)]
    return [*known, *offered[len(known) :]][: max(len(known), LIST_ITEMS)]
