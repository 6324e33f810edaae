"""Anthropic tools: client tools are read, the provider's own are skipped."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.tools.readers.given import SHIP, imported, named, objects_in, refused, skipped, tools
from tests.tools.specs import material

TOOL = {"name": "ship", "description": "Ship it.", "input_schema": SHIP}
SEARCH = {"type": "web_search_20250305", "name": "web_search", "max_uses": 5}


@pytest.mark.parametrize(
    "document",
    [
        [TOOL],
        TOOL,
        {"model": "m", "max_tokens": 9, "messages": [], "tools": [TOOL]},
        [TOOL | {"type": "custom", "cache_control": {"type": "ephemeral"}}],
        [{"source": "a notebook", "tool": TOOL}],
        [{"source": "a notebook", "payload": {"tools": [TOOL]}}],
    ],
)
def test_a_client_tool_is_read_bare_in_lists_in_requests_and_in_rows(document: Any) -> None:
    (tool,) = tools(document)
    assert (tool.dialect, tool.name, tool.description, tool.parameters) == ("anthropic", "ship", "Ship it.", SHIP)


def test_tools_of_the_provider_are_skipped_with_their_type() -> None:
    document = {"tools": [SEARCH, TOOL, {"type": "bash_20250124", "name": "bash"}]}
    assert named(document) == [("anthropic", "ship")]
    assert [words.split(":")[0] for words in skipped(document)] == ["/tools/0", "/tools/2"]
    assert "web_search_20250305" in skipped(document)[0]


def test_a_list_of_nothing_but_provider_tools_is_refused(tmp_path: Path) -> None:
    assert "none of them a tool" in refused(tmp_path, [SEARCH])


def test_input_examples_are_kept_as_recorded_calls(tmp_path: Path) -> None:
    (tool,) = imported(tmp_path, [TOOL | {"input_examples": [{"city": "Bern"}, "no call"]}]).tools
    assert [recorded.arguments for recorded in tool.recorded] == [{"city": "Bern"}]


def test_an_input_schema_that_is_no_schema_is_refused_with_its_place(tmp_path: Path) -> None:
    assert "/0/input_schema: input_schema is 'text'" in refused(tmp_path, [TOOL | {"input_schema": "text"}])


def test_real_files_import_with_all_their_tools() -> None:
    for path in material("providers/*anthropic*.json"):
        document = json.loads(path.read_text(encoding="utf-8"))
        assert len(tools(document)) == objects_in(document, "name", "input_schema") > 0
