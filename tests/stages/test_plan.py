"""A plan refers only to what exists, obeys the tools' own schemas, and repeats nothing."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dtc_local.errors import StageFailure
from dtc_local.ledger import Ledger
from dtc_local.prompts import plan_json
from dtc_local.records import CallOutline
from dtc_local.stages.plan import find_fault, plan, plan_schema, read_plan
from tests.perfect_model import instance
from tests.shop import CREATE_TICKET, SHOP, STRING, schema_of, tool
from tests.stages.desks import answered, asked, call, completion, desk, done, outline, plan_of, ref, turn
from tests.stages.grammars import accepts, compiled

FIND = CallOutline(id="$1", tool="find_customer", literals=("name",))
FORECAST = CallOutline(id="$2", tool="weather", references={"city": (ref("$1.city"),)})
CHAIN = outline("chain", FIND, FORECAST)
FACTS = {"$1": {"name": ("Ada Byron", "Grace Hopper", "the hobbit")}}


def written(name: str = "Ada Byron", city: str = "$1.city") -> list[dict[str, Any]]:
    """The chain as a model writes it."""
    return [
        {"id": "$1", "name": "find_customer", "arguments": {"name": name}},
        {"id": "$2", "name": "weather", "arguments": {"city": city}},
    ]


@given(st.randoms(use_true_random=False), st.booleans())
def test_whatever_the_schema_allows_is_read_back_as_written(random: Any, facts_only: bool) -> None:
    here = desk(CHAIN, facts=FACTS, facts_only=facts_only)
    value = instance(plan_schema(here, CHAIN), random)
    made = read_plan(CHAIN, value)
    assert plan_json(made) == value
    assert dict(made.calls[1].references()) == {"city": ref("$1.city")}


@pytest.mark.parametrize(
    ("name", "second", "allowed"),
    [
        ("Ada Byron", '"id":"$2","name":"weather","arguments":{"city":"$1.city"}', True),
        ("Bob", '"id":"$2","name":"weather","arguments":{"city":"$1.city"}', False),
        ("Ada Byron", '"id":"$2","name":"weather","arguments":{"city":"$1.name"}', False),
        ("Ada Byron", '"id":"$2","name":"weather","arguments":{"city":"Rome"}', False),
        ("Ada Byron", '"id":"$3","name":"weather","arguments":{"city":"$1.city"}', False),
        ("Ada Byron", '"id":"$2","name":"get_order","arguments":{"city":"$1.city"}', False),
    ],
)
def test_only_the_outline_with_its_facts_can_be_written(name: str, second: str, allowed: bool) -> None:
    first = f'{{"id":"$1","name":"find_customer","arguments":{{"name":"{name}"}}}}'
    assert accepts(plan_schema(desk(CHAIN, facts=FACTS, facts_only=True), CHAIN), f"[{first},{{{second}}}]") is allowed


def test_a_larger_model_may_write_any_clean_value() -> None:
    free = compiled(plan_schema(desk(CHAIN, facts=FACTS, facts_only=False), outline("single", FIND)))
    head, tail = '[{"id":"$1","name":"find_customer","arguments":{"name":"', '"}}]'
    assert accepts(free, f"{head}Bob{tail}")
    assert not accepts(free, f"{head} Bob{tail}")
    assert not accepts(free, f'{head}Bob \\"B\\"{tail}')


def test_a_value_that_cannot_be_said_is_not_offered() -> None:
    (request,) = asked(plan(desk(CHAIN, facts=FACTS), CHAIN))
    assert "the hobbit" not in str(request.constraint) + str(request.messages)


def test_another_attempt_begins_with_another_fact() -> None:
    here = desk(CHAIN, facts=FACTS)
    here.attempt = 1
    (request,) = asked(plan(here, CHAIN, "Other values."))
    assert "Grace Hopper | Ada Byron" in request.messages[-1].parts[-1]
    assert "Note: Other values." in request.messages[-1].parts[-1]


def test_the_best_valid_plan_is_chosen_and_all_are_noted() -> None:
    here = desk(
        CHAIN, facts=FACTS, turns=[turn(plan_of(call("$0", "find_customer", name="Ada Byron")), "Find Ada Byron.")]
    )
    candidates = [
        completion(written("Ada Byron"), -0.1),
        completion(written("Grace Hopper"), -0.3),
        completion("[", -0.2, "length"),
    ]
    assert answered(plan(here, CHAIN), candidates) == read_plan(CHAIN, written("Grace Hopper"))
    assert [one.reason for one in here.candidates] == ["length", "repeated_call", ""]


@pytest.mark.parametrize(("finish", "reason"), [("accepted", "repeated_call"), ("length", "length")])
def test_without_a_good_plan_the_fault_of_the_best_is_the_reason(finish: Any, reason: str) -> None:
    here = desk(
        CHAIN, facts=FACTS, turns=[turn(plan_of(call("$0", "find_customer", name="Ada Byron")), "Find Ada Byron.")]
    )
    with pytest.raises(StageFailure) as failure:
        answered(plan(here, CHAIN), [completion(written(), finish=finish)])
    assert failure.value.reason == reason


ORIGINAL = schema_of({"a": {"$ref": "#/$defs/short"}, "b": {"type": "integer", "not": {"const": 13}}})
ODD = tool("odd", {"a": STRING, "b": {"type": "integer"}}, original=ORIGINAL | {"$defs": {"short": {"maxLength": 5}}})


@pytest.mark.parametrize(
    ("calls", "reason"),
    [
        ([call("$1", "weather", city="Rome"), call("$2", "weather", city="Rome")], "repeated_call"),
        ([call("$1", "odd", a="short", b=13)], "invalid_value"),
        ([call("$1", "odd", a="too long", b=1)], "invalid_value"),
        ([call("$1", "odd", a="short")], "invalid_value"),
        ([call("$1", "weather", city="the hobbit")], "weak_plan"),
        ([call("$1", "weather", city="so " * 20 + "long")], "weak_plan"),
        ([call("$1", "get_ticket", ticket_id=9)], "contradiction"),
        ([call("$1", "create_ticket"), call("$2", "create_ticket", priority=None)], "invalid_value"),
        ([call("$1", "odd", a="short", b=1), call("$2", "weather", city="Rome", unit="kelvin")], None),
        ([call("$1", "find_customer", name="Ada"), call("$2", "odd", a=ref("$1.city"), b=1)], None),
    ],
)
def test_faults_have_their_reasons(calls: Any, reason: str | None) -> None:
    here = desk(offer=[*SHOP, ODD])
    deleted = done("$0", "delete_ticket", {"ticket_id": 9}, ticket_id=9)
    here.ledger = Ledger().after(deleted, here.scenario.tool("delete_ticket"))
    fault = find_fault(here, plan_of(*calls))
    assert (fault and fault[0]) == reason


def test_two_calls_that_say_nothing_are_too_weak_to_ask_for() -> None:
    switch = tool("switch", {"on": {"type": "boolean"}})
    here = desk(offer=[switch, CREATE_TICKET])
    silent = call("$1", "switch", on=True), call("$2", "switch", on=False)
    assert find_fault(here, plan_of(silent[0])) is None
    fault = find_fault(here, plan_of(*silent))
    assert fault is not None
    assert fault[0] == "weak_plan"
