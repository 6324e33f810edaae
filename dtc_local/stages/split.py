"""Split: which calls of a plan the request leaves unsaid.

The implicit set is drawn on the whole DAG, closed under ancestors, and never holds a sink: a call may be hidden once
all its parents are, and only if another call needs its result. Ratio 0 hides nothing (the `no_implicit` ablation), 1
all that may be hidden. No model.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dtc_local.records import Plan

if TYPE_CHECKING:
    from numpy.random import Generator


def split(plan: Plan, ratio: float, rng: Generator) -> tuple[str, ...]:
    """Ids of the implicit calls, in plan order; each call that may be hidden is hidden with probability `ratio`."""
    parents = plan.parents()
    needed = {parent for ids in parents.values() for parent in ids}
    hidden: set[str] = set()
    for call in plan.calls:
        if call.id in needed and hidden.issuperset(parents[call.id]) and rng.random() < ratio:
            hidden.add(call.id)
    return tuple(call.id for call in plan.calls if call.id in hidden)
