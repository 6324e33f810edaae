"""Questions about a single schema node, and small changes to it, for the normal form."""

from __future__ import annotations

import re

from dtc_local.records import Json, Schema
from dtc_local.tools.schemas.spelling import fits, json_type_of


def infer_type(schema: Schema) -> str:
    """The type a schema without one must have meant; string if nothing tells."""
    if "properties" in schema or "additionalProperties" in schema:
        return "object"
    if "items" in schema or "prefixItems" in schema or "minItems" in schema:
        return "array"
    if "const" in schema:
        return json_type_of(schema["const"])
    for value in (*schema.get("enum", ()), schema.get("default")):
        if value is not None:
            return json_type_of(value)
    if schema.get("enum"):
        return "null"
    numeric = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
    return "number" if any(key in schema for key in numeric) else "string"


def wanted_kinds(schema: Schema, declared: list[str]) -> tuple[str, list[str]]:
    """Of several types the one that is used, and the others but null; listed values decide, else the first named."""
    kinds = [kind for kind in declared if kind != "null"] or ["null"]
    values = [schema["const"]] if "const" in schema else schema.get("enum", ())
    shown = [json_type_of(value) for value in values if value is not None]
    chosen = next((kind for kind in kinds if not shown or kind in shown), kinds[0])
    return chosen, [kind for kind in kinds if kind != chosen]


def schema_of(value: Json) -> Schema:
    """The schema whose only shape is that of a value."""
    kind = json_type_of(value)
    if kind == "object":
        fields = {name: schema_of(child) for name, child in value.items()}
        return {"type": kind, "properties": fields, "required": list(fields), "additionalProperties": False}
    if kind == "array":
        return (
            {"type": kind, "prefixItems": [schema_of(item) for item in value]}
            if value
            else {"type": kind, "maxItems": 0}
        )
    return {"type": kind}


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
