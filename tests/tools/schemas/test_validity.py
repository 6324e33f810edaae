"""Checking node by node gives the verdict of checking the whole, and names the place."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

from dtc_local.tools.schemas.validity import fault_of
from tests.tools.schemas.test_properties import JUNK, SCHEMAS


def is_valid(schema: Any) -> bool:
    """The verdict of the validator itself."""
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError:
        return False
    return True


@given(SCHEMAS.filter(lambda schema: isinstance(schema, dict)) | JUNK.filter(lambda value: isinstance(value, dict)))
def test_node_by_node_is_as_good_as_the_whole(schema: dict[str, Any]) -> None:
    assert (fault_of(schema) is None) == is_valid(schema)


@pytest.mark.parametrize(
    ("schema", "place"),
    [
        ({"type": "objekt"}, "/type"),
        ({"properties": {"a/b": {"minimum": "3"}}}, "/properties/a~1b/minimum"),
        ({"properties": {"a": {"items": {"pattern": 5}}}}, "/properties/a/items/pattern"),
        ({"$defs": {"x": {"required": ["a", "a"]}}}, "/$defs/x/required"),
        ({"properties": {"a": 7}}, "/properties/a"),
        ({"properties": {"a": {"description": 7}}}, "/properties/a/description"),
        ({"anyOf": [{"type": "objekt"}]}, "/anyOf/0/type"),
    ],
)
def test_a_fault_has_its_place(schema: dict[str, Any], place: str) -> None:
    fault = fault_of(schema)
    assert fault is not None
    assert fault[0] == place
    assert not is_valid(schema)
