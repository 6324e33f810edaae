"""From a dialect's schema to valid JSON Schema 2020-12 that says the same: type names, tuples, old spellings.

What no validator could read (a `required` that is no list, a pattern that does not compile, a `$ref` to nowhere) is
dropped and noted; everything else stays as it was. The result is a tool's `source` schema, which has the last word on
every value.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from dtc_local.records import Json, Schema
from dtc_local.tools.findings import Log
from dtc_local.tools.schemas.references import References

JSON_TYPES = ("string", "integer", "number", "boolean", "array", "object", "null")
_TYPE_NAMES = {
    "object": ("dict", "object", "map", "hashmap", "mapping", "record", "struct", "json"),
    "array": ("list", "array", "tuple", "set", "arraylist", "sequence", "vector"),
    "string": ("string", "str", "char", "text", "varchar", "enum", "date", "datetime", "file", "uri", "url"),
    "integer": ("integer", "int", "long", "short", "byte", "bigint", "int32", "int64"),
    "number": ("number", "float", "double", "decimal", "real", "numeric", "bigdecimal"),
    "boolean": ("boolean", "bool"),
    "null": ("null", "none", "nonetype", "void"),
    "": ("any", "object|any", "mixed", "unknown", "variant"),
}
_TYPES = {name: json_type for json_type, names in _TYPE_NAMES.items() for name in names}
_FORMATS = {"date": "date", "datetime": "date-time", "uri": "uri", "url": "uri"}
_SCHEMA_MAPS = ("properties", "patternProperties", "$defs", "definitions", "dependentSchemas")
_SCHEMA_LISTS = ("allOf", "anyOf", "oneOf", "prefixItems")
_SCHEMAS = (
    *("additionalProperties", "not", "if", "then", "else", "contains", "propertyNames", "items"),
    *("unevaluatedItems", "unevaluatedProperties", "contentSchema"),
)
_NUMBERS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
_COUNTS = (
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "minProperties",
    "maxProperties",
    "minContains",
    "maxContains",
)
_TEXTS = ("description", "title", "format", "$comment", "contentEncoding", "contentMediaType")
_FLAGS = ("uniqueItems", "deprecated", "readOnly", "writeOnly")
# These move the base of references or only matter to other drafts; all references read here are local pointers. The
# last two are spelled anew below.
_DROPPED = (
    "$schema",
    "$id",
    "id",
    "$anchor",
    "$dynamicRef",
    "$dynamicAnchor",
    "$recursiveRef",
    "$recursiveAnchor",
    "$vocabulary",
    "dependencies",
    "additionalItems",
)


def spell(schema: Schema, pointer: str, log: Log) -> Schema:
    """The whole schema in 2020-12 spelling; `pointer` is its place in the document."""
    spelled = _node(schema, pointer, log)
    assert isinstance(spelled, dict)
    _drop_unsound(spelled, References(spelled), pointer, log)
    return spelled


def json_type_of(value: Json) -> str:
    """The JSON type of a value; 3.0 is a number, 3 an integer."""
    if value is None:
        return "null"
    by_type = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array"}
    return by_type.get(type(value), "object")


def fits(value: Json, kind: str) -> bool:
    """Whether a value is of a JSON type; every integer is a number."""
    own = json_type_of(value)
    return own == kind or (own == "integer" and kind == "number") or (kind == "integer" and _is_whole(value))


def _is_whole(value: Json) -> bool:
    return isinstance(value, float) and value.is_integer()


def _node(node: Json, pointer: str, log: Log) -> Json:
    if isinstance(node, bool):
        return node
    if not isinstance(node, dict):
        log.warning(
            "malformed", pointer, f"{type(node).__name__} in place of a schema, taken as any", "Write a schema object."
        )
        return {}
    spelled: dict[str, Any] = {}
    for key, value in node.items():
        if key in _DROPPED:
            continue
        handler = _HANDLERS.get(key)
        if handler is None:
            spelled[key] = value
        elif not handler(spelled, key, value, f"{pointer}/{key}", log):
            log.warning(
                "malformed", f"{pointer}/{key}", f"{key} of the wrong form, dropped", f"See JSON Schema 2020-12, {key}."
            )
    _bounds(spelled)
    _older(spelled, node, pointer, log)
    _agree(spelled, pointer, log)
    return spelled


def _type(out: dict[str, Any], key: str, value: Json, pointer: str, log: Log) -> bool:
    names = value if isinstance(value, list) else [value]
    if not names or not all(isinstance(name, str) for name in names):
        return False
    types = [_TYPES.get(name.strip().lower(), "?") for name in names]
    if "?" in types:
        log.warning(
            "type", pointer, f"unknown type {names[types.index('?')]!r}, taken as any", "Use a JSON Schema type."
        )
        return True
    for name, json_type in zip(names, types, strict=True):
        if name != json_type:
            log.translated[f"{name} -> {json_type or 'any'}"] += 1
        if name.lower() in _FORMATS:
            out.setdefault("format", _FORMATS[name.lower()])
    if "" not in types:
        distinct = list(dict.fromkeys(types))
        out[key] = distinct if isinstance(value, list) else distinct[0]
    return True


def _map(out: dict[str, Any], key: str, value: Json, pointer: str, log: Log) -> bool:
    if not isinstance(value, dict):
        return False
    kept = value
    if key == "patternProperties":
        kept = {name: child for name, child in value.items() if _compiles(name)}
        for name in value.keys() - kept.keys():
            log.warning("pattern", f"{pointer}/{escape(name)}", "no regular expression Python knows, dropped")
    out[key] = {name: _node(child, f"{pointer}/{escape(name)}", log) for name, child in kept.items()}
    return True


def _list(out: dict[str, Any], key: str, value: Json, pointer: str, log: Log) -> bool:
    if not isinstance(value, list) or not value:
        return False
    out[key] = [_node(child, f"{pointer}/{index}", log) for index, child in enumerate(value)]
    return True


def _schema(out: dict[str, Any], key: str, value: Json, pointer: str, log: Log) -> bool:
    if key == "items" and isinstance(value, list):  # the tuple of drafts before 2020-12
        log.info("draft", pointer, "list of schemas under items, spelled prefixItems")
        return not value or _list(out, "prefixItems", value, pointer, log)
    if not isinstance(value, dict | bool):
        return False
    out[key] = _node(value, pointer, log)
    return True


def _required(out: dict[str, Any], key: str, value: Json, pointer: str, log: Log) -> bool:
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        return False
    out[key] = list(dict.fromkeys(value))
    return True


def _number(out: dict[str, Any], key: str, value: Json, pointer: str, log: Log) -> bool:
    if isinstance(value, bool) and key.startswith("exclusive"):  # draft 4: a flag beside minimum
        out[key] = value
        return True
    out.update({key: value} if json_type_of(value) in ("integer", "number") else {})
    return key in out


def _keep(accept: Callable[[Json], bool]) -> Callable[[dict[str, Any], str, Json, str, Log], bool]:
    def handler(out: dict[str, Any], key: str, value: Json, pointer: str, log: Log) -> bool:
        if accept(value):
            out[key] = value
        return key in out

    return handler


def _compiles(value: Json) -> bool:
    try:
        re.compile(value)
    except (re.error, TypeError, OverflowError, RecursionError):
        return False
    return True


def _bounds(out: dict[str, Any]) -> None:
    """Draft 4's `exclusiveMinimum: true` beside `minimum: 3` is `exclusiveMinimum: 3`."""
    for flag, bound in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if isinstance(out.get(flag), bool):
            exclusive = out.pop(flag)
            if exclusive and bound in out:
                out[flag] = out.pop(bound)


def _older(out: dict[str, Any], node: dict[str, Json], pointer: str, log: Log) -> None:
    """Draft 7's `additionalItems` beside a list of items, and `dependencies`, in today's keywords."""
    if isinstance(node.get("items"), list) and isinstance(node.get("additionalItems"), dict | bool):
        out["items"] = _node(node["additionalItems"], f"{pointer}/additionalItems", log)
    if not isinstance(node.get("dependencies"), dict):
        return
    log.info("draft", f"{pointer}/dependencies", "dependencies, spelled dependentRequired and dependentSchemas")
    for name, rule in node["dependencies"].items():
        if isinstance(rule, list) and all(isinstance(other, str) for other in rule):
            out.setdefault("dependentRequired", {})[name] = list(dict.fromkeys(rule))
        elif isinstance(rule, dict | bool):
            place = f"{pointer}/dependencies/{escape(name)}"
            out.setdefault("dependentSchemas", {})[name] = _node(rule, place, log)


def _agree(out: dict[str, Any], pointer: str, log: Log) -> None:
    """An enum none of whose values has the declared type allows nothing: then the values are believed, not the type."""
    types = out.get("type")
    if types is None or not isinstance(out.get("enum"), list):
        return
    allowed = [types] if isinstance(types, str) else types
    fitting = [value for value in out["enum"] if any(fits(value, kind) for kind in allowed)]
    if fitting:
        return
    kinds = list(dict.fromkeys(json_type_of(value) for value in out["enum"]))
    log.warning(
        "enum",
        f"{pointer}/enum",
        f"no enum value is of type {types}, type taken from the values",
        "Correct one of them.",
    )
    out["type"] = kinds[0] if len(kinds) == 1 else kinds


def _drop_unsound(node: Json, references: References, pointer: str, log: Log) -> None:
    """Remove references that a validator would stop at, or follow for ever."""
    if isinstance(node, list):
        for index, child in enumerate(node):
            _drop_unsound(child, references, f"{pointer}/{index}", log)
    if not isinstance(node, dict):
        return
    reference = node.get("$ref")
    fault = references.fault(reference) if isinstance(reference, str) else ""
    if fault:
        del node["$ref"]
        log.warning("reference", f"{pointer}/$ref", f"{reference!r} {fault}: taken as any", "Inline it.")
    for key, child in node.items():
        if key in _SCHEMA_MAPS:
            for name, schema in child.items():
                _drop_unsound(schema, references, f"{pointer}/{key}/{escape(name)}", log)
        elif key in _SCHEMAS or key in _SCHEMA_LISTS:
            _drop_unsound(child, references, f"{pointer}/{key}", log)


def escape(name: str) -> str:
    """A property name as a JSON pointer segment."""
    return name.replace("~", "~0").replace("/", "~1")


_Handler = Callable[[dict[str, Any], str, Json, str, Log], bool]
_HANDLERS: dict[str, _Handler] = {
    "type": _type,
    "required": _required,
    **dict.fromkeys(_SCHEMA_MAPS, _map),
    **dict.fromkeys(_SCHEMA_LISTS, _list),
    **dict.fromkeys(_SCHEMAS, _schema),
    **dict.fromkeys(_NUMBERS, _number),
    "multipleOf": _keep(lambda value: json_type_of(value) in ("integer", "number") and value > 0),
    **dict.fromkeys(_COUNTS, _keep(lambda value: json_type_of(value) == "integer" and value >= 0)),
    **dict.fromkeys(_TEXTS, _keep(lambda value: isinstance(value, str))),
    **dict.fromkeys(_FLAGS, _keep(lambda value: isinstance(value, bool))),
    "enum": _keep(lambda value: isinstance(value, list) and bool(value)),
    "examples": _keep(lambda value: isinstance(value, list)),
    "pattern": _keep(_compiles),
    "$ref": _keep(lambda value: isinstance(value, str)),
    "dependentRequired": _keep(
        lambda value: (
            isinstance(value, dict)
            and all(isinstance(names, list) and all(isinstance(n, str) for n in names) for names in value.values())
        )
    ),
}
