"""Which entity a call names, acts on and tells of: a table of tools as they are in the world."""

from __future__ import annotations

from typing import Any

import pytest

from dtc_local.audit.base import Placed
from dtc_local.audit.entities import id_kind, named_in_arguments, named_in_result, singular, target, told_by_result
from dtc_local.records import ExecutedCall
from tests.shop import GET_ORDER


def placed(tool: str, arguments: dict[str, Any], result: Any = None) -> Placed:
    """An executed call of a tool that is not on offer; its namespace is nobody's."""
    return Placed(0, 0, ExecutedCall(id="$1", tool=tool, arguments=arguments, result=result), None, None)


TARGETS: list[tuple[str, dict[str, Any], str | None]] = [
    ("delete_order", {"order_id": 7}, "order"),
    ("deleteOrder", {"orderId": 7}, "order"),
    ("remove_cart_item", {"cart_id": 1, "item_id": 7}, "item"),
    ("delete_message", {"receiver_id": 7}, None),
    ("close", {"ticket_id": 7}, "ticket"),
    ("delete_file", {"path": "/home/ada"}, None),
    ("cancel_orders", {"order_ids": [7]}, "order"),
    ("remove_user_from_group", {"user_id": 1, "group_id": 2}, None),
]
TOLD: list[tuple[str, dict[str, Any], Any, dict[str, Any]]] = [
    ("get_order", {"order_id": 7}, {"status": "open"}, {"order 7": {"status": "open"}}),
    ("find_order", {"name": "Ada"}, {"order_id": 7, "total": 2}, {"order 7": {"order_id": 7, "total": 2}}),
    ("list_orders", {}, [{"id": 7, "total": 2}], {"order 7": {"id": 7, "total": 2}}),
    ("get_user", {"user_id": 1}, {"orders": [{"id": 7}]}, {"user 1": {}, "order 7": {"id": 7}}),
    ("get_order", {"order_id": 7}, {"buyer": {"name": "Ada"}}, {"order 7": {"buyer.name": "Ada"}}),
    ("search_messages", {}, {"results": [{"receiver_id": 7, "text": "Hello."}]}, {}),
    ("get_forecast", {"city_id": 7, "day": "2026-03-02"}, {"day": "2026-03-02"}, {"city 7": {}}),
    ("get_price", {"order_id": 7}, {"value": 2}, {"order 7": {"get_price:value": 2}}),
    ("list_orders", {}, {"results": [{"id": 7, "total": 2}]}, {"order 7": {"id": 7, "total": 2}}),
    ("list_orders", {}, {"items": [{"id": 7, "total": 2}]}, {"order 7": {"id": 7, "total": 2}}),
    ("get_order", {}, {"items": [{"id": 7, "total": 2}]}, {"item 7": {"id": 7, "total": 2}}),
    ("compare", {"first_id": 1, "second_id": 2}, {"cheaper": "first"}, {}),
]


@pytest.mark.parametrize(("tool", "arguments", "kind"), TARGETS)
def test_a_call_acts_on_what_its_name_says(tool: str, arguments: dict[str, Any], kind: str | None) -> None:
    entity = target(placed(tool, arguments))
    assert (entity.kind if entity else None) == kind


@pytest.mark.parametrize(("tool", "arguments", "result", "facts"), TOLD)
def test_a_result_tells_of_its_own_entity(
    tool: str, arguments: dict[str, Any], result: Any, facts: dict[str, Any]
) -> None:
    told = {
        f"{one.entity.kind} {one.entity.id.split()[-1]}": one.facts
        for one in told_by_result(placed(tool, arguments, result))
    }
    assert told == facts


@pytest.mark.parametrize(("name", "kind"), [("order_id", "order"), ("id", "thing"), ("userID", "user"), ("paid", None)])
def test_a_name_says_what_it_identifies(name: str, kind: str | None) -> None:
    assert id_kind(name, "thing") == kind


@pytest.mark.parametrize(
    ("word", "one"), [("orders", "order"), ("entries", "entry"), ("address", "address"), ("bus", "bus")]
)
def test_words_are_made_singular(word: str, one: str) -> None:
    assert singular(word) == one


def test_what_the_user_has_set_wins() -> None:
    kinds = {"reference": "order", "client_id": "", "->rows.0.ref": "order", "->rows.0.id": ""}
    tool = GET_ORDER.model_copy(update={"entities": kinds})
    call = ExecutedCall(
        id="$1",
        tool="get_order",
        arguments={"reference": "A1", "client_id": 3},
        result={"rows": [{"ref": "A2", "id": 9}]},
    )
    place = Placed(0, 0, call, None, tool)
    assert [(entity.kind, entity.id) for entity in named_in_arguments(place)] == [("order", "string A1")]
    assert [(entity.kind, entity.id) for entity in named_in_result(place)] == [("order", "string A2")]
