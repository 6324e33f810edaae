"""Parameters and request body of an operation are one flat object, without what the caller's configuration says."""

from __future__ import annotations

from typing import Any

import pytest

from tests.tools.readers.apis import body, document, found, parameter, read, source, thing, tool


def required(made: Any) -> list[str]:
    needed: list[str] = made.source.parameters["required"]
    return needed


def test_parameters_of_every_place_stand_beside_each_other() -> None:
    places = ["path", "query", "header", "cookie"]
    made = tool({"parameters": [parameter(f"in_{place}", place) for place in places]}, "/things/{in_path}")
    assert list(source(made)) == [f"in_{place}" for place in places]
    assert required(made) == ["in_path"]


def test_an_operations_own_parameter_replaces_the_path_items() -> None:
    item = {
        "parameters": [parameter("a", description="old"), parameter("b", required=True)],
        "get": {"parameters": [parameter("a", description="new", schema={"type": "integer"}), parameter("c")]},
    }
    (made,) = read({"openapi": "3.0.0", "paths": {"/x": item}}).tools
    assert source(made)["a"] == {"type": "integer", "description": "new"}
    assert list(source(made)) == ["a", "b", "c"]
    assert required(made) == ["b"]


def test_two_parameters_of_one_name_both_stay() -> None:
    made = tool({"parameters": [parameter("id", "path"), parameter("id"), parameter("id", "header")]}, "/x/{id}")
    assert list(source(made)) == ["id", "id_query", "id_header"]
    assert len(found(made, "parameter")) == 2


def test_a_variable_of_the_path_without_a_parameter_becomes_one() -> None:
    made = tool({"parameters": [parameter("a", "path")]}, "/x/{a}/{b}/{+rest}:do")
    assert source(made)["b"] == source(made)["rest"] == {"type": "string"}
    assert required(made) == ["a", "b", "rest"]
    assert [finding.severity for finding in found(made, "parameter")] == ["warning", "warning"]


def test_what_the_parameter_says_is_said_of_its_schema() -> None:
    said = parameter(
        "a", description="What it is.", example=3, deprecated=True, schema={"type": "integer", "examples": [4]}
    )
    more = parameter("b", schema={"type": "string"}, examples={"one": {"value": "x"}, "two": {"externalValue": "y"}})
    made = tool({"parameters": [said, more]})
    assert source(made)["a"] == {
        "type": "integer",
        "description": "What it is.",
        "examples": [3, 4],
        "deprecated": True,
    }
    assert source(made)["b"]["examples"] == ["x"]
    assert made.parameters["properties"]["a"]["examples"] == [3, 4]


def test_a_parameter_may_have_its_schema_under_content() -> None:
    said = {"name": "filter", "in": "query", "content": {"application/json": {"schema": thing(a="string")}}}
    assert source(tool({"parameters": [said]}))["filter"] == thing(a="string")


def test_swagger_parameters_carry_their_schema_themselves() -> None:
    said = {
        "name": "tags",
        "in": "query",
        "type": "array",
        "items": {"type": "string", "enum": ["a", "b"]},
        "collectionFormat": "multi",
        "maxItems": 3,
        "required": True,
        "description": "Tags.",
        "x-example": ["a"],
    }
    made = tool({"parameters": [said]}, swagger="2.0")
    assert source(made)["tags"] == {
        "type": "array",
        "items": {"type": "string", "enum": ["a", "b"]},
        "maxItems": 3,
        "description": "Tags.",
        "examples": [["a"]],
    }
    assert required(made) == ["tags"]


def test_swagger_bodies_and_forms_are_flattened_too() -> None:
    parameters = [
        {"name": "note", "in": "body", "required": True, "schema": thing(text="string") | {"required": ["text"]}}
    ]
    assert required(tool({"parameters": parameters}, method="post", swagger="2.0")) == ["text"]
    form = [{"name": "file", "in": "formData", "type": "file"}, {"name": "size", "in": "formData", "type": "integer"}]
    made = tool({"parameters": form}, method="post", swagger="2.0")
    assert [child["type"] for child in source(made).values()] == ["string", "integer"]
    listed = [{"name": "names", "in": "body", "schema": {"type": "array", "items": {"type": "string"}}}]
    assert list(source(tool({"parameters": listed}, method="post", swagger="2.0"))) == ["names"]


def test_the_properties_of_an_object_body_stand_beside_the_parameters() -> None:
    schema = thing(name="string", age="integer") | {"required": ["name", "gone"]}
    operation = {"parameters": [parameter("id", "path")], "requestBody": body(schema) | {"required": True}}
    made = tool(operation, "/x/{id}", "put")
    assert list(source(made)) == ["id", "name", "age"]
    assert required(made) == ["id", "name"]


def test_a_property_with_the_name_of_a_parameter_says_that_it_is_the_bodys() -> None:
    schema = thing(id="integer", name="string") | {"required": ["id"]}
    made = tool({"parameters": [parameter("id", "path")], "requestBody": body(schema)}, "/x/{id}", "put")
    assert source(made)["id"]["type"] == "string"
    assert source(made)["id_body"]["type"] == "integer"
    assert required(made) == ["id", "id_body"]
    assert "id_body" in found(made, "parameter")[0].what


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "array", "items": {"type": "string"}},
        {"type": "string"},
        {"type": "object", "additionalProperties": {"type": "integer"}},
        {"oneOf": [thing(a="string"), thing(b="string")]},
        {"allOf": [thing(a="string"), {"anyOf": [thing(b="string"), thing(c="string")]}]},
    ],
)
def test_any_other_body_is_one_argument(schema: Any) -> None:
    made = tool({"requestBody": body(schema) | {"required": True, "description": "All of it."}}, method="post")
    assert source(made) == {"body": schema | {"description": "All of it."}}
    assert required(made) == ["body"]


def test_the_parts_of_an_all_of_body_are_united() -> None:
    components = {
        "schemas": {
            "Base": thing(id={"type": "integer", "readOnly": True}, name="string") | {"required": ["id", "name"]},
            "Full": {"allOf": [{"$ref": "#/components/schemas/Base"}, thing(age="integer") | {"required": ["age"]}]},
        }
    }
    operation = {"requestBody": body({"$ref": "#/components/schemas/Full"})}
    made = tool(operation, method="post", components=components)
    assert sorted(source(made)) == ["age", "name"]
    assert sorted(required(made)) == ["age", "name"]


def test_a_body_that_may_be_null_is_still_its_object() -> None:
    for schema in (
        {"anyOf": [{"type": "null"}, thing(a="string")]},
        thing(a="string") | {"type": ["object", "null"]},
        thing(a="string") | {"oneOf": [{"required": ["a"]}, {"required": ["b"]}]},
    ):
        assert list(source(tool({"requestBody": body(schema)}, method="post"))) == ["a"]


def test_a_body_that_contains_itself_is_one_argument() -> None:
    schemas = {"A": {"allOf": [{"$ref": "#/components/schemas/A"}, thing(a="string")]}}
    made = tool(
        {"requestBody": body({"$ref": "#/components/schemas/A"})}, method="post", components={"schemas": schemas}
    )
    assert list(source(made)) == ["body"]


def test_limits_on_the_whole_body_hold_only_where_it_stands_alone() -> None:
    schema = thing(a="string") | {"minProperties": 1, "additionalProperties": False, "dependentRequired": {"a": []}}
    alone = tool({"requestBody": body(schema)}, method="post").source.parameters
    assert (alone["minProperties"], alone["additionalProperties"]) == (1, False)
    beside = tool({"parameters": [parameter("q")], "requestBody": body(schema)}, method="post").source.parameters
    assert "minProperties" not in beside
    assert "dependentRequired" in beside


@pytest.mark.parametrize(
    ("kinds", "taken"),
    [
        (["application/xml", "application/json"], "application/json"),
        (["multipart/form-data", "application/vnd.api+json; charset=utf-8"], "application/vnd.api+json; charset=utf-8"),
        (["text/plain", "multipart/form-data"], "multipart/form-data"),
        (["multipart/form-data", "application/x-www-form-urlencoded"], "application/x-www-form-urlencoded"),
        (["image/png", "text/plain"], "text/plain"),
        (["*/*", "text/json"], "text/json"),
    ],
)
def test_json_is_taken_before_forms_before_text_and_the_others_are_noted(kinds: list[str], taken: str) -> None:
    content = {kind: {"schema": thing(**{f"n{i}": "string"})} for i, kind in enumerate(kinds)}
    made = tool({"requestBody": {"content": content}}, method="post")
    assert list(source(made)) == [f"n{kinds.index(taken)}"]
    (noted,) = found(made, "parameter")
    assert all(kind in noted.what for kind in kinds)


def test_a_body_without_a_schema_is_a_text() -> None:
    made = tool({"requestBody": {"content": {"application/octet-stream": {}}}}, method="post")
    assert source(made) == {"body": {"type": "string"}}


SCHEMES = {
    "key": {"type": "apiKey", "name": "X-Shop", "in": "header"},
    "other": {"type": "apiKey", "name": "k", "in": "query"},
    "oauth": {"type": "oauth2"},
}


def test_parameters_named_by_a_security_scheme_are_left_out() -> None:
    parameters = [
        parameter("x-shop", "header", required=True),
        parameter("k"),
        parameter("k", "header"),
        parameter("q"),
    ]
    for more in (
        {"components": {"securitySchemes": SCHEMES}},
        {"swagger": "2.0", "securityDefinitions": SCHEMES},
    ):
        made = tool({"parameters": parameters}, **more)
        assert list(source(made)) == ["k", "q"]
        assert len(found(made, "security")) == 2


def test_what_the_client_writes_itself_is_left_out() -> None:
    headers = ["Accept", "content-type", "Authorization", "If-Match"]
    made = tool({"parameters": [parameter(name, "header") for name in headers]})
    assert list(source(made)) == ["If-Match"]
    assert (len(found(made, "parameter")), len(found(made, "security"))) == (2, 1)


@pytest.mark.parametrize(
    ("name", "description", "asked", "kept"),
    [
        ("token", "Authentication token. Requires scope: `chat:write`", True, False),
        ("api_key", "", True, False),
        ("X-API-Key", "", True, False),
        ("access_token", "", True, False),
        ("token", "The token to look up in the text.", True, True),
        ("page_token", "Authentication token.", True, True),
        ("token", "Authentication token.", False, True),
    ],
)
def test_a_credential_is_left_out_where_the_operation_asks_for_one(
    name: str, description: str, asked: bool, kept: bool
) -> None:
    security = [{"oauth": ["all"]}] if asked else []
    said = parameter(name, "header" if name.startswith("X") else "query", description=description)
    schema = thing(**{name: {"type": "string", "description": description}}, q="string")
    form = body(schema, "application/x-www-form-urlencoded")
    for operation in ({"parameters": [said]}, {"requestBody": form}):
        made = tool(operation | {"security": security}, method="post", components={"securitySchemes": SCHEMES})
        assert (name in source(made)) is kept
        assert len(found(made, "security")) == (not kept)


def test_an_operation_without_security_of_its_own_asks_for_the_documents() -> None:
    components = {"securitySchemes": SCHEMES}
    operation = {"parameters": [parameter("api_key")]}
    assert not source(tool(operation, security=[{"oauth": []}], components=components))
    assert source(tool(operation | {"security": []}, security=[{"oauth": []}], components=components))


def test_a_parameter_that_is_none_is_left_out_with_a_warning() -> None:
    odd = [
        None,
        3,
        {"in": "query"},
        {"name": 7, "in": "query"},
        {"name": "a"},
        {"name": "b", "in": "air"},
        {"$ref": "#/x"},
    ]
    made = tool({"parameters": [*odd, parameter("kept")]})
    assert list(source(made)) == ["kept"]
    assert len(found(made, "malformed")) == len(odd)


def test_flags_of_older_yaml_are_flags() -> None:
    text = """
openapi: 3.0.0
paths:
  /a:
    get:
      parameters:
        - {name: "on", in: query, required: yes, schema: {type: string, enum: [yes, no]}}
"""
    (made,) = read(text, ".yaml").tools
    assert required(made) == ["on"]
    assert source(made)["on"]["enum"] == ["yes", "no"]


def test_names_no_schema_keyword_could_have_are_names() -> None:
    schema = thing(**{"$ref": "string", "type": "string", "items": "string", "required": "boolean", "x-y": "string"})
    made = tool({"requestBody": body(schema)}, method="post")
    assert list(made.parameters["properties"]) == ["$ref", "type", "items", "required", "x-y"]


def test_a_call_that_examples_show_is_recorded() -> None:
    operation = {
        "parameters": [parameter("id", "path", {"type": "integer"}, example=7), parameter("free")],
        "requestBody": body(thing(name="string", id="integer"), example={"name": "Rex", "id": 8, "unknown": 1}),
    }
    (recorded,) = tool(operation, "/pets/{id}", "put").recorded
    assert recorded.arguments == {"id": 7, "name": "Rex", "id_body": 8}


def test_a_call_is_not_recorded_where_a_needed_argument_has_no_example() -> None:
    operation = {
        "parameters": [parameter("id", "path")],
        "requestBody": body(thing(name="string"), example={"name": "a"}),
    }
    assert tool(operation, "/pets/{id}", "put").recorded == ()


def test_the_examples_of_the_parameters_alone_are_a_call() -> None:
    value = document({"parameters": [parameter("city", required=True, example="Oslo"), parameter("free")]})
    assert read(value).tools[0].recorded[0].arguments == {"city": "Oslo"}
