"""no_tool: the conversation has the answer, and the reply says it; or nothing that is said is a matter for a tool."""

from __future__ import annotations

from typing import Any

import pytest

from dtc_local.errors import StageFailure
from dtc_local.prompts import compact
from dtc_local.records import CallOutline, Focus
from dtc_local.words import find
from tests.stages.desks import call, done, outline, plan_of, turn
from tests.stages.playing import both_modes, but, played, scene, staged, table

FOUND = plan_of(call("$1", "find_customer", name="Ada Byron"))


@both_modes
def test_what_is_recalled_is_said_and_nothing_is_called(small: bool) -> None:
    _, (before,), (turn,), _ = staged("no_tool, recall", small)
    assert find(turn.reply, before.executed()[0].result["customer_id"])
    assert find(turn.request, before.executed()[0].result["customer_id"]) is None
    assert (turn.levels, turn.plan.calls, turn.outcome) == ((), (), "recall")


@both_modes
def test_outside_every_tools_scope_nothing_is_called(small: bool) -> None:
    _, _, (turn,), _ = staged("no_tool, outside", small)
    assert (turn.levels, turn.plan.calls, turn.required, turn.outcome) == ((), (), (), "outside")
    assert turn.verification is not None
    assert turn.verification.solve_rate == 1


def test_a_reply_without_the_value_is_refused() -> None:
    here = scene("no_tool, recall", retries=0)
    with pytest.raises(StageFailure, match="label_unproved"):
        played(here, script=but(talk=lambda request: "I have told you before."))
    assert len(here.turns) == 1


@pytest.mark.parametrize("name", ["no_tool, recall", "no_tool, outside"])
def test_a_reader_who_calls_something_does_not_prove_it(name: str) -> None:
    wrong = [{"id": "$2", "name": "cancel_order", "arguments": {"order_id": "Upper Harbour"}}]
    here = scene(name, retries=0)
    played(here, here.scenario.turns[0])
    with pytest.raises(StageFailure):
        played(here, here.scenario.turns[1], script=but(verify=lambda request: compact(wrong)))


@pytest.mark.parametrize("value", [True, None, {"a": 1}, ["x"], "", " odd ", "the"])
def test_what_cannot_be_said_cannot_be_recalled(value: Any) -> None:
    recall = outline("no_tool", focus=Focus(call="$1", path=("field",)), outcome="recall")
    before = turn(FOUND, "Find Ada Byron.", (done("$1", "find_customer", {"field": value}, name="Ada Byron"),))
    with pytest.raises(StageFailure, match="label_unproved"):
        played(table(recall, turns=[before], retries=0))


@pytest.mark.parametrize("other", [{"city": "Lisbon"}, {"orders": [{"city": "Lisbon"}]}])
def test_what_two_results_tell_differently_is_not_recalled(other: Any) -> None:
    recall = outline("no_tool", focus=Focus(call="$1", path=("city",)), outcome="recall")
    before = [
        turn(FOUND, "Find Ada Byron.", (done("$1", "find_customer", {"city": "Oslo"}, name="Ada Byron"),)),
        turn(FOUND, "Find Ada Mill.", (done("$2", "find_customer", other, name="Ada Mill"),)),
    ]
    assert played(table(recall, turns=before[:1], retries=0))
    with pytest.raises(StageFailure, match="label_unproved"):
        played(table(recall, turns=before, retries=0))


def test_what_is_recalled_is_a_field_that_the_result_must_have() -> None:
    recall = outline("no_tool", focus=Focus(call="$1", path=("city",)), outcome="recall")
    single = outline("single", CallOutline(id="$1", tool="find_customer", literals=("name",)))
    here = table(single, recall)
    played(here, single)
    assert "city" in here.turns[0].executed()[0].result
