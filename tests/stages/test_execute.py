"""A result echoes its call, repeats what is known, and holds what later calls need."""

from __future__ import annotations

from typing import Any

import pytest

from dtc_local.errors import StageFailure
from dtc_local.ledger import Ledger
from dtc_local.records import CallOutline
from dtc_local.stages.execute import execute, needed_paths, result_schema, substituted
from tests.scripted import constraint_of
from tests.shop import CREATE_TICKET, LIST_ORDERS, STRING, schema_of, tool
from tests.stages.desks import answered, asked, call, completion, desk, done, outline, plan_of, ref
from tests.stages.grammars import accepts

OPEN = Ledger().after(done("$1", "create_ticket", {"ticket_id": 7, "status": "open"}, title="Printer"), CREATE_TICKET)
READ = plan_of(call("$2", "get_ticket", ticket_id=7))


def test_echoes_and_known_facts_are_constant() -> None:
    here = desk()
    here.ledger = OPEN
    (request,) = asked(execute(here, READ, "Read ticket 7."))
    constraint = constraint_of(request)
    assert accepts(constraint, '{"ticket_id":7,"title":"Printer","status":"open"}')
    assert not accepts(constraint, '{"ticket_id":8,"title":"Printer","status":"open"}')
    assert not accepts(constraint, '{"ticket_id":7,"title":"Fax","status":"open"}')
    assert not accepts(constraint, '{"ticket_id":7,"title":"Printer","status":"closed"}')
    assert "Known: ticket 7: title Printer; status open" in request.messages[-1].parts[-1]


def test_fields_that_this_or_a_later_turn_needs_are_required() -> None:
    user = CallOutline(id="$2", tool="get_order", references={"order_id": (ref("$1.orders.1.order_id"),)})
    here = desk(outline("single", CallOutline(id="$1", tool="list_orders")), outline("follow_up", user))
    assert needed_paths(here, "$1") == {("orders", 1, "order_id")}
    assert needed_paths(here, "$2") == frozenset()
    schema = result_schema(LIST_ORDERS, {}, {}, needed_paths(here, "$1"))
    assert accepts(schema, '{"orders":[{"order_id":"a","total":1},{"order_id":"b","total":2}]}')
    assert not accepts(schema, '{"orders":[{"order_id":"a","total":1}]}')


def test_a_small_model_takes_result_fields_from_the_facts() -> None:
    facts = {"$1": {"->city": ("Rome", "Oslo"), "->customer_id": (4,)}}
    plan = plan_of(call("$1", "find_customer", name="Ada"))
    (small,) = asked(execute(desk(facts=facts, facts_only=True), plan, "Find Ada."))
    (large,) = asked(execute(desk(facts=facts, facts_only=False), plan, "Find Ada."))
    assert "city: Rome | Oslo" in small.messages[-1].parts[-1]
    assert [accepts(constraint_of(one), '{"customer_id":4,"city":"Oslo"}') for one in (small, large)] == [True, True]
    assert [accepts(constraint_of(one), '{"customer_id":5,"city":"Bonn"}') for one in (small, large)] == [False, True]


def test_references_become_the_values_they_point_to() -> None:
    numbers = tool(
        "add", {"a": {"type": "number"}, "l": {"type": "array", "items": STRING}}, {"sum": {"type": "number"}}
    )
    results = {"$1": {"n": 2.5, "names": ["Ada", "Bob"]}}
    planned = call("$2", "add", a=ref("$1.n", "number"), l=ref("$1.names", "array"))
    assert substituted(desk(offer=[numbers]), planned, results, Ledger()) == {"a": 2.5, "l": ["Ada", "Bob"]}
    with pytest.raises(StageFailure, match="unresolved_reference"):
        substituted(desk(offer=[numbers]), planned, {"$1": {"n": 1}}, Ledger())
    with pytest.raises(StageFailure, match="invalid_value"):
        substituted(desk(offer=[numbers]), planned, {"$1": {"n": "one", "names": []}}, Ledger())


def test_levels_run_one_after_the_other_and_independent_calls_together() -> None:
    plan = plan_of(
        call("$1", "find_customer", name="Ada"),
        call("$2", "get_ticket", ticket_id=4),
        call("$3", "weather", city=ref("$1.city")),
    )
    steps = execute(desk(), plan, "Go.")
    assert [request.stage for request in next(steps)] == ["execute", "execute"]
    customer, ticket = {"customer_id": 3, "city": "Rome"}, {"ticket_id": 4, "title": "Fax", "status": "open"}
    (last,) = steps.send([[completion(customer)], [completion(ticket)]])
    assert '"arguments":{"city":"Rome"}' in last.messages[-1].parts[-1]
    with pytest.raises(StopIteration) as stop:
        steps.send([[completion({"temperature": 20, "condition": "sunny"})]])
    levels, ledger = stop.value.value
    assert [[made.id for made in level] for level in levels] == [["$1", "$2"], ["$3"]]
    assert levels[1][0].arguments == {"city": "Rome"}
    assert ledger.facts["ticket", 4] == {"title": "Fax", "status": "open"}


@pytest.mark.parametrize(
    ("result", "finish", "reason"),
    [
        ({"ticket_id": 7, "title": "Fax", "status": "open"}, "accepted", "contradiction"),
        ({"ticket_id": 7, "title": "Printer", "status": "odd"}, "accepted", "invalid_value"),
        ("{", "length", "length"),
    ],
)
def test_an_unsound_result_is_dropped_with_its_reason(result: Any, finish: Any, reason: str) -> None:
    here = desk()
    here.ledger = OPEN
    with pytest.raises(StageFailure) as failure:
        answered(execute(here, READ, "Read ticket 7."), [completion(result, finish=finish)])
    assert failure.value.reason == reason
    assert [one.reason for one in here.candidates][-1] == reason


def test_what_an_earlier_call_of_the_turn_deleted_cannot_be_read() -> None:
    make = call("$1", "create_ticket", title="Fax")
    remove = call("$2", "delete_ticket", ticket_id=ref("$1.ticket_id", "integer"))
    read = call("$3", "get_ticket", ticket_id=ref("$2.ticket_id", "integer"))
    made, gone = {"ticket_id": 9, "status": "open"}, {"ticket_id": 9}
    with pytest.raises(StageFailure, match="contradiction"):
        answered(execute(desk(), plan_of(make, remove, read), "Go."), [completion(made)], [completion(gone)])


def test_a_tool_that_declares_no_result_gives_a_plain_one() -> None:
    ping = tool("ping", {"city": STRING})
    (request,) = asked(execute(desk(offer=[ping]), plan_of(call("$1", "ping", city="Rome")), "Ping Rome."))
    assert accepts(constraint_of(request), '{"result":"fine"}')


def test_the_original_output_schema_has_the_last_word() -> None:
    strict = schema_of({"n": {"type": "integer", "not": {"const": 13}}})
    odd = tool("odd", {}, {"n": {"type": "integer"}})
    odd = odd.model_copy(update={"source": odd.source.model_copy(update={"output": strict})})
    with pytest.raises(StageFailure, match="invalid_value"):
        answered(execute(desk(offer=[odd]), plan_of(call("$1", "odd")), "Go."), [completion({"n": 13})])
