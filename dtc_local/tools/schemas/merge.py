"""Two JSON Schemas as one: what allows only what both allow, as far as keywords can say it.

Bounds take the narrower side, properties of both are kept and held to the other side's rule for further properties,
composition is carried along for whoever flattens the result. Where two keywords have no common form (two patterns),
the later one stays and `lose` hears of the other; where nothing can obey both, :class:`Impossible` is raised.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from functools import reduce
from math import gcd
from typing import Any

from dtc_local.records import Json, Schema

Lose = Callable[[str], None]
"""Told the keyword of the first schema that the merged one no longer holds."""

_MOST = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties", "minContains")
_LEAST = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties", "maxContains")
_BOTH = ("items", "additionalProperties", "propertyNames", "contains")
_CHOICES = ("anyOf", "oneOf", "$ref")
_CONDITION = ("if", "then", "else")
_ONE_OF_TWO = ("pattern", "format")
"""Constraints that two schemas may both have and no single keyword can hold."""


class Impossible(Exception):
    """No value obeys the schema; the message says why."""


def merged(base: Schema, over: Schema, lose: Lose = lambda _: None) -> Schema:
    """Both schemas at once; where they only describe, `over` wins."""
    both: dict[str, Any] = {**base, **over}
    for key in base.keys() & over.keys():
        if base[key] != over[key]:
            _merge_key(key, base, over, both, lose)
    if "properties" in base or "properties" in over:
        both["properties"] = _properties(base, over)
    if "prefixItems" in base or "prefixItems" in over:
        both["prefixItems"] = _places(base, over)
    _keep_apart(base, over, both)
    return both


def together(*schemas: Json) -> Json:
    """A schema that demands all of them; `true` adds nothing, `false` allows nothing."""
    if any(schema is False for schema in schemas):
        return False
    telling = [schema for schema in schemas if schema is not True and schema != {}]
    if len(telling) < 2:
        return telling[0] if telling else True
    return {"allOf": telling}


def matches(pattern: str, name: str) -> bool:
    """Whether a `patternProperties` key speaks of a property name."""
    try:
        return re.search(pattern, name) is not None
    except re.error:
        return False


def _merge_key(key: str, base: Schema, over: Schema, both: dict[str, Any], lose: Lose) -> None:
    left, right = base[key], over[key]
    if key == "type":
        both[key] = _types(left, right)
    elif key in _MOST:
        both[key] = max(left, right)
    elif key in _LEAST:
        both[key] = min(left, right)
    elif key == "multipleOf":
        both[key] = _common_multiple(left, right)
    elif key == "enum":
        both[key] = _common_values(left, right)
    elif key == "const":
        raise Impossible(f"{left!r} and {right!r} are both the only value")
    elif key == "required":
        both[key] = list(dict.fromkeys([*left, *right]))
    elif key in _BOTH:
        both[key] = together(left, right)
    elif key in ("patternProperties", "dependentSchemas", "$defs", "definitions"):
        both[key] = {**left, **{name: together(left.get(name, True), right[name]) for name in right}}
    elif key == "dependentRequired":
        names = {**left, **right}
        both[key] = {name: list(dict.fromkeys([*left.get(name, ()), *right.get(name, ())])) for name in names}
    elif key == "allOf":
        both[key] = [*left, *right]
    elif key == "not":
        both[key] = {"anyOf": [left, right]}
    elif key in _ONE_OF_TWO:
        lose(key)


def _types(left: Json, right: Json) -> Json:
    ours = [left] if isinstance(left, str) else left
    theirs = [right] if isinstance(right, str) else right
    common = [kind for kind in ours if kind in theirs or (kind == "integer" and "number" in theirs)]
    common += [kind for kind in theirs if kind == "integer" and "number" in ours and kind not in common]
    if not common:
        raise Impossible(f"nothing is both {' or '.join(ours)} and {' or '.join(theirs)}")
    return common[0] if len(common) == 1 else common


def _common_values(left: list[Json], right: list[Json]) -> list[Json]:
    common = [value for value in left if value in right]
    if not common:
        raise Impossible("two lists of values have none in common")
    return common


def _common_multiple(left: float, right: float) -> float:
    first, second = Fraction(str(left)), Fraction(str(right))
    numerators = first.numerator * second.numerator // gcd(first.numerator, second.numerator)
    multiple = Fraction(numerators, gcd(first.denominator, second.denominator))
    return int(multiple) if multiple.denominator == 1 else float(multiple)


def _properties(base: Schema, over: Schema) -> dict[str, Json]:
    """Every property of either, under its own schemas and under the other side's rule for names it does not list."""
    ours, theirs = base.get("properties", {}), over.get("properties", {})
    names = dict.fromkeys([*ours, *theirs])
    return {name: _in_order(_held(base, name), _held(over, name)) for name in names}


def _held(schema: Schema, name: str) -> Json:
    """What one schema demands of a property, by name, by pattern, or as one of the rest."""
    if name in schema.get("properties", {}):
        return schema["properties"][name]
    patterned = [child for pattern, child in schema.get("patternProperties", {}).items() if matches(pattern, name)]
    return together(*patterned) if patterned else schema.get("additionalProperties", True)


def _in_order(left: Json, right: Json) -> Json:
    return left if left == right else together(left, right)


def _places(base: Schema, over: Schema) -> list[Json]:
    ours, theirs = base.get("prefixItems", []), over.get("prefixItems", [])

    def place(parts: list[Json], schema: Schema, index: int) -> Json:
        return parts[index] if index < len(parts) else schema.get("items", True)

    length = max(len(ours), len(theirs))
    return [_in_order(place(ours, base, index), place(theirs, over, index)) for index in range(length)]


def _keep_apart(base: Schema, over: Schema, both: dict[str, Any]) -> None:
    """Composition of both sides stays side by side: one side's choices are not the other's."""
    extra: list[Schema] = []
    for key in _CHOICES:
        if key in base and key in over and base[key] != over[key]:
            extra.append({key: base[key]})
    if "if" in base and "if" in over:
        extra.append({key: base[key] for key in _CONDITION if key in base})
        both.update({key: over[key] for key in _CONDITION if key in over})
        for key in set(_CONDITION) - over.keys():
            both.pop(key, None)
    if extra:
        both["allOf"] = reduce(list.__add__, [both.get("allOf", []), extra])
