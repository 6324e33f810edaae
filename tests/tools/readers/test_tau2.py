"""tau2 toolkits: the kind of a tool is its effect, its return schema the output."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.tools.readers.given import SHIP, imported, refused, tools
from tests.tools.specs import material

RETURNS = {
    "$ref": "#/$defs/Parcel",
    "$defs": {"Parcel": {"type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"]}},
}


def tool(*decorators: str, **more: Any) -> dict[str, Any]:
    """One tool of a toolkit."""
    function = {"name": "ship", "description": "Ship it.", "parameters": SHIP}
    schema = {"type": "function", "function": function}
    return {"name": "ship", "docstring": "", "decorators": list(decorators), "openai_schema": schema, **more}


def toolkit(*given: Any) -> dict[str, Any]:
    """A document with one toolkit."""
    return {"domain": "depot", "toolkits": {"DepotTools": {"tools": list(given), "env_assertions": [{"name": "x"}]}}}


@pytest.mark.parametrize(
    ("decorator", "effect"),
    [
        ("is_tool(ToolType.READ)", "read"),
        ("is_tool(ToolType.WRITE)", "write"),
        ("is_tool(tool_type=ToolType.WRITE)", "write"),
        ("is_tool(ToolType.READ, mutates_state=True)", "write"),
        ("is_tool(ToolType.WRITE, mutates_state=False)", "read"),
        ("is_tool(ToolType.GENERIC)", None),
        ("staticmethod", None),
    ],
)
def test_the_decorator_is_the_effect(decorator: str, effect: Any) -> None:
    (raw,) = tools(toolkit(tool(decorator)))
    assert (raw.dialect, raw.name, raw.effect, raw.parameters) == ("tau2", "ship", effect, SHIP)


def test_the_return_schema_is_the_output_and_a_toolkit_a_namespace(tmp_path: Path) -> None:
    (made,) = imported(tmp_path, toolkit(tool("is_tool(ToolType.READ)", returns_derived=RETURNS))).tools
    assert made.namespace == "DepotTools"
    assert made.output is not None
    assert list(made.output["properties"]) == ["id"]


def test_findings_point_into_the_tool(tmp_path: Path) -> None:
    loose = tool("is_tool(ToolType.READ)", returns_derived={"type": "object", "properties": {"id": {}}})
    (made,) = imported(tmp_path, toolkit(loose)).tools
    assert any(
        note.pointer == "/toolkits/DepotTools/tools/0/returns_derived/properties/id" for note in made.findings
    ), made.findings


def test_a_plain_list_of_decorated_tools_is_read_too() -> None:
    assert [raw.name for raw in tools([tool("is_tool(ToolType.READ)")])] == ["ship"]


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ({"toolkits": {"A": {"tools": 3}}}, "/toolkits/A: the toolkit holds 3"),
        ({"toolkits": {"A/B": {"tools": [3]}}}, "/toolkits/A~1B/tools/0: the tool is 3"),
        (toolkit({"name": "ship"}), "no function schema"),
        ({"toolkits": {}}, "no tool in it"),
    ],
)
def test_a_malformed_toolkit_is_refused_with_its_place(tmp_path: Path, document: Any, words: str) -> None:
    assert words in refused(tmp_path, document)


def test_real_toolkits_import_with_all_their_tools_kinds_and_outputs() -> None:
    for path in material("tau2-bench/tools/*.json"):
        document = json.loads(path.read_text(encoding="utf-8"))
        entries = [entry for kit in document["toolkits"].values() for entry in kit["tools"]]
        made = tools(document)
        assert [raw.name for raw in made] == [entry["name"] for entry in entries]
        for raw, entry in zip(made, entries, strict=True):
            kind = entry["decorators"][0].split(".")[-1].rstrip(")")
            assert raw.effect == {"READ": "read", "WRITE": "write"}.get(kind)
            assert raw.output == (entry["returns_derived"] or None)


def test_plain_function_schemas_are_openais() -> None:
    for path in material("tau-bench/*.json"):
        document = json.loads(path.read_text(encoding="utf-8"))
        assert [raw.dialect for raw in tools(document)] == ["openai"] * len(document)
