"""Local references of a JSON Schema: what they point at, and whether following them ever ends.

A reference is sound if it leads to a schema and not back to itself before anything inside the value has been looked
at. `{"not": {"$ref": "#"}}` is not sound: a validator would follow it for ever, whatever the value.
"""

from __future__ import annotations

from collections.abc import Iterator

from dtc_local.records import Json, Schema

_ALTERNATIVES = ("allOf", "anyOf", "oneOf")
_SAME_VALUE = ("not", "if", "then", "else")


def resolve(root: Schema, reference: str) -> Json:
    """What a local reference `#/a/b` points at; LookupError if nothing is there."""
    node: Json = root
    for part in reference.removeprefix("#").split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~").replace("%25", "%").replace("%24", "$")
        node = node[int(key)] if isinstance(node, list) else node[key]
    if not isinstance(node, dict | bool):
        raise LookupError(reference)
    return node


def is_sound(root: Schema, reference: str) -> bool:
    """Whether a reference is local, leads to a schema, and does not come back to itself on the same value."""
    if _target(root, reference) is None:
        return False
    seen: set[str] = set()
    waiting = [reference]
    while waiting:
        for onward in _same_value_references(_target(root, waiting.pop())):
            if onward == reference:
                return False
            if onward not in seen:
                seen.add(onward)
                waiting.append(onward)
    return True


def _target(root: Schema, reference: str) -> Json:
    """What a reference leads to, or None where it is not local or leads to no schema."""
    if reference != "#" and not reference.startswith("#/"):
        return None
    try:
        return resolve(root, reference)
    except (LookupError, TypeError, ValueError):
        return None


def _same_value_references(schema: Json) -> Iterator[str]:
    """References that a validator follows for the same value that it holds against `schema`."""
    if not isinstance(schema, dict):
        return
    if isinstance(schema.get("$ref"), str):
        yield schema["$ref"]
    inside = [schema[key] for key in _SAME_VALUE if key in schema]
    inside += [part for key in _ALTERNATIVES if isinstance(schema.get(key), list) for part in schema[key]]
    if isinstance(schema.get("dependentSchemas"), dict):
        inside += schema["dependentSchemas"].values()
    for part in inside:
        yield from _same_value_references(part)
