"""What a reader hands over, and what it says when a document is not what it should be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dtc_local.records import Effect, Finding, Json, Recorded

OUTPUT_KEYS = ("returns", "response", "output_schema", "outputSchema", "output_parameters")
"""Extension keys under which a function object may carry the JSON Schema of its result; the first present wins."""


@dataclass(frozen=True)
class RawTool:
    """One tool in its dialect's own words; `pointer` is the JSON pointer of the tool in its document."""

    dialect: str
    pointer: str
    name: str
    description: str
    parameters: dict[str, Json]
    output: Json = None
    effect: Effect | None = None
    parameters_key: str = "parameters"
    output_key: str = "returns"
    recorded: tuple[Recorded, ...] = ()
    """Example calls and results the spec shows."""
    findings: tuple[Finding, ...] = ()
    """What the reader itself changed on the way to JSON Schema."""


@dataclass(frozen=True)
class Skipped:
    """An entry the dialect allows but that is no callable function of the user's (a built-in tool, say)."""

    pointer: str
    reason: str


class MalformedTool(ValueError):
    """An entry that claims to be a tool and is not; the importer adds file and place."""

    def __init__(self, pointer: str, reason: str, way_out: str = "") -> None:
        super().__init__(reason)
        self.pointer = pointer
        self.reason = reason
        self.way_out = way_out


def entries(document: Json, *keys: str) -> Iterator[tuple[str, Json]]:
    """Pairs of pointer and entry: of a list, of the list under one of `keys`, or of a list of such objects."""
    if isinstance(document, dict):
        for key in keys:
            if isinstance(document.get(key), list):
                for position, entry in enumerate(document[key]):
                    yield f"/{key}/{position}", entry
                return
        yield "", document
    elif isinstance(document, list):
        for position, item in enumerate(document):
            nested = isinstance(item, dict) and any(isinstance(item.get(key), list) for key in keys)
            for pointer, entry in entries(item, *keys) if nested else (("", item),):
                yield f"/{position}{pointer}", entry


def text(entry: dict[str, Json], key: str, pointer: str, *, needed: bool = False) -> str:
    """The string under `key`; None and absence are the empty string unless it is needed."""
    value = entry.get(key)
    if value is None and not needed:
        return ""
    if not isinstance(value, str) or (needed and not value.strip()):
        reason = f"no {key}" if value is None or value == "" else f"{key} {shown(value)} is not a text"
        raise MalformedTool(pointer, f"the tool has {reason}" if value is None else reason, f'Add "{key}": "...".')
    return value


def schema_of(entry: dict[str, Json], key: str, pointer: str) -> dict[str, Json]:
    """The schema object under `key`; absent or null means a tool without parameters."""
    value = entry.get(key)
    if value is None or value is True:
        return {"type": "object", "properties": {}}
    if not isinstance(value, dict):
        raise MalformedTool(
            f"{pointer}/{key}", f"{key} is {shown(value)}, not a JSON Schema object", "Make it an object schema."
        )
    return value


def output_of(entry: dict[str, Json], keys: tuple[str, ...] = OUTPUT_KEYS) -> tuple[str, Json]:
    """The key and the schema of the result, where one of `keys` holds an object."""
    for key in keys:
        if isinstance(entry.get(key), dict) and entry[key]:
            return key, entry[key]
    return keys[0], None


def shown(value: Json, limit: int = 40) -> str:
    """A value for an error sentence: short, on one line."""
    words = " ".join(repr(value).split())
    return words if len(words) <= limit else words[: limit - 3] + "..."
