"""What becomes of a tool's amendments when its specification changes.

An amendment is what the store holds of a tool beyond its specification: kinds of entities the user set, an output
schema the user gave or a model inferred, an error schema the user gave, recorded calls, another effect. The rule, for a
specification that changed:

    entities       carry over where the parameter or result field they speak of is still there
    output         a given one carries over; an inferred one is dropped, since it was inferred from other words
    error          carries over
    recorded       carry over where arguments and result still obey the schemas
    effect         carries over
    findings       those that came with an amendment carry over

A specification that did not change leaves every amendment as it is.
"""

from __future__ import annotations

from typing import Any

from dtc_local.records import Finding, Recorded, Schema, Tool
from dtc_local.tools.schemas.leaves import leaves
from dtc_local.validation import is_valid

RESULT = "->"
"""Begins the name of an entity slot that is a result field."""


def carried(imported: Tool, base: Tool, amended: Tool) -> Tool:
    """`imported` with those amendments that still fit it: what `amended` has beyond `base`, its old specification."""
    if amended == base:
        return imported
    changes: dict[str, Any] = {}
    if amended.effect != base.effect:
        changes["effect"] = amended.effect
    if amended.output_origin == "given" and base.output_origin != "given":
        source = imported.source.model_copy(update={"output": amended.source.output})
        changes.update(output=amended.output, output_origin="given", source=source)
    if amended.error != base.error:
        source = changes.get("source", imported.source).model_copy(update={"error": amended.source.error})
        changes.update(error=amended.error, source=source)
    tool = imported.model_copy(update=changes)
    return tool.model_copy(
        update={
            "entities": {**tool.entities, **_entities(tool, base, amended)},
            "recorded": (*tool.recorded, *_recorded(tool, base, amended)),
            "findings": (*tool.findings, *_findings(tool, base, amended)),
        }
    )


def _entities(tool: Tool, base: Tool, amended: Tool) -> dict[str, str]:
    return {
        slot: kind
        for slot, kind in amended.entities.items()
        if base.entities.get(slot) != kind and _has_slot(tool, slot)
    }


def _has_slot(tool: Tool, slot: str) -> bool:
    """Whether the parameter or result field is there; where no result is described, any field may be."""
    if not slot.startswith(RESULT):
        return slot in tool.parameters["properties"]
    return tool.output is None or _names(slot.removeprefix(RESULT)) in _fields(tool.output)


def _fields(output: Schema) -> set[tuple[str, ...]]:
    paths = {_names(".".join(map(str, path))) for path, _, _ in leaves(output)}
    return {path[:length] for path in paths for length in range(len(path) + 1)}


def _names(path: str) -> tuple[str, ...]:
    """A dotted path without its list positions."""
    return tuple(part for part in path.split(".") if not part.isdecimal())


def _recorded(tool: Tool, base: Tool, amended: Tool) -> list[Recorded]:
    known = (*base.recorded, *tool.recorded)
    return [one for one in amended.recorded if one not in known and _fits(one, tool)]


def _fits(one: Recorded, tool: Tool) -> bool:
    output = tool.output if tool.source.output is None else tool.source.output
    return (one.arguments is None or is_valid(one.arguments, tool.source.parameters)) and (
        one.result is None or output is None or is_valid(one.result, output)
    )


def _findings(tool: Tool, base: Tool, amended: Tool) -> list[Finding]:
    return [one for one in amended.findings if one not in base.findings and one not in tool.findings]
