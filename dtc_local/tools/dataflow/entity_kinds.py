"""Entity kinds as a user sets them: a file of overrides, checked against the tools before any of it is kept.

shop/cancel_order:
  reference: order          # this parameter names an order
  "->customer.login": ""    # this result field names nothing
  note_id: null             # back to what the name tells
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from dtc_local.errors import UserError
from dtc_local.records import Json, Tool
from dtc_local.tools.dataflow.entities import By, entity_fields
from dtc_local.tools.files.documents import load
from dtc_local.tools.readers.base import shown
from dtc_local.tools.results.given import assigned
from dtc_local.tools.schemas.leaves import RESULT, leaves, place_of

_HINT = 'The file maps NAMESPACE/TOOL to {parameter or "->" and a result path: kind, "" for no entity, or null}.'
_KIND = re.compile(r"(?:[a-z][a-z0-9_ -]{0,39})?")


class Row(NamedTuple):
    """One line of the table: a field of a tool, and the kind of entity it names; "" for none."""

    namespace: str
    tool: str
    field: str
    kind: str
    by: By


def table(tools: Sequence[Tool]) -> Iterator[Row]:
    """Every field that names an entity, and every one that the user has set, by tool."""
    for tool in tools:
        found: dict[str, tuple[str, By]] = {
            field.place: (field.identity.kind, field.identity.by) for field in entity_fields(tool)
        }
        found |= {place: (kind, "set") for place, kind in tool.entities.items()}
        for place, (kind, by) in found.items():
            yield Row(tool.namespace, tool.name, place, kind, by)


def read_kinds(path: Path) -> dict[str, dict[str, str | None]]:
    """The overrides of a file by tool name; :class:`UserError` for whatever is none."""
    value = load(path).value
    if not isinstance(value, dict) or not value:
        raise UserError(f"{path}: {shown(value)} is no object of tools.", _HINT)
    return {name: _kinds(kinds, f"{path}: {name}") for name, kinds in value.items()}


def _kinds(value: Json, place: str) -> dict[str, str | None]:
    if not isinstance(value, dict) or not value:
        raise UserError(f"{place}: {shown(value)} is no object of fields.", _HINT)
    for field, kind in value.items():
        if kind is not None and not (isinstance(kind, str) and _KIND.fullmatch(kind)):
            raise UserError(
                f"{place}: {field}: {shown(kind)} is no kind of entity.",
                'A kind is a lower-case word such as order; "" is no entity, null what the name tells.',
            )
    return value


def with_kinds(given: Mapping[str, Mapping[str, str | None]], tools: Sequence[Tool], file: str) -> tuple[Tool, ...]:
    """The tools with these overrides; :class:`UserError` for a tool or a field that is not there, and then for all."""
    pairs = assigned({name: dict(kinds) for name, kinds in given.items()}, tools, file)
    return tuple(_with_kinds(tool, kinds, file) for tool, kinds in pairs)


def _with_kinds(tool: Tool, kinds: Mapping[str, str | None], file: str) -> Tool:
    entities = dict(tool.entities)
    for field, kind in kinds.items():
        for place in _places(tool, field, file):
            entities.pop(place, None)
            if kind is not None:
                entities[place] = kind
    return tool.model_copy(update={"entities": entities})


def _places(tool: Tool, field: str, file: str) -> list[str]:
    """The field as tools spell it, list positions left out or any; for a list of values the list and its elements."""
    if field in tool.parameters["properties"]:
        return [field]
    known = [place_of(path) for path, _, _ in leaves(tool.output)] if tool.output is not None else []
    if field.startswith(RESULT):
        same = [place for place in known if _bare(place) == _bare(field)]
        if same:
            return same
        if tool.output is None and len(field) > len(RESULT):
            return [field]
    fields = [*tool.parameters["properties"], *known]
    some = ", ".join(fields[:6]) + (" ..." if len(fields) > 6 else "")
    raise UserError(
        f"{file}: {tool.namespace}/{tool.name} has no field {field!r}.", f"It has {some or 'no field at all'}."
    )


def _bare(place: str) -> list[str]:
    return [step for step in place.removeprefix(RESULT).split(".") if not step.isdecimal()]
