"""The blind reader sees the conversation and all tools, nothing of the plan; call graphs are compared, not texts."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dtc_local.engine.candidates import CANCELLED
from dtc_local.errors import StageFailure
from dtc_local.prompts import compact, plan_json
from dtc_local.records import Plan, Schema
from dtc_local.stages.verify import canonical, resolved, verify, verify_schema, visible_values
from tests.perfect_model import instance
from tests.shop import SHOP, STATUS, schema_of, tool
from tests.stages.desks import answered, asked, call, completion, desk, done, plan_of, ref, turn
from tests.stages.grammars import accepts, compiled

REQUEST = "Find Ada Byron, then book a table for 4 on 2026-05-01 in Lisbon."
EARLIER = turn(
    plan_of(call("$1", "list_orders", customer_id=77)),
    "List the orders of 77.",
    (done("$1", "list_orders", {"orders": [{"order_id": "O-9", "total": 12.5}]}, customer_id=77),),
    reply="One order, O-9.",
)


def form(*calls: Any, here: Any = None) -> tuple[str, ...]:
    """The canonical form of a plan."""
    return canonical(plan_json(plan_of(*calls)), here or desk())


def schema(request: str = REQUEST, first: str = "$1", **settings: Any) -> Schema:
    """What the reader may write."""
    here = desk(**settings)
    found = verify_schema(here, first, visible_values(here.turns, request))
    assert found is not None
    return found


# Equality


def test_numbering_and_order_of_independent_calls_do_not_matter() -> None:
    one = form(call("$1", "weather", city="Lisbon"), call("$2", "get_ticket", ticket_id=5))
    assert one == form(call("$3", "get_ticket", ticket_id=5), call("$4", "weather", city="Lisbon"))


def test_a_reference_is_the_call_it_points_to() -> None:
    find, other = call("$1", "find_customer", name="Ada"), call("$2", "find_customer", name="Bob")
    one = form(find, other, call("$3", "weather", city=ref("$1.city")))
    swapped = form(
        call("$1", "find_customer", name="Bob"),
        call("$2", "find_customer", name="Ada"),
        call("$3", "weather", city=ref("$2.city")),
    )
    assert one == swapped
    assert one != form(find, other, call("$3", "weather", city=ref("$2.city")))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (call("$1", "get_ticket", ticket_id=5), call("$1", "get_ticket", ticket_id=-5)),
        (call("$1", "get_ticket", ticket_id=15), call("$1", "get_ticket", ticket_id=1.5)),
        (call("$1", "get_ticket", ticket_id=1), call("$1", "get_ticket", ticket_id=True)),
        (call("$1", "get_ticket", ticket_id=5), call("$1", "delete_ticket", ticket_id=5)),
        (call("$1", "weather", city="Lisbon"), call("$1", "weather", city="lisbon")),
        (call("$1", "weather", city="Lisbon"), call("$1", "weather", city="Lisbon", unit="kelvin")),
        (call("$1", "create_ticket", title="A"), call("$1", "create_ticket", title="A", priority=4)),
    ],
)
def test_another_value_is_another_plan(one: Any, other: Any) -> None:
    assert form(one) != form(other)


def test_another_field_of_the_same_call_is_another_plan() -> None:
    orders = call("$1", "list_orders", customer_id=5)
    one = form(orders, call("$2", "get_order", order_id=ref("$1.orders.0.order_id")))
    assert one != form(orders, call("$2", "get_order", order_id=ref("$1.orders.1.order_id")))


def test_which_call_depends_on_which_matters() -> None:
    first, second = call("$1", "find_customer", name="Ada"), call("$2", "weather", city=ref("$1.city"))
    assert form(first, second) != form(call("$1", "find_customer", name="Ada"), call("$2", "weather", city="Lisbon"))
    assert form(first) != form(first, second)


def test_an_argument_equal_to_its_default_may_be_left_out() -> None:
    assert form(call("$1", "weather", city="Lisbon")) == form(call("$1", "weather", city="Lisbon", unit="celsius"))
    assert form(call("$1", "create_ticket", title="A")) == form(call("$1", "create_ticket", title="A", priority=3))
    assert form(call("$1", "create_ticket", title="A")) == form(call("$1", "create_ticket", title="A", priority=3.0))


def test_false_is_not_the_default_nought() -> None:
    odd = tool("odd", {"n": {"type": "integer", "default": 0}}, required=())
    here = desk(offer=[odd])
    assert form(call("$1", "odd", n=False), here=here) != form(call("$1", "odd"), here=here)


def test_an_amount_of_money_is_no_reference() -> None:
    assert form(call("$1", "weather", city="$50")) == form(call("$9", "weather", city="$50"))


@given(st.permutations(range(4)), st.integers(1, 50))
def test_any_renumbering_in_any_legal_order_is_equal(order: list[int], start: int) -> None:
    names = ["find_customer", "weather", "get_ticket", "list_orders"]
    arguments = [
        {"name": "Ada"},
        {"city": ref("$1.city")},
        {"ticket_id": 5},
        {"customer_id": ref("$1.customer_id", "integer")},
    ]
    order = (
        [0, *(item for item in order if item)] if order.index(0) > min(order.index(1), order.index(3)) else list(order)
    )
    number = {item: start + position for position, item in enumerate(order)}
    moved = {
        item: {
            key: ref(str(value).replace("$1", f"${number[0]}"), value.type) if hasattr(value, "path") else value
            for key, value in arguments[item].items()
        }
        for item in order
    }
    gold = form(*(call(f"${item + 1}", names[item], **arguments[item]) for item in range(4)))
    assert form(*(call(f"${number[item]}", names[item], **moved[item]) for item in order)) == gold


# What may be predicted


def test_the_reader_may_call_any_tool_on_offer() -> None:
    matcher = compiled(schema())
    for text in (
        '[{"id":"$1","name":"find_customer","arguments":{"name":"Ada Byron"}}]',
        '[{"id":"$1","name":"weather","arguments":{"city":"Lisbon","unit":"kelvin"}}]',
        '[{"id":"$1","name":"cancel_order","arguments":{"order_id":"Ada"}}]',
        '[{"id":"$1","name":"get_ticket","arguments":{"ticket_id":4}},{"id":"$2","name":"get_ticket","arguments":{"ticket_id":"$1.ticket_id"}}]',
        '[{"id":"$1","name":"book_table","arguments":{"city":"Lisbon","guests":4,"date":"2026-05-01","quiet":false}}]',
    ):
        assert accepts(matcher, text), text


@pytest.mark.parametrize(
    "text",
    [
        '[{"id":"$1","name":"find_customer","arguments":{"name":"Grace"}}]',
        '[{"id":"$1","name":"find_customer","arguments":{"name":"Ada Byron,"}}]',
        '[{"id":"$1","name":"find_customer","arguments":{}}]',
        '[{"id":"$1","name":"get_ticket","arguments":{"ticket_id":5}}]',
        '[{"id":"$1","name":"get_ticket","arguments":{"ticket_id":"$1.ticket_id"}}]',
        '[{"id":"$1","name":"get_ticket","arguments":{"ticket_id":"$2.ticket_id"}}]',
        '[{"id":"$1","name":"no_tool","arguments":{}}]',
        '[{"id":"$2","name":"find_customer","arguments":{"name":"Ada Byron"}}]',
        '[{"id":"$1","name":"book_table","arguments":{"city":"Lisbon","guests":4,"date":"Lisbon","quiet":false}}]',
        "[]",
    ],
)
def test_the_reader_can_write_nothing_that_is_not_visible(text: str) -> None:
    assert not accepts(schema(), text)


def test_values_of_earlier_results_are_visible() -> None:
    matcher = compiled(schema("Cancel that one.", "$2", turns=[EARLIER]))
    assert accepts(matcher, '[{"id":"$2","name":"cancel_order","arguments":{"order_id":"O-9"}}]')
    assert accepts(matcher, '[{"id":"$2","name":"get_ticket","arguments":{"ticket_id":77}}]')
    assert not accepts(matcher, '[{"id":"$2","name":"cancel_order","arguments":{"order_id":"$1.orders.0.order_id"}}]')


def test_defaults_constants_and_listed_values_need_not_be_visible() -> None:
    odd = tool("odd", {"a": {"type": "string", "default": "auto"}, "b": {"const": "x", "type": "string"}, "c": STATUS})
    assert accepts(
        schema("Go.", offer=[odd]), '[{"id":"$1","name":"odd","arguments":{"a":"auto","b":"x","c":"in_progress"}}]'
    )


def test_lists_objects_and_pairs_are_made_of_visible_values() -> None:
    pair = {"type": "array", "prefixItems": [{"type": "integer"}, {"type": "string"}], "minItems": 2, "maxItems": 2}
    odd = tool(
        "odd",
        {"l": {"type": "array", "items": {"type": "string"}}, "o": schema_of({"n": {"type": "integer"}}), "p": pair},
    )
    head, tail = '[{"id":"$1","name":"odd","arguments":{', "}}]"
    assert accepts(schema(offer=[odd]), f'{head}"l":["Ada","Lisbon"],"o":{{"n":4}},"p":[4,"Ada"]{tail}')
    assert not accepts(schema(offer=[odd]), f'{head}"l":["Ada","Porto"],"o":{{"n":4}},"p":[4,"Ada"]{tail}')
    assert not accepts(schema(offer=[odd]), f'{head}"l":["Ada"],"o":{{"n":5}},"p":[4,"Ada"]{tail}')


def test_with_nothing_to_say_there_is_nothing_to_predict() -> None:
    here = desk(offer=[SHOP[0]])
    assert verify_schema(here, "$1", ([], [])) is None
    with pytest.raises(StageFailure) as failure:
        asked(verify(here, plan_of(call("$1", "find_customer", name="the")), "the"))
    assert failure.value.reason == "not_verified"


# Blindness


@settings(max_examples=10)
@given(st.sampled_from(["Ada Byron", "Lisbon", "Grace Hopper", "O-9"]), st.integers(-99, 99))
def test_prompt_and_schema_are_the_same_whatever_the_plan(value: str, number: int) -> None:
    def seen(plan: Plan) -> tuple[Any, ...]:
        (request,) = asked(verify(desk(turns=[EARLIER]), plan, REQUEST))
        return request.messages, request.constraint, request.sampling

    gold = seen(plan_of(call("$2", "find_customer", name="Ada Byron")))
    assert gold == seen(plan_of(call("$2", "weather", city=value), call("$3", "get_ticket", ticket_id=number)))


def test_every_value_in_the_schema_is_visible_in_the_conversation() -> None:
    (request,) = asked(verify(desk(turns=[EARLIER]), plan_of(call("$2", "find_customer", name="Zoe")), REQUEST))
    assert "Zoe" not in json.dumps(request.constraint.schema)
    shown = "".join(part for message in request.messages for part in message.parts)
    for text in json.loads(request.constraint.schema)["$defs"]["text"]["enum"]:
        assert text in shown


# Verdicts


def test_the_solve_rate_is_the_share_of_equal_samples() -> None:
    here, plan = desk(), plan_of(call("$1", "find_customer", name="Ada Byron"))
    right, wrong = plan_json(plan), plan_json(plan_of(call("$1", "weather", city="Lisbon")))
    samples = [completion(right), completion(wrong), completion(compact(right), finish="length"), completion(right)]
    verification = answered(verify(here, plan, REQUEST), samples)
    assert (verification.samples, verification.equal, verification.solve_rate) == (4, 2, 0.5)
    assert [one.reason for one in here.candidates] == ["", "not_verified", "length", ""]


@pytest.mark.parametrize(
    ("least", "equal", "verified"), [(0.0, 0, False), (0.0, 1, True), (0.5, 2, False), (0.5, 3, True)]
)
def test_the_solve_rate_must_exceed_the_minimum(least: float, equal: int, verified: bool) -> None:
    plan = plan_of(call("$1", "find_customer", name="Ada Byron"))
    wrong = plan_json(plan_of(call("$1", "weather", city="Lisbon")))
    steps = verify(desk(min_solve_rate=least), plan, REQUEST)
    samples = [completion(plan_json(plan))] * equal + [completion(wrong)] * (4 - equal)
    if verified:
        assert answered(steps, samples).equal == equal
    else:
        with pytest.raises(StageFailure, match="not_verified" if equal else "ambiguous"):
            answered(steps, samples)


def test_references_to_earlier_turns_are_compared_by_value() -> None:
    plan = plan_of(call("$2", "cancel_order", order_id=ref("$1.orders.0.order_id")))
    predicted = plan_json(plan_of(call("$2", "cancel_order", order_id="O-9")))
    assert answered(verify(desk(turns=[EARLIER]), plan, "Cancel it."), [completion(predicted)]).equal == 1
    with pytest.raises(StageFailure, match="unresolved_reference"):
        resolved(plan_of(call("$2", "cancel_order", order_id=ref("$1.orders.3.order_id"))), [EARLIER])


@settings(max_examples=10)
@given(st.randoms(use_true_random=False))
def test_whatever_the_reader_writes_can_be_compared(random: Any) -> None:
    here = desk()
    assert canonical(instance_of_refs(schema(), random), here)


def instance_of_refs(node: Schema, random: Any) -> Any:
    """A prediction drawn from the schema."""
    text = node["$defs"]["text"]

    def opened(part: Any) -> Any:
        if isinstance(part, dict):
            return text if part.get("$ref") else {key: opened(value) for key, value in part.items()}
        return [opened(item) for item in part] if isinstance(part, list) else part

    return instance(opened(node), random)


# Stopping early


@pytest.mark.parametrize(
    ("mode", "least", "enough"),
    [("lenient", 0.0, 1), ("lenient", 0.5, 3), ("strict", 0.0, 3), ("strict", 0.7, 4)],
)
def test_predictions_end_where_the_verdict_stands(mode: Any, least: float, enough: int) -> None:
    plan = plan_of(call("$1", "find_customer", name="Ada Byron"))
    here = desk(verify=mode, min_solve_rate=least, verify_samples=5, early_stop=True)
    (request,) = asked(verify(here, plan, REQUEST))
    assert request.enough == enough
    assert request.good is not None
    assert request.good(plan_json(plan))
    assert not request.good(plan_json(plan_of(call("$1", "weather", city="Lisbon"))))


def test_predictions_that_were_not_made_are_no_samples() -> None:
    here, plan = desk(early_stop=True), plan_of(call("$1", "find_customer", name="Ada Byron"))
    wrong = completion(plan_json(plan_of(call("$1", "weather", city="Lisbon"))))
    verification = answered(verify(here, plan, REQUEST), [wrong, completion(plan_json(plan)), CANCELLED])
    assert (verification.samples, verification.equal) == (2, 1)
    assert [one.reason for one in here.candidates] == ["not_verified", ""]


def test_without_early_stop_every_prediction_is_made() -> None:
    (request,) = asked(verify(desk(), plan_of(call("$1", "find_customer", name="Ada Byron")), REQUEST))
    assert request.enough is None


# Modes, and calling nothing

GOLD = plan_of(call("$1", "find_customer", name="Ada Byron"))
RIGHT = completion(plan_json(GOLD))
OTHER = completion(plan_json(plan_of(call("$1", "weather", city="Lisbon"))))
THIRD = completion(plan_json(plan_of(call("$1", "find_customer", name="Lisbon"))))
NONE, CUT = completion([]), completion("[", finish="length")


@pytest.mark.parametrize(
    ("samples", "lenient", "strict"),
    [
        ([RIGHT, RIGHT, RIGHT, RIGHT], "", ""),
        ([RIGHT, RIGHT, RIGHT, OTHER], "", ""),
        ([RIGHT, RIGHT, OTHER, THIRD], "", "not_verified"),
        ([RIGHT, OTHER, OTHER, THIRD], "", "ambiguous"),
        ([RIGHT, OTHER, THIRD, NONE], "", "not_verified"),
        ([OTHER, OTHER, THIRD, NONE], "ambiguous", "ambiguous"),
        ([OTHER, THIRD, CUT, CUT], "not_verified", "not_verified"),
        ([NONE, NONE, NONE, NONE], "not_verified", "not_verified"),
        ([CUT, CUT, CUT, CUT], "not_verified", "not_verified"),
    ],
)
def test_lenient_wants_one_right_prediction_and_strict_most_of_them(samples: Any, lenient: str, strict: str) -> None:
    for mode, reason in (("lenient", lenient), ("strict", strict)):
        steps = verify(desk(verify=mode, mix={"no_tool": 1}), GOLD, REQUEST)
        if reason:
            with pytest.raises(StageFailure) as failure:
                answered(steps, samples)
            assert (failure.value.stage, failure.value.reason) == ("verify", reason), mode
        else:
            assert answered(steps, samples)


def test_a_reader_who_would_rather_call_nothing_is_no_rival_plan() -> None:
    with pytest.raises(StageFailure, match="not_verified"):
        answered(verify(desk(mix={"no_tool": 1}), GOLD, REQUEST), [NONE, NONE, OTHER])


def test_off_asks_nobody() -> None:
    with pytest.raises(StopIteration) as stop:
        next(verify(desk(verify="off"), GOLD, REQUEST))
    assert stop.value.value is None


def test_the_reader_may_call_nothing_only_in_runs_with_such_turns() -> None:
    for mix, may in (({"single": 1}, False), ({"no_tool": 1}, True), ({"confirm": 1}, True)):
        (request,) = asked(verify(desk(mix=mix), GOLD, REQUEST))
        assert accepts(json.loads(request.constraint.schema), "[]") is may
        assert ("Write [] where nothing" in request.messages[-1].parts[-1]) is may


def test_where_nothing_should_be_called_the_reader_must_call_nothing() -> None:
    nothing = plan_of()
    here = desk(mix={"no_tool": 1})
    assert answered(verify(here, nothing, REQUEST), [NONE, NONE, OTHER]).equal == 2
    with pytest.raises(StageFailure, match="not_verified"):
        answered(verify(here, nothing, REQUEST), [OTHER, THIRD, CUT])
    with pytest.raises(StageFailure, match="ambiguous"):
        answered(verify(here, nothing, REQUEST), [OTHER, OTHER, CUT])


def test_a_prediction_that_was_cut_off_is_not_one_of_nothing() -> None:
    with pytest.raises(StageFailure, match="not_verified"):
        answered(verify(desk(mix={"no_tool": 1}), plan_of(), REQUEST), [CUT, CUT, CUT])


def test_a_small_reader_that_finds_nothing_to_call_has_called_nothing() -> None:
    here = desk(facts_only=True, mix={"no_tool": 1})
    with pytest.raises(StopIteration) as stop:
        next(verify(here, plan_of(), "How are you today?"))
    assert stop.value.value.solve_rate == 1
    with pytest.raises(StageFailure, match="not_verified"):
        next(verify(here, GOLD, "How are you today?"))


def test_a_small_reader_is_never_told_of_calling_nothing() -> None:
    here = desk(facts_only=True, mix={"no_tool": 1})
    (request,) = asked(verify(here, GOLD, "Please find customer with name Ada Byron."))
    assert "[]" not in request.messages[-1].parts[-1]
