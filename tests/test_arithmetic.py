"""Results that anybody can check are true."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dtc_local.records import Schema
from dtc_local.world.arithmetic import computed
from tests.shop import STRING, tool

NUMBER: Schema = {"type": "number"}
NUMBERS: Schema = {"type": "array", "items": NUMBER}


@pytest.mark.parametrize(
    ("name", "arguments", "expected"),
    [
        ("add", {"a": 10, "b": 107}, 117),
        ("subtract_numbers", {"a": 54, "b": 11}, 43),
        ("multiply", {"x": 2.5, "y": 4}, 10),
        ("divide", {"a": 1, "b": 3}, 0.333333),
        ("calculate_mean", {"numbers": [1, 2, 6]}, 3),
        ("sum_values", {"numbers": [1.5, 2.5]}, 4),
        ("square_root", {"number": 168.5, "precision": 2}, 12.98),
        ("round_number", {"number": 2.71828, "decimal_places": 3}, 2.718),
        ("gallon_to_liter", {"gallon": 10}, 37.85412),
        ("convert_km_to_miles", {"km": 1.609344}, 1),
        ("celsius_to_fahrenheit", {"celsius": 100}, 212),
        ("percentage", {"part": 45, "whole": 180}, 25),
    ],
)
def test_a_tool_that_says_what_it_computes_gets_the_right_number(
    name: str, arguments: dict[str, Any], expected: float
) -> None:
    parameters = {key: NUMBERS if isinstance(value, list) else NUMBER for key, value in arguments.items()}
    assert computed(tool(name, parameters, {"result": NUMBER}), arguments) == {"result": expected}


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("divide", {"a": 1, "b": 0}),
        ("square_root", {"number": -1}),
        ("power", {"base": 10, "exponent": 5000}),
        ("add_member", {"group": 3, "member": 4}),
        ("get_total", {"order": 3}),
        ("mean", {"numbers": []}),
        ("add", {"a": 1, "b": 2, "c": "x"}),
    ],
)
def test_what_is_not_said_or_has_no_value_is_left_to_the_model(name: str, arguments: dict[str, Any]) -> None:
    parameters = {key: STRING if isinstance(value, str) else NUMBER for key, value in arguments.items()}
    assert computed(tool(name, parameters, {"result": NUMBER}), arguments) == {}


def test_a_result_that_the_schema_refuses_is_left_to_the_model() -> None:
    whole = tool("divide", {"a": NUMBER, "b": NUMBER}, {"result": {"type": "integer"}})
    assert computed(whole, {"a": 1, "b": 2}) == {}
    assert computed(whole, {"a": 4, "b": 2}) == {"result": 2}


@given(st.integers(-(10**6), 10**6), st.integers(-(10**6), 10**6))
def test_sums_of_integers_are_integers(a: int, b: int) -> None:
    both = tool("add", {"a": NUMBER, "b": NUMBER}, {"result": NUMBER})
    assert computed(both, {"a": a, "b": b}) == {"result": a + b}
