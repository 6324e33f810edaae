"""Folders give their specifications, and what is a part of one is none of its own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dtc_local.errors import UserError
from dtc_local.tools import read_files
from dtc_local.tools.files import gather
from tests.tools.files.test_bundle import PET, files, root
from tests.tools.specs import function


def names(*paths: Path) -> list[tuple[str, str]]:
    return [(tool.namespace, tool.name) for tool in read_files(paths).tools]


def specification(name: str) -> dict[str, Any]:
    return {"openapi": "3.1.0", "paths": {f"/{name}": {"get": {"operationId": name}}}}


def test_a_folder_gives_all_its_specifications_in_order_of_their_paths(tmp_path: Path) -> None:
    files(tmp_path, b__one_yaml=specification("one"), a_json=[function("two")], b__a__three_yml=specification("three"))
    files(tmp_path, c_jsonl=json.dumps(function("four")) + "\n", d_txt="no specification")
    assert names(tmp_path) == [("a", "two"), ("three", "three"), ("one", "one"), ("c", "four")]


def test_a_folder_and_a_file_in_it_give_each_file_once(tmp_path: Path) -> None:
    path = files(tmp_path, a_json=[function("two")])
    (tmp_path / "link.json").symlink_to(path)
    result = read_files([tmp_path, path, path])
    assert [tool.name for tool in result.tools] == ["two"]
    assert result.findings == ()


def test_what_is_no_specification_is_passed_over_in_a_folder_and_said(tmp_path: Path) -> None:
    files(tmp_path, api_yaml=specification("one"), package_json={"private": True}, broken_yaml="a: [", empty_json="[]")
    files(tmp_path, none_yaml={"openapi": "3.1.0", "paths": {"/a": {"summary": "nothing to call"}}})
    result = read_files([tmp_path])
    assert [tool.name for tool in result.tools] == ["one"]
    said = {Path(found.file).name: found.finding for found in result.findings}
    assert set(said) == {"package.json", "broken.yaml", "empty.json", "none.yaml"}
    assert all(found.kind == "skipped" and found.what.endswith(", skipped") for found in said.values())
    assert "line 2" in said["broken.yaml"].what


def test_hidden_folders_and_links_that_leave_the_folder_are_not_read(tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    outside = files(tmp_path, outside_yaml=specification("outside"))
    files(inside, api_yaml=specification("one"), **{".git__api_yaml": specification("hidden")})
    (inside / "link.yaml").symlink_to(outside)
    (inside / "loop").symlink_to(inside)
    assert names(inside) == [("api", "one")]


def test_a_file_that_another_refers_to_is_a_part_of_it(tmp_path: Path) -> None:
    path = files(tmp_path, api_yaml=root({"$ref": "pet.yaml"}), pet_yaml=PET)
    assert names(tmp_path) == [("api", "pets")]
    assert names(tmp_path / "pet.yaml", path) == [("api", "pets")]


def test_a_whole_document_of_its_own_stays_one_though_another_uses_its_schemas(tmp_path: Path) -> None:
    shared = specification("shared") | {"components": {"schemas": {"Pet": PET}}}
    files(tmp_path, api_yaml=root({"$ref": "shared.yaml#/components/schemas/Pet"}), shared_yaml=shared)
    assert names(tmp_path) == [("api", "pets"), ("shared", "shared")]


def test_operations_that_another_document_takes_in_are_not_counted_twice(tmp_path: Path) -> None:
    files(tmp_path, api_yaml=root(a={"$ref": "part.yaml#/paths/~1part"}), part_yaml=specification("part"))
    assert names(tmp_path) == [("api", "part")]


@pytest.mark.parametrize("content", [{"private": True}, [], [1, 2], "hello: world", {"openapi": "3.1.0", "paths": {}}])
def test_a_named_file_that_is_no_specification_is_refused(tmp_path: Path, content: Any) -> None:
    good = files(tmp_path, api_yaml=specification("one"))
    bad = files(tmp_path, bad_yaml=content)
    with pytest.raises(UserError, match=str(bad)):
        read_files([good, bad])


def test_components_alone_are_refused_with_the_way_to_the_whole(tmp_path: Path) -> None:
    for content in ({"components": {"schemas": {"Pet": PET}}}, {"swagger": "2.0", "definitions": {"Pet": PET}}):
        with pytest.raises(UserError) as caught:
            read_files([files(tmp_path, part_yaml=content)])
        assert "a part of an OpenAPI document" in caught.value.message
        assert "paths" in caught.value.hint


def test_a_folder_without_any_specification_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    files(tmp_path, package_json={"private": True})
    for folder, words in (
        (tmp_path / "empty", "no file beneath it"),
        (tmp_path, "no tool specification among 1 files"),
    ):
        with pytest.raises(UserError, match=words):
            read_files([folder])


def test_more_files_than_are_read_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gather, "MAX_FILES", 1)
    files(tmp_path, a_yaml=specification("a"), b_yaml=specification("b"))
    with pytest.raises(UserError, match="more than 1 files"):
        read_files([tmp_path])


def test_a_yaml_stream_is_read_where_each_of_its_documents_is_a_specification(tmp_path: Path) -> None:
    both = "\n---\n".join(json.dumps(specification(name)) for name in ("one", "two"))
    assert names(files(tmp_path, api_yaml=both)) == [("api", "one"), ("api", "two")]
    mixed = files(tmp_path, api_yaml=f"{json.dumps(specification('one'))}\n---\nkind: Deployment\n")
    with pytest.raises(UserError, match="document 2, line 2: an object with kind"):
        read_files([mixed])


def test_a_fault_in_a_stream_names_the_document(tmp_path: Path) -> None:
    tools = [{"name": "a", "parameters": {}}, {"name": "", "parameters": {}}]
    path = files(tmp_path, api_yaml="\n---\n".join(json.dumps([tool]) for tool in tools))
    with pytest.raises(UserError, match="document 2, line 2, /0"):
        read_files([path])
