"""fms-dgt registries in their shapes; task and builder files are told from them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from dtc_local.errors import UserError
from dtc_local.tools import read_files
from dtc_local.tools.readers import reader_for
from tests.tools.readers.given import SHIP, imported, named, refused, tools
from tests.tools.specs import material

TOOL = {"name": "ship", "description": "Ship it.", "parameters": SHIP}


@pytest.mark.parametrize(
    ("document", "namespace"),
    [
        ({"api_specifications": {"shop": {"ship": TOOL}}}, "shop"),
        ({"api_specifications": {"ship": TOOL}}, None),
        ({"ship": TOOL}, None),
        ({"ship": {"description": "Ship it.", "parameters": SHIP}}, None),
        ({"shop": {"ship": TOOL}}, "shop"),
        ({"shop": [TOOL]}, "shop"),
        ({"namespace": "shop", "tools": [TOOL]}, "shop"),
        ({"ship": TOOL | {"namespace": "shop"}}, "shop"),
        ({"depot": [TOOL | {"namespace": "shop"}]}, "shop"),
    ],
)
def test_a_registry_is_read_in_every_shape_with_its_namespace(document: Any, namespace: str | None) -> None:
    (tool,) = tools(document)
    assert (tool.dialect, tool.name, tool.namespace, tool.parameters) == ("fms", "ship", namespace, SHIP)


def test_the_users_namespace_wins_over_the_files_own_and_that_over_the_file_name(tmp_path: Path) -> None:
    document = {"api_specifications": {"my shop": {"ship": TOOL}, "depot": {"ship": TOOL}}}
    assert [tool.namespace for tool in imported(tmp_path, document).tools] == ["my_shop", "depot"]
    both = imported(tmp_path, document, namespace="all").tools
    assert [(tool.namespace, tool.name) for tool in both] == [("all", "ship"), ("all", "ship_2")]
    assert [tool.namespace for tool in imported(tmp_path, {"ship": TOOL}, name="depot.json").tools] == ["depot"]


def test_output_parameters_are_the_result_schema(tmp_path: Path) -> None:
    result = {"type": "object", "properties": {"id": {"type": "integer"}}}
    (tool,) = imported(tmp_path, {"ship": TOOL | {"output_parameters": result}}).tools
    assert tool.output is not None
    assert list(tool.output["properties"]) == ["id"]


def test_a_tool_called_like_a_wrapper_is_still_a_tool_of_the_registry() -> None:
    document = {"tool": {"parameters": SHIP, "description": "A."}, "result": TOOL | {"name": "result"}}
    assert named(document) == [("fms", "tool"), ("fms", "result")]


@pytest.mark.parametrize(
    "document",
    [
        {"tools": [TOOL]},
        {"functions": [TOOL]},
        {"ship": {"description": "Ship it."}},
        {"ship": TOOL, "note": "not a tool"},
        {"ship": {"properties": SHIP}},
    ],
)
def test_other_mappings_are_no_registries(document: Any) -> None:
    reader = reader_for(document)
    assert reader is None or reader.NAME != "fms"


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ({"task_name": "a", "data_builder": "b", "tools": {"registry": [{"type": "file"}]}}, "an fms-dgt task"),
        ({"name": "a/b", "blocks": [{"name": "generator", "type": "openai"}]}, "an fms-dgt data builder"),
        ({"api_specifications": {"shop": 3}}, "/api_specifications/shop: the namespace holds 3"),
        ({"api_specifications": {"shop": {"ship": 3}}}, "/api_specifications/shop/ship: the tool is 3"),
        ({"api_specifications": {}}, "no tool in it"),
    ],
)
def test_what_is_no_registry_is_refused_with_what_it_is(tmp_path: Path, document: Any, words: str) -> None:
    assert words in refused(tmp_path, document)


def test_real_registries_import_with_all_their_tools_and_real_tasks_are_refused() -> None:
    for path in material("fms-dgt/**/*.yaml"):
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        shelves = document.get("api_specifications", {"": document})
        entries = [tool for shelf in shelves.values() if isinstance(shelf, dict) for tool in shelf.values()]
        expected = sum(isinstance(entry, dict) and "parameters" in entry for entry in entries)
        if expected:
            assert len(tools(document)) == expected, path
        else:
            with pytest.raises(UserError, match="fms-dgt"):
                read_files([path])
