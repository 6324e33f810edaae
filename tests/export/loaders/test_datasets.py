"""`datasets` gives every row back without a parameter that it never had: no null, no name of another tool."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.export.loaders.files import calls_and_tools, export, gold, loader

pytestmark = pytest.mark.filterwarnings("ignore")  # the loaders' own


def rows(path: Path) -> list[dict[str, Any]]:
    """The rows of a file of lines."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("name", ["openai", "trl", "unsloth", "axolotl", "parquet"])
def test_calls_and_tools_come_back_from_a_file_as_they_were(name: str, tmp_path: Path) -> None:
    datasets = loader("datasets")
    kind = "parquet" if name == "parquet" else "json"
    path = export(name, tmp_path)
    data = datasets.load_dataset(kind, data_files=str(path), split="train", cache_dir=str(tmp_path / "cache"))
    assert [calls_and_tools(row["messages"], row["tools"]) for row in data] == gold()


@pytest.mark.parametrize("name", ["unsloth", "axolotl", "trl"])
def test_rows_with_strings_come_back_from_a_list_as_they_were(name: str, tmp_path: Path) -> None:
    data = loader("datasets").Dataset.from_list(rows(export(name, tmp_path, arguments="string")))
    assert [calls_and_tools(row["messages"], row["tools"]) for row in data] == gold()


def test_rows_with_objects_come_back_from_a_list_that_is_told_of_json(tmp_path: Path) -> None:
    data = loader("datasets").Dataset.from_list(rows(export("trl", tmp_path)), on_mixed_types="use_json")
    assert [calls_and_tools(row["messages"], row["tools"]) for row in data] == gold()


@pytest.mark.parametrize("name", ["sharegpt", "hermes", "llama-factory-openai"])
def test_rows_of_texts_come_back_letter_for_letter(name: str, tmp_path: Path) -> None:
    datasets = loader("datasets")
    path = export(name, tmp_path)
    data = datasets.load_dataset("json", data_files=str(path), split="train", cache_dir=str(tmp_path / "cache"))
    assert list(data) == rows(path)


def test_objects_would_have_been_mixed_up(tmp_path: Path) -> None:
    """What the strings are for: a plain list of rows with arguments as objects does not come back."""
    datasets = loader("datasets")
    arrow = loader("pyarrow")
    try:
        data = list(datasets.Dataset.from_list(rows(export("trl", tmp_path))))
    except arrow.lib.ArrowInvalid:
        return  # one name, two types
    assert [calls_and_tools(row["messages"], row["tools"]) for row in data] != gold()
