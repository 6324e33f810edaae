"""Gemini declarations in three spellings: REST, Python SDK, dumped constructor calls."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.tools.readers.given import imported, named, objects_in, refused, skipped, tools
from tests.tools.specs import material

SHIP = {"type": "OBJECT", "properties": {"city": {"type": "STRING"}}, "required": ["city"]}
DECLARATION = {"name": "ship", "description": "Ship it.", "parameters": SHIP}


def parameter(schema: Any, **beside: Any) -> dict[str, Any]:
    """What becomes of the schema of one parameter."""
    parameters = {"type": "OBJECT", "properties": {"value": schema}} | beside
    (tool,) = tools({"function_declarations": [{"name": "act", "parameters": parameters}]})
    made: dict[str, Any] = tool.parameters["properties"]["value"]
    return made


@pytest.mark.parametrize(
    "document",
    [
        DECLARATION,
        [DECLARATION],
        {"function_declarations": [DECLARATION]},
        {"functionDeclarations": [DECLARATION]},
        [{"function_declarations": [DECLARATION]}],
        {"tools": [{"functionDeclarations": [DECLARATION]}]},
        [{"source": "a notebook", "payload": {"function_declarations": [DECLARATION]}}],
        [{"declaration": {"__call__": "FunctionDeclaration", **DECLARATION}}],
    ],
)
def test_a_declaration_is_read_however_it_is_wrapped(document: Any) -> None:
    assert named(document) == [("gemini", "ship")]


@pytest.mark.parametrize("kind", ["OBJECT", "Type.OBJECT", "types.Type.OBJECT", "genai.protos.Type.OBJECT"])
def test_types_in_capitals_and_of_the_sdk_become_json_types(tmp_path: Path, kind: str) -> None:
    text = kind.replace("OBJECT", "STRING")
    schema = {"type": kind, "properties": {"city": {"type": text}}}
    (tool,) = imported(tmp_path, [{"name": "ship", "parameters": schema}]).tools
    assert tool.source.dialect == "gemini"
    assert tool.source.parameters == {"type": "object", "properties": {"city": {"type": "string"}}}


def test_lower_case_types_in_a_list_of_declarations_are_read_in_this_dialect_too() -> None:
    declaration = {"name": "ship", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}
    assert named({"function_declarations": [declaration, {"name": "stop"}]}) == [("gemini", "ship"), ("gemini", "stop")]


def test_snake_case_keywords_and_constructor_marks_become_json_schema() -> None:
    given = {
        "__call__": "Schema",
        "type": "ARRAY",
        "min_items": "1",
        "max_items": 3,
        "items": {"__call__": "Schema", "any_of": [{"type_": "STRING", "max_length": "9"}, {"type": "INTEGER"}]},
    }
    assert parameter(given) == {
        "type": "ARRAY",
        "minItems": 1,
        "maxItems": 3,
        "items": {"anyOf": [{"type": "STRING", "maxLength": 9}, {"type": "INTEGER"}]},
    }


def test_property_names_are_never_respelled() -> None:
    made = parameter({"type": "OBJECT", "properties": {"min_items": {"type": "STRING"}, "type_": {"type": "STRING"}}})
    assert list(made["properties"]) == ["min_items", "type_"]


@pytest.mark.parametrize(
    ("given", "made"),
    [
        ({"type": "STRING", "nullable": True}, {"type": ["STRING", "null"]}),
        ({"type": "STRING", "nullable": False}, {"type": "STRING"}),
        (
            {"type": "STRING", "format": "enum", "enum": ["a"], "nullable": True},
            {"type": ["STRING", "null"], "enum": ["a", None]},
        ),
        (
            {"type": "OBJECT", "any_of": [{"type": "STRING"}], "nullable": True},
            {"anyOf": [{"type": "STRING"}, {"type": "null"}]},
        ),
        ({"type": "TYPE_UNSPECIFIED", "description": "x"}, {"description": "x"}),
        ({"ref": "#/defs/City"}, {"$ref": "#/$defs/City"}),
    ],
)
def test_what_json_schema_spells_differently_keeps_its_meaning(given: Any, made: Any) -> None:
    assert parameter(given) == made


def test_a_nullable_parameter_is_an_optional_one_of_its_type(tmp_path: Path) -> None:
    schema = {"type": "OBJECT", "properties": {"city": {"type": "STRING", "nullable": True}}}
    (tool,) = imported(tmp_path, [{"name": "ship", "parameters": schema}]).tools
    assert tool.parameters["properties"]["city"]["type"] == "string"


def test_properties_stand_in_the_order_asked_for() -> None:
    shape = {"type": "OBJECT", "properties": {name: {"type": "STRING"} for name in "abc"}}
    (tool,) = tools([{"name": "act", "parameters": shape | {"propertyOrdering": ["c", "gone", "a"]}}])
    assert list(tool.parameters["properties"]) == ["c", "a", "b"]
    assert "propertyOrdering" not in tool.parameters


@pytest.mark.parametrize("key", ["parametersJsonSchema", "parameters_json_schema"])
def test_plain_json_schema_is_taken_as_it_is(key: str) -> None:
    schema = {"type": "object", "properties": {"min_items": {"type": "string", "nullable": True}}}
    (tool,) = tools([{"name": "act", key: schema}])
    assert (tool.parameters, tool.parameters_key) == (schema, key)


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        ({"response": {"type": "OBJECT", "properties": {"id": {"type": "INTEGER"}}}}, "INTEGER"),
        ({"responseJsonSchema": {"type": "object", "properties": {"id": {"type": "integer"}}}}, "integer"),
        ({"response_json_schema": {"type": "object", "properties": {"id": {"type": "integer"}}}}, "integer"),
    ],
)
def test_a_response_is_the_result_schema(given: Any, kind: str) -> None:
    (tool,) = tools({"function_declarations": [DECLARATION | given]})
    assert isinstance(tool.output, dict)
    assert tool.output["properties"]["id"]["type"] == kind


def test_built_in_tools_and_lists_that_are_none_are_skipped() -> None:
    document = {"tools": [{"google_search": {}}, {"functionDeclarations": [DECLARATION], "codeExecution": {}}]}
    assert named(document) == [("gemini", "ship")]
    assert [words.split(":")[0] for words in skipped(document)] == ["/tools/0", "/tools/1/codeExecution"]
    assert "no list of declarations" in skipped([DECLARATION, {"function_declarations": "<<mine>>"}])[0]


def test_a_declaration_without_a_name_is_refused_with_its_place(tmp_path: Path) -> None:
    sentence = refused(tmp_path, {"function_declarations": [{"parameters": SHIP}]})
    assert "/function_declarations/0" in sentence
    assert "no name" in sentence


def test_real_files_import_with_all_their_tools() -> None:
    for path in material("providers/*gemini*.json", "providers/*genai*.json"):
        document = json.loads(path.read_text(encoding="utf-8"))
        rows = [row.get("payload", row.get("declaration")) for row in document]
        lists = [row[key] for row in rows for key in row if key.lower().replace("_", "") == "functiondeclarations"]
        expected = sum("name" in row for row in rows) + sum(len(found) for found in lists if isinstance(found, list))
        assert len(tools(document)) == expected > 0
        assert objects_in(document, "nullable") == 0 or not objects_in(
            [t.parameters for t in tools(document)], "nullable"
        )
