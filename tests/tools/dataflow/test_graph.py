"""Dataflow edges: what feeds what, and what must not."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from dtc_local.examples import paths
from dtc_local.tools import read_files
from dtc_local.tools.dataflow.graph import Edge, Graph
from tests.tools.specs import function, imported, material


def fields(**schemas: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {name: {"type": kind} if isinstance(kind, str) else kind for name, kind in schemas.items()},
    }


def edges(folder: Path, producer: dict[str, Any], consumer: dict[str, Any]) -> tuple[Edge, ...]:
    """Edges from one tool's results to another's parameters."""
    tools = imported(folder, producer, consumer)
    return Graph(tools).between.get((producer["name"], consumer["name"]), ())


def test_an_id_feeds_the_parameter_named_after_its_entity(tmp_path: Path) -> None:
    (edge,) = edges(
        tmp_path,
        function("create_order", fields(title="string"), fields(id="integer", title="string")),
        function("track_order", fields(order_id="integer")),
    )
    assert (edge.path, edge.parameter, edge.type) == (("id",), "order_id", "integer")
    assert edge.score >= 0.8
    assert "order" in edge.reason


def test_ids_inside_lists_are_reached_by_index_and_belong_to_the_list(tmp_path: Path) -> None:
    orders = {"type": "array", "items": fields(id="string")}
    (edge,) = edges(
        tmp_path,
        function("search", fields(word="string"), fields(orders=orders)),
        function("cancel_order", fields(order_id="string")),
    )
    assert edge.path == ("orders", 0, "id")


def test_an_id_of_another_entity_does_not_feed(tmp_path: Path) -> None:
    assert not edges(
        tmp_path,
        function("create_order", fields(title="string"), fields(order_id="integer")),
        function("get_invoice", fields(invoice_id="integer")),
    )


def test_a_role_in_the_name_is_seen_through_by_the_description(tmp_path: Path) -> None:
    receiver = {"type": "string", "description": "User ID of the person to write to."}
    found = edges(
        tmp_path,
        function("find_user", fields(user="string"), fields(user_id="string")),
        function("write_letter", fields(receiver_id=receiver, text="string")),
    )
    assert [edge.parameter for edge in found] == ["receiver_id"]


@pytest.mark.parametrize(
    ("given", "wanted", "fits"),
    [
        ("integer", "number", True),
        ("number", "integer", False),
        ("string", "integer", False),
        ("boolean", "boolean", False),
        ({"type": "array", "items": {"type": "string"}}, {"type": "array", "items": {"type": "string"}}, True),
        ({"type": "array", "items": {"type": "integer"}}, {"type": "array", "items": {"type": "string"}}, False),
        ("string", {"type": "string", "enum": ["a"]}, False),
        ({"type": "string", "enum": ["a"]}, {"type": "string", "enum": ["a", "b"]}, True),
        ({"type": "string", "format": "date"}, {"type": "string", "format": "email"}, False),
    ],
)
def test_types_must_fit(tmp_path: Path, given: Any, wanted: Any, fits: bool) -> None:
    found = edges(
        tmp_path,
        function("measure", fields(place="string"), fields(distance=given)),
        function("plan", fields(distance=wanted)),
    )
    assert bool(found) is fits


def test_reports_and_flags_feed_nothing(tmp_path: Path) -> None:
    results = {
        "status": {"type": "string"},
        "success": {"type": "boolean"},
        "message": {"type": "string", "description": "A message describing the result."},
        "result": {"type": "string", "description": "The result of the operation."},
    }
    consumer = {"status": "string", "success": "boolean", "message": "string", "result": "string"}
    assert not edges(
        tmp_path, function("close", fields(a="string"), fields(**results)), function("note", fields(**consumer))
    )


def test_bare_numbers_feed_bare_numbers_at_a_low_score_but_no_settings(tmp_path: Path) -> None:
    found = edges(
        tmp_path,
        function("add", fields(a="number", b="number"), fields(result="number")),
        function("root", fields(number="number", precision="integer")),
    )
    assert [(edge.parameter, edge.score < 0.5) for edge in found] == [("number", True)]


def test_a_result_that_repeats_an_argument_is_marked_as_an_echo(tmp_path: Path) -> None:
    (edge,) = edges(
        tmp_path,
        function("get_order", fields(order_id="integer"), fields(order_id="integer")),
        function("track_order", fields(order_id="integer")),
    )
    assert edge.echo


def test_undeclared_results_feed_nothing(tmp_path: Path) -> None:
    assert not Graph(imported(tmp_path, function("a", fields(x="string")), function("b", fields(x="string")))).edges


def test_edges_lead_to_fields_and_parameters_that_exist() -> None:
    for path in paths():
        tools = read_files([path]).tools
        by_name = {tool.name: tool for tool in tools}
        found = Graph(tools).edges
        assert found
        for edge in found:
            schema: Any = by_name[edge.producer].output
            for step in edge.path:
                schema = schema["items"] if isinstance(step, int) else schema["properties"][step]
            wanted = by_name[edge.consumer].parameters["properties"][edge.parameter]["type"]
            assert schema["type"] == edge.type
            assert edge.type == wanted or (edge.type, wanted) == ("integer", "number")
            assert edge.reason
            assert 0 < edge.score <= 1


def test_obvious_edges_are_found(tmp_path: Path) -> None:
    user = fields(id="integer", username="string")
    items = {"type": "array", "items": fields(id="string")}
    tools = imported(
        tmp_path,
        function("create_invoice", fields(title="string"), fields(id="string")),
        function("get_invoice", fields(invoice_id="string")),
        function("list_parcels", fields(page="integer"), fields(items=items)),
        function("get_parcel", fields(id="string")),
        function("get_profile", fields(nick="string"), fields(user=user)),
        function("block_user", fields(user_id="integer")),
        function("rename_user", fields(username="string")),
        function("find_file", fields(word="string"), fields(path="string")),
        function("read_text", fields(path="string")),
        function("users_who", fields(channel={"type": "integer", "description": "ID of the channel."})),
        function("open_channel", fields(label="string"), fields(id="integer")),
    )
    found = {(e.producer, ".".join(map(str, e.path)), e.consumer, e.parameter) for e in Graph(tools).edges}
    assert found == {
        ("create_invoice", "id", "get_invoice", "invoice_id"),
        ("list_parcels", "items.0.id", "get_parcel", "id"),
        ("get_profile", "user.id", "block_user", "user_id"),
        ("get_profile", "user.username", "rename_user", "username"),
        ("find_file", "path", "read_text", "path"),
        ("open_channel", "id", "users_who", "channel"),
    }


ABSURD = [
    ("first_name", "username", "a part of a name is no user name"),
    ("last_name", "first_name", "one part of a name is not another"),
    ("address_line2", "address_line1", "the second line of an address is not its first"),
    ("city", "address", "a city is no address"),
    ("user", "token", "nobody is a secret"),
    ("token", "password", "one secret is not another"),
    ("next_cursor", "cursor", "pages are of one listing"),
    ("page_count", "page", "how many there are is not how many are wanted"),
    ("total_count", "count", "how many there are is not how many are wanted"),
    ("created_at", "start_at", "when a record was made is not when to begin"),
    ("query", "search_query", "what to search for is the user's to say"),
    ("user_group_id", "user_id", "a group of users is no user"),
    ("customer_id", "contact_id", "entities of different kinds"),
    ("api_version", "app_version", "versions of different things"),
    ("server", "server_version", "a thing is not its version"),
    ("user_id", "username", "an id is no name"),
]


@pytest.mark.parametrize(("field", "parameter", "why"), ABSURD, ids=[f"{a} to {b}" for a, b, _ in ABSURD])
def test_absurd_edges_are_left_out(tmp_path: Path, field: str, parameter: str, why: str) -> None:
    found = edges(
        tmp_path,
        function("show_overview", fields(word="string"), fields(**{field: "string"})),
        function("act", fields(**{parameter: "string"})),
    )
    assert not found, why


def test_a_new_thing_is_not_given_the_id_or_the_name_of_an_old_one(tmp_path: Path) -> None:
    pet = fields(id="integer", name="string")
    assert not edges(tmp_path, function("get_pet", fields(word="string"), pet), function("add_pet", pet))


def test_of_several_fields_of_one_result_the_far_worse_ones_stay_out(tmp_path: Path) -> None:
    found = edges(
        tmp_path,
        function("get_trip", fields(word="string"), fields(destination="string", city="string")),
        function("book_hotel", fields(destination="string")),
    )
    assert [edge.path for edge in found] == [("destination",)]


def test_the_id_of_a_new_thing_is_no_echo_unless_it_must_be_given(tmp_path: Path) -> None:
    pet = fields(id="integer", name="string")
    (edge,) = edges(tmp_path, function("add_pet", pet, pet), function("get_pet", fields(pet_id="integer")))
    assert not edge.echo
    (edge,) = edges(
        tmp_path, function("add_pet", {**pet, "required": ["id"]}, pet), function("get_pet", fields(pet_id="integer"))
    )
    assert edge.echo


def test_nobody_signs_in_as_whom_a_result_mentions(tmp_path: Path) -> None:
    whom = fields(user_id="string")
    found = edges(tmp_path, function("find_user", fields(word="string"), whom), function("message_login", whom))
    assert not found


def test_an_element_of_a_list_is_what_the_description_says(tmp_path: Path) -> None:
    listed = {"type": "array", "items": {"type": "string"}, "description": "List of task IDs of the user."}
    producer = function("get_load", fields(word="string"), fields(tasks=listed))
    assert edges(tmp_path, producer, function("close_task", fields(task_id="string")))
    assert not edges(tmp_path, producer, function("greet", fields(user_id="string")))


def test_thousands_of_tools_stay_affordable(tmp_path: Path) -> None:
    specs = [
        function(f"get_thing{i}", fields(thing_id="string"), fields(id="string", owner_id="string"))
        for i in range(1000)
    ]
    tools = imported(tmp_path, *specs)
    began = time.process_time()
    graph = Graph(tools)
    assert graph.edges
    assert time.process_time() - began < 60


def test_real_classes_have_the_edges_a_person_would_draw() -> None:
    wanted = {
        ("create_ticket", ("id",), "close_ticket", "ticket_id"),
        ("get_user_id", ("user_id",), "send_message", "receiver_id"),
        ("post_tweet", ("id",), "retweet", "tweet_id"),
        ("pwd", ("current_working_directory",), "cd", "folder"),
        ("estimate_distance", ("distance",), "estimate_drive_feasibility_by_mileage", "distance"),
        ("add", ("result",), "multiply", "a"),
    }
    found = set()
    for path in material("bfcl/multi_turn_func_doc/*.json"):
        found |= {(e.producer, e.path, e.consumer, e.parameter) for e in Graph(read_files([path]).tools).edges}
    assert wanted <= found
