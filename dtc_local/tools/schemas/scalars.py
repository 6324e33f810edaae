"""The keywords of single values in normal form: lengths, patterns, formats, bounds; and the values a schema lists.

Every function adds to `normal` what the grammar can hold and tells the log of what it cannot. Formats the grammar
does not know are replaced by narrower ones that it does (a URI is also a URI reference), never dropped silently.
"""

from __future__ import annotations

from typing import Any

from jsonschema import Draft202012Validator

from dtc_local.records import Json, Schema
from dtc_local.tools.findings import Log
from dtc_local.tools.schemas.hints import listed
from dtc_local.tools.schemas.merge import Impossible
from dtc_local.tools.schemas.shape import coerced, has_lookaround
from dtc_local.tools.schemas.spelling import json_type_of

FORMATS = frozenset({"date-time", "date", "time", "duration", "email", "hostname", "ipv4", "ipv6", "uuid", "uri"})
"""Formats the grammar compiler knows."""
_NARROWER: dict[str, Schema] = {
    "idn-email": {"format": "email", "maxLength": 100},
    "idn-hostname": {"format": "hostname", "maxLength": 100},
    **{form: {"format": "uri", "maxLength": 200} for form in ("iri", "iri-reference", "uri-reference", "uri-template")},
    "json-pointer": {"pattern": "^(/[A-Za-z0-9_]+)*$"},
    "relative-json-pointer": {"pattern": "^[0-9](/[A-Za-z0-9_]+)*$"},
    "regex": {"pattern": "^[A-Za-z0-9 ]*$"},
}
"""Formats that the validator checks and the grammar does not know, and what the grammar can hold instead."""
_LONGEST = {"email": 100, "hostname": 100, "uri": 200}
"""Formats without a natural end: a weak model would write one address until its budget is spent."""
_VALUE_KEYS = frozenset({"const", "enum", "default", "examples", "example"})
_NO_VALUE = frozenset({"none", "null", "undefined", "nil", "n/a"})
_BOUNDS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
EXACT = 2**53 - 1
"""The largest integer that every reader of JSON keeps exactly."""
EXAMPLES = 8
"""Examples kept at one node."""


def add_string(schema: Schema, normal: dict[str, Any], pointer: str, log: Log) -> None:
    """Lengths, pattern and format; :class:`Impossible` where the lengths contradict each other."""
    normal.update({key: schema[key] for key in ("minLength", "maxLength") if key in schema})
    if normal.get("minLength", 0) > normal.get("maxLength", float("inf")):
        raise Impossible(f"minLength {normal['minLength']} is more than maxLength {normal['maxLength']}")
    if "pattern" in schema:
        if has_lookaround(schema["pattern"]):
            log.warning(
                "pattern", f"{pointer}/pattern", "lookaround or backreference cannot be built in, checked afterwards"
            )
        else:
            normal["pattern"] = schema["pattern"]
    form = schema.get("format")
    if form in FORMATS:
        normal["format"] = form
        if form in _LONGEST and "maxLength" not in schema and normal.get("minLength", 0) <= _LONGEST[form]:
            normal["maxLength"] = _LONGEST[form]
            log.info("format", f"{pointer}/format", f"{form} kept to {_LONGEST[form]} characters")
    elif form in _NARROWER and "pattern" not in normal:
        normal.update({**_NARROWER[form], **{key: normal[key] for key in ("maxLength",) if key in normal}})
        log.info("format", f"{pointer}/format", f"format {form!r} written as {_narrowed(form)}")
    elif form:
        log.info("format", f"{pointer}/format", f"format {form!r} is unknown, not enforced")


def add_number(schema: Schema, normal: dict[str, Any], pointer: str, log: Log) -> None:
    """Bounds and step; :class:`Impossible` where nothing lies between the bounds."""
    normal.update({key: schema[key] for key in (*_BOUNDS, "multipleOf") if key in schema})
    for key in _BOUNDS:
        if abs(normal.get(key, 0)) > EXACT:
            log.info("bounds", f"{pointer}/{key}", f"{normal[key]} narrowed to where JSON numbers are exact")
            normal[key] = EXACT if normal[key] > 0 else -EXACT
    step = normal.get("multipleOf", 1)
    if round(step, 6) != step or step > 10**9:
        log.warning(
            "keyword", f"{pointer}/multipleOf", f"multipleOf {normal.pop('multipleOf')} is checked afterwards only"
        )
    low = max((normal[key] for key in ("minimum", "exclusiveMinimum") if key in normal), default=None)
    high = min((normal[key] for key in ("maximum", "exclusiveMaximum") if key in normal), default=None)
    if low is not None and high is not None and (low > high or (low == high and _excludes(normal, low))):
        raise Impossible(f"no number is above {low} and below {high}")


def add_values(schema: Schema, normal: dict[str, Any], pointer: str, log: Log) -> None:
    """enum, const, default and examples, as far as they fit the rest."""
    if not _VALUE_KEYS & schema.keys() and not normal.get("description"):
        return
    check = Draft202012Validator(dict(normal))
    if "const" in schema:
        if not check.is_valid(schema["const"]) or schema["const"] not in schema.get("enum", [schema["const"]]):
            raise Impossible(f"the only value {str(schema['const'])[:40]!r} is not allowed")
        normal["const"] = schema["const"]
    elif "enum" in schema:
        _add_enum(schema["enum"], normal, check, pointer, log)
    elif normal["type"] == "string" or (normal["type"] == "array" and normal["items"] == {"type": "string"}):
        _add_listed(normal, pointer, log)
    check = Draft202012Validator(dict(normal))
    if schema.get("default") is not None:
        _add_default(schema["default"], normal, check, pointer, log)
    examples = schema.get("examples", [schema["example"]] if "example" in schema else [])
    fitting = [value for value in examples if check.is_valid(value)]
    if len(fitting) < len(examples):
        log.info("example", pointer, f"{len(examples) - len(fitting)} examples do not fit the schema, dropped")
    if fitting:
        normal["examples"] = fitting[:EXAMPLES]


def _narrowed(form: str) -> str:
    return " ".join(f"{key} {value}" for key, value in _NARROWER[form].items())


def _excludes(normal: Schema, bound: float) -> bool:
    return bound in (normal.get("exclusiveMinimum"), normal.get("exclusiveMaximum"))


def _add_enum(values: list[Json], normal: dict[str, Any], check: Any, pointer: str, log: Log) -> None:
    distinct = {f"{json_type_of(value)}{value!r}": value for value in values}
    fitting = [value for value in distinct.values() if check.is_valid(value)]
    if len(fitting) < len([value for value in values if value is not None]):
        log.warning("enum", f"{pointer}/enum", "values that repeat or do not fit the type dropped", "Correct the list.")
    if fitting:
        normal["enum"] = fitting
        return
    raise Impossible("none of the listed values fits")


def _add_listed(normal: dict[str, Any], pointer: str, log: Log) -> None:
    """A closed list of values in the description is an enum that its author did not know how to write."""
    target = normal["items"] if normal["type"] == "array" else normal
    values = [value for value in listed(normal.get("description", "")) if Draft202012Validator(target).is_valid(value)]
    if len(values) > 1:
        target["enum"] = values
        taken = ", ".join(values)[:80]
        log.info("description", f"{pointer}/description", f"enum taken from the description: {taken}")


def _add_default(value: Json, normal: dict[str, Any], check: Any, pointer: str, log: Log) -> None:
    means_none = isinstance(value, str) and value.strip().lower() in _NO_VALUE
    if means_none and value not in normal.get("enum", ()):
        log.info("default", f"{pointer}/default", f"default {value!r} means no value, dropped")
        return
    for candidate in (value, coerced(value, normal["type"])):
        if candidate is not None and check.is_valid(candidate):
            normal["default"] = candidate
            if candidate is not value:
                log.info("default", f"{pointer}/default", f"default {value!r} spelled {candidate!r}")
            return
    log.warning("default", f"{pointer}/default", f"default {str(value)[:40]!r} does not fit, dropped", "Correct it.")
