"""Provenance: for each argument, where its value comes from. A value from nowhere stops the turn. No model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dtc_local.errors import StageFailure
from dtc_local.records import Json, Plan, PlannedCall, Provenance, Reference, Schema, Tool
from dtc_local.stages.base import Desk
from dtc_local.words import find, leaves


def provenance(desk: Desk, plan: Plan, request: str) -> tuple[Provenance, ...]:
    """One entry an argument; for a list or an object one a leaf, under its dotted path.

    Raises StageFailure("missing_literal") for a literal that neither conversation nor schema holds.
    """
    requests = [turn.request for turn in desk.turns] + [request]
    return tuple(entry for call in plan.calls for entry in _call(desk.scenario.tool(call.tool), call, requests))


def _call(tool: Tool, call: PlannedCall, requests: Sequence[str]) -> Iterator[Provenance]:
    for name, argument in call.arguments.items():
        if isinstance(argument, Reference):
            yield Provenance(call=call.id, argument=name, source="result", path=str(argument))
            continue
        said = list(_named_leaves(name, argument.value))
        for place, leaf in said:
            yield _literal(call, place, leaf, tool.parameters["properties"].get(name, {}), requests)
        if not said:
            yield Provenance(call=call.id, argument=name, source="inferred")


def _named_leaves(name: str, value: Json) -> Iterator[tuple[str, Json]]:
    """What :func:`words.leaves` gives, each leaf under its dotted path: `tags.0` of `tags`."""
    if isinstance(value, dict | list):
        for step, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _named_leaves(f"{name}.{step}", item)
    else:
        yield from ((name, leaf) for leaf in leaves(value))


def _literal(call: PlannedCall, name: str, leaf: Json, schema: Schema | bool, requests: Sequence[str]) -> Provenance:
    for turn in reversed(range(len(requests))):
        span = find(requests[turn], leaf)
        if span is not None:
            return Provenance(call=call.id, argument=name, source="request", turn=turn, span=span)
    if isinstance(schema, dict) and leaf in (schema.get("default"), schema.get("const")):
        return Provenance(call=call.id, argument=name, source="schema")
    raise StageFailure("provenance", "missing_literal", f"Say {leaf!r}.")
