"""All readers together: each document is of one dialect, mixed lists are read entry by entry, nothing crashes."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dtc_local.errors import UserError
from dtc_local.tools import read_files
from dtc_local.tools.readers import READERS, MalformedTool, read, reader_for
from dtc_local.tools.readers.strangers import stranger
from dtc_local.tools.words import bag
from tests.tools.readers.given import SHIP, found, imported, named, refused, skipped, tools
from tests.tools.specs import material

OPENAI = {"type": "function", "function": {"name": "a", "parameters": SHIP}}
MCP = {"name": "b", "inputSchema": SHIP}
ANTHROPIC = {"name": "c", "input_schema": SHIP}
GEMINI = {"function_declarations": [{"name": "d"}]}
BFCL = {"name": "e", "parameters": {"type": "dict", "properties": {}}}
SCHEMA = SHIP | {"title": "f"}
TOOLBENCH = {"api_name": "g", "required_parameters": []}
ENTRIES = [OPENAI, MCP, ANTHROPIC, GEMINI, BFCL, SCHEMA, TOOLBENCH]
DIALECTS = ["openai", "mcp", "anthropic", "gemini", "bfcl", "jsonschema", "toolbench"]


@pytest.mark.parametrize(("entry", "dialect"), list(zip(ENTRIES, DIALECTS, strict=True)))
def test_an_entry_is_of_the_dialect_whose_marks_it_shows(entry: Any, dialect: str) -> None:
    reader = reader_for(entry)
    assert reader is not None
    name = reader.NAME
    assert name == dialect
    rivals = {other.NAME for other in READERS if other.matches(entry)} - {dialect}
    assert rivals <= {"openai"}, "only the least specific form may look like another dialect's"


def test_a_mixed_list_is_read_entry_by_entry_with_places_in_the_whole() -> None:
    made = tools({"tools": ENTRIES})
    assert [raw.dialect for raw in made] == DIALECTS
    assert [raw.name for raw in made] == list("abcdefg")
    assert [raw.pointer.split("/")[:3] for raw in made] == [["", "tools", str(at)] for at in range(len(ENTRIES))]


def test_findings_of_a_mixed_list_point_into_the_whole(tmp_path: Path) -> None:
    secret = {"name": "api_key", "type": "STRING"}
    (raw, _) = tools([TOOLBENCH | {"required_parameters": [secret]}, MCP])
    assert [note.pointer for note in raw.findings] == ["/0/required_parameters/0"]
    assert "/1/parameters" in refused(tmp_path, [MCP, OPENAI["function"] | {"parameters": "none"}])  # type: ignore[operator]


def test_built_in_tools_of_any_provider_are_skipped_beside_functions() -> None:
    assert named([OPENAI, {"type": "web_search"}, {"type": "custom", "name": "x"}]) == [("openai", "a")]
    assert len(skipped([ANTHROPIC, {"type": "computer_20250124", "name": "computer"}])) == 1
    assert len(skipped([GEMINI, {"url_context": {}}])) == 1


def test_an_entry_that_no_dialect_knows_is_refused_with_its_place(tmp_path: Path) -> None:
    assert "/1: the entry is 7" in refused(tmp_path, [OPENAI, 7])
    assert "/1" in refused(tmp_path, [MCP, {"description": "no name"}])


@pytest.mark.parametrize("key", ["tool", "payload", "declaration"])
def test_rows_that_wrap_one_tool_or_several_are_opened(key: str) -> None:
    rows = [{"source": "a.ipynb", key: OPENAI}, {"source": "b.ipynb", key: [MCP, ANTHROPIC]}]
    assert [raw.pointer for raw in tools(rows)] == [f"/0/{key}/function", f"/1/{key}/0", f"/1/{key}/1"]


def test_the_plainest_form_keeps_its_own_namespace(tmp_path: Path) -> None:
    document = [{"name": "ship", "parameters": SHIP, "namespace": "depot"}, {"name": "stop", "parameters": SHIP}]
    assert [tool.namespace for tool in imported(tmp_path, document).tools] == ["depot", "spec"]


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ({"messages": [{"role": "user"}]}, "a conversation without tools"),
        ({"answer_generation": {"function": []}, "win": True}, "a recorded ToolBench answer"),
        ({"functions": []}, "an empty list of tools"),
        ({"cities": ["Bern"]}, "an object with cities is no tool specification"),
    ],
)
def test_a_document_without_tools_is_refused_in_one_sentence(tmp_path: Path, document: Any, words: str) -> None:
    assert words in refused(tmp_path, document)


def test_an_unknown_document_is_told_the_known_dialects_and_the_plainest_form(tmp_path: Path) -> None:
    sentence = refused(tmp_path, {"cities": []})
    assert all(reader.WORDS.split(":")[0] in sentence for reader in READERS)
    assert '"name", "description", "parameters"' in sentence


KEYS = sorted(
    bag(
        "name description type tools functions function parameters inputSchema input_schema"
        " function_declarations result"
        " params payload tool api_list api_name required_parameters toolkits decorators schema openai_schema properties"
        " $defs definitions $ref $schema api_specifications namespace output_parameters nullable any_of response method"
        " arguments code message nextCursor input_examples allOf __call__ title id"
    )
)
TEXTS = st.sampled_from(["", "object", "OBJECT", "dict", "function", "#/$defs/a", "5", "https://json-schema.org/x"])
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXTS | st.text(max_size=3)
DOCUMENTS = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=2), inner, max_size=5)
    ),
)


@given(DOCUMENTS)
def test_no_json_value_crashes_a_reader(document: Any) -> None:
    stranger(document)
    reader = reader_for(document)
    for one in READERS:
        assert isinstance(one.matches(document), bool)
    if reader is None:
        return
    with suppress(MalformedTool):
        assert all(raw.pointer == "" or raw.pointer.startswith("/") for raw in read(document, reader))


@given(DOCUMENTS)
def test_any_json_file_imports_or_is_refused_in_a_sentence(tmp_path_factory: Any, document: Any) -> None:
    path = tmp_path_factory.getbasetemp() / "any.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    refusal = ""
    try:
        made = read_files([path]).tools
    except UserError as error:
        made, refusal = (), str(error)
    assert bool(made) != bool(refusal)
    assert "\n" not in refusal


def test_rows_of_single_turn_questions_import_with_all_their_functions() -> None:
    for path in material("bfcl/single_turn/*.jsonl"):
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
        functions = [row["function"] if isinstance(row["function"], list) else [row["function"]] for row in rows]
        assert len(found(rows)) == sum(map(len, functions)), path
