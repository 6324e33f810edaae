"""Plain JSON Schema documents: an object schema is the parameters of one tool, called by its title or `$id`.

A schema without properties of its own that only holds definitions gives one tool for every definition that is an
object; each takes along the definitions it refers to. This is the last reader: it asks for `properties` that are
schemas, or for `$schema`, so that no other JSON object is taken for a schema.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from dtc_local.records import Json
from dtc_local.tools.readers.base import MalformedTool, RawTool, Skipped, entries, shown
from dtc_local.tools.schemas.spelling import escape
from dtc_local.tools.words import bag

NAME = "jsonschema"
WORDS = 'JSON Schema: {"title", "description", "type": "object", "properties": {...}}'
_DEFINITIONS = ("$defs", "definitions")
_CHOICES = ("allOf", "anyOf", "oneOf")
_KEYWORDS = bag(
    "type properties items enum const $ref allOf anyOf oneOf not description title format pattern minimum maximum"
    " default examples additionalProperties required minLength maxLength minItems maxItems"
)
_OBJECT_KEYWORDS = bag("patternProperties additionalProperties propertyNames minProperties maxProperties")
_DEPTH = 8
"""References and compositions followed to find out what the root of a schema is."""


def matches(document: Json) -> bool:
    """True if any entry is the schema of an object, or a schema that holds definitions of objects."""
    return any(bool(_objects(_schema_in(entry)[1])) for _, entry in entries(document))


def read(document: Json) -> Iterator[RawTool | Skipped]:
    """The tool of every schema; definitions that are no objects are skipped."""
    for pointer, entry in entries(document):
        inside, schema = _schema_in(entry)
        found = _objects(schema)
        if not found and (inside or kind(schema)):
            yield Skipped(pointer + inside, f"a JSON Schema of type {_type_words(schema)} describes no arguments")
        elif not found:
            raise MalformedTool(pointer, f"{shown(entry)} is no schema of an object", 'Give it "properties".')
        elif found == [""]:
            yield _tool(schema, pointer + inside, _name(entry, ("name",)) or _name(schema) or _name(entry), schema)
            continue
        for key in _DEFINITIONS:
            for name in _map(schema, key):
                place = f"/{key}/{escape(name)}"
                if place in found:
                    yield _tool(schema[key][name], pointer + inside + place, name, schema)
                else:
                    yield Skipped(pointer + inside + place, f"the definition {name} is no object")


def kind(document: Json) -> str:
    """The type of a schema whose root is no object, for an error sentence; empty for what is no schema."""
    return _type_words(document) if isinstance(document, dict) and _is_declared(document) else ""


def _type_words(schema: dict[str, Json]) -> str:
    names = schema.get("type")
    return " or ".join(map(str, names)) if isinstance(names, list) and names else str(names or "unknown")


def _schema_in(entry: Json) -> tuple[str, Json]:
    """The schema itself, or the one under "schema" in a row of a data set, with the pointer to it."""
    inner = entry.get("schema") if isinstance(entry, dict) and "properties" not in entry else None
    return ("/schema", inner) if isinstance(inner, dict) and _name(entry) else ("", entry)


def _objects(schema: Json) -> list[str]:
    """Pointers of the object schemas a document offers: [""] for its root, else those of its definitions."""
    if not isinstance(schema, dict):
        return []
    if _is_object(schema, schema, 0):
        return [""] if _is_declared(schema) or _looks_like_schema(schema) else []
    if "type" in schema or "properties" in schema:
        return []
    return [
        f"/{key}/{escape(name)}"
        for key in _DEFINITIONS
        for name, definition in _map(schema, key).items()
        if _defines_object(definition, schema) and (_is_declared(schema) or _looks_like_schema(definition))
    ]


def _defines_object(definition: Json, root: dict[str, Json]) -> bool:
    """Whether a definition is an object itself, not another name for one or a choice of several."""
    if not isinstance(definition, dict) or not {"type", "properties", "allOf"} & definition.keys():
        return False
    return _is_object(definition, root, 0)


def _is_declared(schema: dict[str, Json]) -> bool:
    return isinstance(schema.get("$schema"), str) and "json-schema" in schema["$schema"]


def _looks_like_schema(schema: Json) -> bool:
    """Shows what it is without `$schema`: properties that are schemas, or a part or a keyword only objects have."""
    if not isinstance(schema, dict):
        return False
    if "properties" in schema:
        return bool(_map(schema, "properties")) and all(map(_is_schema, _map(schema, "properties").values()))
    if any(_looks_like_schema(part) for key in _CHOICES for part in _list(schema, key)):
        return True
    return schema.get("type") == "object" and not _OBJECT_KEYWORDS.isdisjoint(schema)


def _is_schema(value: Json) -> bool:
    """True, false, or an object that is empty or has a known keyword."""
    return isinstance(value, bool) or (isinstance(value, dict) and (not value or not _KEYWORDS.isdisjoint(value)))


def _is_object(schema: Json, root: dict[str, Json], depth: int) -> bool:
    """Whether the values of a schema are objects, as far as its type, references and compositions say."""
    if not isinstance(schema, dict) or depth > _DEPTH:
        return False
    names = schema.get("type")
    if names is not None:
        return names == "object" or (isinstance(names, list) and "object" in names)
    if isinstance(schema.get("properties"), dict):
        return True
    if isinstance(schema.get("$ref"), str):
        return _is_object(_target(schema["$ref"], root), root, depth + 1)
    parts = [part for key in _CHOICES for part in _list(schema, key)]
    return any(_is_object(part, root, depth + 1) for part in parts)


def _target(reference: str, root: dict[str, Json]) -> Json:
    """The definition that a local reference names; None where there is none."""
    found = re.fullmatch(r"#/(\$defs|definitions)/([^/]+)", reference)
    return _map(root, found[1]).get(found[2].replace("~1", "/").replace("~0", "~")) if found else None


def _tool(schema: Json, pointer: str, name: str, root: dict[str, Json]) -> RawTool:
    """A tool whose parameters are the schema, with the definitions that it needs from the root."""
    words = schema.get("description")
    return RawTool(
        dialect=NAME,
        pointer=pointer,
        name=name,
        description=words if isinstance(words, str) else "",
        parameters=schema if schema is root else {**schema, **_needed(schema, root)},
        parameters_key="",
    )


def _name(schema: dict[str, Json], keys: tuple[str, ...] = ("name", "title")) -> str:
    """The name, the title, or the last part of `$id` without its endings."""
    for key in keys:
        if isinstance(schema.get(key), str) and schema[key].strip():
            return str(schema[key])
    if "title" not in keys:
        return ""
    identity = next((schema[key] for key in ("$id", "id") if isinstance(schema.get(key), str)), "")
    last = identity.rstrip("#/").rsplit("/", 1)[-1].rsplit(":", 1)[-1]
    return re.sub(r"(\.schema)?(\.json|\.ya?ml)?$", "", last)


def _needed(schema: Json, root: dict[str, Json]) -> dict[str, dict[str, Json]]:
    """The definitions that a schema refers to, and those that they refer to, under the keys they stand under."""
    needed: dict[str, dict[str, Json]] = {}
    waiting: list[Any] = [schema]
    while waiting:
        node = waiting.pop()
        if isinstance(node, list):
            waiting += node
        elif isinstance(node, dict):
            waiting += node.values()
            found = re.match(r"#/(\$defs|definitions)/([^/]+)", str(node.get("$ref", "")))
            name = found[2].replace("~1", "/").replace("~0", "~") if found else ""
            if found and name in _map(root, found[1]) and name not in needed.get(found[1], ()):
                needed.setdefault(found[1], {})[name] = root[found[1]][name]
                waiting.append(root[found[1]][name])
    return needed


def _map(node: Json, key: str) -> dict[str, Json]:
    value = node.get(key) if isinstance(node, dict) else None
    return value if isinstance(value, dict) else {}


def _list(node: dict[str, Json], key: str) -> list[Json]:
    value = node.get(key)
    return value if isinstance(value, list) else []
