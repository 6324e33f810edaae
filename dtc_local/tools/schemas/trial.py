"""Trying a normal form out: do values made for it obey the schema it stands for?

Normal forms are narrower than their source by construction for most keywords. For the few where that cannot be known
(`oneOf`, `not`, conditions ...) values are drawn and held against the source, before any model is asked.
"""

from __future__ import annotations

from collections.abc import Iterator

from jsonschema import Draft202012Validator

from dtc_local.records import Json, Schema
from dtc_local.tools.schemas.scalars import FORMATS

DRAWN = 4
"""Values of each shape that are tried."""
_RISKY = frozenset(
    {
        *("oneOf", "anyOf", "allOf", "not", "if", "dependentSchemas", "dependentRequired", "contains", "pattern"),
        *("unevaluatedProperties", "unevaluatedItems", "propertyNames", "patternProperties", "uniqueItems"),
        *("minProperties", "maxProperties", "const", "multipleOf", "prefixItems"),
    }
)
_CHECKED_FORMATS = frozenset(Draft202012Validator.FORMAT_CHECKER.checkers) - FORMATS
"""Formats that the validator checks and the normal form does not hold; it knows nothing of `int64` or `password`."""


def needs_trial(source: Json) -> bool:
    """Whether a schema uses anything that the normal form may not hold exactly."""
    if isinstance(source, list):
        return any(map(needs_trial, source))
    if not isinstance(source, dict):
        return False
    form = source.get("format")
    if _RISKY & source.keys() or (isinstance(form, str) and form in _CHECKED_FORMATS):
        return True
    return any(map(needs_trial, source.values()))


def misfit(normal: Schema, source: Schema) -> str | None:
    """Why no value drawn for the normal form obeys the source; None if one does, or if none could be drawn."""
    from dtc_local.validation import first_error

    reasons = []
    for value in _drawn(normal):
        reason = first_error(value, source)
        if reason is None:
            return None
        reasons.append(reason)
    return min(reasons, key=len)[:160] if reasons else None


def misfits(normal: Schema, source: Schema) -> tuple[str, ...]:
    """The optional properties of an object for which no drawn value obeys the source."""
    from dtc_local import world
    from dtc_local.randomness import stream
    from dtc_local.validation import is_valid_property

    found = []
    for name, child in normal.get("properties", {}).items():
        if name not in normal["required"]:
            values = world.candidates(name, child, "", stream(0, 0, "trial"), DRAWN)
            if values and not any(is_valid_property(name, value, source) for value in values):
                found.append(name)
    return tuple(found)


def _drawn(normal: Schema) -> Iterator[Json]:
    """Values with what is required, then values with everything; none at all where what is required has none.

    The first is drawn alone: it mostly fits, and large results take long to make.
    """
    from dtc_local import world
    from dtc_local.randomness import stream

    yield from world.candidates("value", normal, "", stream(0, 0, "trial"), 1)
    drawn = world.candidates("value", normal, "", stream(0, 0, "trial"), DRAWN)
    yield from drawn[1:]
    if drawn and normal["type"] == "object" and set(normal["required"]) < normal["properties"].keys():
        whole = {**normal, "required": list(normal["properties"])}
        yield from world.candidates("value", whole, "", stream(0, 1, "trial"), DRAWN)
