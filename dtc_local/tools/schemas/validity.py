"""Whether a schema is valid JSON Schema (draft 2020-12), node by node, each sort of node checked once.

A schema is valid if each of its nodes is, with the schemas inside it left out. Most nodes of a large specification
differ only in names and texts, which make no schema invalid; without those they are few, and their verdicts are
remembered. That is what importing ten thousand tools in seconds hangs on: the validator takes a millisecond a node.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

from dtc_local.records import Json, Schema
from dtc_local.tools.readers.base import shown
from dtc_local.tools.schemas.spelling import escape

_TEXTS = frozenset({"title", "description", "$comment"})
_ANYTHING = frozenset({"default", "const"})
"""Keywords whose value may be anything at all."""


def fault_of(schema: Schema) -> tuple[str, str] | None:
    """Place (a JSON pointer) and message of what makes a schema invalid; None if it is valid."""
    fault = _fault_in(json.dumps(_bare(schema)))
    if fault is not None:
        return fault
    for place, inside in _inside(schema):
        fault = fault_of(inside)
        if fault is not None:
            return place + fault[0], fault[1]
    return None


def _inside(schema: Schema) -> Iterator[tuple[str, Schema]]:
    """The schemas that :func:`_bare` leaves out."""
    for key in ("properties", "$defs"):
        children = schema.get(key)
        if isinstance(children, dict):
            yield from ((f"/{key}/{escape(name)}", one) for name, one in children.items() if isinstance(one, dict))
    if isinstance(schema.get("items"), dict):
        yield "/items", schema["items"]


def _bare(schema: Schema) -> dict[str, Any]:
    """A node without the schemas inside it, and without what cannot make it invalid."""
    return {key: _kept(key, value) for key, value in schema.items() if not _is_harmless(key, value)}


def _is_harmless(key: str, value: Json) -> bool:
    if key == "required":
        return isinstance(value, list) and all(isinstance(one, str) for one in value) and len({*value}) == len(value)
    return key in _ANYTHING or (key in _TEXTS and isinstance(value, str))


def _kept(key: str, value: Json) -> Json:
    if key in ("properties", "$defs") and isinstance(value, dict):
        return {name: one for name, one in value.items() if not isinstance(one, dict)}
    if key == "items" and isinstance(value, dict):
        return {}
    return [] if key in ("enum", "examples") and isinstance(value, list) else value


@lru_cache(maxsize=4096)
def _fault_in(node: str) -> tuple[str, str] | None:
    try:
        Draft202012Validator.check_schema(json.loads(node))
    except SchemaError as error:
        return "".join(f"/{step}" for step in error.absolute_path), shown(error.message, 120)
    return None
