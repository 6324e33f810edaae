"""References into other files become local ones; none leads outside what was given, and none to a network."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from dtc_local.errors import UserError
from dtc_local.records import Tool
from dtc_local.tools import ImportResult, read_files
from dtc_local.tools.files import bundle
from dtc_local.tools.files.bundle import Library, lookup
from dtc_local.tools.files.documents import FILES_KEY, load

PET = {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}


def root(schema: Any = None, **paths: Any) -> dict[str, Any]:
    """A document with one operation that returns `schema`, or with these paths."""
    answer = {"200": {"description": "", "content": {"application/json": {"schema": schema or PET}}}}
    items = {f"/{name}": item for name, item in paths.items()}
    return {"openapi": "3.1.0", "paths": items or {"/pets": {"get": {"operationId": "pets", "responses": answer}}}}


def files(folder: Path, **contents: Any) -> Path:
    """Writes files named by keyword (`__` is a slash, `_` before the suffix a dot); the first one's path."""
    made = []
    for name, content in contents.items():
        stem, _, suffix = name.replace("__", "/").rpartition("_")
        path = folder / f"{stem}.{suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        text = yaml.safe_dump(content, sort_keys=False) if suffix in ("yaml", "yml") else json.dumps(content)
        path.write_text(content if isinstance(content, str) else text)
        made.append(path)
    return made[0]


def noted(result: ImportResult) -> list[tuple[str, str]]:
    return [(found.finding.severity, found.finding.what) for found in result.findings]


def the_tool(result: ImportResult) -> Tool:
    (tool,) = result.tools
    return tool


def output(path: Path) -> Any:
    result = read_files([path])
    assert noted(result) == []
    return the_tool(result).output


@pytest.mark.parametrize(
    "reference",
    [
        "pet.yaml",
        "./pet.yaml",
        "pet.yaml#",
        "pet.yaml#/",
        "parts/pets.json#/a~1b/Pet",
        "./parts/../parts/pets.json#/a~1b/Pet",
        "parts/pets%2Ejson#/a~1b/Pet",
        "parts/pets.json#/list/0",
        "parts/hop.yml",
        "parts/hop.yml#/allOf/0",
    ],
)
def test_a_reference_is_resolved_against_the_file_it_stands_in(tmp_path: Path, reference: str) -> None:
    path = files(
        tmp_path,
        api_yaml=root({"$ref": reference}),
        pet_yaml=PET | {"": PET},
        parts__pets_json={"a/b": {"Pet": PET}, "list": [PET]},
        parts__hop_yml={"allOf": [{"$ref": "pets.json#/list/0"}]},
    )
    assert output(path)["properties"]["name"] == {"type": "string"}


def test_a_file_with_odd_letters_in_its_name_is_found_encoded_and_plain(tmp_path: Path) -> None:
    path = files(tmp_path, api_yaml=root({"$ref": "my%20{pet}%25.yaml"}))
    files(tmp_path, **{"my {pet}%_yaml": PET})
    assert output(path)["required"] == ["name"]
    files(tmp_path, api_yaml=root({"$ref": "my {pet}%.yaml"}))
    assert output(path)["required"] == ["name"]


def test_every_file_is_attached_once_and_every_reference_leads_into_the_bundle(tmp_path: Path) -> None:
    schema = {"type": "object", "properties": {name: {"$ref": "pet.yaml"} for name in "ab"}}
    path = files(
        tmp_path, api_yaml=root(schema), pet_yaml={"$ref": "deep/other.yaml#/Pet"}, deep__other_yaml={"Pet": PET}
    )
    found = bundle.bundle(load(path), Library())
    assert list(found.document.value[FILES_KEY]) == ["pet.yaml", "deep/other.yaml"]
    assert found.parts == {tmp_path / "pet.yaml", tmp_path / "deep/other.yaml"}
    inner = found.document.value["paths"]["/pets"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert lookup(found.document.value, inner["properties"]["a"]["$ref"] + "/properties") == PET["properties"]


def test_a_document_of_one_file_stays_as_it_is(tmp_path: Path) -> None:
    document = load(files(tmp_path, api_yaml=root({"$ref": "#/components/schemas/Pet"})))
    assert bundle.bundle(document, Library()).document is document


def test_files_that_refer_to_each_other_stay_recursive(tmp_path: Path) -> None:
    person = {"type": "object", "properties": {"name": {"type": "string"}, "pet": {"$ref": "pet.yaml"}}}
    pet = {"type": "object", "properties": {"id": {"type": "integer"}, "owner": {"$ref": "./person.yaml"}}}
    path = files(tmp_path, api_yaml=root({"$ref": "pet.yaml"}), pet_yaml=pet, person_yaml=person)
    assert output(path)["properties"]["owner"]["properties"]["name"] == {"type": "string"}


def test_files_that_only_refer_to_each_other_allow_anything(tmp_path: Path) -> None:
    path = files(tmp_path, api_yaml=root({"$ref": "a.yaml"}), a_yaml={"$ref": "b.yaml"}, b_yaml={"$ref": "a.yaml"})
    assert len(read_files([path]).tools) == 1


def test_a_part_may_refer_back_to_the_document_it_is_a_part_of(tmp_path: Path) -> None:
    document = root({"$ref": "parts/list.yaml"}) | {"components": {"schemas": {"Pet": PET}}}
    part = {"type": "array", "items": {"$ref": "../api.yaml#/components/schemas/Pet"}}
    assert output(files(tmp_path, api_yaml=document, parts__list_yaml=part))["items"]["required"] == ["name"]


def test_path_items_parameters_responses_and_bodies_may_stand_in_files(tmp_path: Path) -> None:
    item = {
        "parameters": [{"$ref": "../shared.json#/parameters/Id"}],
        "put": {
            "operationId": "put_pet",
            "requestBody": {"$ref": "../shared.json#/bodies/Pet"},
            "responses": {"default": {"$ref": "../shared.json#/responses/Done"}},
        },
    }
    shared = {
        "parameters": {"Id": {"name": "id", "in": "path", "schema": {"type": "integer"}}},
        "bodies": {"Pet": {"content": {"application/json": {"schema": {"$ref": "pet.yaml"}}}}},
        "responses": {"Done": {"content": {"application/json": {"schema": {"$ref": "./pet.yaml"}}}}},
    }
    path = files(tmp_path, api_yaml=root(pets={"$ref": "paths/pet.yaml"}), paths__pet_yaml=item)
    files(tmp_path, shared_json=shared, pet_yaml=PET)
    tool = the_tool(read_files([path]))
    assert tool.parameters["required"] == ["id", "name"]
    assert tool.output is not None
    assert tool.output["required"] == ["name"]


def test_a_whole_map_may_stand_in_a_file(tmp_path: Path) -> None:
    operation = {"get": {"operationId": "pets", "responses": {"200": {"$ref": "api.yaml#/components/responses/Pet"}}}}
    answer = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Pet"}}}}
    document = {
        "openapi": "3.0.0",
        "paths": {"$ref": "paths.yaml"},
        "components": {"responses": {"Pet": answer}, "schemas": {"$ref": "schemas.yaml"}},
    }
    named = {"Pet": {"type": "object", "properties": {"$ref": "fields.yaml"}, "required": ["name"]}}
    path = files(tmp_path, api_yaml=document, paths_yaml={"/pets": operation}, schemas_yaml=named)
    files(tmp_path, fields_yaml=PET["properties"])
    assert output(path)["required"] == ["name"]


def test_a_missing_file_is_noted_and_its_place_allows_anything(tmp_path: Path) -> None:
    schema = {"type": "object", "properties": {"pet": {"$ref": "parts/gone.yaml"}, "id": {"type": "integer"}}}
    result = read_files([files(tmp_path, api_yaml=root(schema))])
    ((severity, what),) = noted(result)
    assert (severity, the_tool(result).name) == ("warning", "pets")
    assert "'parts/gone.yaml' is no file" in what
    assert result.findings[0].finding.way_out
    assert list((the_tool(result).output or {})["properties"]) == ["pet", "id"]


def test_a_place_that_a_file_does_not_have_is_noted(tmp_path: Path) -> None:
    schema = {"type": "object", "properties": {"pet": {"$ref": "pet.yaml#/nowhere"}, "id": {"type": "integer"}}}
    result = read_files([files(tmp_path, api_yaml=root(schema), pet_yaml=PET)])
    assert "leads to nothing" in noted(result)[0][1]
    schema["properties"]["pet"] = {"$ref": "pet.yaml#Pet"}
    result = read_files([files(tmp_path, api_yaml=root(schema), pet_yaml=PET)])
    assert "anchor" in noted(result)[0][1]


def test_a_missing_path_item_loses_its_operations_and_says_so(tmp_path: Path) -> None:
    kept = {"get": {"operationId": "kept"}}
    result = read_files([files(tmp_path, api_yaml=root(a=kept, b={"$ref": "gone.yaml"}, c={"$ref": "#/paths/~1d"}))])
    assert the_tool(result).name == "kept"
    assert [severity for severity, _ in noted(result)] == ["error", "error"]
    assert all("operations of" in what and "lost" in what for _, what in noted(result))


@pytest.mark.parametrize(
    "way", ["../secret.yaml", "/{outside}/secret.yaml", "link.yaml", "linked/secret.yaml", "file:///etc/passwd"]
)
def test_no_reference_leaves_the_folder_of_the_document(tmp_path: Path, way: str) -> None:
    outside, inside = tmp_path / "outside", tmp_path / "outside" / "inside"
    inside.mkdir(parents=True)
    secret = files(outside, secret_yaml={"type": "object", "properties": {"secret": {"type": "string"}}})
    (inside / "link.yaml").symlink_to(secret)
    (inside / "linked").symlink_to(outside)
    schema = {"type": "object", "properties": {"a": {"$ref": way.format(outside=outside)}, "id": {"type": "integer"}}}
    path = files(inside, api_yaml=root(schema))
    result = read_files([path])
    assert "outside" in noted(result)[0][1]
    assert "secret" not in json.dumps(the_tool(result).source.model_dump())


def test_a_file_outside_is_read_where_it_was_given_too(tmp_path: Path) -> None:
    path = files(tmp_path, api__api_yaml=root({"$ref": "../shared/pet.yaml"}), shared__pet_yaml=PET)
    given = read_files([path, tmp_path / "shared" / "pet.yaml"])
    assert the_tool(given).output == output_of_folder(tmp_path)
    assert noted(given) == []


def output_of_folder(folder: Path) -> Any:
    return the_tool(read_files([folder])).output


def test_a_network_is_never_asked(tmp_path: Path) -> None:
    schema = {
        "type": "object",
        "properties": {"a": {"$ref": "https://example.com/pet.json"}, "b": {"$ref": "//example.com/x.yaml#/y"}},
    }
    result = read_files([files(tmp_path, api_yaml=root(schema))])
    assert [what.endswith("is on a network, taken as any") for _, what in noted(result)] == [True, True]
    assert {found.finding.kind for found in result.findings} == {"reference"}


def test_a_part_that_cannot_be_read_is_noted_with_its_fault(tmp_path: Path) -> None:
    schema = {"type": "object", "properties": {"a": {"$ref": "bad.yaml"}, "id": {"type": "integer"}}}
    result = read_files([files(tmp_path, api_yaml=root(schema), bad_yaml="a: [")])
    assert "line" in noted(result)[0][1]


def test_data_is_no_reference_and_names_are_no_keywords(tmp_path: Path) -> None:
    schema = {
        "type": "object",
        "properties": {
            "$ref": {"type": "string"},
            "default": {"$ref": "pet.yaml"},
            "free": {"type": "string", "default": "x", "enum": ["x"]},
        },
        "example": {"$ref": "nothing.yaml"},
        "x-note": {"$ref": "nothing.yaml"},
    }
    fields = output(files(tmp_path, api_yaml=root(schema), pet_yaml=PET))["properties"]
    assert fields["$ref"]["type"] == "string"
    assert fields["default"]["required"] == ["name"]


def test_a_discriminator_may_name_files(tmp_path: Path) -> None:
    kinds = {name: {"$ref": f"{name}.yaml"} for name in ("cat", "dog")}
    schema = {
        "oneOf": list(kinds.values()),
        "discriminator": {"propertyName": "kind", "mapping": {"a cat": "cat.yaml", "a dog": "./dog.yaml", "x": "Cat"}},
    }
    pets = {f"{name}_yaml": {"type": "object", "properties": {"kind": {"type": "string"}}} for name in kinds}
    path = files(tmp_path, api_yaml=root(schema), **pets)
    assert output(path)["properties"]["kind"]["const"] == "a cat"


def test_the_bare_name_of_a_schema_is_understood(tmp_path: Path) -> None:
    document = root({"$ref": "Pet"}) | {"components": {"schemas": {"Pet": PET}}}
    assert output(files(tmp_path, api_yaml=document))["required"] == ["name"]


def test_more_files_than_are_read_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle, "MAX_FILES", 1)
    path = files(tmp_path, api_yaml=root({"$ref": "a.yaml"}), a_yaml={"$ref": "b.yaml"}, b_yaml=PET)
    with pytest.raises(UserError, match="more than 1 files"):
        read_files([path])


def test_pointers_follow_references_on_their_way_and_never_in_circles() -> None:
    document = {
        "a": {"$ref": "#/b"},
        "b": {"c": [{"d": 1}]},
        "x": {"$ref": "#/y"},
        "y": {"$ref": "#/x"},
        "%": {"~/": 2},
    }
    assert lookup(document, "#/a/c/0/d") == 1
    assert lookup(document, "#/%25/~0~1") == 2
    assert lookup(document, "#") is document
    for nowhere in ("#/x/z", "#/a/c/1", "#/a/c/d", "#anchor", "other.yaml", "#/b/c/0/d/e"):
        with pytest.raises(LookupError):
            lookup(document, nowhere)
