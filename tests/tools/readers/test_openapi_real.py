"""Real OpenAPI documents give as many tools as they have operations; mangled ones give tools or one sentence."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from dtc_local.errors import UserError
from dtc_local.records import Tool
from tests.tools.readers.apis import answer, body, parameter, read, thing
from tests.tools.specs import material

METHODS = {"get", "put", "post", "delete", "patch", "options", "head", "trace", "query"}


def outcome(document: Any, suffix: str = ".json") -> tuple[Tool, ...]:
    """The tools of a document; none where it is refused, in one sentence."""
    try:
        return read(document, suffix).tools
    except UserError as error:
        sentence = str(error)
    assert "\n" not in sentence
    return ()


def raw(path: Path) -> Any:
    """A file's content by another way than the one under test."""
    text = path.read_text(encoding="utf-8")
    return json.loads(text) if path.suffix == ".json" else yaml.safe_load(text)


def operations(path: Path, item: Any, document: Any) -> int:
    """Operations of a path item, wherever it stands."""
    if not isinstance(item, dict):
        return 0
    own = len(METHODS & item.keys())
    reference = item.get("$ref")
    if not reference:
        return own
    file, _, pointer = reference.partition("#")
    target = (path.parent / file) if file else path
    there = raw(target) if file else document
    node = there
    for step in pointer.split("/")[1:]:
        node = node[step.replace("~1", "/").replace("~0", "~")]
    return own + operations(target, node, there)


def wholes() -> dict[Path, int]:
    """The material's documents that have operations, with their number."""
    counted = {}
    for path in material("openapi/**/*.json", "openapi/**/*.yaml"):
        document = raw(path)
        items = document.get("paths") if isinstance(document, dict) else None
        counted[path] = sum(operations(path, item, document) for item in items.values()) if items else 0
    return {path: count for path, count in counted.items() if count}


@pytest.mark.slow
def test_real_documents_give_a_tool_an_operation_each_file_soon_and_in_little_memory() -> None:
    counted = wholes()
    command = [sys.executable, "-m", "tests.tools.limited", *map(str, counted)]
    done = subprocess.run(command, cwd=Path(__file__).parents[3], capture_output=True, text=True, check=True)
    told = {Path(row["file"]): row for row in map(json.loads, done.stdout.splitlines())}
    assert {path: row.get("tools", row) for path, row in told.items()} == counted
    assert {tuple(row["dialects"]) for row in told.values()} == {("openapi",)}


def test_what_real_documents_lack_is_never_called() -> None:
    whole = wholes()
    for path in material("openapi/**/*.json", "openapi/**/*.yaml"):
        if path not in whole:
            made = outcome(path.read_text(encoding="utf-8"), path.suffix)
            assert {tool.source.dialect for tool in made} <= {"jsonschema"}


PET = {
    **thing(
        id={"type": "integer", "readOnly": True}, name="string", kind={"enum": ["a", "b"]}, next={"$ref": "#/s/Pet"}
    ),
    "required": ["id", "name"],
    "example": {"id": 1, "name": "Rex"},
}
CHOICE = {"oneOf": [{"$ref": "#/s/Pet"}, {"type": "string"}], "discriminator": {"propertyName": "kind"}}
SMALL: dict[str, Any] = {
    "openapi": "3.0.0",
    "s": {"Pet": PET, "Choice": CHOICE},
    "security": [{"key": []}],
    "components": {"securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}}},
    "paths": {
        "/pets/{id}": {
            "parameters": [parameter("id", "path", {"type": "integer"}, example=3)],
            "get": {"operationId": "pet", "responses": answer({"$ref": "#/s/Pet"}, example={"id": 3})},
            "put": {
                "requestBody": body({"allOf": [{"$ref": "#/s/Pet"}, thing(note="string")]}, example={"name": "x"}),
                "callbacks": {"done": {}},
                "responses": answer({"type": "array", "items": {"$ref": "#/s/Choice"}}),
            },
        },
        "/old": {
            "post": {
                "parameters": [
                    {"name": "body", "in": "body", "schema": {"$ref": "#/s/Pet"}},
                    {"name": "f", "in": "formData", "type": "array", "items": {"type": "string"}},
                ],
                "responses": {"200": {"schema": {"$ref": "#/s/Pet"}, "examples": {"application/json": {"id": 1}}}},
            }
        },
    },
}
JUNK = st.sampled_from(
    [
        *(None, True, 3, -1.5, "", "x", "/", "#/s/Pet", "#/paths", "#", "query", "array"),
        *([], {}, [{}], [None], ["null"], {"$ref": "#/s/Pet"}, {"$ref": "other.yaml"}, {"a": {"b": 1}}),
        {"type": "object", "properties": {"a": {}}},
    ]
)


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every container of a document with each of its keys."""
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    return [(value, key) for key in keys] + [place for key in keys for place in places(value[key])]


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data(), version=st.sampled_from([{"openapi": "3.0.0"}, {"openapi": "3.1.0"}, {"swagger": "2.0"}, {}]))
def test_a_mangled_document_gives_sound_tools_or_one_sentence(data: st.DataObject, version: dict[str, str]) -> None:
    mangled = {key: value for key, value in copy.deepcopy(SMALL).items() if key != "openapi"} | version
    for _ in range(data.draw(st.integers(1, 6))):
        holder, key = data.draw(st.sampled_from(places(mangled)))
        if data.draw(st.booleans()):
            del holder[key]
        else:
            holder[key] = copy.deepcopy(data.draw(JUNK))
        if not places(mangled):
            break
    for tool in outcome(mangled):
        Draft202012Validator.check_schema(tool.source.parameters)
        Draft202012Validator.check_schema(tool.parameters)
        assert tool.parameters["type"] == "object"


def test_the_document_that_is_mangled_is_sound_before() -> None:
    made = read(SMALL)
    assert [(tool.name, tool.unusable) for tool in made.tools] == [
        ("pet", False),
        ("put_pets_by_id", False),
        ("post_old", False),
    ]


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=st.text(st.sampled_from("paths:/{}[]&*!<>|-?#'\"%@` \n\t0azopeni.$ref"), max_size=200))
@example(text="paths: {/a: {get: *a}}")
def test_any_text_as_yaml_gives_tools_or_one_sentence(text: str) -> None:
    assert all(tool.name for tool in outcome(text, ".yaml"))
