"""References `$k.path`: which exist in a tool's output, how they are read, and what value they have in a result."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from dtc_local.errors import StageFailure
from dtc_local.records import Json, Reference, Schema, Tool
from dtc_local.tools.schemas.schema import ASSUMED_OUTPUT

_REFERENCE = re.compile(r"^\$[1-9]\d*(?:\.[^.\s]+)+$")
PATH_DEPTH = 6

Path = tuple[str | int, ...]


def output_of(tool: Tool) -> Schema:
    """The tool's output schema, or the assumed one where its specification declares none."""
    return tool.output if tool.output is not None else ASSUMED_OUTPUT


def output_paths(tool: Tool) -> Iterator[tuple[Path, str]]:
    """Paths of scalar and array values in a declared output, with their JSON type; array items by index 0."""
    if tool.output is not None:
        yield from _paths(tool.output, ())


def _paths(schema: Schema | bool, path: Path) -> Iterator[tuple[Path, str]]:
    if not isinstance(schema, dict):
        return
    kind = schema.get("type")
    if path and isinstance(kind, str) and kind != "object":
        yield path, kind
    if len(path) < PATH_DEPTH:
        for name, field in schema.get("properties", {}).items():
            yield from _paths(field, (*path, name))
        if kind == "array":
            yield from _paths(schema.get("items", {}), (*path, 0))


def parse_reference(text: str) -> tuple[str, Path] | None:
    """Call id and path of `$3.items.0.id`, or None for any other string, "$50" included."""
    if not _REFERENCE.match(text):
        return None
    call_id, *steps = text.split(".")
    return call_id, tuple(int(step) if step.isdigit() else step for step in steps)


def value_at(results: Mapping[str, Json], reference: Reference) -> Json:
    """The value a reference has in the results by call id.

    Raises StageFailure("unresolved_reference") where the path leads nowhere.
    """
    value = walk(results.get(reference.call), reference.path)
    if value is None:
        raise StageFailure("execute", "unresolved_reference", f"{reference} must exist.")
    return value


def walk(value: Json, path: Path) -> Json:
    """The value at a path, or None where the path leads nowhere."""
    for step in path:
        exists = step in value if isinstance(value, dict) else isinstance(value, list) and step in range(len(value))
        if not exists:
            return None
        value = value[step]
    return value
