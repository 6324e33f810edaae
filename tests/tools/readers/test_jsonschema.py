"""Plain JSON Schema: object schemas are tools, nothing else is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dtc_local.tools.readers import jsonschema
from tests.tools.readers.given import SHIP, found, imported, named, refused, skipped, tools
from tests.tools.specs import material

DRAFT = "https://json-schema.org/draft/2020-12/schema"


@pytest.mark.parametrize(
    ("head", "name"),
    [
        ({"title": "Ship a parcel", "$id": "https://example.com/other.json"}, "Ship a parcel"),
        ({"$id": "https://example.com/depot/ship.schema.json"}, "ship"),
        ({"$id": "urn:depot:ship"}, "ship"),
        ({"id": "http://example.com/ship.json#"}, "ship"),
        ({"name": "ship", "title": "Ship a parcel"}, "ship"),
        ({}, ""),
    ],
)
def test_a_schema_is_called_by_its_title_or_the_end_of_its_id(head: Any, name: str) -> None:
    (tool,) = tools(SHIP | head | {"description": "Ship it."})
    assert (tool.dialect, tool.name, tool.description) == ("jsonschema", name, "Ship it.")


def test_a_schema_without_any_name_is_called_as_its_file_is(tmp_path: Path) -> None:
    (tool,) = imported(tmp_path, SHIP, name="ship parcel.schema.json").tools
    assert (tool.namespace, tool.name, tool.source.parameters) == ("ship_parcel", "ship_parcel", SHIP)


def test_schemas_in_rows_are_called_by_the_row_unless_they_have_a_title() -> None:
    rows = [
        {"name": "one", "schema": SHIP | {"title": "Two"}},
        {"id": "data/two.json", "schema": SHIP | {"title": "Two"}},
        {"id": "data/three.json", "schema": SHIP},
    ]
    assert [name for _, name in named(rows)] == ["one", "Two", "three"]


@pytest.mark.parametrize(
    "schema",
    [
        {"properties": {"city": {"type": "string"}}},
        {"properties": {"city": True}},
        {"type": ["object", "null"], "properties": {"city": {}}},
        {"$schema": DRAFT, "type": "object"},
        {"type": "object", "patternProperties": {"^x": {"type": "string"}}},
        {"$schema": DRAFT, "$ref": "#/$defs/Ship", "$defs": {"Ship": SHIP}},
        {"allOf": [SHIP, {"properties": {"zip": {"type": "string"}}}]},
        {"oneOf": [SHIP, {"properties": {"zip": {"type": "string"}}}]},
    ],
)
def test_a_root_that_is_an_object_in_any_way_is_one_tool(schema: Any) -> None:
    assert named(schema) == [("jsonschema", "")]


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"type": "object"},
        {"type": "Feature", "properties": {"city": {"type": "string"}}},
        {"properties": {}},
        {"properties": {"city": "Bern"}},
        {"properties": {"city": {"value": "Bern"}}},
        {"type": "object", "properties": ["city"]},
        {"$defs": {"city": {"type": "string"}}},
        {"definitions": {"a": {"meaning": "the first letter"}}},
        {"schema": SHIP, "tests": []},
        {"type": "string"},
        "object",
        None,
    ],
)
def test_any_other_value_is_no_schema_of_a_tool(document: Any) -> None:
    assert not jsonschema.matches(document)


def test_definitions_alone_are_a_tool_each_and_take_along_what_they_refer_to(tmp_path: Path) -> None:
    definitions = {
        "Ship": {"type": "object", "properties": {"to": {"$ref": "#/$defs/Place"}}},
        "Place": {"type": "object", "properties": {"zip": {"$ref": "#/$defs/Zip"}}},
        "Zip": {"type": "string", "pattern": "^[0-9]{4}$"},
        "Either": {"anyOf": [{"$ref": "#/$defs/Ship"}, {"$ref": "#/$defs/Place"}]},
    }
    document = {"$schema": DRAFT, "$defs": definitions}
    assert [name for _, name in named(document)] == ["Ship", "Place"]
    assert set(tools(document)[0].parameters["$defs"]) == {"Place", "Zip"}
    assert [words.split(":")[0] for words in skipped(document)] == ["/$defs/Zip", "/$defs/Either"]
    ship, _ = imported(tmp_path, document).tools
    assert ship.parameters["properties"]["to"]["properties"]["zip"]["pattern"] == "^[0-9]{4}$"


def test_definitions_beside_properties_are_not_tools_of_their_own() -> None:
    document = SHIP | {"title": "Ship", "definitions": {"Place": SHIP}}
    assert named(document) == [("jsonschema", "Ship")]


@pytest.mark.parametrize("kind", ["array", "string", ["string", "null"]])
def test_a_schema_of_something_else_is_refused_with_its_type(tmp_path: Path, kind: Any) -> None:
    sentence = refused(tmp_path, {"$schema": DRAFT, "type": kind})
    assert "a JSON Schema of type" in sentence
    assert "object" in sentence


def test_rows_whose_schema_is_no_object_are_skipped() -> None:
    rows = [{"id": "a", "schema": SHIP}, {"id": "b", "schema": {"type": "array", "items": SHIP}}]
    assert [name for _, name in named(rows)] == ["a"]
    assert skipped(rows) == ["/1/schema: a JSON Schema of type array describes no arguments"]


def test_real_schemas_are_one_tool_each_or_refused_for_their_type(tmp_path: Path) -> None:
    for path in material("jsonschemabench/*.jsonl"):
        for line in path.read_text(encoding="utf-8").splitlines():
            schema = json.loads(line)["schema"]
            if schema.get("type", "object") == "object":
                assert len(imported(tmp_path, schema).tools) == 1, line[:200]
            else:
                assert "a JSON Schema of type" in refused(tmp_path, schema)


def test_real_definitions_are_a_tool_for_every_object() -> None:
    for path in material("mcp/spec_schema/*.json"):
        document = json.loads(path.read_text(encoding="utf-8"))
        definitions = document.get("$defs", document.get("definitions"))
        objects = {name for name, definition in definitions.items() if definition.get("type") == "object"}
        assert objects <= {name for _, name in named(document)}
        assert len(found(document)) == len(definitions)
