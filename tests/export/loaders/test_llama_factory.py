"""LLaMA-Factory's own converter takes every row of both layouts, and its formats write the exported calls."""

from __future__ import annotations

import importlib.machinery
import json
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from tests.export.loaders.files import export, gold, loader

pytestmark = pytest.mark.filterwarnings("ignore")  # the loaders' own


@pytest.fixture(autouse=True)
def without_sound(monkeypatch: pytest.MonkeyPatch) -> None:
    """LLaMA-Factory loads torchaudio on import, for rows with sound; these have none."""
    try:
        import torchaudio  # noqa: F401
    except Exception:
        silent = ModuleType("torchaudio")
        silent.__spec__ = importlib.machinery.ModuleSpec("torchaudio", None)
        monkeypatch.setitem(sys.modules, "torchaudio", silent)


def converted(name: str, folder: Path) -> list[dict[str, Any]]:
    """The rows as LLaMA-Factory aligns them, found through the exported `dataset_info.json`."""
    datasets = loader("datasets")
    converter = loader("llamafactory.data.converter")
    parser = loader("llamafactory.data.parser")
    path = export(name, folder)
    (attributes,) = parser.get_dataset_list(["data"], str(folder))
    data = datasets.load_dataset("json", data_files=str(path), split="train", cache_dir=str(folder / "cache"))
    options = SimpleNamespace(streaming=False, preprocessing_num_workers=None, overwrite_cache=True, media_dir="")
    return list(converter.align_dataset(data, attributes, options, SimpleNamespace(local_process_index=0)))


@pytest.mark.parametrize("name", ["llama-factory", "llama-factory-openai"])
def test_no_row_is_skipped_and_calls_and_tools_are_those_that_were_exported(name: str, tmp_path: Path) -> None:
    rows = converted(name, tmp_path)
    for row, (calls, tools) in zip(rows, gold(), strict=True):
        assert row["_prompt"], "LLaMA-Factory skipped the row"
        assert len(row["_prompt"]) % 2 == 1
        found: list[Any] = []
        for message in row["_prompt"]:
            if message["role"] == "function":
                value = json.loads(message["content"])
                found += value if isinstance(value, list) else [value]
        assert found == calls
        assert [{key: tool[key] for key in ("name", "parameters")} for tool in json.loads(row["_tools"])] == tools
        assert "Today is 2026-03-02" in row["_system"]


def test_its_qwen_format_writes_calls_and_tools_as_qwen_reads_them(tmp_path: Path) -> None:
    formatter = loader("llamafactory.data.formatter")
    (first, *_) = converted("llama-factory", tmp_path)
    slots = formatter.FunctionFormatter(slots=["{{content}}"], tool_format="qwen")
    both = next(one["content"] for one in reversed(first["_prompt"]) if one["role"] == "function")
    text = "".join(slots.apply(content=both))
    assert text.count("<tool_call>") == 2
    assert '"arguments": {"customer": "Grace Hopper"}' in text
    tools = formatter.ToolFormatter(tool_format="qwen").apply(content=first["_tools"])
    assert '"name": "find_order"' in "".join(tools)
