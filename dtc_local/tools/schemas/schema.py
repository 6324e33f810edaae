"""Schemas in the one form that grammars, dataflow edges and world facts are made for.

A normalised schema has a single `type` at every node and no `$ref`, no composition and no keyword the compiler
refuses. It is *narrower* than the original wherever a choice had to be made (one alternative, closed objects, a
listed set of values), so that a value that fits it fits the original too; where a keyword had to be relaxed instead,
a finding says so and the original still checks every value afterwards. Where narrowing is not known to be exact,
values are tried out (trial.py); other alternatives are chosen until some fit, and a schema that nothing fits is an
error with the reason.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from dtc_local.records import Json, Schema
from dtc_local.tools.findings import Log
from dtc_local.tools.schemas.flatten import Endless, Flattener, Stack
from dtc_local.tools.schemas.merge import Impossible, matches, together
from dtc_local.tools.schemas.scalars import add_number, add_string, add_values
from dtc_local.tools.schemas.shape import infer_type, is_optional, schema_of, wanted_kinds
from dtc_local.tools.schemas.spelling import escape, json_type_of
from dtc_local.tools.schemas.trial import misfit, misfits, needs_trial

ASSUMED_OUTPUT: Schema = {
    "type": "object",
    "properties": {"result": {"type": "string"}},
    "required": ["result"],
    "additionalProperties": False,
}
"""What a tool without an output schema is taken to return; it never feeds an argument."""
NO_ARGUMENTS: Schema = {"type": "object", "properties": {}, "required": [], "additionalProperties": False}

MAX_NODES = 4000
"""Inlined references may multiply; what lies beyond this many nodes is left out."""
MAX_REQUIRED_FIELDS = 16
"""Results whose schema requires nothing get all their fields required, up to this many."""
CHOICES = 4
"""How many ways of choosing among alternatives are tried before a schema is given up."""
_CHECKED = ("uniqueItems", "not", "propertyNames")
"""Keywords the grammar cannot hold: the validator checks them afterwards."""

_Make = Callable[[Schema, str, Log, int], Schema | None]


def normalise_parameters(source: Schema, pointer: str, log: Log) -> Schema:
    """The object schema of a tool's arguments; `properties` and `required` always there, nothing else allowed.

    Where no call can obey the source, the log gets an error and the schema is that of a call without arguments.
    """
    normal, reason = _best(source, pointer, log, _parameters)
    if normal is None:
        words = f"nothing could be made that obeys the schema: {reason}"
        log.error("unusable", pointer, words, "Correct the schema.")
    return normal or NO_ARGUMENTS


def normalise_output(source: Schema, pointer: str, log: Log) -> Schema | None:
    """The schema of a tool's results; None, with a finding, where the source names no field or nothing fits it."""
    return fitted_output(source, pointer, log)[0]


def fitted_output(source: Schema, pointer: str, log: Log) -> tuple[Schema | None, Schema | None]:
    """The normal form of a result schema, and the source that has the last word on results.

    A `oneOf` whose alternatives always hold together is read as `anyOf`, which is what its author meant. A schema that
    nothing fits is dropped: the tool is then one without a declared result.
    """
    normal, reason = _best(source, pointer, log, _output)
    if normal is not None or not reason:
        return normal, source
    lenient = _any_of(source)
    normal, failed = _best(lenient, pointer, log, _output) if lenient != source else (None, reason)
    if normal is not None and not failed:
        words = "alternatives of oneOf hold together, read as anyOf"
        log.warning("union", pointer, words, "Write anyOf, or make the alternatives exclude each other.")
        return normal, lenient
    words = f"nothing could be made that obeys the output schema ({reason}), taken as undeclared"
    log.warning("output", pointer, words, "Correct the schema.")
    return None, None


def fitted_error(source: Schema, pointer: str, log: Log) -> tuple[Schema | None, Schema | None]:
    """The same of what a failing tool returns, which is an object; nothing where the schema cannot be used.

    How it was narrowed is not noted: no call refers to an error.
    """
    normal, original, reason = _fitted_error(json.dumps(source))
    if normal is None:
        log.info("output", pointer, f"error schema left out: {reason}", "Describe an object with named fields.")
    return normal, original


@lru_cache(maxsize=256)
def _fitted_error(source: str) -> tuple[Schema | None, Schema | None, str]:
    """The two schemas, or why there are none; most specifications repeat theirs at every operation."""
    notes = Log()
    normal, original = fitted_output(json.loads(source), "", notes)
    if normal is not None and normal["type"] == "object":
        return normal, original, ""
    return None, None, f"it is {normal['type']}" if normal is not None else notes.findings[-1].what


def is_free_form(schema: Schema) -> bool:
    """True for an object whose keys are not named: `dict` without properties."""
    return (
        schema.get("type") == "object"
        and not schema.get("properties")
        and schema.get("additionalProperties") is not False
    )


def leaf_type(schema: Schema) -> str:
    """The JSON type of a normalised node."""
    return str(schema["type"])


def _best(source: Schema, pointer: str, log: Log, make: _Make) -> tuple[Schema | None, str]:
    """The first way of choosing whose values obey the source, and the reason where there is none."""
    reasons: list[str] = []
    tried = needs_trial(source)
    for choice in range(CHOICES if tried else 1):
        notes = Log()
        try:
            normal = make(source, pointer, notes, choice)
        except Impossible as error:
            reasons.append(str(error))
            continue
        fault = misfit(normal, source) if tried and normal is not None else None
        if fault is not None and normal is not None:
            normal = _without_misfits(normal, source, pointer, notes)
            fault = misfit(normal, source)
        if fault is None:
            log.take(notes)
            return normal, ""
        reasons.append(fault)
    return None, reasons[0]


def _any_of(schema: Json) -> Json:
    """The schema with every `oneOf` read as `anyOf`."""
    if isinstance(schema, list):
        return [_any_of(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    both = {key: _any_of(value) for key, value in schema.items()}
    if isinstance(both.get("oneOf"), list) and "anyOf" not in both:
        both["anyOf"] = both.pop("oneOf")
    return both


def _without_misfits(normal: Schema, source: Schema, pointer: str, log: Log) -> Schema:
    """The object without the optional properties whose values never obey the source."""
    gone = misfits(normal, source)
    for name in gone:
        place = f"{pointer}/properties/{escape(name)}"
        log.warning("bounds", place, "no value could be made that obeys the schema, left out", "Correct its schema.")
    properties = {name: child for name, child in normal.get("properties", {}).items() if name not in gone}
    return {**normal, "properties": properties} if gone else normal


def _parameters(source: Schema, pointer: str, log: Log, choice: int) -> Schema:
    normal = _Normaliser(source, pointer, log, choice).node(source, pointer, ())
    if normal["type"] != "object":
        raise Impossible(f"arguments are an object, and this is {normal['type']}")
    if isinstance(normal.get("additionalProperties"), dict):
        log.info("free_form", pointer, "arguments beyond the named ones are not used")
    return {**NO_ARGUMENTS, "properties": normal["properties"], "required": normal["required"]}


def _output(source: Schema, pointer: str, log: Log, choice: int) -> Schema | None:
    normal = _Normaliser(source, pointer, log, choice, requires_all=True).node(source, pointer, ())
    if not is_free_form(normal):
        return normal
    if "properties" in source:
        return {**normal, "additionalProperties": False}
    words = "the output schema names no field, taken as undeclared"
    log.info("output", pointer, words, "Name the fields of the result.")
    return None


class _Normaliser:
    """One pass over one schema; `requires_all` is for results, whose absent `required` means "all fields"."""

    def __init__(self, root: Schema, place: str, log: Log, choice: int, *, requires_all: bool = False) -> None:
        self.flattener = Flattener(root, log, choice)
        self.place, self.log, self.requires_all, self.nodes = place, log, requires_all, 0

    def node(self, schema: Json, pointer: str, stack: Stack) -> Schema:
        """The normal form of one node; :class:`Impossible` if there is none."""
        self.nodes += 1
        if schema is False:
            raise Impossible("false allows nothing")
        if self.nodes > MAX_NODES:
            raise Endless(f"more than {MAX_NODES} nodes")
        if schema is True or not schema:
            self.log.info("missing_type", pointer, "no type, taken as string", 'Add "type".')
            return {"type": "string"}
        flat, stack = self.flattener.flat(schema, pointer, stack)
        kind = self._type(flat, pointer)
        self._report_checked(flat, pointer)
        normal: dict[str, Any] = {"type": kind}
        if isinstance(flat.get("description"), str) and flat["description"].strip():
            normal["description"] = flat["description"].strip()
        named = _named_containers(flat, kind)
        if named:
            normal.update(self.node(schema_of(named[0]), pointer, stack))
        elif kind == "object":
            self._object(flat, normal, pointer, stack)
        elif kind == "array":
            self._array(flat, normal, pointer, stack)
        elif kind == "string":
            add_string(flat, normal, pointer, self.log)
        elif kind in ("integer", "number"):
            add_number(flat, normal, pointer, self.log)
        add_values(flat, normal, pointer, self.log)
        return normal

    def _type(self, schema: Schema, pointer: str) -> str:
        declared = schema.get("type")
        if isinstance(declared, str):
            return declared
        if not declared:
            inferred = infer_type(schema)
            self.log.info("missing_type", pointer, f"no type, taken as {inferred}", 'Add "type".')
            return inferred
        chosen, others = wanted_kinds(schema, declared)
        if "null" in declared and chosen != "null":
            self.log.info("nullable", f"{pointer}/type", "may be null, which is never written")
        if others:
            self.log.info("union", f"{pointer}/type", f"{chosen} or {' or '.join(others)}, {chosen} is used")
        return chosen

    def _report_checked(self, schema: Schema, pointer: str) -> None:
        for key in _CHECKED:
            if schema.get(key) not in (None, False, {}) and not (key == "propertyNames" and schema[key] is True):
                self.log.warning("keyword", f"{pointer}/{key}", f"{key} cannot be built in, checked afterwards")

    def _object(self, schema: Schema, normal: dict[str, Any], pointer: str, stack: Stack) -> None:
        needed = list(schema.get("required", ()))
        properties: dict[str, Schema] = {}
        for name, child in schema.get("properties", {}).items():
            place = f"{pointer}/properties/{escape(name)}"
            try:
                properties[name] = self.node(_patterned(schema, name, child), place, stack)
            except Impossible as error:
                if name in needed:
                    raise
                if child is not False:
                    self._left_out(place, error)
        for name in needed:
            if name not in properties:
                properties[name] = self._undescribed(schema, name, pointer, stack)
        if self.requires_all and "required" not in schema and 0 < len(properties) <= MAX_REQUIRED_FIELDS:
            needed = [name for name, child in properties.items() if not is_optional(child)]
        normal.update(_counted(schema, properties, needed), additionalProperties=False)
        if not properties:
            normal["additionalProperties"] = self._map_values(schema, pointer, stack)

    def _left_out(self, pointer: str, error: Impossible) -> None:
        if isinstance(error, Endless):
            self.log.warning("recursion", pointer, f"never ends ({error}), left out")
        else:
            self.log.warning("bounds", pointer, f"allows nothing ({error}), left out", "Correct its schema.")

    def _undescribed(self, schema: Schema, name: str, pointer: str, stack: Stack) -> Schema:
        """A required name that is no property: it must be there, as whatever the schema says of other properties."""
        rule = _patterned(schema, name, None)
        if rule is False:
            raise Impossible(f"{name!r} is required and not allowed")
        place = f"{pointer}/required"
        child = {"type": "string"} if rule is True or not rule else self.node(rule, place, stack)
        words = f"{name!r} is required but not described, taken as {child['type']}"
        self.log.warning("required", place, words, "Describe it, or take it out of required.")
        return child

    def _map_values(self, schema: Schema, pointer: str, stack: Stack) -> Schema | bool:
        """What a free-form object's values may be; False where it must stay empty."""
        rest = schema.get("additionalProperties", True)
        rule = together(rest, *schema.get("patternProperties", {}).values())
        if rest is False or rule is False:
            return False
        if rule is True and pointer == self.place:  # whole parameters or results: judged by the callers above
            return {"type": "string"}
        self.log.warning(
            "free_form", pointer, "object without named properties, filled sparingly", "Name its properties."
        )
        try:
            return {"type": "string"} if rule is True else self.node(rule, f"{pointer}/additionalProperties", stack)
        except Impossible:
            return False

    def _array(self, schema: Schema, normal: dict[str, Any], pointer: str, stack: Stack) -> None:
        low, high = schema.get("minItems", 0), schema.get("maxItems")
        if "prefixItems" in schema:
            self._tuple(schema, normal, pointer, stack)
            return
        items = schema.get("items")
        if items is None and "contains" in schema:
            items = True
        elif items is None:
            self.log.info("items", pointer, "no items, taken as strings", 'Add "items".')
            items = {"type": "string"}
        if "contains" in schema and schema.get("minContains", 1) > 0:
            # Where every element is one of the wanted kind, enough of them are.
            items = together(items, schema["contains"])
            low = max(low, schema.get("minContains", 1))
            high = min(filter(None, (high, schema.get("maxContains"))), default=None)
        if high is not None and low > high:
            raise Impossible(f"at least {low} and at most {high} elements")
        normal.update({"minItems": low} if low else {}, **({"maxItems": high} if high is not None else {}))
        if schema.get("uniqueItems") is True:  # no grammar holds it, but the engine validates and tries again
            normal["uniqueItems"] = True
        try:
            normal["items"] = self.node(items, f"{pointer}/items", stack)
        except Impossible:
            if low:
                raise
            normal.update(items={"type": "string"}, maxItems=0)

    def _tuple(self, schema: Schema, normal: dict[str, Any], pointer: str, stack: Stack) -> None:
        """All the places that can be filled, up to `maxItems`."""
        least = schema.get("minItems", 0)
        parts: list[Schema] = []
        for index, part in enumerate(schema["prefixItems"][: schema.get("maxItems")]):
            try:
                parts.append(self.node(part, f"{pointer}/prefixItems/{index}", stack))
            except Impossible:
                break
        while len(parts) < least:
            parts.append(self.node(schema.get("items", True), f"{pointer}/items", stack))
        if "contains" in schema:
            self.log.warning("keyword", f"{pointer}/contains", "contains cannot be built in, checked afterwards")
        normal.update(prefixItems=parts, items=False, minItems=len(parts), maxItems=len(parts))
        if not parts:
            normal.pop("prefixItems")
            normal.update(items={"type": "string"})


def _named_containers(schema: Schema, kind: str) -> list[Json]:
    """The objects or lists that `const` or `enum` name: the first one gives the shape."""
    if kind not in ("object", "array"):
        return []
    values = [schema["const"]] if "const" in schema else schema.get("enum", [])
    return [value for value in values if json_type_of(value) == kind]


def _patterned(schema: Schema, name: str, child: Json) -> Json:
    """A property's schema together with the pattern schemas that speak of its name; without its own, the rest's."""
    patterned = [rule for pattern, rule in schema.get("patternProperties", {}).items() if matches(pattern, name)]
    if child is None:
        return together(*patterned) if patterned else schema.get("additionalProperties", True)
    return together(child, *patterned) if patterned else child


def _counted(schema: Schema, properties: dict[str, Schema], needed: list[str]) -> dict[str, Any]:
    """Properties and required names under `minProperties` and `maxProperties`."""
    least, most = schema.get("minProperties", 0), schema.get("maxProperties", len(properties))
    optional = [name for name in properties if name not in needed]
    required = [*needed, *optional[: max(0, least - len(needed))]]
    if len(needed) > most or (properties and len(required) < least):
        raise Impossible(f"at least {max(least, len(needed))} and at most {min(most, len(required))} properties")
    kept = {*required, *optional[: max(0, most - len(required))]} if most < len(properties) else set(properties)
    return {
        "properties": {name: child for name, child in properties.items() if name in kept},
        "required": [name for name in properties if name in required],
    }
