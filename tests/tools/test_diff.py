"""What changed in a tool is told in words with a place, and nothing that changed is left untold."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dtc_local.records import Finding, Recorded, Schema, Tool
from dtc_local.tools.diff import diff
from tests.shop import GET_TICKET, INTEGER, LIST_ORDERS, STRING, UPDATE_TICKET, tool

KEYS = st.sampled_from(
    ["type", "properties", "required", "items", "enum", "default", "description", "$defs", "x-a", "b/~"]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(0, 3) | st.sampled_from([1.0, "a", "string", ""]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=10,
)
SCHEMAS = st.dictionaries(KEYS, VALUES, max_size=4)


def with_schemas(parameters: Schema, output: Schema, original: Schema, error: Schema | None) -> Tool:
    """A tool around any JSON in the place of its schemas."""
    made = tool("act", {})
    source = made.source.model_copy(update={"parameters": original, "error": error})
    return made.model_copy(update={"parameters": parameters, "output": output, "source": source, "error": error})


TOOLS = st.builds(with_schemas, SCHEMAS, SCHEMAS, SCHEMAS, st.none() | SCHEMAS)


def told(before: Tool, after: Tool) -> list[tuple[str, str]]:
    """(pointer, words) of each change in the normal form."""
    return [(change.pointer, change.what) for change in diff(before, after) if change.kind != "source"]


@given(TOOLS)
def test_a_tool_does_not_differ_from_itself(one: Tool) -> None:
    assert diff(one, copy.deepcopy(one)) == ()


@given(TOOLS, TOOLS)
def test_two_tools_differ_unless_they_are_the_same_text(one: Tool, other: Tool) -> None:
    assert bool(diff(one, other)) == (one.model_dump_json() != other.model_dump_json())


def mutations(value: Any) -> st.SearchStrategy[Any]:
    """The same JSON value with exactly one spot replaced, added or taken away."""
    spots = list(_spots(value))

    def mutate(chosen: tuple[list[Any], Any, str]) -> Any:
        path, new, way = chosen
        made = copy.deepcopy(value)
        if not path:
            return {**made, "x-new": new}
        holder = made
        for step in path[:-1]:
            holder = holder[step]
        if way == "remove":
            del holder[path[-1]]
        else:
            holder[path[-1]] = new
        return made

    return st.tuples(st.sampled_from(spots), VALUES, st.sampled_from(["replace", "remove"])).map(mutate)


def _spots(value: Any, path: tuple[Any, ...] = ()) -> Any:
    yield list(path)
    for step, child in (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    ):
        yield from _spots(child, (*path, step))


@given(st.data())
@pytest.mark.parametrize("field", ["parameters", "output", "source"])
def test_any_single_mutation_of_a_schema_is_noticed(field: str, data: st.DataObject) -> None:
    before = data.draw(st.sampled_from([GET_TICKET, UPDATE_TICKET, LIST_ORDERS]))
    if field == "source":
        original = data.draw(mutations(before.source.parameters))
        after = before.model_copy(update={"source": before.source.model_copy(update={"parameters": original})})
    else:
        after = before.model_copy(update={field: data.draw(mutations(getattr(before, field)))})
    assert bool(diff(before, after)) == (before.model_dump_json() != after.model_dump_json())
    assert all(change.pointer.startswith(f"/{field}") for change in diff(before, after))


BOOK = tool("book", {"city": STRING, "guests": INTEGER}, {"booking": STRING}, required=("city",))


@pytest.mark.parametrize(
    ("after", "changes"),
    [
        (
            tool(
                "book",
                {"city": STRING, "guests": INTEGER, "date": STRING},
                {"booking": STRING},
                required=("city", "date"),
            ),
            [("/parameters/properties/date", "parameter date added (required, string)")],
        ),
        (
            tool("book", {"city": STRING}, {"booking": STRING}),
            [("/parameters/properties/guests", "parameter guests removed")],
        ),
        (
            tool("book", {"city": STRING, "guests": INTEGER}, {"booking": STRING}),
            [("/parameters/properties/guests", "parameter guests became required")],
        ),
        (
            tool("book", {"city": STRING, "guests": INTEGER}, {"booking": STRING}, required=()),
            [("/parameters/properties/city", "parameter city became optional")],
        ),
        (
            tool("book", {"city": STRING, "guests": STRING}, {"booking": STRING}, required=("city",)),
            [("/parameters/properties/guests/type", "parameter guests: type changed from integer to string")],
        ),
        (
            tool("book", {"guests": INTEGER, "city": STRING}, {"booking": STRING}, required=("city",)),
            [("/parameters/properties", "parameters: properties in another order")],
        ),
        (
            tool(
                "book", {"city": STRING, "guests": INTEGER}, {"booking": STRING, "price": INTEGER}, required=("city",)
            ),
            [("/output/properties/price", "result field price added (required, integer)")],
        ),
        (
            tool("book", {"city": STRING, "guests": INTEGER}, None, required=("city",)),
            [("/output", "output schema removed")],
        ),
        (
            tool("book", {"city": STRING, "guests": INTEGER}, {"booking": STRING}, "write", required=("city",)),
            [("/effect", "effect changed from read to write")],
        ),
        (BOOK.model_copy(update={"description": "Book it."}), [("/description", "description changed")]),
    ],
)
def test_changes_are_told_in_words_with_a_place(after: Tool, changes: list[tuple[str, str]]) -> None:
    assert told(BOOK, after) == changes


def test_listed_values_are_told_as_added_and_removed() -> None:
    before = tool("set", {"unit": {"type": "string", "enum": ["celsius", "kelvin"]}})
    after = tool("set", {"unit": {"type": "string", "enum": ["celsius", "rankine", "fahrenheit"]}})
    assert told(before, after) == [
        ("/parameters/properties/unit/enum", "parameter unit: enum values added: rankine, fahrenheit"),
        ("/parameters/properties/unit/enum", "parameter unit: enum values removed: kelvin"),
    ]


def test_nested_fields_are_named_by_their_way_down() -> None:
    items = {"type": "array", "items": {"type": "object", "properties": {"id": STRING}}}
    grown = {"type": "array", "items": {"type": "object", "properties": {"id": INTEGER}}}
    assert told(tool("find", {}, {"orders": items}), tool("find", {}, {"orders": grown})) == [
        (
            "/output/properties/orders/items/properties/id/type",
            "result field orders[].id: type changed from string to integer",
        )
    ]


def test_what_only_the_specification_shows_is_told_once() -> None:
    unique = {"type": "object", "properties": {"city": {**STRING, "not": {"const": "x"}}}}
    plain = {"type": "object", "properties": {"city": STRING}}
    before, after = (tool("book", {"city": STRING}, original=original) for original in (plain, unique))
    (change,) = diff(before, after)
    assert (change.kind, change.pointer) == ("source", "/source/parameters/properties/city/not")
    assert change.what == 'specification: parameter city: not added: {"const": "x"}'
    assert [one.pointer for one in diff(BOOK, tool("book", {"city": STRING}, {"booking": STRING}))].count(
        "/source/parameters/properties/guests"
    ) == 0


def test_what_is_known_of_a_tool_beside_its_schemas_is_compared_too() -> None:
    after = BOOK.model_copy(
        update={
            "entities": {"city": "place"},
            "recorded": (Recorded(arguments={"city": "Oslo"}),),
            "findings": (Finding(severity="info", kind="name", pointer="/name", what="short"),),
            "output_origin": "given",
        }
    )
    assert [change.kind for change in diff(BOOK, after)] == ["output", "entities", "recorded", "findings"]
    assert json.dumps([vars(change) for change in diff(BOOK, after)])


def test_an_error_schema_is_told_like_that_of_a_result() -> None:
    fault = {"type": "object", "properties": {"code": STRING}, "required": ["code"]}
    other = {"type": "object", "properties": {"code": INTEGER}, "required": ["code"]}
    failing, otherwise = (BOOK.model_copy(update={"error": schema}) for schema in (fault, other))
    assert told(BOOK, failing) == [("/error", "error schema added")]
    assert told(failing, BOOK) == [("/error", "error schema removed")]
    assert told(failing, otherwise) == [
        ("/error/properties/code/type", "error field code: type changed from string to integer")
    ]
