"""The first success with a JSON schema is the tool's output; what its examples show is recorded."""

from __future__ import annotations

from typing import Any

import pytest

from dtc_local.ledger import Ledger
from dtc_local.records import ExecutedCall, Reference
from dtc_local.stages.execute import result_schema
from dtc_local.stages.references import output_paths, parse_reference, value_at
from dtc_local.validation import is_valid
from tests.tools.readers.apis import answer, body, found, parameter, thing, tool

PETS = {"type": "array", "items": thing(id="integer", name="string") | {"required": ["id", "name"]}}


def output(responses: Any, **more: Any) -> Any:
    return tool({"responses": responses}, **more).source.output


@pytest.mark.parametrize(
    ("codes", "taken"),
    [
        (["404", "200"], "200"),
        (["201", "200"], "200"),
        (["202", "201"], "201"),
        (["default", "202"], "202"),
        (["default", "2XX", "203"], "2XX"),
        (["400", "default"], "default"),
    ],
)
def test_the_first_success_is_taken_and_the_default_last(codes: list[str], taken: str) -> None:
    responses: dict[str, Any] = {}
    for code in codes:
        responses |= answer(thing(**{f"of_{code}": "string"}), code)
    assert list(output(responses)["properties"]) == [f"of_{taken}"]


def test_a_success_without_json_gives_way_to_one_with() -> None:
    responses = answer({"type": "string"}, "200", "text/csv") | answer(thing(a="string"), "202")
    assert output(responses) == thing(a="string")
    assert output({"204": {"description": "gone"}, "200": {"description": "no content"}}) is None
    assert output({"400": answer(thing(a="string"))["200"]}) is None


@pytest.mark.parametrize("kind", ["application/json", "application/hal+json", "text/json; charset=utf-8", "*/*"])
def test_json_of_any_name_is_json(kind: str) -> None:
    assert output(answer(thing(a="string"), kind=kind)) == thing(a="string")


def test_swagger_responses_carry_their_schema_themselves() -> None:
    responses = {"200": {"schema": thing(a="string"), "examples": {"application/json": {"a": "x"}}}}
    made = tool({"responses": responses}, swagger="2.0")
    assert made.source.output == thing(a="string")
    assert made.recorded[0].result == {"a": "x"}


def test_responses_may_stand_among_the_components_and_a_lost_one_is_noted() -> None:
    responses = {"200": {"$ref": "#/components/responses/Gone"}, "201": {"$ref": "#/components/responses/Made"}}
    made = tool({"responses": responses}, components={"responses": {"Made": answer(thing(a="string"))["200"]}})
    assert made.source.output == thing(a="string")
    assert found(made, "reference")


def test_a_list_as_a_result_stays_a_list_that_can_be_referred_to_written_and_remembered() -> None:
    made = tool({"operationId": "list_pets", "responses": answer(PETS)})
    assert made.output is not None
    assert made.output["type"] == "array"
    paths = dict(output_paths(made))
    assert paths[0, "id"] == "integer"
    schema = result_schema(made, {}, {"0.name": ["Rex"]}, frozenset({(0, "id")}))
    result = [{"id": 4, "name": "Rex"}]
    assert is_valid(result, schema)
    assert not is_valid([], schema)
    assert parse_reference("$1.0.id") == ("$1", (0, "id"))
    assert value_at({"$1": result}, Reference(call="$1", path=(0, "id"), type="integer")) == 4
    executed = ExecutedCall(id="$1", tool=made.name, arguments={}, result=result)
    after = Ledger().after(executed, made)
    other = executed.model_copy(update={"result": [{"id": 4, "name": "Tom"}]})
    assert after.contradicts(other, made)
    assert not after.contradicts(executed, made)


def test_a_bare_value_as_a_result_stays_one() -> None:
    made = tool({"responses": answer({"type": "integer"})})
    assert made.output == {"type": "integer"}
    assert is_valid(3, result_schema(made, {}, {}, frozenset()))


def test_request_and_response_examples_of_one_name_are_one_call() -> None:
    shown = {
        "one": {"value": {"name": "Rex"}},
        "two": {"$ref": "#/components/examples/Two"},
        "far": {"externalValue": "u"},
    }
    results = {"one": {"value": {"id": 1}}, "three": {"value": {"id": 3}}}
    operation = {
        "requestBody": body(thing(name="string"), examples=shown),
        "responses": answer(thing(id="integer"), examples=results),
    }
    made = tool(operation, method="post", components={"examples": {"Two": {"value": {"name": "Tom"}}}})
    assert [(one.arguments, one.result) for one in made.recorded] == [
        ({"name": "Rex"}, {"id": 1}),
        ({"name": "Tom"}, None),
        (None, {"id": 3}),
    ]


def test_the_only_examples_of_both_sides_are_one_call() -> None:
    operation = {
        "parameters": [parameter("id", "path", {"type": "integer"}, example=7)],
        "responses": answer(thing(name="string"), example={"name": "Rex"}),
    }
    (recorded,) = tool(operation, "/pets/{id}").recorded
    assert (recorded.arguments, recorded.result) == ({"id": 7}, {"name": "Rex"})


def test_an_example_of_the_schema_itself_is_an_example() -> None:
    made = tool({"responses": answer(thing(name="string") | {"example": {"name": "Rex"}})})
    assert made.recorded[0].result == {"name": "Rex"}


def test_an_example_that_breaks_its_schema_is_dropped_and_noted() -> None:
    made = tool({"responses": answer(thing(name="string"), example={"name": 3})})
    assert made.recorded == ()
    assert found(made, "example")
