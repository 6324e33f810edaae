"""Recordings are read as they lie, held to the schemas, kept in bounds; without examples nothing of them is left."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dtc_local.errors import UserError
from dtc_local.records import Recorded, Tool
from dtc_local.tools.results import recorded as recordings
from dtc_local.tools.results.observed import observed_schema
from dtc_local.tools.results.recorded import read_recordings, with_recorded_files, with_recordings
from dtc_local.tools.results.withhold import without_examples
from dtc_local.validation import is_valid
from tests.tools.specs import function, imported

ORDER = {"type": "object", "properties": {"order_id": {"type": "string"}}, "required": ["order_id"]}
RESULT = {"type": "object", "properties": {"total": {"type": "number"}, "city": {"type": "string"}}}


def lines(folder: Path, *values: Any) -> Path:
    path = folder / "get_order.jsonl"
    path.write_text("\n".join(value if isinstance(value, str) else json.dumps(value) for value in values))
    return path


def order_tool(folder: Path, returns: Any = RESULT, parameters: Any = ORDER) -> Tool:
    (tool,) = imported(folder, function("get_order", parameters, returns))
    return tool


# Reading


@pytest.mark.parametrize(
    ("line", "arguments", "result"),
    [
        ({"arguments": {"order_id": "A1"}, "result": {"total": 3}}, {"order_id": "A1"}, {"total": 3}),
        ({"request": {"order_id": "A1"}, "response": [1]}, {"order_id": "A1"}, [1]),
        ({"id": 7, "arguments": '{"order_id": "A1"}', "result": "done"}, {"order_id": "A1"}, "done"),
        ({"arguments": {"order_id": "A1"}}, {"order_id": "A1"}, None),
        ({"total": 3, "result": 5}, None, {"total": 3, "result": 5}),
        ({"arguments": {"a": 1}, "total": 3}, None, {"arguments": {"a": 1}, "total": 3}),
        ([1, 2], None, [1, 2]),
        ("plain text", None, "plain text"),
    ],
)
def test_each_shape_of_a_line_is_read(folder: Path, line: Any, arguments: Any, result: Any) -> None:
    assert read_recordings(lines(folder, json.dumps(line))) == [Recorded(arguments=arguments, result=result)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"a": 1}\n{"a": }', "line 2, column 7: Expecting value."),
        ('{"a": 1}\n\n{"a": NaN}', "line 3: NaN is not a JSON value."),
        ('{"arguments": [1], "result": 2}', "line 1: arguments is list, not an object."),
        ('{"a": 1}\nnull', "line 2: null is no recording."),
        (" \n", "the file holds no recording."),
    ],
)
def test_a_bad_line_is_one_sentence_with_its_number(folder: Path, text: str, said: str) -> None:
    path = lines(folder, text)
    with pytest.raises(UserError) as error:
        read_recordings(path)
    assert str(error.value) == f"{path}: {said} {recordings.LINES_HINT}"


def test_files_of_a_folder_find_their_tools_by_namespace_or_name(folder: Path) -> None:
    tools = imported(folder, function("one", ORDER, RESULT), function("two", ORDER, RESULT), name="shop.json")
    (folder / "logs" / "shop").mkdir(parents=True)
    for name in ("one", "shop/one", "two", "three"):
        (folder / "logs" / f"{name}.jsonl").write_text(json.dumps({"city": name}))
    made, kept, strange = with_recorded_files(tools, folder / "logs")
    assert [tool.recorded[0].result for tool in made] == [{"city": "shop/one"}, {"city": "two"}]
    assert [one.kept for one in kept] == [1, 1]
    assert [path.name for path in strange] == ["one.jsonl", "three.jsonl"]


# Keeping


def test_parts_that_break_the_schemas_are_dropped_with_a_finding_that_quotes_no_value(folder: Path) -> None:
    tool, kept = with_recordings(
        order_tool(folder),
        [
            Recorded(arguments={"order_id": 9}, result={"total": 1, "city": "Lyon"}),
            Recorded(arguments={"order_id": "A1"}, result={"total": "secret", "city": "Lyon"}),
            Recorded(arguments={"order_id": 9}, result={"total": "secret", "city": "Lyon"}),
        ],
    )
    assert tool.recorded == (
        Recorded(result={"total": 1, "city": "Lyon"}),
        Recorded(arguments={"order_id": "A1"}),
    )
    assert (kept.read, kept.kept, kept.dropped) == (3, 2, {"that break the schemas": 1})
    found = [finding for finding in tool.findings if finding.kind == "example"]
    assert [finding.what for finding in found] == [
        "arguments dropped that break the schema, 2 in all, the first in example 1: $.order_id breaks type",
        "result dropped that break the schema, 2 in all, the first in example 2: $.total breaks type",
    ]
    assert "secret" not in tool.model_dump_json()


def test_no_more_than_the_bound_are_kept_and_they_are_spread_over_the_file(folder: Path) -> None:
    many = [Recorded(arguments={"order_id": f"A{number}"}) for number in range(1000)]
    tool, kept = with_recordings(order_tool(folder), [*many, many[0], Recorded(arguments={"order_id": "x" * 9000})])
    numbers = [int(one.arguments["order_id"][1:]) for one in tool.recorded if one.arguments]
    assert numbers == list(range(0, 1000, 5))
    assert kept.dropped == {
        "longer than 8,000 characters": 1,
        "that repeat another": 1,
        "beyond the 200 that are kept of a tool": 800,
    }
    assert kept.words().startswith("tools/get_order: 1002 recordings read, 200 kept, 802 dropped (1 longer than")


def test_recording_again_adds_what_is_new_and_replacing_forgets_what_was_there(folder: Path) -> None:
    first, second = Recorded(arguments={"order_id": "A1"}), Recorded(arguments={"order_id": "A2"})
    once, _ = with_recordings(order_tool(folder), [first])
    assert with_recordings(once, [first, second])[0].recorded == (first, second)
    assert with_recordings(once, [second], replace=True)[0].recorded == (second,)


def test_a_result_logged_as_text_is_opened_only_where_the_schema_wants_no_text(folder: Path) -> None:
    logged = [Recorded(result='{"total": 2, "city": "Oslo"}')]
    assert with_recordings(order_tool(folder), logged)[0].recorded[0].result == {"total": 2, "city": "Oslo"}
    texts = order_tool(folder, {"type": "string"})
    assert with_recordings(texts, logged)[0].recorded == tuple(logged)


def test_examples_of_a_whole_call_in_a_specification_become_recordings(folder: Path) -> None:
    shown = ORDER | {"examples": [{"order_id": "A1"}, {"order_id": 5}, "A1"]}
    assert order_tool(folder, parameters=shown).recorded == (Recorded(arguments={"order_id": "A1"}),)


# A schema from results


def test_a_tool_without_an_output_schema_gets_one_from_its_recordings(folder: Path) -> None:
    results = [
        {"id": number, "total": number / 2, "state": ["open", "sent"][number % 2], "due": f"2024-05-{number + 1:02d}"}
        for number in range(20)
    ]
    results[3]["note"] = "fragile"
    tool, kept = with_recordings(order_tool(folder, None), [Recorded(result=result) for result in results])
    assert (tool.output_origin, tool.source.output, kept.kept) == ("inferred", None, 20)
    assert tool.output == {
        "type": "object",
        "properties": {
            "id": {"type": "integer", "minimum": 0},
            "total": {"type": "number", "minimum": 0},
            "state": {"type": "string", "enum": ["open", "sent"]},
            "due": {"type": "string", "format": "date"},
            "note": {"type": "string"},
        },
        "required": ["id", "total", "state", "due"],
        "additionalProperties": False,
    }
    assert "output schema inferred from 20 recordings" in [finding.what for finding in tool.findings]


def test_more_recordings_widen_a_schema_that_was_derived_from_fewer(folder: Path) -> None:
    tool, _ = with_recordings(order_tool(folder, None), [Recorded(result={"total": 1})])
    tool, kept = with_recordings(tool, [Recorded(result={"total": 1.5, "city": "Oslo"})])
    assert kept.kept == 1
    assert tool.output is not None
    assert (tool.output["properties"]["total"], tool.output["required"]) == ({"type": "number"}, ["total"])
    inferred = [finding.what for finding in tool.findings if finding.kind == "output"]
    assert inferred == ["output schema inferred from 2 recordings"]


@pytest.mark.parametrize(
    ("values", "schema"),
    [
        (["2024-05-01T10:00:00Z"], {"type": "string", "format": "date-time"}),
        (["2024-05-01", "tomorrow"], {"type": "string"}),
        (["ada@example.com"], {"type": "string", "format": "email"}),
        (["https://example.com/a"], {"type": "string", "format": "uri"}),
        (["note:this"], {"type": "string"}),
        (["6f1c1d4e-9a53-4f0c-9b3e-0d1a2b3c4d5e"], {"type": "string", "format": "uuid"}),
        ([1, 2.5], {"type": "number"}),
        ([1, True], {"type": ["integer", "boolean"]}),
        ([[], [1], ["a"]], {"type": "array", "items": {"type": ["integer", "string"]}}),
        (["open", "shut"] * 10, {"type": "string", "enum": ["open", "shut"]}),
        (["open", "shut"], {"type": "string"}),
        (["Room 1", "Room 2"] * 10, {"type": "string"}),
        (["open"] * 19 + ["shut"], {"type": "string"}),
    ],
)
def test_types_formats_and_closed_lists_are_told_from_values(values: list[Any], schema: Any) -> None:
    assert observed_schema(values) == schema


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(st.lists(VALUES, min_size=1, max_size=14))
def test_every_value_obeys_the_schema_it_was_used_for(values: list[Any]) -> None:
    schema = observed_schema(values)
    assert all(is_valid(value, schema) for value in values)


# Without examples


def canaries(folder: Path) -> Tool:
    """A tool that shows the word canary wherever an example can stand."""
    text = {"type": "string", "description": "What it is."}
    properties = {
        "plain": text | {"examples": ["canary 1"]},
        "single": text | {"example": "canary 2"},
        "vendor": text | {"x-example": "canary 3", "$comment": "canary 4", "sample": "canary 5"},
        "inside": {
            "type": "object",
            "properties": {"a": text | {"examples": ["canary 6"]}},
            "example": {"a": "canary 7"},
        },
        "many": {"type": "array", "items": text | {"examples": ["canary 8"]}, "examples": [["canary 9"]]},
        "referred": {"$ref": "#/$defs/shared"},
        "either": {"anyOf": [text | {"examples": ["canary 10"]}, {"type": "null"}]},
        "far": {"$ref": "#/shelf/thing"},
        "examples": {"type": "string", "enum": ["kept"]},
    }
    parameters = {
        "type": "object",
        "properties": properties,
        "$defs": {"shared": text | {"examples": ["canary 11"]}},
        "shelf": {"thing": text | {"examples": ["canary 12"]}, "examples": ["canary 13"]},
        "examples": [{"plain": "canary 14"}, {"plain": 15, "many": ["canary 15"]}],
    }
    returns = {
        "type": "object",
        "properties": {"city": text | {"example": "canary 16"}},
        "examples": [{"city": "canary 17"}],
    }
    tool = order_tool(folder, returns, parameters)
    return with_recordings(tool, [Recorded(arguments={"plain": "canary 18"}, result={"city": "canary 19"})])[0]


def test_a_tool_without_its_examples_holds_none_wherever_they_stood(folder: Path) -> None:
    tool = canaries(folder)
    assert "canary 14" in tool.model_dump_json()
    assert "canary 12" in tool.model_dump_json()
    bare = without_examples(tool)
    assert "canary" not in bare.model_dump_json()
    assert bare.parameters["properties"]["examples"] == {"type": "string", "enum": ["kept"]}
    assert bare.parameters["properties"]["plain"] == {"type": "string", "description": "What it is."}
    assert is_valid({"plain": "x", "far": "y", "referred": "z"}, bare.source.parameters)
    assert not is_valid({"far": 5}, bare.source.parameters)


def test_a_default_is_part_of_the_contract_and_stays(folder: Path) -> None:
    tool = order_tool(
        folder, parameters={"type": "object", "properties": {"unit": {"type": "string", "default": "km"}}}
    )
    assert without_examples(tool).parameters["properties"]["unit"]["default"] == "km"


def test_a_schema_derived_from_recordings_keeps_its_shape_but_no_listed_value(folder: Path) -> None:
    results = [Recorded(result={"state": ["canary", "other"][number % 2]}) for number in range(20)]
    tool, _ = with_recordings(order_tool(folder, None), results)
    assert tool.output is not None
    assert tool.output["properties"]["state"]["enum"] == ["canary", "other"]
    output = without_examples(tool).output
    assert output is not None
    assert output["properties"] == {"state": {"type": "string"}}
