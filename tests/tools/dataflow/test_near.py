"""Near tools: fed by each other, naming entities of one kind, about one thing."""

from __future__ import annotations

from pathlib import Path

from dtc_local.tools.dataflow.index import Shelf
from tests.tools.dataflow.test_entities import fields
from tests.tools.specs import function, imported


def shelf(folder: Path) -> Shelf:
    """Tools of an order, and one of the weather."""
    return Shelf(
        "tools",
        imported(
            folder,
            function("find_order", fields(word="string"), fields(order_id="string")),
            function("cancel_order", fields(order_id="string")),
            function("rate_seller", fields(order_id="string", seller_id="string")),
            function("get_forecast", fields(city="string"), fields(sky="string")),
            function("get_order_total", fields(label="string")),
        ),
    )


def test_tools_are_near_by_edges_entity_kinds_and_subjects(tmp_path: Path) -> None:
    near = shelf(tmp_path).neighbourhood.near("find_order")
    assert list(near) == ["cancel_order", "rate_seller", "get_order_total"]
    assert near["cancel_order"] == 1.0 + 0.5 + 0.25
    assert near["rate_seller"] == 1.0 + 0.5 * 0.5
    assert near["get_order_total"] == 0.25


def test_nearness_is_mutual_and_of_several_tools_the_greatest(tmp_path: Path) -> None:
    around = shelf(tmp_path).neighbourhood
    for tool in shelf(tmp_path).tools:
        for other, value in around.near(tool.name).items():
            assert around.near(other)[tool.name] == value
    both = around.nearness(["cancel_order", "rate_seller"])
    assert both["find_order"] == max(around.near(name)["find_order"] for name in ("cancel_order", "rate_seller"))


def test_a_tool_unlike_all_others_has_no_neighbours(tmp_path: Path) -> None:
    assert shelf(tmp_path).neighbourhood.near("get_forecast") == {}
    assert shelf(tmp_path).neighbourhood.near("unheard_of") == {}
