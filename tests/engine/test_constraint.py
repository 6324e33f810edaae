"""Constraints over bytes: what they accept, what they refuse, what they relax, and what proves a value."""

from __future__ import annotations

from typing import Any

import pytest
from outlines.types import CFG, JsonSchema, Regex

from dtc_local.engine.constraint import Compiler, InvalidValue
from dtc_local.engine.scripted import byte_compiler, check_text
from dtc_local.errors import ConstraintError, DecodeError

PAIR = {
    "type": "object",
    "properties": {"b": {"type": "integer"}, "a": {"type": "array", "items": {"enum": ["x", "y"]}}},
    "required": ["b"],
    "additionalProperties": False,
}


@pytest.fixture(scope="module")
def compiler() -> Compiler:
    return byte_compiler()


def accepts(compiler: Compiler, constraint: Any, text: str) -> bool:
    try:
        check_text(compiler.compile(constraint), text)
    except DecodeError:
        return False
    return True


@pytest.mark.parametrize(
    ("schema", "yes", "no"),
    [
        (PAIR, ['{"b":1}', '{"b":-20,"a":[]}', '{"b":1,"a":["x","y"]}'], ['{"a":[]}', '{"b":1,"c":2}', '{"b":1.5}']),
        (PAIR, [], ['{ "b":1}', '{"b": 1}', '{"b":1, "a":[]}', '{"b":1,"a":["x", "y"]}', '{"b":1}\n']),
        (PAIR, [], ['{"a":["x"],"b":1}', '{"b":1,"b":2}', '{"b":1', "", "null"]),
        ({"type": "integer", "minimum": 3, "maximum": 12}, ["3", "12", "7"], ["2", "13", "07", "1e1", "-3"]),
        ({"type": "string", "maxLength": 3}, ['""', '"abc"', '"é日x"', '"\\n"'], ['"abcd"', '"', '"a\nb"', "abc"]),
        ({"type": "string", "format": "date"}, ['"2026-11-22"'], ['"2026-13-01"', '"today"']),
        ({"type": "string", "pattern": "^ORD-[0-9]{3}$"}, ['"ORD-123"'], ['"ORD-12"', '"xORD-123"']),
        ({"enum": [1, "one", None, {"k": [True]}]}, ["1", '"one"', "null", '{"k":[true]}'], ["2", '{"k": [true]}']),
        ({"anyOf": [{"type": "null"}, {"type": "boolean"}]}, ["null", "true", "false"], ["0", '"true"']),
        ({"prefixItems": [{"const": 1}, {"const": 2}], "items": False}, ["[1,2]", "[1]"], ["[2]", "[1,2,3]"]),
        ({"$defs": {"n": {"type": "number"}}, "$ref": "#/$defs/n"}, ["1", "-2.5", "1e9"], ["+1", ".5", "NaN"]),
        ({"type": "object", "properties": {}, "additionalProperties": False}, ["{}"], ['{"a":1}', "{ }"]),
    ],
)  # fmt: skip
def test_schema_grammars_accept_and_refuse(compiler: Compiler, schema: Any, yes: list[str], no: list[str]) -> None:
    constraint = JsonSchema(schema)
    assert [text for text in yes if not accepts(compiler, constraint, text)] == []
    assert [text for text in no if accepts(compiler, constraint, text)] == []


@pytest.mark.parametrize(
    ("constraint", "yes", "no"),
    [
        (Regex("[a-c]{2,3}"), ["ab", "ccc"], ["a", "abcd", "xy", ""]),
        (Regex("(yes|no)\\."), ["yes.", "no."], ["yes", "no. "]),
        (CFG('start: "<" NAME ">"\nNAME: /[a-z]+/ & ~/.*bad.*/'), ["<good>", "<ba>"], ["<bad>", "<xbady>", "<>"]),
        (CFG('start: %json {"enum":["a",1]} "!"'), ['"a"!', "1!"], ['"b"!', '"a"']),
    ],
)  # fmt: skip
def test_text_grammars_accept_and_refuse(compiler: Compiler, constraint: Any, yes: list[str], no: list[str]) -> None:
    assert [text for text in yes if not accepts(compiler, constraint, text)] == []
    assert [text for text in no if accepts(compiler, constraint, text)] == []


def test_values_are_parsed_for_schemas_and_plain_for_texts(compiler: Compiler) -> None:
    assert compiler.compile(JsonSchema(PAIR)).value('{"b":1,"a":["x"]}') == {"b": 1, "a": ["x"]}
    assert compiler.compile(Regex("a+")).value("aa") == "aa"


@pytest.mark.parametrize(
    ("schema", "relaxed", "valid", "invalid"),
    [
        ({"type": "array", "items": {"enum": [1, 2]}, "uniqueItems": True}, "uniqueItems", "[1,2]", "[1,1]"),
        ({"type": "integer", "not": {"const": 4}}, "not", "5", "4"),
        ({"type": "string", "pattern": "^(?!x)[a-z]$"}, "pattern", '"a"', '"x"'),
        ({"oneOf": [{"type": "integer"}, {"type": "number"}]}, "oneOf", "1.5", "1"),
        ({"type": "array", "items": {"enum": [1, 2]}, "contains": {"const": 2}}, "contains", "[2]", "[1]"),
        ({"type": "object", "propertyNames": {"maxLength": 1}}, "propertyNames", '{"a":1}', '{"ab":1}'),
    ],
)
def test_a_refused_keyword_is_relaxed_visibly_and_still_checked(
    compiler: Compiler, schema: Any, relaxed: str, valid: str, invalid: str
) -> None:
    compiled = compiler.compile(JsonSchema(schema))
    assert relaxed in compiled.relaxed
    check_text(compiled, valid)
    check_text(compiled, invalid)
    compiled.value(valid)
    with pytest.raises(InvalidValue):
        compiled.value(invalid)


def test_an_unknown_format_is_relaxed_alone(compiler: Compiler) -> None:
    schema = {"properties": {"a": {"type": "string", "format": "colour"}, "b": {"type": "string", "format": "date"}}}
    compiled = compiler.compile(JsonSchema({"type": "object", "required": ["a", "b"], **schema}))
    assert compiled.relaxed == ("format: colour",)
    assert not accepts(compiler, JsonSchema({"type": "object", "required": ["a", "b"], **schema}), '{"a":"","b":"x"}')


def test_a_property_named_like_a_refused_keyword_stays(compiler: Compiler) -> None:
    schema = {
        "type": "object",
        "properties": {"not": {"type": "integer"}, "c": {"not": {"const": 1}, "type": "integer"}},
        "required": ["not", "c"],
        "additionalProperties": False,
    }
    assert accepts(compiler, JsonSchema(schema), '{"not":1,"c":2}')
    assert not accepts(compiler, JsonSchema(schema), '{"c":2}')


def test_compiler_instructions_in_a_schema_are_ignored(compiler: Compiler) -> None:
    schema = {**PAIR, "x-guidance": {"whitespace_flexible": True, "lenient": True}}
    assert not accepts(compiler, JsonSchema(schema), '{ "b":1}')


@pytest.mark.parametrize(
    "constraint",
    [
        JsonSchema('{"$ref":"http://example.org/schema"}'),
        JsonSchema('{"$ref":"#/$defs/missing"}'),
        JsonSchema('{"type":"string","enum":[1]}'),
        JsonSchema("false"),
        Regex("(unclosed"),
        CFG("start: undefined_rule"),
    ],
)
def test_what_cannot_be_compiled_is_an_error_at_once(compiler: Compiler, constraint: Any) -> None:
    with pytest.raises(ConstraintError):
        compiler.compile(constraint)


def test_equal_constraints_are_compiled_once(compiler: Compiler) -> None:
    assert compiler.compile(JsonSchema(PAIR)) is compiler.compile(JsonSchema(dict(PAIR)))


@pytest.mark.parametrize("text", ["NaN", "Infinity", '{"b":1', ""])
def test_text_that_is_not_json_is_never_a_value(compiler: Compiler, text: str) -> None:
    with pytest.raises(DecodeError):
        compiler.compile(JsonSchema({})).value(text)


def test_dates_that_do_not_exist_are_not_values(compiler: Compiler) -> None:
    compiled = compiler.compile(JsonSchema({"type": "string", "format": "date"}))
    with pytest.raises(InvalidValue):
        compiled.value('"2026-02-30"')
