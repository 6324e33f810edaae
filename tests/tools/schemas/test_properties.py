"""Whatever a specification looks like, importing it gives sound tools or one sentence."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from dtc_local.errors import UserError
from dtc_local.randomness import stream
from dtc_local.tools import ImportResult, read_files
from dtc_local.tools.words import legal_name
from dtc_local.world import candidates

CALM = settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
NAMES = st.sampled_from(["a", "id", "name", "type", "items", "$ref", "city", "start date", "ünï", ""])
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.floats(allow_nan=False, allow_infinity=False) | NAMES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=8,
)
TYPES = st.sampled_from(
    ["string", "integer", "number", "boolean", "array", "object", "null", "dict", "float", "any", "?"]
)


def _grown(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    keywords = {
        "type": TYPES | st.lists(TYPES, min_size=1, max_size=2) | JUNK,
        "properties": st.dictionaries(NAMES, inner, max_size=3) | JUNK,
        "required": st.lists(NAMES, max_size=3) | JUNK,
        "items": inner | st.lists(inner, max_size=2) | JUNK,
        "additionalProperties": inner | st.booleans() | JUNK,
        "anyOf": st.lists(inner, min_size=1, max_size=2) | JUNK,
        "allOf": st.lists(inner, min_size=1, max_size=2) | JUNK,
        "oneOf": st.lists(inner, min_size=1, max_size=2) | JUNK,
        **dict.fromkeys(("if", "then", "else", "not", "contains", "propertyNames"), inner | JUNK),
        "prefixItems": st.lists(inner, min_size=1, max_size=2) | JUNK,
        "patternProperties": st.dictionaries(st.sampled_from(["^a", "(", "d$"]), inner, max_size=2) | JUNK,
        "dependentRequired": st.dictionaries(NAMES, st.lists(NAMES, max_size=2), max_size=2) | JUNK,
        "dependentSchemas": st.dictionaries(NAMES, inner, max_size=2) | JUNK,
        "dependencies": st.dictionaries(NAMES, st.lists(NAMES, max_size=2) | inner, max_size=2) | JUNK,
        "additionalItems": inner | JUNK,
        **{key: st.booleans() | inner | JUNK for key in ("unevaluatedProperties", "unevaluatedItems", "uniqueItems")},
        "enum": st.lists(JUNK, max_size=3) | JUNK,
        "default": JUNK,
        "const": JUNK,
        "examples": JUNK,
        "description": st.text(max_size=20) | st.sampled_from(["one of 'a', 'b'", "from 1 to 5", "e.g. 'X-12'"]) | JUNK,
        "format": st.sampled_from(["date", "email", "uuid", "fancy"]) | JUNK,
        "pattern": st.sampled_from(["^a+$", "[0-9]{3}", "(", "(?=x)y", "\\d+"]) | JUNK,
        "$ref": st.sampled_from(["#", "#/properties/a", "#/$defs/x", "http://x"]) | JUNK,
        "$defs": st.dictionaries(st.just("x"), inner, max_size=1) | JUNK,
        **{
            key: st.integers(-3, 9) | JUNK
            for key in (
                *("minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems", "minContains"),
                *("minProperties", "maxProperties", "maxContains", "exclusiveMinimum", "exclusiveMaximum"),
            )
        },
        "multipleOf": st.integers(1, 5) | JUNK,
    }
    return st.fixed_dictionaries({}, optional=keywords)


SCHEMAS = st.recursive(st.booleans() | st.fixed_dictionaries({}, optional={"type": TYPES}), _grown, max_leaves=6)
PARAMETERS = st.fixed_dictionaries(
    {"type": st.just("object"), "properties": st.dictionaries(NAMES, SCHEMAS, max_size=3)}
)
FUNCTIONS = st.fixed_dictionaries(
    {"name": st.text(min_size=1, max_size=8), "parameters": PARAMETERS | SCHEMAS},
    optional={"description": st.text(max_size=10) | JUNK, "returns": SCHEMAS, "type": st.just("function") | JUNK},
)


def _import(content: bytes) -> ImportResult:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "spec.json"
        path.write_bytes(content)
        return read_files([path])


def _tools_or_sentence(content: bytes) -> ImportResult | None:
    """What importing gives; None if it was refused in one sentence. Anything else that is raised fails the test."""
    refusal = ""
    try:
        return _import(content)
    except UserError as error:
        refusal = str(error)
    assert "spec.json" in refusal
    assert "\n" not in refusal
    return None


@CALM
@given(st.lists(FUNCTIONS | JUNK, max_size=3) | JUNK)
def test_a_mangled_specification_gives_tools_or_a_user_error(document: Any) -> None:
    result = _tools_or_sentence(json.dumps(document).encode())
    if result is None:
        return
    names = set()
    for tool in result.tools:
        names.add((tool.namespace, tool.name))
        assert legal_name(tool.name) == tool.name
        Draft202012Validator.check_schema(tool.parameters)
        Draft202012Validator.check_schema(tool.source.parameters)
        Draft202012Validator(tool.source.parameters).is_valid({})
        assert tool.parameters["type"] == "object"
        assert set(tool.parameters["required"]) <= set(tool.parameters["properties"])
    assert len(names) == len(result.tools)


@CALM
@given(st.text(max_size=60) | st.binary(max_size=60))
def test_any_bytes_give_a_user_error(content: str | bytes) -> None:
    _tools_or_sentence(content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass"))


SOUND = st.recursive(
    st.sampled_from(
        [
            {"type": "str"},
            {"type": "float", "minimum": 0},
            {"type": "integer", "minimum": 1, "maximum": 9},
            {"type": ["string", "null"]},
            {"type": "string", "enum": ["a", "b"]},
            {"type": "boolean"},
            {"type": "any"},
            {"type": "string", "format": "date"},
            {"type": "string", "pattern": "^[A-Z]{2}-\\d+$"},
            {"type": "string", "description": "One of 'x', 'y'."},
        ]
    ),
    lambda inner: st.one_of(
        st.builds(lambda item: {"type": "list", "items": item}, inner),
        st.builds(lambda one, two: {"anyOf": [one, two]}, inner, inner),
        st.builds(lambda one: {"type": "dict", "properties": {"a": one}, "required": ["a"]}, inner),
        st.builds(lambda one, two: {"type": "tuple", "items": [one, two]}, inner, inner),
        st.builds(lambda one, two: {"allOf": [one, two]}, inner, inner),
        st.builds(lambda one, two: {"if": one, "then": two}, inner, inner),
        st.builds(lambda one: {"type": "array", "contains": one, "minContains": 2}, inner),
        st.builds(lambda one: {"properties": {"a": one, "b": one}, "minProperties": 1, "maxProperties": 1}, inner),
        st.builds(lambda one: {"properties": {"a": one}, "patternProperties": {"^a": one}, "required": ["a"]}, inner),
        st.builds(
            lambda one, two: {"properties": {"a": one, "b": two}, "dependentRequired": {"a": ["b"]}}, inner, inner
        ),
        st.builds(lambda one: {"allOf": [{"properties": {"a": one}}, {"unevaluatedProperties": False}]}, inner),
    ),
    max_leaves=5,
)


@CALM
@given(SOUND, st.integers(0, 1000))
def test_a_value_of_the_normal_form_is_a_value_of_the_original(schema: Any, seed: int) -> None:
    parameters = {"type": "object", "properties": {"v": schema}, "required": ["v"]}
    (tool,) = _import(json.dumps([{"name": "f", "parameters": parameters}]).encode()).tools
    if tool.unusable:
        return
    for value in candidates("v", tool.parameters["properties"]["v"], "f", stream(seed, 0, "test"), 3):
        Draft202012Validator(tool.parameters).validate({"v": value})
        Draft202012Validator(tool.source.parameters).validate({"v": value})
