"""ToolBench API lists: RapidAPI's types, defaults, secrets, methods and response templates."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from dtc_local.tools.readers.templates import template_schema
from tests.tools.readers.given import found, imported, named, refused, skipped, tools
from tests.tools.specs import material


def api(name: str = "Get Quote", *, required: Any = (), optional: Any = (), **more: Any) -> dict[str, Any]:
    """One API as it stands in a query row."""
    return {
        "category_name": "Social",
        "tool_name": "Daily Quotes",
        "api_name": name,
        "api_description": "A quote.",
        "required_parameters": list(required),
        "optional_parameters": list(optional),
        "method": "GET",
        **more,
    }


def parameter(kind: Any = "STRING", default: Any = "", name: str = "value", **more: Any) -> dict[str, Any]:
    """One parameter of an API."""
    return {"name": name, "type": kind, "description": "", "default": default, **more}


def schema(given: dict[str, Any], *, needed: bool = False) -> dict[str, Any]:
    """What becomes of one parameter."""
    (tool,) = tools([api(required=[given] if needed else (), optional=() if needed else [given])])
    made: dict[str, Any] = tool.parameters["properties"]["value"]
    return made


def test_the_apis_of_a_query_file_count_once_and_share_the_namespace_of_their_tool(tmp_path: Path) -> None:
    rows = [{"api_list": [api("One"), api("Two")], "query": "?", "query_id": number} for number in range(3)]
    result = imported(tmp_path, rows)
    assert [(tool.namespace, tool.name) for tool in result.tools] == [("Daily_Quotes", "One"), ("Daily_Quotes", "Two")]
    assert result.findings == ()


def test_two_services_may_offer_an_api_of_the_same_name(tmp_path: Path) -> None:
    row = {"api_list": [api("Search"), api("Search", tool_name="Other")]}
    assert [tool.name for tool in imported(tmp_path, row, namespace="all").tools] == ["Search", "Search_2"]


def test_a_tool_file_gives_its_name_to_all_its_apis(tmp_path: Path) -> None:
    entry = {"name": "Get Quote", "url": "u", "description": "A quote.", "method": "POST"}
    response = {"quote": "Be kind."}
    lists: dict[str, Any] = {"required_parameters": [parameter(name="topic")], "optional_parameters": []}
    document = {"tool_name": "Daily Quotes", "api_list": [entry | lists | {"test_endpoint": response}]}
    (tool,) = imported(tmp_path, document).tools
    assert (tool.namespace, tool.name, tool.source.name) == ("Daily_Quotes", "Get_Quote", "Get Quote")
    assert (tool.required, tool.effect) == (("topic",), "write")
    assert [recorded.result for recorded in tool.recorded] == [response]


@pytest.mark.parametrize("response", ["", {}, {"message": "You are not subscribed to this API."}, {"Error": 3}, None])
def test_an_empty_or_failed_response_is_no_recorded_result(response: Any) -> None:
    (tool,) = tools([api(test_endpoint=response)])
    assert tool.recorded == ()


@pytest.mark.parametrize(
    ("kind", "made"),
    [
        ("STRING", {"type": "string"}),
        ("string", {"type": "string"}),
        ("NUMBER", {"type": "number"}),
        ("BOOLEAN", {"type": "boolean"}),
        ("ARRAY", {"type": "array"}),
        ("OBJECT", {"type": "object"}),
        ("MAP", {"type": "object"}),
        ("ENUM", {"type": "string"}),
        ("FILE", {"type": "string"}),
        ("DATE (YYYY-MM-DD)", {"type": "string", "format": "date"}),
        ("MYSTERY", {"type": "string"}),
        (None, {"type": "string"}),
    ],
)
def test_every_type_of_rapidapi_is_a_json_type(kind: Any, made: Any) -> None:
    assert schema(parameter(kind)) == made


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("TIME (24-hour HH:MM)", "23:59", "25:00"),
        ("GEOPOINT (latitude, longitude)", "46.95, 7.45", "Bern"),
    ],
)
def test_times_and_places_have_the_form_that_their_type_says(kind: str, good: str, bad: str) -> None:
    check = Draft202012Validator(schema(parameter(kind)))
    assert check.is_valid(good)
    assert not check.is_valid(bad)


@pytest.mark.parametrize(
    ("kind", "default", "value"),
    [("NUMBER", "34", 34), ("NUMBER", 2.5, 2.5), ("BOOLEAN", "true", True), ("STRING", 5, "5"), ("ENUM", "a", "a")],
)
def test_a_default_of_another_type_is_put_right(kind: str, default: Any, value: Any) -> None:
    assert schema(parameter(kind, default))["default"] == value


@pytest.mark.parametrize(("kind", "default"), [("NUMBER", ""), ("NUMBER", "many"), ("ARRAY", "a,b"), ("OBJECT", {})])
def test_a_default_that_is_empty_or_cannot_be_put_right_is_left_out(kind: str, default: Any) -> None:
    assert "default" not in schema(parameter(kind, default))


def test_the_default_of_a_required_parameter_is_an_example() -> None:
    assert schema(parameter("NUMBER", "34"), needed=True) == {"type": "number", "examples": [34]}


def test_the_values_of_an_enum_are_kept() -> None:
    assert schema(parameter("ENUM", "a", enum=["a", "b"]))["enum"] == ["a", "b"]


@pytest.mark.parametrize(
    "name", ["X-RapidAPI-Key", "X-RapidAPI-Host", "api_key", "apikey", "X-API-Key", "Authorization", "access_token"]
)
def test_keys_of_the_caller_are_left_out_with_a_finding(tmp_path: Path, name: str) -> None:
    row = {"api_list": [api(required=[parameter(name=name), parameter(name="key")])]}
    (tool,) = imported(tmp_path, row).tools
    assert list(tool.parameters["properties"]) == ["key"]
    assert [made.kind for made in tool.findings if name in made.what] == ["security"]


def test_a_parameter_listed_twice_is_required_if_one_list_says_so() -> None:
    (tool,) = tools([api(required=[parameter()], optional=[parameter("NUMBER")])])
    assert (tool.parameters["required"], tool.parameters["properties"]["value"]["type"]) == (["value"], "string")


@pytest.mark.parametrize(
    ("method", "effect"),
    [("GET", "read"), ("post", "write"), ("PUT", "write"), ("DELETE", "destructive"), ("?", None), (None, None)],
)
def test_the_method_is_the_effect(method: Any, effect: Any) -> None:
    assert tools([api(method=method)])[0].effect == effect


def test_a_blank_description_says_at_least_whose_api_it_is() -> None:
    assert tools([api(api_description=" ")])[0].description == "Get Quote of Daily Quotes"


@pytest.mark.parametrize(
    ("template", "made"),
    [
        ("str", {"type": "string"}),
        ({"a": "int", "b": "float"}, {"a": {"type": "integer"}, "b": {"type": "number"}}),
        ([{"a": "bool", "_list_length": 9}], {"type": "array", "items": {"a": {"type": "boolean"}}}),
        (["list of str with length 3"], {"type": "array", "items": {"type": "string"}}),
        (["str"], {"type": "array", "items": {"type": "string"}}),
        ("empty list", {"type": "array"}),
        ([], {"type": "array"}),
        ("NoneType", {"type": ["string", "null"]}),
        ("anything else", {"type": "string"}),
        (3, {"type": "integer"}),
    ],
)
def test_a_response_template_is_a_result_schema(template: Any, made: Any) -> None:
    def objects(node: Any) -> Any:
        """Spell plain mappings of fields out as object schemas."""
        if isinstance(node, dict) and "type" not in node:
            return {"type": "object", "properties": {name: objects(child) for name, child in node.items()}}
        return node | {"items": objects(node["items"])} if "items" in node else node

    assert template_schema(template) == objects(made)


NAMES = st.sampled_from(["str", "int", "float", "bool", "list", "empty list", "list of int with length 2"])
TEMPLATES = st.recursive(NAMES, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(), inner))


@given(TEMPLATES)
def test_every_template_gives_a_valid_schema(template: Any) -> None:
    Draft202012Validator.check_schema(template_schema(template))


def test_the_template_is_the_declared_output(tmp_path: Path) -> None:
    (tool,) = imported(tmp_path, [api(template_response={"quote": "str", "page": {"number": "int"}})]).tools
    assert tool.output is not None
    assert tool.output["properties"]["page"]["properties"]["number"]["type"] == "integer"
    assert tool.output_origin == "declared"


def test_an_api_that_is_only_mentioned_is_skipped_and_a_file_of_mentions_refused(tmp_path: Path) -> None:
    mention = {"category_name": "Social", "tool_name": "Daily Quotes", "api_name": "Get Quote"}
    document = {"query": "?", "api_list": [mention, api("Two")]}
    assert named(document) == [("toolbench", "Two")]
    assert "only a mention" in skipped(document)[0]
    assert "only a mention" in refused(tmp_path, {"api_list": [mention]})


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ({"api_list": [3]}, "/api_list/0: the API is 3"),
        ([api(api_name="")], "/0: no api_name"),
        ([api(required_parameters="all")], "/0/required_parameters: required_parameters is 'all'"),
        ([api(required=[3])], "/0/required_parameters/0: the parameter is 3"),
        ([api(optional=[{"type": "STRING"}])], "/0/optional_parameters/0: the tool has no name"),
        ({"api_list": []}, "no tool in it"),
    ],
)
def test_a_malformed_list_is_refused_with_its_place(tmp_path: Path, document: Any, words: str) -> None:
    assert words in refused(tmp_path, document)


def test_real_query_files_import_with_every_distinct_api() -> None:
    for path in material("toolbench/*query*.json"):
        rows = json.loads(path.read_text(encoding="utf-8"))
        distinct = {json.dumps(entry, sort_keys=True) for row in rows for entry in row["api_list"]}
        assert len(found(rows)) == len(distinct) > 0, path
