"""The independent validator: `jsonschema`, draft 2020-12, formats on. It has the last word on every generated value."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING

from dtc_local.records import Json, Schema

if TYPE_CHECKING:
    from jsonschema.protocols import Validator


def is_valid(value: Json, schema: Schema | bool) -> bool:
    """Whether the value obeys the schema."""
    return bool(_validator(json.dumps(schema)).is_valid(value))


def is_valid_property(name: str, value: Json, schema: Schema) -> bool:
    """Whether one property obeys an object schema, whatever else the object may need."""
    errors = _validator(json.dumps(schema)).iter_errors({name: value})
    return not any(list(error.absolute_path)[:1] == [name] for error in errors)


def first_error(value: Json, schema: Schema | bool) -> str | None:
    """The most telling violation as "place: message", or None if there is none."""
    from jsonschema.exceptions import best_match

    error = best_match(_validator(json.dumps(schema)).iter_errors(value))
    return None if error is None else f"{error.json_path}: {error.message}"


def fault(value: Json, schema: Schema | bool) -> str | None:
    """Where the value breaks the schema, as "place breaks keyword" that quotes no value; None if it does not."""
    from jsonschema.exceptions import best_match

    error = best_match(_validator(json.dumps(schema)).iter_errors(value))
    return None if error is None else f"{error.json_path} breaks {error.validator}"


@lru_cache(maxsize=4096)
def _validator(schema: str) -> Validator:
    from jsonschema import Draft202012Validator

    return Draft202012Validator(json.loads(schema), format_checker=Draft202012Validator.FORMAT_CHECKER)
