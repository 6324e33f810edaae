"""What is worth showing next, by what was shown."""

from __future__ import annotations

from dtc_local.coverage import Coverage, Fate, Tally
from dtc_local.coverage.tally import Thing, value_thing
from dtc_local.tools.dataflow.graph import Edge
from tests.shop import CREATE_TICKET, FIND_CUSTOMER, GET_ORDER

FIND: Thing = ("tool", "shop", "find_customer")


def settled(*fates: tuple[Thing, bool]) -> Coverage:
    """The coverage after conversations that show one thing each, kept or not."""
    coverage = Coverage()
    for thing, kept in fates:
        tally = Tally(things=(thing,))
        coverage.open(tally)
        coverage.settle(Fate(tally, tally if kept else None))
    return coverage


def test_what_is_kept_or_open_counts_whole_and_what_was_dropped_a_quarter() -> None:
    coverage = settled((FIND, True), (FIND, False))
    assert coverage.count(*FIND) == 1.25
    coverage.open(Tally(things=(FIND,)))
    assert coverage.count(*FIND) == 2.25


def test_a_new_coverage_prefers_nothing() -> None:
    worth = Coverage().on("shop")
    edge = Edge("find_customer", ("customer_id",), "integer", "list_orders", "customer_id", 0.9, "same name")
    assert worth.tool(FIND_CUSTOMER) == worth.tool(GET_ORDER) == worth.edge(edge) == worth.offer(GET_ORDER) == 1
    assert worth.parameter(CREATE_TICKET, "priority") == 1
    assert worth.rarest_first(CREATE_TICKET, "priority", (3, 1, 2)) == (3, 1, 2)


def test_a_tool_is_worth_less_with_every_call_and_less_still_when_its_parameters_were_filled() -> None:
    filled: Thing = ("parameter", "shop", "find_customer", "name")
    worths = [
        settled(*things).on("shop").tool(FIND_CUSTOMER)
        for things in ([], [(FIND, True)], [(FIND, True), (filled, True)], [(FIND, True), (filled, True), (FIND, True)])
    ]
    assert worths == sorted(worths, reverse=True)
    assert len(set(worths)) == 4


def test_the_value_said_least_comes_first() -> None:
    said = value_thing(CREATE_TICKET, "priority", 3)
    worth = settled((said, True), (value_thing(CREATE_TICKET, "priority", 1), False)).on("shop")
    assert worth.rarest_first(CREATE_TICKET, "priority", (3, 1, 2)) == (2, 1, 3)


def test_an_edge_is_worth_less_once_it_was_followed() -> None:
    edge = Edge("find_customer", ("customer_id",), "integer", "list_orders", "customer_id", 0.9, "same name")
    followed: Thing = ("edge", "shop", "find_customer", "customer_id", "list_orders", "customer_id")
    assert settled((followed, True)).on("shop").edge(edge) == 0.5
    assert settled((followed, True)).on("other").edge(edge) == 1


def test_a_distractor_offered_before_is_worth_less_but_never_less_than_half() -> None:
    offered: Thing = ("offer", "shop", "get_order")
    assert 0.5 < settled(*[(offered, True)] * 50).on("shop").offer(GET_ORDER) < 0.6


def test_tools_called_are_counted_by_namespace_and_forgotten_when_nothing_came_of_them() -> None:
    coverage = Coverage()
    coverage.open(Tally(things=(FIND,)))
    assert (coverage.called("shop"), coverage.called("other")) == (1, 0)
    coverage.settle(Fate(Tally(things=(FIND,)), Tally()))
    assert coverage.called("shop") == 1, "a quarter is left: it was tried"
