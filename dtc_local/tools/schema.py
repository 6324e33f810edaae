"""Schemas in the one form that grammars, dataflow edges and world facts are made for.

A normalised schema has a single `type` at every node and no `$ref`, no composition and no keyword the compiler
refuses. It is *narrower* than the original wherever a choice had to be made (the first alternative, closed objects, a
listed set of values), so that a value that fits it fits the original too; where a keyword had to be relaxed instead,
a finding says so and the original still checks every value afterwards.
"""

from __future__ import annotations

from typing import Any

from jsonschema import Draft202012Validator

from dtc_local.records import Json, Schema
from dtc_local.tools.findings import Log
from dtc_local.tools.hints import listed
from dtc_local.tools.shape import coerced, has_lookaround, infer_type, is_optional, merged
from dtc_local.tools.spelling import escape, json_type_of, resolve

ASSUMED_OUTPUT: Schema = {
    "type": "object",
    "properties": {"result": {"type": "string"}},
    "required": ["result"],
    "additionalProperties": False,
}
"""What a tool without an output schema is taken to return; it never feeds an argument."""

FORMATS = frozenset({"date-time", "date", "time", "duration", "email", "hostname", "ipv4", "ipv6", "uuid", "uri"})
"""Formats the grammar compiler knows; others are dropped from normalised schemas."""
MAX_NODES = 4000
"""Inlined references may multiply; what lies beyond this many nodes is left out."""
MAX_REQUIRED_FIELDS = 16
"""Results whose schema requires nothing get all their fields required, up to this many."""
_REFUSED = (
    *("uniqueItems", "contains", "not", "if", "dependentRequired", "dependentSchemas", "propertyNames"),
    *("minProperties", "maxProperties", "unevaluatedProperties", "unevaluatedItems", "patternProperties"),
)
_VALUE_KEYS = frozenset({"const", "enum", "default", "examples", "example"})
_NO_VALUE = frozenset({"none", "null", "undefined", "nil", "n/a"})


class _Cut(Exception):
    """A node that cannot be unfolded: endless recursion, `false`, or too many nodes."""


def normalise_parameters(source: Schema, pointer: str, log: Log) -> Schema:
    """The object schema of a tool's arguments; `properties` and `required` always there, nothing else allowed."""
    normal = _normalise(source, pointer, log, requires_all=False)
    if normal is None or normal["type"] != "object":
        log.warning(
            "malformed", pointer, "parameters are no object, taken as none", "Describe an object with properties."
        )
        normal = {"type": "object"}
    closed = {"type": "object", "properties": normal.get("properties", {}), "required": normal.get("required", [])}
    if isinstance(normal.get("additionalProperties"), dict):
        log.info("free_form", pointer, "arguments beyond the named ones are not used")
    return {**closed, "additionalProperties": False}


def normalise_output(source: Schema, pointer: str, log: Log) -> Schema | None:
    """The schema of a tool's results, or None where the source says nothing about them."""
    normal = _normalise(source, pointer, log, requires_all=True)
    if normal is None or (is_free_form(normal) and "properties" not in source):
        log.info(
            "output", pointer, "the output schema names no field, taken as undeclared", "Name the fields of the result."
        )
        return None
    if is_free_form(normal):
        normal["additionalProperties"] = False
    return normal


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


def _normalise(source: Schema, pointer: str, log: Log, *, requires_all: bool) -> Schema | None:
    try:
        return _Normaliser(source, pointer, log, requires_all=requires_all).node(source, pointer, ())
    except _Cut:
        return None


class _Normaliser:
    """One pass over one schema; `requires_all` is for results, whose absent `required` means "all fields"."""

    def __init__(self, root: Schema, place: str, log: Log, *, requires_all: bool) -> None:
        self.root, self.place, self.log, self.requires_all, self.nodes = root, place, log, requires_all, 0

    def node(self, schema: Json, pointer: str, stack: tuple[str, ...]) -> Schema:
        """The normal form of one node; :class:`_Cut` if there is none."""
        self.nodes += 1
        if schema is False or self.nodes > MAX_NODES:
            raise _Cut
        if schema is True or not schema:
            self.log.info("missing_type", pointer, "no type, taken as string", 'Add "type".')
            return {"type": "string"}
        flat, stack = self._flat(schema, pointer, stack)
        kind = self._type(flat, pointer)
        self._report_refused(flat, pointer)
        normal: dict[str, Any] = {"type": kind}
        if isinstance(flat.get("description"), str) and flat["description"].strip():
            normal["description"] = flat["description"].strip()
        if kind == "object":
            self._object(flat, normal, pointer, stack)
        elif kind == "array":
            self._array(flat, normal, pointer, stack)
        else:
            self._scalar(flat, normal, pointer)
        self._values(flat, normal, pointer)
        return normal

    def _flat(self, schema: Schema, pointer: str, stack: tuple[str, ...]) -> tuple[Schema, tuple[str, ...]]:
        """References inlined, `allOf` merged, one alternative chosen."""
        for _ in range(64):
            if "$ref" in schema:
                reference = schema["$ref"]
                if stack.count(reference) > 1:
                    raise _Cut
                stack = (*stack, reference)
                target = resolve(self.root, reference)
                rest = {key: value for key, value in schema.items() if key != "$ref"}
                schema = merged(target if isinstance(target, dict) else {}, rest)
            elif "allOf" in schema:
                parts = [part for part in schema["allOf"] if isinstance(part, dict)]
                schema = {key: value for key, value in schema.items() if key != "allOf"}
                for part in parts:
                    schema, stack = self._merged_part(schema, part, stack)
            elif "anyOf" in schema or "oneOf" in schema:
                schema = self._alternative(schema, pointer)
            else:
                return schema, stack
        raise _Cut

    def _merged_part(self, schema: Schema, part: Schema, stack: tuple[str, ...]) -> tuple[Schema, tuple[str, ...]]:
        """`schema` and one part of its `allOf`; a part's own reference is followed first, so that two can be merged."""
        if "$ref" in part:
            if stack.count(part["$ref"]) > 1:
                raise _Cut
            stack = (*stack, part["$ref"])
            target = resolve(self.root, part["$ref"])
            rest = {key: value for key, value in part.items() if key != "$ref"}
            part = merged(target if isinstance(target, dict) else {}, rest)
        return merged(part, schema), stack

    def _alternative(self, schema: Schema, pointer: str) -> Schema:
        """The first alternative that is neither null nor impossible, merged with what stands beside the choice."""
        key = "anyOf" if "anyOf" in schema else "oneOf"
        beside = {name: value for name, value in schema.items() if name != key}
        choices = [choice for choice in schema[key] if choice is not False]
        wanted = [choice for choice in choices if not (isinstance(choice, dict) and choice.get("type") == "null")]
        if len(wanted) > 1:
            self.log.info("union", f"{pointer}/{key}", f"{len(wanted)} alternatives, the first is used")
        if not wanted:
            raise _Cut
        first = wanted[0] if isinstance(wanted[0], dict) else {}
        if "properties" in beside and not first.get("properties"):
            first = {name: value for name, value in first.items() if name != "type"}
        return merged(first, beside)

    def _type(self, schema: Schema, pointer: str) -> str:
        declared = schema.get("type")
        if isinstance(declared, str):
            return declared
        if isinstance(declared, list):
            kinds = [kind for kind in declared if kind != "null"] or ["null"]
            # Values that are listed decide; otherwise the first type named does.
            shown = [json_type_of(value) for value in schema.get("enum", ()) if value is not None]
            chosen: str = next((kind for kind in kinds if not shown or kind in shown), kinds[0])
            if len(declared) > 1:
                self.log.info("union", f"{pointer}/type", f"types {', '.join(declared)}, {chosen} is used")
            return chosen
        inferred = infer_type(schema)
        self.log.info("missing_type", pointer, f"no type, taken as {inferred}", 'Add "type".')
        return inferred

    def _report_refused(self, schema: Schema, pointer: str) -> None:
        for key in _REFUSED:
            if key in schema and schema[key] is not False:
                self.log.warning("keyword", f"{pointer}/{key}", f"{key} cannot be built in, checked afterwards")

    def _object(self, schema: Schema, normal: dict[str, Any], pointer: str, stack: tuple[str, ...]) -> None:
        needed = schema.get("required", ())
        properties: dict[str, Schema] = {}
        for name, child in schema.get("properties", {}).items():
            place = f"{pointer}/properties/{escape(name)}"
            try:
                properties[name] = self.node(child, place, stack)
            except _Cut:
                if name in needed:
                    raise
                self.log.warning("recursion", place, "never ends or allows nothing, left out")
        self._missing_required(needed, properties, pointer)
        normal["properties"] = properties
        normal["required"] = [name for name in properties if name in needed]
        if self.requires_all and "required" not in schema and 0 < len(properties) <= MAX_REQUIRED_FIELDS:
            normal["required"] = [name for name, child in properties.items() if not is_optional(child)]
        normal["additionalProperties"] = False
        if not properties:
            normal["additionalProperties"] = self._map_values(schema, pointer, stack)

    def _missing_required(self, needed: list[str], properties: dict[str, Schema], pointer: str) -> None:
        for name in needed:
            if name not in properties:
                self.log.warning(
                    "required",
                    f"{pointer}/required",
                    f"{name!r} is required but is no property, dropped",
                    "Describe or remove it.",
                )

    def _map_values(self, schema: Schema, pointer: str, stack: tuple[str, ...]) -> Schema | bool:
        """What a free-form object's values may be; False where it must stay empty."""
        extra = schema.get("additionalProperties", True)
        if extra is False:
            return False
        if extra is True and pointer == self.place:  # whole parameters or results: judged by the callers above
            return {"type": "string"}
        self.log.warning(
            "free_form", pointer, "object without named properties, filled sparingly", "Name its properties."
        )
        if isinstance(extra, dict) and extra:
            try:
                return self.node(extra, f"{pointer}/additionalProperties", stack)
            except _Cut:
                return False
        return {"type": "string"}

    def _array(self, schema: Schema, normal: dict[str, Any], pointer: str, stack: tuple[str, ...]) -> None:
        if "prefixItems" in schema:
            parts = [
                self.node(part, f"{pointer}/prefixItems/{i}", stack) for i, part in enumerate(schema["prefixItems"])
            ]
            normal.update(prefixItems=parts, items=False, minItems=len(parts), maxItems=len(parts))
            return
        items = schema.get("items", True)
        low, high = schema.get("minItems", 0), schema.get("maxItems")
        normal.update({"minItems": low} if low else {}, **({"maxItems": high} if high is not None else {}))
        if high is not None and low > high:
            self._dropped_pair(normal, "minItems", "maxItems", pointer)
        try:
            normal["items"] = self.node(items, f"{pointer}/items", stack)
        except _Cut:
            normal.update(items={"type": "string"}, maxItems=0)
            if low:
                raise

    def _scalar(self, schema: Schema, normal: dict[str, Any], pointer: str) -> None:
        if normal["type"] == "string":
            self._string(schema, normal, pointer)
        elif normal["type"] in ("integer", "number"):
            for key in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"):
                if key in schema:
                    normal[key] = schema[key]
            if (
                round(normal.get("multipleOf", 1), 6) != normal.get("multipleOf", 1)
                or normal.get("multipleOf", 1) > 10**9
            ):
                self.log.warning(
                    "bounds",
                    f"{pointer}/multipleOf",
                    f"multipleOf {normal.pop('multipleOf')} has too many digits, dropped",
                )
            low = max((normal[key] for key in ("minimum", "exclusiveMinimum") if key in normal), default=None)
            high = min((normal[key] for key in ("maximum", "exclusiveMaximum") if key in normal), default=None)
            if low is not None and high is not None and low > high:
                for key in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"):
                    normal.pop(key, None)
                self.log.warning(
                    "bounds", pointer, f"no number is above {low} and below {high}, both dropped", "Correct the bounds."
                )

    def _string(self, schema: Schema, normal: dict[str, Any], pointer: str) -> None:
        for key in ("minLength", "maxLength"):
            if key in schema:
                normal[key] = schema[key]
        if normal.get("minLength", 0) > normal.get("maxLength", normal.get("minLength", 0)):
            self._dropped_pair(normal, "minLength", "maxLength", pointer)
        if "pattern" in schema:
            if has_lookaround(schema["pattern"]):
                self.log.warning(
                    "pattern",
                    f"{pointer}/pattern",
                    "lookaround or backreference cannot be built in, checked afterwards",
                )
            else:
                normal["pattern"] = schema["pattern"]
        form = schema.get("format")
        if form in FORMATS:
            normal["format"] = form
        elif form:
            self.log.info("format", f"{pointer}/format", f"format {form!r} is unknown, not enforced")

    def _dropped_pair(self, normal: dict[str, Any], low: str, high: str, pointer: str) -> None:
        self.log.warning(
            "bounds",
            pointer,
            f"{low} {normal.pop(low)} is more than {high} {normal.pop(high)}, both dropped",
            "Correct them.",
        )

    def _values(self, schema: Schema, normal: dict[str, Any], pointer: str) -> None:
        """enum, const, default and examples, as far as they fit the rest."""
        if not _VALUE_KEYS & schema.keys() and not normal.get("description"):
            return
        check = Draft202012Validator(dict(normal))
        if "const" in schema and check.is_valid(schema["const"]):
            normal["const"] = schema["const"]
        if "enum" in schema:
            self._enum(schema["enum"], normal, check, pointer)
        elif normal["type"] == "string" or (normal["type"] == "array" and normal["items"] == {"type": "string"}):
            self._listed(normal, pointer)
        check = Draft202012Validator(dict(normal))
        if "default" in schema and schema["default"] is not None:
            self._default(schema["default"], normal, check, pointer)
        examples = schema.get("examples", [schema["example"]] if "example" in schema else [])
        fitting = [value for value in examples if check.is_valid(value)]
        if fitting:
            normal["examples"] = fitting[:8]

    def _enum(self, values: list[Json], normal: dict[str, Any], check: Any, pointer: str) -> None:
        distinct: dict[str, Json] = {f"{json_type_of(value)}{value!r}": value for value in values if value is not None}
        fitting = [value for value in distinct.values() if check.is_valid(value)]
        if len(fitting) < len(values) and None not in values:
            self.log.warning(
                "enum", f"{pointer}/enum", "values that repeat or do not fit the type dropped", "Correct the list."
            )
        if fitting:
            normal["enum"] = fitting

    def _listed(self, normal: dict[str, Any], pointer: str) -> None:
        """A closed list of values in the description is an enum that its author did not know how to write."""
        target = normal["items"] if normal["type"] == "array" else normal
        values = [
            value for value in listed(normal.get("description", "")) if Draft202012Validator(target).is_valid(value)
        ]
        if len(values) > 1:
            target["enum"] = values
            self.log.info(
                "description", f"{pointer}/description", f"enum taken from the description: {', '.join(values)[:80]}"
            )

    def _default(self, value: Json, normal: dict[str, Any], check: Any, pointer: str) -> None:
        means_none = isinstance(value, str) and value.strip().lower() in _NO_VALUE
        if means_none and value not in normal.get("enum", ()):
            self.log.info("default", f"{pointer}/default", f"default {value!r} means no value, dropped")
            return
        for candidate in (value, coerced(value, normal["type"])):
            if candidate is not None and check.is_valid(candidate):
                normal["default"] = candidate
                if candidate is not value:
                    self.log.info("default", f"{pointer}/default", f"default {value!r} spelled {candidate!r}")
                return
        self.log.warning(
            "default", f"{pointer}/default", f"default {str(value)[:40]!r} does not fit, dropped", "Correct it."
        )
