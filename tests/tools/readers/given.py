"""What a reader makes of a document, and a few schemas in the plainest words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dtc_local.errors import UserError
from dtc_local.records import Json
from dtc_local.tools import ImportResult, read_files
from dtc_local.tools.readers import Noted, RawTool, Skipped, read, reader_for

SHIP = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}


def found(document: Json) -> list[RawTool | Skipped | Noted]:
    """Everything the reader of a document finds in it."""
    reader = reader_for(document)
    assert reader is not None, "no reader knows the document"
    return list(read(document, reader))


def tools(document: Json) -> list[RawTool]:
    """The tools of a document."""
    return [raw for raw in found(document) if isinstance(raw, RawTool)]


def skipped(document: Json) -> list[str]:
    """Places and reasons of what is skipped."""
    return [f"{raw.pointer}: {raw.reason}" for raw in found(document) if isinstance(raw, Skipped)]


def named(document: Json) -> list[tuple[str, str]]:
    """Dialect and name of every tool of a document."""
    return [(raw.dialect, raw.name) for raw in tools(document)]


def imported(folder: Path, document: Json, name: str = "spec.json", **options: Any) -> ImportResult:
    """A document imported from a file."""
    path = folder / name
    path.write_text(json.dumps(document), encoding="utf-8")
    return read_files([path], **options)


def refused(folder: Path, document: Json) -> str:
    """The sentence with which a file is refused."""
    with pytest.raises(UserError) as caught:
        imported(folder, document)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def objects_in(document: Json, *keys: str) -> int:
    """How many objects of a document, at any depth, have all of `keys`: a count that knows nothing of readers."""
    if isinstance(document, list):
        return sum(objects_in(item, *keys) for item in document)
    if not isinstance(document, dict):
        return 0
    return all(key in document for key in keys) + sum(objects_in(value, *keys) for value in document.values())
