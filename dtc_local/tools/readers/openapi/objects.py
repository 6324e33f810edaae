"""What properties an object schema has in the end: references followed, `allOf` united."""

from __future__ import annotations

from typing import Any

from dtc_local.records import Json, Schema
from dtc_local.tools.readers.openapi.api import listed, mapped
from dtc_local.tools.readers.openapi.schemas import Schemas

_CHOICES = ("anyOf", "oneOf")
_ABOUT_TEXT = ("description", "title", "examples", "default", "deprecated", "$schema", "$id", "$comment")


def object_of(schemas: Schemas, schema: Json) -> Schema | None:
    """The schema as one object with `properties` and `required`; None if it is no object, or has none or a choice.

    `schema` is a converted one, and so is the result: its references lead into `schemas`.
    """
    flat = _flat(schemas, schema, frozenset())
    if flat is None or not mapped(flat.get("properties")) or not _is_object(flat.get("type")):
        return None
    required = [name for name in listed(flat.get("required")) if name in flat["properties"]]
    kept = {key: value for key, value in flat.items() if key not in _ABOUT_TEXT}
    return {**kept, "type": "object", "required": list(dict.fromkeys(required))}


def _is_object(kind: Json) -> bool:
    return kind in (None, "object") or (isinstance(kind, list) and "object" in kind)


def _flat(schemas: Schemas, schema: Json, seen: frozenset[str]) -> dict[str, Any] | None:
    """One schema of all that is said about the object, or None where there is a choice or a circle."""
    if not isinstance(schema, dict):
        return None
    flat = {key: value for key, value in schema.items() if key not in ("$ref", "allOf", *_CHOICES)}
    parts = list(listed(schema.get("allOf")))
    name = schemas.target(schema)
    if name is not None:
        if name in seen or schemas.is_endless(name):
            return None
        seen |= {name}
        parts.append(schemas.definition(name))
    elif "$ref" in schema:
        return None
    for key in _CHOICES:
        left = [one for one in listed(schema.get(key)) if not (isinstance(one, dict) and one.get("type") == "null")]
        if len(left) == 1:
            parts += left
        elif left and all(isinstance(one, dict) and one.keys() <= {"required", "title"} for one in left):
            flat[key] = left
        elif left:
            return None
    for part in parts:
        inner = _flat(schemas, part, seen)
        if inner is None:
            return None
        flat = _united(flat, inner)
    return flat


def _united(flat: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    """Both at once: properties and requirements united, otherwise the first has its way."""
    both = {**part, **flat}
    both["properties"] = {**mapped(part.get("properties")), **mapped(flat.get("properties"))}
    for name in mapped(part.get("properties")).keys() & mapped(flat.get("properties")).keys():
        if part["properties"][name] != flat["properties"][name]:
            both["properties"][name] = {"allOf": [flat["properties"][name], part["properties"][name]]}
    required = [*listed(part.get("required")), *listed(flat.get("required"))]
    both["required"] = list(dict.fromkeys(filter(_is_text, required)))
    return both


def _is_text(value: Json) -> bool:
    return isinstance(value, str)
