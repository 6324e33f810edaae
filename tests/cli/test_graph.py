"""`tools graph` and `tools entities`: products on standard output or whole in a file, and sentences for bad input."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dtc_local.store import Store
from tests.cli.conftest import Invoke
from tests.engine.tiny_model import write
from tests.tools.dataflow.test_entities import fields
from tests.tools.specs import function

SPEC = [
    function("find_order", fields(word="string"), fields(order_id="string", city="string")),
    function("cancel_order", fields(order_id="string")),
    function("get_weather", fields(city="string"), fields(sky="string")),
]
LINE = "shop: find_order.order_id -> cancel_order.order_id (1.00, id of the same order)\n"


@pytest.fixture
def stocked(invoke: Invoke, folder: Path) -> Invoke:
    """A store with three tools that feed each other."""
    (folder / "shop.json").write_text(json.dumps(SPEC))
    assert invoke("tools", "import", "shop.json").exit_code == 0
    return invoke


def test_edges_are_printed_the_surest_first(stocked: Invoke) -> None:
    result = stocked("tools", "graph")
    assert result.stdout.startswith(LINE)
    assert "find_order.city -> get_weather.city" in result.stdout
    assert result.stderr == "2 of 2 edges.\n"


def test_edges_of_one_tool_and_above_a_score(stocked: Invoke) -> None:
    assert stocked("tools", "graph", "--tool", "cancel_order").stdout == LINE
    assert stocked("tools", "graph", "--min-score", "0.99").stdout == LINE
    assert stocked("tools", "graph", "--tool", "get_weather", "--min-score", "0.99").stdout == ""
    assert "There is no tool 'lose_order'." in stocked("tools", "graph", "--tool", "lose_order").stderr


def test_json_is_the_same_by_either_option(stocked: Invoke) -> None:
    shown = json.loads(stocked("tools", "graph", "--json").stdout)
    assert shown == json.loads(stocked("tools", "graph", "--format", "json").stdout)
    assert [(one["producer"], one["path"], one["consumer"], one["parameter"]) for one in shown] == [
        ("find_order", ["order_id"], "cancel_order", "order_id"),
        ("find_order", ["city"], "get_weather", "city"),
    ]


@pytest.mark.parametrize(
    ("form", "begins"), [("html", "<!doctype html>"), ("dot", "digraph tools {"), ("text", "shop:")]
)
def test_a_view_goes_to_a_file_or_to_standard_output(stocked: Invoke, folder: Path, form: str, begins: str) -> None:
    result = stocked("tools", "graph", "--format", form, "-o", "graph.out")
    assert (result.exit_code, result.stdout) == (0, "")
    written = (folder / "graph.out").read_text()
    assert written.startswith(begins)
    assert written == stocked("tools", "graph", "--format", form).stdout


def test_a_file_that_cannot_be_written_is_one_sentence(stocked: Invoke) -> None:
    result = stocked("tools", "graph", "-o", "nowhere/graph.dot", "--format", "dot")
    assert result.exit_code == 1
    assert "lies in a folder that does not exist" in result.stderr


def test_an_embedding_model_has_a_say_and_another_file_has_not(stocked: Invoke, folder: Path) -> None:
    write(folder / "embedding.gguf", qwen2__pooling_type=1)
    result = stocked("tools", "graph", "--embeddings", "embedding.gguf")
    assert result.exit_code == 0, result.output
    assert "id of the same order, similarity 1.00" in result.stdout
    assert result.stdout == stocked("tools", "graph", "--embeddings", "embedding.gguf").stdout
    refused = stocked("tools", "graph", "--embeddings", "shop.json")
    assert refused.exit_code == 1
    assert refused.stderr.startswith("Error: shop.json is not a usable GGUF model")


def test_entities_are_a_table_and_json(stocked: Invoke) -> None:
    result = stocked("tools", "entities")
    assert result.stdout.splitlines() == [
        "shop/cancel_order  order_id    order  by id",
        "shop/find_order    ->order_id  order  by id",
    ]
    assert result.stderr == "2 fields of 3 tools.\n"
    assert json.loads(stocked("tools", "entities", "--json").stdout)[0] == {
        "namespace": "shop",
        "tool": "cancel_order",
        "field": "order_id",
        "kind": "order",
        "by": "id",
    }


def entities(folder: Path) -> dict[str, dict[str, str]]:
    with Store(folder / "dtc.db") as store:
        return {tool.name: tool.entities for tool in store.tools() if tool.entities}


def test_kinds_are_set_from_a_file_and_change_the_graph(stocked: Invoke, folder: Path) -> None:
    (folder / "kinds.yaml").write_text('shop/cancel_order:\n  order_id: ""\nget_weather: {city: town}\n')
    result = stocked("tools", "entities", "--set", "kinds.yaml")
    assert result.stderr.startswith("Entity kinds of 2 tools set by kinds.yaml.\n")
    assert "shop/cancel_order  order_id    (none)  by set" in result.stdout
    assert entities(folder) == {"cancel_order": {"order_id": ""}, "get_weather": {"city": "town"}}
    assert stocked("tools", "graph").stdout == ""
    (folder / "kinds.json").write_text('{"cancel_order": {"order_id": null}}')
    assert stocked("tools", "entities", "--set", "kinds.json").exit_code == 0
    assert entities(folder) == {"get_weather": {"city": "town"}}
    assert stocked("tools", "graph").stdout == LINE


def test_set_kinds_outlive_another_import_of_the_file(stocked: Invoke, folder: Path) -> None:
    (folder / "kinds.json").write_text('{"cancel_order": {"order_id": "parcel"}}')
    stocked("tools", "entities", "--set", "kinds.json")
    stocked("tools", "import", "shop.json")
    assert entities(folder) == {"cancel_order": {"order_id": "parcel"}}


@pytest.mark.parametrize("kinds", [{"shop/lose_order": {"id": "order"}}, {"find_order": {"->price": "order"}}])
def test_one_wrong_kind_and_none_is_set(stocked: Invoke, folder: Path, kinds: dict[str, Any]) -> None:
    (folder / "kinds.json").write_text(json.dumps({"cancel_order": {"order_id": "parcel"}, **kinds}))
    result = stocked("tools", "entities", "--set", "kinds.json")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("Error: kinds.json: ")
    assert entities(folder) == {}
