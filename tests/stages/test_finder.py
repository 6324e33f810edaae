"""The finder: what a small model's blind reader may answer, given the words of a request."""

from __future__ import annotations

from typing import Any

from dtc_local.records import Schema
from dtc_local.stages.finder import calls_schema
from dtc_local.validation import is_valid
from tests.shop import CREATE_TICKET, FIND_CUSTOMER, GET_ORDER, LIST_ORDERS, STRING, tool
from tests.stages.desks import call, desk, done, plan_of, turn

OFFER = (FIND_CUSTOMER, LIST_ORDERS, GET_ORDER, CREATE_TICKET)


def schema(request: str, **options: Any) -> Schema:
    found = calls_schema(desk(offer=OFFER, **options), request, "$1", 4)
    assert found is not None
    return found


def written(call_id: str, tool: str, /, **arguments: Any) -> dict[str, Any]:
    return {"id": call_id, "name": tool, "arguments": arguments}


def test_each_clause_is_one_call_with_the_values_behind_its_own_names() -> None:
    found = schema("Please get order with order id A-17, and also get order with the order id B-2.")
    assert is_valid([written("$1", "get_order", order_id="A-17"), written("$2", "get_order", order_id="B-2")], found)
    assert not is_valid(
        [written("$1", "get_order", order_id="B-2"), written("$2", "get_order", order_id="A-17")], found
    )
    assert not is_valid([written("$1", "get_order", order_id="A-17")], found)


def test_a_required_value_of_which_nothing_is_said_comes_from_an_unsaid_call() -> None:
    found = schema("Could you list orders with the name Ada Byron?")
    implicit = written("$1", "find_customer", name="Ada Byron")
    assert is_valid([implicit, written("$2", "list_orders", customer_id="$1.customer_id")], found)
    assert not is_valid([written("$1", "list_orders", customer_id="Ada Byron")], found)


def test_what_is_asked_for_from_that_refers_to_the_call_before() -> None:
    found = schema("Find me nothing. Please find customer with name Ada Byron and list orders with that customer id.")
    calls = [
        written("$1", "find_customer", name="Ada Byron"),
        written("$2", "list_orders", customer_id="$1.customer_id"),
    ]
    assert is_valid(calls, found)


def test_what_is_asked_for_from_before_has_the_value_of_an_earlier_result() -> None:
    made = done("$1", "find_customer", {"customer_id": 12, "city": "Lisbon"}, name="Ada Byron")
    earlier = turn(plan_of(call("$1", "find_customer", name="Ada Byron")), "Please find Ada Byron.", (made,))
    found = calls_schema(
        desk(offer=OFFER, turns=[earlier]), "Now list orders with the customer id from before.", "$2", 4
    )
    assert found is not None
    assert is_valid([written("$2", "list_orders", customer_id=12)], found)
    assert not is_valid([written("$2", "list_orders", customer_id=13)], found)


def test_a_whole_list_can_come_from_before() -> None:
    tags = {"type": "array", "items": STRING}
    offer = (
        tool("get_tags", {"name": STRING}, {"tags": tags}),
        tool("count_tags", {"tags": tags}, {"total": {"type": "integer"}}),
    )
    made = done("$1", "get_tags", {"tags": ["new", "red"]}, name="Ada")
    earlier = turn(plan_of(call("$1", "get_tags", name="Ada")), "Please get tags with name Ada.", (made,))
    found = calls_schema(desk(offer=offer, turns=[earlier]), "Now count tags with the tags from before.", "$2", 4)
    assert found is not None
    assert is_valid([written("$2", "count_tags", tags=["new", "red"])], found)


def test_an_optional_parameter_is_filled_only_if_it_is_said() -> None:
    found = schema("Please create ticket with title Broken lamp and priority 2.")
    assert is_valid([written("$1", "create_ticket", title="Broken lamp", priority=2)], found)
    assert not is_valid([written("$1", "create_ticket", title="Broken lamp")], found)
    unsaid = schema("Please create ticket with title Broken lamp.")
    assert is_valid([written("$1", "create_ticket", title="Broken lamp")], unsaid)


def test_a_request_without_any_clause_cannot_be_read() -> None:
    assert calls_schema(desk(offer=OFFER), "Good morning to all of you.", "$1", 4) is None


# Exchanges


ASKED = turn(plan_of(), "Please find customer.", reply="Which name should I use?")
ORDERED = turn(plan_of(), "Please get order with order id A-17.", reply="Are you sure that I should get order?")


def test_an_answer_completes_the_request_before_the_question() -> None:
    assert calls_schema(desk(offer=OFFER), "Please find customer.", "$1", 4) is None
    found = schema("It's Ada Byron.", turns=[ASKED])
    assert is_valid([written("$1", "find_customer", name="Ada Byron")], found)
    assert not is_valid([written("$1", "find_customer", name="It's Ada Byron.")], found)


def test_an_answer_to_no_question_is_no_request() -> None:
    assert calls_schema(desk(offer=OFFER), "It's Ada Byron.", "$1", 4) is None


def test_a_yes_means_the_request_before_the_question_and_a_no_means_nothing() -> None:
    found = schema("Yes, go ahead.", turns=[ORDERED])
    assert is_valid([written("$1", "get_order", order_id="A-17")], found)
    for words in ("No, leave it.", "Perhaps later."):
        assert calls_schema(desk(offer=OFFER, turns=[ORDERED]), words, "$1", 4) is None


def test_a_correction_repeats_the_last_call_with_that_argument_but_for_the_value() -> None:
    made = [done(f"${k}", "create_ticket", {"ticket_id": k}, title=f"Lamp {k}", priority=k) for k in (1, 2)]
    earlier = [turn(plan_of(), "Please create ticket.", (one,)) for one in made]
    found = schema("Oh, the title should have been Door. Please try that again.", turns=earlier)
    assert is_valid([written("$1", "create_ticket", title="Door", priority=2)], found)
    assert not is_valid([written("$1", "create_ticket", title="Door", priority=1)], found)
    assert not is_valid([written("$1", "create_ticket", title="Lamp 2", priority=2)], found)


def test_what_was_attempted_in_vain_is_not_what_a_correction_means() -> None:
    failed = done("$2", "create_ticket", {"error": "late"}, title="Lamp", priority=5).model_copy(
        update={"fault": "error"}
    )
    fine = done("$1", "create_ticket", {"ticket_id": 1}, title="Lamp", priority=1)
    earlier = [turn(plan_of(), "Please create ticket.", (one,)) for one in (fine, failed)]
    found = schema("Wait, I meant Door as the title.", turns=earlier)
    assert is_valid([written("$1", "create_ticket", title="Door", priority=1)], found)


def test_a_correction_of_what_nobody_called_cannot_be_read() -> None:
    assert calls_schema(desk(offer=OFFER), "Wait, I meant Door as the title.", "$1", 4) is None
    made = turn(plan_of(), "Go.", (done("$1", "create_ticket", {"ticket_id": 1}, title="Lamp", priority=1),))
    assert calls_schema(desk(offer=OFFER, turns=[made]), "Wait, I meant Door as the priority.", "$2", 4) is None
