"""Every operation of an OpenAPI or Swagger document is one tool, with a name, a description and an effect."""

from __future__ import annotations

from typing import Any

import pytest

from dtc_local.errors import UserError
from tests.tools.readers.apis import document, found, parameter, read, tool


def names(value: Any) -> list[str]:
    return [made.name for made in read(value).tools]


@pytest.mark.parametrize(
    "version", [{"swagger": "2.0"}, {"openapi": "3.0.4"}, {"openapi": "3.1.0"}, {"openapi": "3.2.0"}]
)
def test_documents_of_every_version_are_read(version: dict[str, str]) -> None:
    made = tool({"operationId": "list_things", "summary": "List things."}, **version)
    assert (made.name, made.description, made.effect, made.source.dialect) == (
        "list_things",
        "List things.",
        "read",
        "openapi",
    )


def test_a_version_written_as_a_number_is_a_version() -> None:
    (made,) = read(
        "swagger: 2.0\npaths:\n  /a:\n    get:\n      operationId: a\n      responses:\n        200: {}\n", ".yaml"
    ).tools
    assert made.name == "a"


def test_every_method_of_every_path_is_a_tool_in_the_order_written() -> None:
    methods = ["put", "get", "delete", "post", "patch", "options", "head", "trace", "query"]
    paths = {f"/{name}": {method: {"operationId": f"{method}_{name}"} for method in methods} for name in "ba"}
    item = {"summary": "", "parameters": [], "servers": [], "additionalOperations": {"COPY": {"operationId": "copy_c"}}}
    expected = [f"{method}_{name}" for name in "ba" for method in methods] + ["copy_c"]
    assert names({"openapi": "3.2.0", "paths": paths | {"/c": item}}) == expected


@pytest.mark.parametrize(
    ("path", "method", "name"),
    [
        ("/users/{id}", "get", "get_users_by_id"),
        ("/users/{user-id}/posts", "post", "post_users_by_user_id_posts"),
        ("/", "delete", "delete"),
        ("/v1/things:search", "post", "post_v1_things_search"),
        ("/reports/{year}-{month}.json", "get", "get_reports_by_year_by_month_json"),
    ],
)
def test_an_operation_without_an_id_is_called_by_method_and_path(path: str, method: str, name: str) -> None:
    assert tool({}, path, method).name == name


def test_operation_ids_are_made_legal_and_kept_in_the_source() -> None:
    ids = ["chat.postMessage", "find pet by id", "pets#list", "x" * 80, "x" * 81]
    value = {"openapi": "3.0.0", "paths": {f"/{i}": {"get": {"operationId": own}} for i, own in enumerate(ids)}}
    made = read(value).tools
    assert [one.name for one in made] == ["chat_postMessage", "find_pet_by_id", "pets_list", "x" * 64, "x" * 62 + "_2"]
    assert [one.source.name for one in made] == ids


def test_an_id_used_twice_loses_no_operation() -> None:
    paths = {f"/{name}": {"get": {"operationId": "same"}} for name in ("a", "b", "b/")}
    made = read({"openapi": "3.0.0", "paths": paths}).tools
    assert [one.name for one in made] == ["same", "get_b", "get_b_2"]
    assert found(made[1], "name")


@pytest.mark.parametrize(
    ("summary", "description", "whole"),
    [
        ("List pets", "", "List pets"),
        ("", "Lists all.", "Lists all."),
        ("List pets", "All of *them*.", "List pets.\n\nAll of *them*."),
        ("List pets.", "List pets that are there.", "List pets that are there."),
        (7, None, ""),
    ],
)
def test_summary_and_description_are_the_description(summary: Any, description: Any, whole: str) -> None:
    assert tool({"summary": summary, "description": description}).description == whole


def test_a_long_description_is_cut_after_a_paragraph_or_sentence_with_a_finding() -> None:
    first = "This is said first. " * 10
    made = tool({"description": f"{first}\n\n{'More. ' * 200}"})
    assert made.description == first.strip()
    assert found(made, "too_large")
    assert tool({"description": "One sentence here. " * 100}).description.endswith("here.")
    assert len(tool({"description": "x" * 5000}).description) == 600


@pytest.mark.parametrize(
    ("method", "name", "effect"),
    [
        ("get", "delete_thing", "read"),
        ("head", "", "read"),
        ("query", "update", "read"),
        ("put", "get_thing", "write"),
        ("patch", "", "write"),
        ("delete", "get_thing", "destructive"),
        ("post", "create_thing", "write"),
        ("post", "doThing", "write"),
        ("post", "searchThings", "read"),
        ("post", "things.list", "read"),
        ("post", "createList", "write"),
        ("post", "chat_delete", "destructive"),
        ("post", "revokeToken", "destructive"),
    ],
)
def test_the_method_gives_the_effect_unless_a_post_clearly_reads_or_destroys(
    method: str, name: str, effect: str
) -> None:
    assert tool({"operationId": name}, "/things", method).effect == effect


def test_a_deprecated_operation_is_kept_with_a_finding() -> None:
    assert found(tool({"deprecated": True}), "deprecated")
    assert not found(tool({"deprecated": False}), "deprecated")


def test_webhooks_and_callbacks_are_skipped_with_a_finding_each() -> None:
    hook = {"post": {"operationId": "hook"}}
    value = document({"operationId": "a", "callbacks": {"done": {"{$url}": hook}}}, webhooks={"new": hook, "old": hook})
    result = read(value)
    assert [made.name for made in result.tools] == ["a"]
    assert [noted.finding.what for noted in result.findings] == [
        "callback done is called by the API, skipped",
        "webhook new is called by the API, skipped",
        "webhook old is called by the API, skipped",
    ]


def test_a_document_of_webhooks_alone_has_nothing_to_call() -> None:
    with pytest.raises(UserError, match="nothing to call"):
        read({"openapi": "3.1.0", "webhooks": {"new": {"post": {}}}})


def test_paths_without_an_operation_are_refused() -> None:
    with pytest.raises(UserError, match="no tool in it"):
        read({"openapi": "3.1.0", "paths": {"/a": {"summary": "nothing"}}})


def test_an_older_swagger_is_named() -> None:
    with pytest.raises(UserError, match=r"Swagger 1\.2"):
        read({"swagger": "1.2", "paths": {}})


def test_paths_without_a_version_are_read_as_what_they_look_like() -> None:
    old = {
        "get": {"parameters": [{"name": "n", "in": "query", "type": "integer"}], "responses": {"200": {"schema": {}}}}
    }
    new = {"get": {"parameters": [parameter("n", schema={"type": "integer"})]}}
    for item, words in ((old, "Swagger 2.0"), (new, "OpenAPI 3")):
        result = read({"paths": {"/a": item}})
        assert result.tools[0].parameters["properties"]["n"]["type"] == "integer"
        ((noted),) = result.findings
        assert noted.finding.kind == "draft"
        assert words in noted.finding.what


def test_path_items_are_followed_and_what_they_lack_is_said() -> None:
    item = {"get": {"operationId": "shared"}}
    paths = {
        "/a": {"$ref": "#/components/pathItems/A", "post": {"operationId": "own"}},
        "/b": {"$ref": "#/components/pathItems/Gone"},
        "/c": None,
        "/d": {"get": "nothing", "put": {"operationId": "kept"}},
        "x-note": "no path",
    }
    result = read({"openapi": "3.1.0", "paths": paths, "components": {"pathItems": {"A": item}}})
    assert {made.name for made in result.tools} == {"shared", "own", "kept"}
    assert [(noted.finding.kind, noted.finding.severity) for noted in result.findings] == [
        ("reference", "error"),
        ("malformed", "warning"),
        ("malformed", "warning"),
    ]


def test_circles_of_references_end() -> None:
    value = document({"operationId": "a", "parameters": [{"$ref": "#/x"}], "requestBody": {"$ref": "#/x"}})
    assert names(value | {"x": {"$ref": "#/y"}, "y": {"$ref": "#/x"}}) == ["a"]
    with pytest.raises(UserError):
        read({"openapi": "3.1.0", "paths": {"/a": {"$ref": "#/paths/~1a"}}})
