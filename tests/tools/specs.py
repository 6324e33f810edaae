"""Small specifications for tests, written to a file in a dialect, and where the material of others lies."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dtc_local.records import Tool
from dtc_local.tools import read_files

MATERIAL = Path(__file__).parents[3] / "shared" / "material"


def material(*patterns: str) -> list[Path]:
    """Files under the shared material; the test is skipped, aloud, where it is absent."""
    found = sorted(path for pattern in patterns for path in MATERIAL.glob(pattern))
    if not found:
        pytest.skip(f"no material at {MATERIAL}: real specifications are not checked here")
    return found


def function(name: str = "act", parameters: Any = None, returns: Any = None, description: str = "") -> dict[str, Any]:
    """A bare OpenAI function."""
    made = {"name": name, "description": description, "parameters": parameters or {"type": "object", "properties": {}}}
    return made | ({"returns": returns} if returns is not None else {})


def with_property(schema: Any, *, required: bool = False) -> dict[str, Any]:
    """Parameters with the one property "value"."""
    return {"type": "object", "properties": {"value": schema}, "required": ["value"] if required else []}


def imported(folder: Path, *specs: Any, name: str = "tools.json") -> tuple[Tool, ...]:
    """The tools of a file holding these entries as a JSON list."""
    path = folder / name
    path.write_text(json.dumps(list(specs)), encoding="utf-8")
    return read_files([path]).tools


def normal_value(folder: Path, schema: Any, *, required: bool = False) -> dict[str, Any]:
    """The normal form of one parameter's schema."""
    (tool,) = imported(folder, function(parameters=with_property(schema, required=required)))
    normal: dict[str, Any] = tool.parameters["properties"]["value"]
    return normal
