"""Whether the tools on offer can form any turn that a run asks for, found out before the run begins.

Kinds that need nothing but a tool decide at once; for the others shelves are looked at until one of them can form one.
What a single draw may still miss is no matter of this: such conversations are dropped as no_topology, and counted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from dtc_local.errors import UserError
from dtc_local.mixes import written_mix
from dtc_local.records import Kind
from dtc_local.settings import RunConfig
from dtc_local.tools.dataflow.index import Shelf, ToolIndex

FOLLOWING: tuple[Kind, ...] = ("follow_up", "correction", "no_tool")
"""Kinds that no conversation begins with: where nothing else is wanted, a plain call opens it."""
NEEDS: Mapping[Kind, tuple[str, Callable[[Shelf], bool]]] = {
    "chain": ("a result that fills a parameter of another tool", lambda shelf: bool(shelf.edges)),
    "fan_in": ("a tool with two parameters that results fill", lambda shelf: bool(shelf.fan_in)),
    "fan_out": ("a result that fills parameters of two other tools", lambda shelf: bool(shelf.fan_out)),
    "follow_up": ("a result that fills a parameter of another tool", lambda shelf: bool(shelf.edges)),
    "clarify": ("a tool with a required parameter", lambda shelf: any(tool.required for tool in shelf.usable)),
    "missing_tool": ("two tools in one namespace", lambda shelf: len(shelf.usable) > 1),
    "correction": ("a tool that only reads", lambda shelf: any(tool.effect == "read" for tool in shelf.usable)),
    "confirm": ("a tool that destroys", lambda shelf: any(tool.effect == "destructive" for tool in shelf.usable)),
}
"""For kinds that not every tool can form: what some shelf must have, in words and as a test."""


def require_feasible(tools: ToolIndex, config: RunConfig) -> None:
    """Raises UserError, which says what is lacking, if no tool can be called or no kind of the mix can be formed."""
    if not tools.sources:
        number = sum(len(label.positions) for label in tools.labels)
        raise UserError(
            f"None of the {number} tools on offer can be called by a conversation.", "dtc-local tools lint says why."
        )
    wanted = [kind for kind, weight in config.mix.items() if weight]
    opened = config.turns_min == 1 and all(kind in FOLLOWING for kind in wanted)
    if opened or any(kind not in NEEDS for kind in wanted):
        return
    for number in tools.sources:
        shelf = tools.shelf(number)
        if any(NEEDS[kind][1](shelf) for kind in wanted):
            return
    lacking = " or ".join(dict.fromkeys(NEEDS[kind][0] for kind in wanted))
    raise UserError(
        f"The tools on offer cannot form any turn of --mix {written_mix(config.mix)}: no namespace has {lacking}.",
        "Import others, give them output schemas (dtc-local tools outputs --infer), or give weight to other kinds.",
    )
