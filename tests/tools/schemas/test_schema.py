"""The normal form: one type a node, nothing the compiler refuses, every change a finding."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import llguidance
import pytest
from jsonschema import Draft202012Validator

from dtc_local.tools import read_files
from tests.tools.specs import function, imported, material, normal_value, with_property


def findings(folder: Path, schema: Any, *, required: bool = False) -> list[str]:
    (tool,) = imported(folder, function(parameters=with_property(schema, required=required)))
    return [finding.what for finding in tool.findings]


INTEGER = {"type": "integer"}
CLOSED_PAIR = {"items": False, "minItems": 2, "maxItems": 2}


@pytest.mark.parametrize(
    ("schema", "normal"),
    [
        ({}, {"type": "string"}),
        (True, {"type": "string"}),
        ({"type": "any"}, {"type": "string"}),
        ({"minimum": 3}, {"type": "number", "minimum": 3}),
        ({"enum": ["a", "b"]}, {"type": "string", "enum": ["a", "b"]}),
        ({"type": ["null", "integer"]}, {"type": "integer"}),
        ({"anyOf": [{"type": "null"}, {"type": "boolean"}]}, {"type": "boolean"}),
        ({"oneOf": [{"type": "integer"}, {"type": "string"}]}, {"type": "integer"}),
        ({"allOf": [{"type": "integer"}, {"minimum": 2}]}, {"type": "integer", "minimum": 2}),
        ({"type": "list"}, {"type": "array", "items": {"type": "string"}}),
        (
            {"type": "array", "items": {}, "uniqueItems": True},
            {"type": "array", "items": {"type": "string"}, "uniqueItems": True},
        ),
        ({"type": "string", "title": "T", "x-guidance": {}, "format": "fancy"}, {"type": "string"}),
        ({"type": "string", "pattern": "^(?!x9)"}, {"type": "string"}),
        ({"type": "string", "pattern": "["}, {"type": "string"}),
        ({"allOf": [{"multipleOf": 4}, {"multipleOf": 6}], "type": "integer"}, {"type": "integer", "multipleOf": 12}),
        ({"enum": [[1, 2], [3]]}, {"type": "array", "prefixItems": [INTEGER, INTEGER], "enum": [[1, 2]]} | CLOSED_PAIR),
        ({"if": {"type": "string"}, "then": {"maxLength": 2}}, {"type": "string", "maxLength": 2}),
        ({"type": "string", "format": "iri"}, {"type": "string", "format": "uri", "maxLength": 200}),
        ({"format": "email", "maxLength": 9}, {"type": "string", "format": "email", "maxLength": 9}),
        ({"type": "array", "contains": {"type": "integer"}}, {"type": "array", "items": INTEGER, "minItems": 1}),
        ({"type": "integer", "minimum": 3, "exclusiveMinimum": True}, {"type": "integer", "exclusiveMinimum": 3}),
        ({"type": "string", "enum": [1, 2]}, {"type": "integer", "enum": [1, 2]}),
        ({"type": "string", "enum": ["a", 1, "a", None]}, {"type": "string", "enum": ["a"]}),
        ({"type": "integer", "default": "5"}, {"type": "integer", "default": 5}),
        ({"type": "boolean", "default": "True"}, {"type": "boolean", "default": True}),
        ({"type": "integer", "default": "many"}, {"type": "integer"}),
        ({"type": "string", "default": "None"}, {"type": "string"}),
        ({"type": "string", "default": None}, {"type": "string"}),
        ({"type": "String", "enum": ["a"], "default": "b"}, {"type": "string", "enum": ["a"]}),
        ({"type": "string", "examples": ["a", 3]}, {"type": "string", "examples": ["a"]}),
    ],
)
def test_a_schema_takes_its_normal_form(tmp_path: Path, schema: Any, normal: dict[str, Any]) -> None:
    assert normal_value(tmp_path, schema) == normal


def test_what_an_object_requires_is_there_even_if_nobody_describes_it(tmp_path: Path) -> None:
    schema = {"type": "dict", "properties": {"a": {"type": "int"}}, "required": ["a", "ghost"]}
    assert normal_value(tmp_path, schema) == {
        "type": "object",
        "properties": {"a": {"type": "integer"}, "ghost": {"type": "string"}},
        "required": ["a", "ghost"],
        "additionalProperties": False,
    }
    assert "'ghost' is required but not described, taken as string" in findings(tmp_path, schema)


IMPOSSIBLE = [
    False,
    {"type": "integer", "minimum": 9, "maximum": 3},
    {"type": "string", "minLength": 9, "maxLength": 3},
    {"allOf": [{"type": "integer"}, {"type": "string"}]},
    {"not": {}},
    {"oneOf": [True, True]},
    {"type": "object", "required": ["ghost"], "additionalProperties": False},
    {"const": 1, "type": "string", "minLength": 1},
]


@pytest.mark.parametrize("schema", IMPOSSIBLE[1:])
def test_an_optional_parameter_that_nothing_fits_is_left_out_and_reported(tmp_path: Path, schema: Any) -> None:
    (tool,) = imported(tmp_path, function(parameters=with_property(schema)))
    assert tool.parameters["properties"] == {}
    assert not tool.unusable
    assert [finding.severity for finding in tool.findings if "left out" in finding.what] == ["warning"]


@pytest.mark.parametrize("schema", IMPOSSIBLE)
def test_a_tool_that_requires_what_nothing_fits_is_kept_as_unusable(tmp_path: Path, schema: Any) -> None:
    (tool,) = imported(tmp_path, function(parameters=with_property(schema, required=True)))
    assert tool.unusable
    assert "nothing could be made that obeys the schema" in tool.findings[-1].what


def test_a_free_form_object_holds_small_text_and_says_so(tmp_path: Path) -> None:
    assert normal_value(tmp_path, {"type": "dict"})["additionalProperties"] == {"type": "string"}
    assert "object without named properties, filled sparingly" in findings(tmp_path, {"type": "dict"})


def test_a_tuple_keeps_a_schema_for_each_place(tmp_path: Path) -> None:
    normal = normal_value(tmp_path, {"type": "tuple", "items": [{"type": "float"}, {"type": "str"}]})
    assert normal["prefixItems"] == [{"type": "number"}, {"type": "string"}]
    assert (normal["minItems"], normal["maxItems"], normal["items"]) == (2, 2, False)


def test_older_drafts_keep_their_meaning(tmp_path: Path) -> None:
    schema = {
        "type": "object",
        "properties": {"pair": {"items": [{"type": "integer"}], "additionalItems": False}, "a": {}, "b": {}, "c": {}},
        "dependencies": {"a": ["b"], "c": {"required": ["a"]}},
    }
    (tool,) = imported(tmp_path, function(parameters=with_property(schema)))
    source = Draft202012Validator(tool.source.parameters)
    for value, valid in (({"a": 1, "b": 1}, True), ({"a": 1}, False), ({"c": 1}, False), ({"pair": [1, 2]}, False)):
        assert source.is_valid({"value": value}) is valid, value


def test_properties_may_be_called_like_keywords(tmp_path: Path) -> None:
    names = ["type", "items", "$ref", "properties", "X-RapidAPI-Key", "enum"]
    (tool,) = imported(
        tmp_path, function(parameters={"type": "object", "properties": {name: {"type": "integer"} for name in names}})
    )
    assert list(tool.parameters["properties"]) == names
    assert all(schema == {"type": "integer"} for schema in tool.parameters["properties"].values())


def test_local_references_are_inlined_and_recursion_ends(tmp_path: Path) -> None:
    node = {"type": "object", "properties": {"id": {"type": "integer"}, "next": {"$ref": "#/$defs/node"}}}
    parameters = {"type": "object", "properties": {"root": {"$ref": "#/$defs/node"}}, "$defs": {"node": node}}
    (tool,) = imported(tmp_path, function(parameters=parameters))
    assert "$ref" not in str(tool.parameters)
    assert tool.parameters["properties"]["root"]["properties"]["id"] == {"type": "integer"}


@pytest.mark.parametrize("reference", ["#/$defs/none", "https://example.com/x.json", "other.json#/a", "#anchor"])
def test_references_to_nowhere_are_dropped_from_the_source_too(tmp_path: Path, reference: str) -> None:
    (tool,) = imported(tmp_path, function(parameters=with_property({"$ref": reference})))
    assert tool.parameters["properties"]["value"] == {"type": "string"}
    Draft202012Validator(tool.source.parameters).validate({"value": 3})


def test_circles_of_references_end(tmp_path: Path) -> None:
    parameters = with_property({"$ref": "#/$defs/a"}) | {
        "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}
    }
    (tool,) = imported(tmp_path, function(parameters=parameters))
    Draft202012Validator(tool.source.parameters).validate({"value": 3})


@pytest.mark.parametrize("circle", [{"not": {"$ref": "#"}}, {"anyOf": [{"type": "string"}, {"$ref": "#/$defs/a"}]}])
def test_references_that_never_leave_their_value_are_dropped(tmp_path: Path, circle: Any) -> None:
    parameters = with_property({"$ref": "#/$defs/a"}) | circle | {"$defs": {"a": {"allOf": [{"$ref": "#/$defs/a"}]}}}
    (tool,) = imported(tmp_path, function(parameters=parameters))
    assert any(finding.kind == "reference" for finding in tool.findings)
    Draft202012Validator(tool.source.parameters).is_valid({"value": 3})


@pytest.mark.parametrize("links", [40, 3000])
def test_references_that_multiply_on_one_value_are_cut_before_anybody_follows_them(tmp_path: Path, links: int) -> None:
    doubled = {f"d{i}": {"allOf": [{"$ref": f"#/$defs/d{i + 1}"}, {"$ref": f"#/$defs/d{i + 1}"}]} for i in range(links)}
    parameters = with_property({"$ref": "#/$defs/d0"}) | {"$defs": doubled | {f"d{links}": {"type": "string"}}}
    (tool,) = imported(tmp_path, function(parameters=parameters))
    assert any("too many schemas" in finding.what for finding in tool.findings)
    Draft202012Validator(tool.source.parameters).is_valid({"value": 3})


def test_references_that_multiply_are_cut(tmp_path: Path) -> None:
    doubled = {
        f"d{i}": {
            "type": "object",
            "properties": {"l": {"$ref": f"#/$defs/d{i + 1}"}, "r": {"$ref": f"#/$defs/d{i + 1}"}},
        }
        for i in range(30)
    }
    parameters = with_property({"$ref": "#/$defs/d0"}) | {"$defs": doubled | {"d30": {"type": "string"}}}
    (tool,) = imported(tmp_path, function(parameters=parameters))
    assert any("never ends" in finding.what for finding in tool.findings)


def test_a_closed_list_in_a_description_becomes_an_enum(tmp_path: Path) -> None:
    for words in (
        'The mode to set. [Enum]: ["engage", "release"]',
        "Possible values: 'engage', 'release'.",
        'Must be one of "engage" or "release".',
    ):
        assert normal_value(tmp_path, {"type": "string", "description": words})["enum"] == ["engage", "release"]


def test_an_example_in_a_description_does_not_become_an_enum(tmp_path: Path) -> None:
    for words in ("The city, e.g. 'Paris' or 'Rome'.", "Something like 'a'.", "The user's and the owner's name."):
        assert "enum" not in normal_value(tmp_path, {"type": "string", "description": words})


def test_results_that_require_nothing_get_all_fields_but_the_optional_ones(tmp_path: Path) -> None:
    fields = {"id": {"type": "integer"}, "note": {"type": "string", "description": "[Optional] A note."}}
    (tool,) = imported(tmp_path, function(returns={"type": "object", "properties": fields}))
    assert tool.output is not None
    assert tool.output["required"] == ["id"]


@pytest.mark.parametrize("returns", [{"type": "object"}, {"type": "dict"}])
def test_a_result_schema_without_fields_is_no_result_schema(tmp_path: Path, returns: Any) -> None:
    (tool,) = imported(tmp_path, function(returns=returns))
    assert tool.output is None


def test_every_lossy_change_is_a_warning_with_a_pointer(tmp_path: Path) -> None:
    schema = {"type": "array", "items": {"type": "string"}, "uniqueItems": True, "not": {"maxItems": 1}}
    (tool,) = imported(tmp_path, function(parameters=with_property(schema)))
    warned = {finding.pointer for finding in tool.findings if finding.severity == "warning"}
    assert warned == {"/0/parameters/properties/value/uniqueItems", "/0/parameters/properties/value/not"}


def test_composition_at_the_top_is_narrowed_to_an_object(tmp_path: Path) -> None:
    parameters = {
        "type": "object",
        "properties": {"id": {"type": "string"}, "name": {"type": "string"}},
        "oneOf": [{"required": ["id"]}, {"required": ["name"]}],
    }
    (tool,) = imported(tmp_path, function(parameters=parameters))
    assert tool.parameters["required"] == ["id"]
    Draft202012Validator(tool.source.parameters).validate({"id": "x"})


def test_normal_schemas_of_real_files_are_valid_and_compile() -> None:
    paths = material(
        "bfcl/multi_turn_func_doc/*.json", "mcp/*.json", "tau-bench/*.json", "bfcl/single_turn/simple_*.jsonl"
    )
    for tool in read_files(paths).tools:
        for schema in (tool.parameters, tool.output):
            if schema is not None:
                Draft202012Validator.check_schema(schema)
                grammar = llguidance.LLMatcher.grammar_from_json_schema(schema)
                assert not llguidance.LLMatcher.validate_grammar(grammar), tool.name
