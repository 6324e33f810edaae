"""Schemas become JSON Schema 2020-12 that says the same, complete in every tool."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from dtc_local.tools.readers.openapi import schemas
from dtc_local.tools.readers.openapi.api import api_of
from tests.tools.readers.apis import answer, body, found, parameter, read, source, thing, tool


def converted(schema: Any, version: str = "3.0.0", **components: Any) -> dict[str, Any]:
    """A property's schema in the tool's own parameters, definitions beside it."""
    made = tool(
        {"requestBody": body(thing(value=schema))},
        method="post",
        openapi=version,
        components={"schemas": components},
    )
    value: dict[str, Any] = source(made)["value"]
    return value | {"$defs": made.source.parameters["$defs"]} if "$defs" in made.source.parameters else value


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "string", "nullable": True}, {"type": ["string", "null"]}),
        ({"type": "string", "x-nullable": True}, {"type": ["string", "null"]}),
        ({"type": "string", "nullable": False}, {"type": "string"}),
        ({"type": ["string", "null"], "nullable": True}, {"type": ["string", "null"]}),
        ({"enum": ["a"], "nullable": True}, {"enum": ["a"]}),
        (
            {"allOf": [{"type": "string"}], "nullable": True, "description": "d"},
            {"description": "d", "anyOf": [{"allOf": [{"type": "string"}]}, {"type": "null"}]},
        ),
        (
            {"type": "number", "minimum": 3, "exclusiveMinimum": True, "format": "double"},
            {"type": "number", "exclusiveMinimum": 3, "format": "double"},
        ),
        ({"type": "file"}, {"type": "string"}),
        ({"type": "string", "example": "a"}, {"type": "string", "examples": ["a"]}),
        ({"type": "string", "examples": ["b"], "example": "a"}, {"type": "string", "examples": ["a", "b"]}),
        (
            {"type": "string", "xml": {"name": "x"}, "externalDocs": {"url": "u"}, "x-order": 1, "format": "byte"},
            {"type": "string", "format": "byte"},
        ),
        (thing(a="string") | {"discriminator": {"propertyName": "a"}}, thing(a="string")),
        (
            {"type": "array", "items": {"format": "int64"}, "collectionFormat": "csv"},
            {"type": "array", "items": {"format": "int64"}},
        ),
    ],
)
def test_the_words_of_openapi_become_those_of_json_schema(schema: Any, expected: Any) -> None:
    assert converted(schema) == expected


def test_a_schema_of_version_3_1_stays_as_it_is() -> None:
    schema = {
        "type": ["object", "null"],
        "properties": {"a": {"const": 1}, "b": {"type": "array", "prefixItems": [{"type": "string"}]}},
        "if": {"required": ["a"]},
        "then": {"required": ["b"]},
        "unevaluatedProperties": False,
        "examples": [{"a": 1}],
    }
    assert converted(schema, "3.1.0") == schema


def test_definitions_come_along_as_far_as_they_are_reached() -> None:
    components = {
        "Pet": thing(owner={"$ref": "#/components/schemas/An%20Owner"}),
        "An Owner": thing(name="string"),
        "Unused": thing(a="string"),
    }
    assert converted({"$ref": "#/components/schemas/Pet"}, **components) == {
        "$ref": "#/$defs/Pet",
        "$defs": {"Pet": thing(owner={"$ref": "#/$defs/An_Owner"}), "An_Owner": thing(name="string")},
    }


def test_definitions_whose_names_become_the_same_stay_apart() -> None:
    components = {"a.b": {"type": "string"}, "a b": {"type": "integer"}}
    schema = thing(x={"$ref": "#/components/schemas/a.b"}, y={"$ref": "#/components/schemas/a b"})
    made = converted(schema, **components)
    kinds = {name: made["$defs"][made["properties"][name]["$ref"].rsplit("/", 1)[-1]]["type"] for name in "xy"}
    assert kinds == {"x": "string", "y": "integer"}


def test_any_place_of_the_document_may_be_referred_to() -> None:
    made = converted(
        {"$ref": "#/components/schemas/Pet/properties/tags/items"}, Pet=thing(tags={"items": thing(a="string")})
    )
    assert list(made["$defs"].values()) == [thing(a="string")]


def test_recursion_stays_recursion() -> None:
    tree = thing(children={"type": "array", "items": {"$ref": "#/components/schemas/Tree"}}, name="string")
    made = converted({"$ref": "#/components/schemas/Tree"}, Tree=tree)
    validator = Draft202012Validator(made)
    assert validator.is_valid({"children": [{"children": [{"name": "leaf"}]}]})
    assert not validator.is_valid({"children": [{"children": [{"name": 3}]}]})


def test_what_older_versions_ignore_beside_a_reference_is_ignored() -> None:
    schema = {"$ref": "#/components/schemas/Pet", "type": "number", "description": "Mine.", "nullable": True}
    old, new = (converted(schema, version, Pet=thing(a="string")) for version in ("3.0.3", "3.1.0"))
    assert old["anyOf"] == [{"$ref": "#/$defs/Pet"}, {"type": "null"}]
    assert old["description"] == "Mine."
    assert new["type"] == ["number", "null"]


def test_a_reference_to_nothing_allows_anything_and_is_noted() -> None:
    made = tool({"parameters": [parameter("a", schema={"$ref": "#/components/schemas/Gone"})]})
    assert source(made)["a"] == {}
    assert found(made, "reference")


def test_fields_only_the_other_side_sets_are_left_out() -> None:
    schemas_ = {
        "Pet": thing(
            id={"type": "integer", "readOnly": True},
            secret={"type": "string", "writeOnly": True},
            name="string",
            made={"allOf": [{"$ref": "#/components/schemas/Time"}]},
        )
        | {"required": ["id", "secret", "name"]},
        "Time": {"type": "string", "readOnly": True},
    }
    pet = {"$ref": "#/components/schemas/Pet"}
    operation = {"requestBody": body(pet), "responses": answer(thing(pet=pet))}
    made = tool(operation, method="post", components={"schemas": schemas_})
    assert list(source(made)) == ["secret", "name"]
    assert made.source.parameters["required"] == ["secret", "name"]
    assert made.source.output is not None
    inner = made.source.output["$defs"]["Pet"]
    assert list(inner["properties"]) == ["id", "name", "made"]
    assert inner["required"] == ["id", "name"]


def test_a_discriminator_gives_every_alternative_its_name() -> None:
    pets = {name: thing(kind="string", **{f"{name}_age": "integer"}) for name in ("Cat", "Dog", "Own")}
    pets["Own"]["properties"]["kind"] = {"enum": ["mine"]}
    schema = {
        "oneOf": [{"$ref": f"#/components/schemas/{name}"} for name in pets],
        "discriminator": {"propertyName": "kind", "mapping": {"a cat": "#/components/schemas/Cat", "y": "Gone"}},
    }
    validator = Draft202012Validator(converted(schema, **pets))
    assert validator.is_valid({"kind": "a cat", "Cat_age": 3})
    assert not validator.is_valid({"kind": "Cat", "Cat_age": 3})
    assert not validator.is_valid({"Cat_age": 3})
    assert not validator.is_valid({"kind": "Dog", "Dog_age": "old"})
    assert validator.is_valid({"kind": "mine"})


def test_alternatives_that_refer_to_each_other_end() -> None:
    both = {
        "A": {"oneOf": [{"$ref": "#/components/schemas/B"}], "discriminator": {"propertyName": "k"}},
        "B": {"allOf": [{"$ref": "#/components/schemas/A"}], "properties": {"k": {"type": "string"}}},
    }
    operation = {"parameters": [parameter("free", schema={"$ref": "#/components/schemas/A"}), parameter("kept")]}
    assert "kept" in tool(operation, components={"schemas": both}).parameters["properties"]


def test_a_schema_that_reaches_too_much_is_cut_with_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schemas, "MAX_NODES", 20)
    chain = {f"S{i}": thing(next={"$ref": f"#/components/schemas/S{i + 1}"}, own="string") for i in range(40)}
    made = tool(
        {"requestBody": body({"$ref": "#/components/schemas/S0"})}, method="post", components={"schemas": chain}
    )
    assert len(made.source.parameters["$defs"]) < 20
    assert found(made, "too_large")


def test_every_tool_has_definitions_of_its_own() -> None:
    operations = {
        f"/{name}": {"get": {"operationId": name, "responses": answer({"$ref": f"#/components/schemas/{name}"})}}
        for name in ("A", "B")
    }
    components = {"A": thing(b={"$ref": "#/components/schemas/B"}), "B": thing(x="string")}
    made = read({"openapi": "3.1.0", "paths": operations, "components": {"schemas": components}}).tools
    outputs = [one.source.output or {} for one in made]
    assert list(outputs[0]["$defs"]) == ["B"]
    assert "$defs" not in outputs[1]


def test_a_flag_for_older_yaml_is_a_flag_in_schemas_too() -> None:
    api = api_of({"openapi": "3.0.0"})
    assert schemas.Schemas(api, "request").convert({"type": "string", "nullable": "yes"}) == {
        "type": ["string", "null"]
    }


@pytest.mark.parametrize("key", ["allOf", "oneOf"])
def test_schemas_that_multiply_on_one_value_are_cut(key: str) -> None:
    chain = {f"S{i}": {key: [{"$ref": f"#/components/schemas/S{i + 1}"}] * 2} for i in range(40)}
    pet = {"$ref": "#/components/schemas/S0"}
    operation = {"requestBody": body(thing(pet=pet, own="string")), "responses": answer(thing(pet=pet, own="string"))}
    made = tool(operation, method="post", components={"schemas": chain | {"S40": thing(a="string")}})
    assert "own" in source(made)
    assert found(made, "too_large")
    assert tool({"requestBody": body(pet)}, method="post", components={"schemas": chain}).name == "post_things"


def test_a_chain_of_references_longer_than_any_reader_follows_ends() -> None:
    chain = {f"S{i}": {"$ref": f"#/components/schemas/S{i + 1}"} for i in range(3000)}
    made = tool(
        {"parameters": [parameter("a", schema={"$ref": "#/components/schemas/S0"})]}, components={"schemas": chain}
    )
    assert found(made, "too_large")
