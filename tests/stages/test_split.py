"""The implicit set is closed under ancestors, holds no sink, and follows its ratio. Labels are proved by the graph."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dtc_local.records import SHAPES, Plan
from dtc_local.stages.label import has_kind
from dtc_local.stages.split import split
from tests.stages.desks import call, plan_of, ref


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Any call graph of up to six calls."""
    calls = []
    for number in range(1, draw(st.integers(1, 6)) + 1):
        parents = draw(st.sets(st.integers(1, number - 1), max_size=3)) if number > 1 else set()
        calls.append(call(f"${number}", "tool", **{f"p{parent}": ref(f"${parent}.x") for parent in sorted(parents)}))
    return plan_of(*calls)


@given(plans(), st.floats(0, 1), st.integers(0, 2**32))
def test_hidden_calls_have_hidden_ancestors_and_are_needed(plan: Plan, ratio: float, seed: int) -> None:
    hidden = split(plan, ratio, np.random.default_rng(seed))
    parents = plan.parents()
    needed = {parent for ids in parents.values() for parent in ids}
    assert set(hidden) <= needed
    assert all(set(parents[one]) <= set(hidden) for one in hidden)
    assert list(hidden) == [one.id for one in plan.calls if one.id in hidden]


@given(plans(), st.integers(0, 2**32))
def test_ratio_0_hides_none_and_ratio_1_all_that_may_be_hidden(plan: Plan, seed: int) -> None:
    needed = {parent for ids in plan.parents().values() for parent in ids}
    assert split(plan, 0, np.random.default_rng(seed)) == ()
    assert set(split(plan, 1, np.random.default_rng(seed))) == needed


def test_both_parents_of_a_fan_in_can_be_hidden_together_or_alone() -> None:
    plan = plan_of(call("$1", "a"), call("$2", "b"), call("$3", "c", x=ref("$1.x"), y=ref("$2.x")))
    seen = {split(plan, 0.5, np.random.default_rng(seed)) for seed in range(60)}
    assert seen == {(), ("$1",), ("$2",), ("$1", "$2")}


A, B, C = call("$5", "a"), call("$6", "b"), call("$7", "c")
GRAPHS = {
    "single": plan_of(A),
    "parallel": plan_of(A, B),
    "chain": plan_of(A, call("$6", "b", x=ref("$5.x")), call("$7", "c", x=ref("$6.x"))),
    "fan_in": plan_of(A, B, call("$7", "c", x=ref("$5.x"), y=ref("$6.x"))),
    "fan_out": plan_of(A, call("$6", "b", x=ref("$5.x")), call("$7", "c", x=ref("$5.x"))),
    "follow_up": plan_of(call("$5", "a", x=ref("$1.x"))),
}


@pytest.mark.parametrize("kind", SHAPES)
def test_a_graph_has_its_own_label_only(kind: str) -> None:
    assert [other for other in SHAPES if has_kind(GRAPHS[kind], other)] == [kind]
