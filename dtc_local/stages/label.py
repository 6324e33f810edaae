"""Labels: a turn is of a kind only if a rule on its call graph says so. No model."""

from __future__ import annotations

from dtc_local.records import Kind, Plan


def has_kind(plan: Plan, kind: Kind) -> bool:
    """Whether the plan proves the label (METHOD.md section 5)."""
    parents = plan.parents()
    degrees = [len(ids) for ids in parents.values()]
    own = set(parents)
    follows = any(reference.call not in own for call in plan.calls for _, reference in call.references())
    if kind == "follow_up":
        return follows
    if follows:
        return False
    sources = degrees.count(0)
    if kind == "single":
        return len(degrees) == 1
    if kind == "parallel":
        return len(degrees) >= 2 and sources == len(degrees)
    if kind == "chain":
        return len(degrees) >= 2 and degrees == [0] + [1] * (len(degrees) - 1) and _is_path(plan)
    if kind == "fan_in":
        return len(degrees) >= 3 and degrees[-1] >= 2 and sources == len(degrees) - 1 == degrees[-1]
    return len(degrees) >= 3 and sources == 1 and len({ids for ids in parents.values() if ids}) == 1


def _is_path(plan: Plan) -> bool:
    parents = plan.parents()
    return all(parents[call.id] == (before.id,) for before, call in zip(plan.calls, plan.calls[1:], strict=False))
