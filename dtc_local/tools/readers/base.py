"""What a reader hands over, how it finds the entries of a document, and what it says when one is not as it should be.

Tools come bare, in lists, in pages and in rows of a data set: `entries` opens all of these, so that a reader only
has to know what one tool of its dialect looks like.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from dtc_local.records import Effect, Finding, Json, Recorded

OUTPUT_KEYS = ("returns", "response", "output_schema", "outputSchema", "output_parameters")
"""Extension keys under which a function object may carry the JSON Schema of its result; the first present wins."""
LISTS = ("tools", "functions", "function")
"""Keys under which an object carries a list of tools: a request, a page, a row of questions with their functions."""
ENVELOPES = ("result", "params")
"""Keys of a JSON-RPC message around an object that carries a list of tools."""
WRAPPERS = ("tool", "payload", "declaration")
"""Keys under which a row of a data set carries one tool, or one list of tools, beside notes of its own."""


@dataclass(frozen=True)
class RawTool:
    """One tool in its dialect's own words; `pointer` is the JSON pointer of the tool in its document."""

    dialect: str
    pointer: str
    name: str
    """Empty where the document gives none: then the tool is called as its file is."""
    description: str
    parameters: dict[str, Json]
    output: Json = None
    effect: Effect | None = None
    parameters_key: str = "parameters"
    output_key: str = "returns"
    error: Json = None
    """Schema of what the tool returns when it fails."""
    error_key: str = "error"
    recorded: tuple[Recorded, ...] = ()
    """Example calls and results the spec shows."""
    findings: tuple[Finding, ...] = ()
    """What the reader itself changed on the way to JSON Schema."""
    namespace: str | None = None
    """The namespace that the document itself puts the tool in, where it has one."""


@dataclass(frozen=True)
class Skipped:
    """An entry the dialect allows but that is no callable function of the user's (a built-in tool, say)."""

    pointer: str
    reason: str


@dataclass(frozen=True)
class Noted:
    """Something about the document as a whole, or about a part of it that gives no tool."""

    finding: Finding


class MalformedTool(ValueError):
    """An entry that claims to be a tool and is not; the importer adds file and place."""

    def __init__(self, pointer: str, reason: str, way_out: str = "") -> None:
        super().__init__(reason)
        self.pointer = pointer
        self.reason = reason
        self.way_out = way_out


def entries(document: Json, pointer: str = "") -> Iterator[tuple[str, Json]]:
    """Pairs of JSON pointer and entry: everything that could be one tool once lists, pages and rows are opened."""
    if isinstance(document, list):
        for position, item in enumerate(document):
            yield from entries(item, f"{pointer}/{position}")
        return
    key = _opening(document) if isinstance(document, dict) else None
    if key is None:
        yield pointer, document
    else:
        yield from entries(document[key], f"{pointer}/{key}")


def tool_of(
    entry: Json,
    pointer: str,
    dialect: str,
    *,
    parameters_key: str = "parameters",
    outputs: tuple[str, ...] = OUTPUT_KEYS,
    **more: Any,
) -> RawTool:
    """The tool of a function object whose schemas are JSON Schema already; `more` are further fields of it.

    Raises :class:`MalformedTool` for an entry that is no object, has no name, or has a text where a schema belongs.
    """
    if not isinstance(entry, dict):
        raise MalformedTool(pointer, f"the entry is {shown(entry)}, not an object")
    output_key, output = output_of(entry, outputs)
    found: dict[str, Any] = {
        "name": text(entry, "name", pointer, needed=True),
        "description": text(entry, "description", pointer),
        "parameters": schema_of(entry, parameters_key, pointer),
        "output": output,
        "namespace": namespace_in(entry),
    }
    return RawTool(
        dialect=dialect, pointer=pointer, parameters_key=parameters_key, output_key=output_key, **{**found, **more}
    )


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


def namespace_in(entry: dict[str, Json]) -> str | None:
    """The namespace an entry names for itself, if it does."""
    value = entry.get("namespace")
    return value if isinstance(value, str) and value.strip() else None


def shown(value: Json, limit: int = 40) -> str:
    """A value for an error sentence: short, on one line."""
    words = " ".join(repr(value).split())
    return words if len(words) <= limit else words[: limit - 3] + "..."


def _opening(row: dict[str, Json]) -> str | None:
    """The key under which an object that is no tool itself carries tools."""
    for key in LISTS:
        if isinstance(row.get(key), list):
            return key
    for key in ENVELOPES:
        if isinstance(row.get(key), dict) and isinstance(row[key].get("tools"), list):
            return key
    return None if "name" in row else next((key for key in WRAPPERS if isinstance(row.get(key), dict | list)), None)
