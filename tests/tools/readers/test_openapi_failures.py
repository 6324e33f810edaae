"""How an operation fails: the schema of the response that tells it best, if it is not that of the success."""

from __future__ import annotations

from typing import Any

import pytest

from tests.tools.readers.apis import answer, found, thing, tool

PET = thing(id="integer", name="string")
FAULT = thing(code="string", message="string")


def error(responses: Any, **more: Any) -> Any:
    return tool({"responses": responses}, **more).error


@pytest.mark.parametrize(
    ("codes", "taken"),
    [
        (["500", "404"], "404"),
        (["401", "400"], "400"),
        (["default", "422"], "422"),
        (["401", "default"], "default"),
        (["503", "409"], "409"),
        (["4XX", "5XX"], "4XX"),
        (["502", "500"], "500"),
    ],
)
def test_what_is_not_found_or_refused_is_told_first_and_failures_of_the_server_last(
    codes: list[str], taken: str
) -> None:
    responses = answer(PET)
    for code in codes:
        responses |= answer(thing(**{f"of_{code}": "string"}), code)
    assert list(error(responses)["properties"]) == [f"of_{taken}"]


def test_a_response_without_json_gives_way_to_one_with() -> None:
    responses = answer(PET) | {"404": {"description": "gone"}} | answer(FAULT, "400", "text/html")
    assert error(responses) is None
    assert error(responses | answer(FAULT, "500"))["properties"].keys() == {"code", "message"}


def test_the_schema_of_the_success_is_no_error() -> None:
    assert error(answer(PET) | answer(PET, "default")) is None
    assert error(answer(PET, "default")) is None
    assert error(answer(PET) | answer(PET, "404") | answer(FAULT, "default"))["required"] == ["code", "message"]


def test_an_error_among_the_components_is_followed_and_a_lost_one_noted() -> None:
    components = {"responses": {"Gone": answer({"$ref": "#/components/schemas/Fault"}, "x")["x"]}}
    components["schemas"] = {"Fault": FAULT}
    lost = {"$ref": "#/components/responses/Lost"}
    responses = answer(PET) | {"404": lost, "400": {"$ref": "#/components/responses/Gone"}}
    made = tool({"responses": responses}, components=components)
    assert made.error is not None
    assert made.error["properties"].keys() == {"code", "message"}
    assert made.source.error == FAULT
    assert ("reference", "'#/components/responses/Lost' points to nothing, left out") in [
        (one.kind, one.what) for one in made.findings
    ]


def test_swagger_has_errors_too() -> None:
    made = tool({"responses": {"200": {"schema": PET}, "default": {"schema": FAULT}}}, swagger="2.0")
    assert made.error is not None
    assert made.error["properties"].keys() == {"code", "message"}


@pytest.mark.parametrize(
    ("schema", "reason"),
    [
        ({"type": "object"}, "error schema left out: the output schema names no field, taken as undeclared"),
        ({"type": "string"}, "error schema left out: it is string"),
    ],
)
def test_an_error_that_cannot_be_used_is_left_out_with_a_finding(schema: Any, reason: str) -> None:
    made = tool({"responses": answer(PET) | answer(schema, "404")})
    assert made.error is None
    assert made.source.error is None
    assert reason in [one.what for one in found(made, "output")]


def test_an_error_adds_no_findings_where_nothing_is_lost() -> None:
    responses = answer(PET)
    assert tool({"responses": responses | answer(FAULT, "404")}).findings == tool({"responses": responses}).findings
