"""Narrowing only takes values away, keeps what later calls need, and leaves a schema that compiles strictly."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dtc_local.records import Schema
from dtc_local.stages.narrow import fixed, narrowed
from dtc_local.validation import is_valid
from tests.perfect_model import instance
from tests.shop import INTEGER, STATUS, STRING, schema_of
from tests.stages.grammars import accepts, compiled, sample

MATERIAL = Path(__file__).parents[3] / "shared" / "material" / "bfcl" / "multi_turn_func_doc"
SCALARS = st.sampled_from(
    [
        STRING,
        INTEGER,
        STATUS,
        {"type": "boolean"},
        {"const": 4, "type": "integer"},
        {"type": "integer", "minimum": 3, "maximum": 9},
        {"type": "number", "minimum": 0, "maximum": 1},
        {"type": "string", "minLength": 4, "maxLength": 9},
        {"type": "string", "minLength": 130},
        {"type": "string", "format": "date"},
        {"type": "string", "pattern": "^[A-Z]{3}$"},
    ]
)


def objects(inner: st.SearchStrategy[Schema]) -> st.SearchStrategy[Schema]:
    """Object schemas of such fields, of which some are required."""
    names = st.sampled_from("abcdefghijklmnop")
    return st.dictionaries(names, inner, max_size=13).flatmap(
        lambda fields: st.sets(st.sampled_from(sorted(fields) or ["a"])).map(
            lambda needed: schema_of(fields, tuple(name for name in fields if name in needed))
        )
    )


def lists(inner: st.SearchStrategy[Schema]) -> st.SearchStrategy[Schema]:
    """List schemas, bounded or not."""
    bounds = st.sampled_from([{}, {"minItems": 2}, {"maxItems": 1}, {"maxItems": 0}, {"minItems": 4, "maxItems": 6}])
    return st.builds(lambda items, more: {"type": "array", "items": items, **more}, inner, bounds)


SCHEMAS = st.recursive(SCALARS, lambda inner: objects(inner) | lists(inner), max_leaves=5)


def nothing(path: object, leaf: object) -> tuple[Any, ...]:
    """No choices."""
    return ()


@settings(max_examples=25)
@given(SCHEMAS, st.integers(0, 99))
def test_what_the_narrowed_schema_allows_the_original_allows(schema: Schema, seed: int) -> None:
    smaller = narrowed(schema, nothing)
    value = json.loads(sample(smaller, seed))
    assert is_valid(value, smaller)
    assert is_valid(value, schema)


def test_choices_take_the_place_of_a_leaf_if_they_fit() -> None:
    schema = schema_of({"city": STRING, "n": INTEGER, "l": {"type": "array", "items": schema_of({"x": STRING})}})
    offered = {("city",): ["Rome", 5], ("n",): ["many"], ("l", 0, "x"): ["blue"]}
    smaller = narrowed(schema, lambda path, leaf: offered.get(path, ()))
    assert smaller["properties"]["city"] == {"enum": ["Rome"]}
    assert smaller["properties"]["n"] == INTEGER
    assert smaller["properties"]["l"]["items"]["properties"]["x"] == {"enum": ["blue"]}


def test_needed_fields_are_there_however_large_the_result() -> None:
    deep = schema_of(
        {
            "orders": {
                "type": "array",
                "items": schema_of({"id": STRING, "lines": {"type": "array", "items": STRING}}, ()),
            }
        },
        (),
    )
    schema = schema_of({**{f"field{i}": STRING for i in range(20)}, "deep": deep}, ())
    needed = frozenset({("deep", "orders", 1, "id"), ("deep", "orders", 0, "lines"), ("field19",)})
    smaller = narrowed(schema, nothing, needed=needed)
    assert {"deep", "field19"} <= set(smaller["required"])
    assert len(smaller["properties"]) == 10
    orders = smaller["properties"]["deep"]["properties"]["orders"]
    assert orders["minItems"] == 2
    assert set(orders["items"]["required"]) == {"id", "lines"}


def test_free_strings_are_clean_and_short() -> None:
    matcher = compiled(narrowed(STRING, nothing))
    assert accepts(matcher, '"Ada Byron, né 北"')
    for text in ('""', '" a"', '"a "', '"a\\"b"', '"a\\nb"', '"' + "a" * 121 + '"'):
        assert not accepts(matcher, text), text


def test_a_free_form_object_stays_empty_and_a_pair_stays_a_pair() -> None:
    assert json.loads(sample(narrowed({"type": "object", "additionalProperties": STRING}, nothing), 1)) == {}
    pair = {"type": "array", "prefixItems": [INTEGER, STRING], "items": False, "minItems": 2, "maxItems": 2}
    assert is_valid(json.loads(sample(narrowed(pair, nothing), 1)), pair)


def test_pinned_fields_have_one_value() -> None:
    schema = fixed(narrowed(schema_of({"a": STRING, "b": INTEGER}), nothing), {"a": "x", "z": 1})
    assert accepts(schema, '{"a":"x","b":5}')
    assert not accepts(schema, '{"a":"y","b":5}')
    assert fixed({"type": "array", "items": STRING}, {"a": 1}) == {"type": "array", "items": STRING}


def test_tools_of_the_wild_compile_strictly_once_narrowed() -> None:
    if not MATERIAL.exists():
        pytest.skip(f"no shared material at {MATERIAL}: the tools of the wild are not compiled")
    from dtc_local.tools import read_files

    tools = read_files(sorted(MATERIAL.glob("*.json"))).tools
    assert len(tools) > 50
    for tool in tools:
        for schema in filter(None, (tool.parameters, tool.output)):
            smaller = narrowed(schema, nothing)
            assert compiled(smaller)
            if "pattern" not in json.dumps(schema) and "format" not in json.dumps(schema):
                from random import Random

                assert is_valid(instance(smaller, Random(1)), schema), tool.name
