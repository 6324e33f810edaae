"""Which kinds of turns a set of tools can form, and what is wanting where it cannot.

Only what a kind cannot do without is looked at; a kind that passes may still be rare, since a turn must also be sound.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from dtc_local.errors import UserError
from dtc_local.records import KINDS, Kind
from dtc_local.tools.dataflow.index import Shelf, ToolIndex, optional_names

FOLLOWING: tuple[Kind, ...] = ("follow_up", "correction", "no_tool")
"""Kinds that cannot open a conversation; where nothing else is wanted, one of OPENERS does."""
OPENERS: tuple[Kind, ...] = ("single", "chain")
SHELVES = 32
"""So many shelves are looked at before it is left open whether any can form a kind."""


def formable(shelf: Shelf, kind: Kind, *, consent: bool) -> bool:
    """Whether the tools of a shelf have what a kind needs. Where consent is asked for, what destroys is for confirm."""
    tools = [tool for tool in shelf.usable if not (consent and tool.effect == "destructive")]
    names = {tool.name for tool in tools}
    if kind == "confirm":
        return any(tool.effect == "destructive" for tool in shelf.usable)
    if kind in ("chain", "follow_up"):
        return any(edge.producer in names and edge.consumer in names for edge in shelf.edges)
    if kind in ("fan_in", "fan_out"):
        return not names.isdisjoint(shelf.fan_in if kind == "fan_in" else shelf.fan_out)
    if kind == "clarify":
        return any(tool.required for tool in tools)
    if kind == "correction":
        return any(tool.effect == "read" and (tool.required or optional_names(tool)) for tool in tools)
    if kind == "parallel":
        return len(tools) > 1 or any(tool.required or optional_names(tool) for tool in tools)
    return len(tools) > (kind == "missing_tool")


WANTING: Mapping[Kind, str] = {
    "confirm": "no usable tool deletes or cancels anything",
    "chain": "no usable tool takes what another one returns",
    "follow_up": "no usable tool takes what another one returns",
    "fan_in": "no usable tool takes what two others return",
    "fan_out": "no usable tool returns what two others take",
    "clarify": "no usable tool has a required parameter",
    "correction": "no usable tool that only reads has a parameter",
}
"""What is wanting where a kind cannot be formed."""
TOO_FEW = "there are too few usable tools"


def unformable(tools: ToolIndex, kinds: Iterable[Kind], *, consent: bool) -> dict[Kind, str]:
    """The kinds that no shelf can form, with what is wanting; none where there are too many shelves to look at."""
    left = list(kinds)
    if len(tools.sources) > SHELVES:
        return {}
    for number in tools.sources:
        shelf = tools.shelf(number)
        left = [kind for kind in left if not formable(shelf, kind, consent=consent)]
        if not left:
            break
    return {kind: WANTING.get(kind, TOO_FEW) for kind in left}


def require_formable(tools: ToolIndex, mix: Mapping[Kind, float], longest: int) -> None:
    """Raises UserError if no turn of the mix can come about: no tool can be used, no conversation is long enough, or
    the tools lack what every kind needs. Kinds that are impossible beside others are only reported."""
    kinds = [kind for kind in KINDS if mix.get(kind, 0) > 0]
    asked = ",".join(f"{kind}={mix[kind]:g}" for kind in kinds)
    if not tools.sources:
        raise UserError(
            "None of the tools can be used in a conversation.", "dtc-local tools lint says what is wrong with them."
        )
    if longest == 1 and set(kinds) <= set(FOLLOWING):
        raise UserError(
            f"The mix {asked} cannot be made with one turn each: turns of these kinds follow others.",
            "Allow more turns with --turns, or add other kinds to --mix.",
        )
    wanting = unformable(tools, kinds, consent=mix.get("confirm", 0) > 0)
    if len(wanting) == len(kinds):
        said = ", ".join(dict.fromkeys(wanting.values()))
        raise UserError(
            f"The tools cannot form the mix {asked}: {said}.", "Import other tools, or ask for other kinds."
        )
