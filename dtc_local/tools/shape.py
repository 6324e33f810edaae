"""Questions about a single schema node, and small changes to it, for the normal form."""

from __future__ import annotations

import re

from dtc_local.records import Json, Schema
from dtc_local.tools.spelling import fits, json_type_of


def infer_type(schema: Schema) -> str:
    """The type a schema without one must have meant; string if nothing tells."""
    if "properties" in schema or "additionalProperties" in schema:
        return "object"
    if "items" in schema or "prefixItems" in schema or "minItems" in schema:
        return "array"
    for value in (schema.get("const"), *schema.get("enum", ()), schema.get("default")):
        if value is not None:
            return json_type_of(value)
    numeric = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
    return "number" if any(key in schema for key in numeric) else "string"


def merged(base: Schema, over: Schema) -> Schema:
    """Both schemas at once: properties and requirements united, enums intersected, otherwise `over` wins."""
    both = {**base, **over}
    if "properties" in base and "properties" in over:
        both["properties"] = {**base["properties"], **over["properties"]}
    if "required" in base and "required" in over:
        both["required"] = list(dict.fromkeys([*base["required"], *over["required"]]))
    if "enum" in base and "enum" in over:
        both["enum"] = [value for value in base["enum"] if value in over["enum"]] or over["enum"]
    if "allOf" in base and "allOf" in over:
        both["allOf"] = [*base["allOf"], *over["allOf"]]
    return both


def has_lookaround(pattern: str) -> bool:
    """Whether a regular expression needs more than a finite automaton: lookaround, backreferences, conditionals."""
    return re.search(r"\(\?(?:[=!(]|<[=!]|P=)|\\[1-9]|\\b|\\B", pattern) is not None


def is_optional(field: Schema) -> bool:
    """A result field whose description says it may be absent."""
    return re.match(r"\W*(optional|if |when |only )", field.get("description", ""), re.I) is not None


def coerced(value: Json, kind: str) -> Json:
    """A value in the type it should have had, or None: "5" for an integer, "true" for a boolean, 5 for a string."""
    try:
        if kind == "boolean" and isinstance(value, str):
            return {"true": True, "false": False}.get(value.lower())
        if kind in ("integer", "number") and isinstance(value, str):
            number = float(value)
            return int(number) if number.is_integer() else number
        if kind == "integer" and fits(value, "integer"):
            return int(value)
        if kind == "string" and isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
    except (ValueError, OverflowError):
        return None
    return None
