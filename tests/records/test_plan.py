"""A plan is a DAG in topological order, and comes out of storage as it went in."""

from __future__ import annotations

import pytest
from hypothesis import given
from pydantic import ValidationError

from dtc_local.records import Persona, Plan
from dtc_local.records.plan import call_number
from tests.stages.desks import call, plan_of, ref
from tests.stages.test_split import plans


@given(plans())
def test_levels_need_only_earlier_levels_and_hold_each_call_once(plan: Plan) -> None:
    parents, seen = plan.parents(), set[str]()
    for level in plan.levels():
        assert all(set(parents[one.id]) <= seen for one in level)
        seen |= {one.id for one in level}
    assert sorted(seen) == sorted(one.id for one in plan.calls)


@given(plans())
def test_a_stored_plan_comes_back_equal(plan: Plan) -> None:
    assert Plan.model_validate_json(plan.model_dump_json()) == plan


@pytest.mark.parametrize(
    "calls",
    [
        (call("$1", "a"), call("$1", "b")),
        (call("$1", "a", x=ref("$2.x")), call("$2", "b")),
        (call("$1", "a", x=ref("$1.x")),),
        (call("$1", "a", x=ref("$7.x")),),
    ],
)
def test_a_reference_points_to_an_earlier_call(calls: tuple[object, ...]) -> None:
    with pytest.raises(ValidationError):
        plan_of(*calls)  # type: ignore[arg-type]


def test_a_reference_may_point_to_an_earlier_turn() -> None:
    plan = plan_of(call("$5", "a", x=ref("$2.items.0.id"), y=5))
    assert plan.parents() == {"$5": ()}
    assert plan.calls[0].symbolic() == {"x": "$2.items.0.id", "y": 5}
    assert dict(plan.calls[0].literals()) == {"y": 5}


def test_call_ids_have_numbers() -> None:
    assert call_number("$12") == 12
    with pytest.raises(ValueError):
        call_number("12")


def test_records_are_frozen_and_refuse_unknown_fields() -> None:
    ada = Persona(name="Ada", role="shop owner", expertise="new", traits={"openness": 0.5, "neuroticism": -0.1})
    assert ada.words() == "Ada, shop owner, new, curious"
    with pytest.raises(ValidationError):
        ada.name = "Bob"  # type: ignore[misc]
    with pytest.raises(ValidationError):
        Persona.model_validate({"name": "Ada", "role": "r", "expertise": "e", "age": 3})
