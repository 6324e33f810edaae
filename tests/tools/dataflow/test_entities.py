"""What names an entity, and of what kind; what the user sets wins."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dtc_local.errors import UserError
from dtc_local.ledger import Ledger
from dtc_local.records import Tool
from dtc_local.tools.dataflow.entities import entity_fields, identity_of, nouns, result_identity, subject
from dtc_local.tools.dataflow.entity_kinds import read_kinds, table, with_kinds
from dtc_local.tools.dataflow.graph import Graph
from tests.tools.specs import function, imported

NAMES = [
    ("order_id", ("order", "id")),
    ("orderId", ("order", "id")),
    ("orderID", ("order", "id")),
    ("order_ids", ("order", "id")),
    ("support_ticket_id", ("ticket", "id")),
    ("from_account_id", ("account", "id")),
    ("ServiceSid", ("service", "id")),
    ("id", ("thing", "id")),
    ("parent_id", ("thing", "id")),
    ("user_id_to_follow", ("user", "id")),
    ("order-number", ("order", "code")),
    ("sku", ("thing", "code")),
    ("username", ("user", "handle")),
    ("path", ("file", "handle")),
    ("file_name", ("file", "handle")),
    ("source_path", ("file", "handle")),
    ("dir_name", ("folder", "handle")),
    ("station_name", ("station", "name")),
    ("name", ("thing", "name")),
    ("first_name", None),
    ("phone_number", None),
    ("zip_code", None),
    ("country_code", None),
    ("api_key", None),
    ("number", None),
    ("code", None),
    ("key", None),
    ("bid", None),
    ("valid", None),
    ("monkey", None),
    ("title", None),
    ("", None),
]


@pytest.mark.parametrize(("name", "found"), NAMES)
def test_a_name_tells_what_it_identifies_and_how(name: str, found: tuple[str, str] | None) -> None:
    identity = identity_of(name, "thing")
    assert (identity and (identity.kind, identity.by)) == found


def test_a_role_is_seen_through_by_the_description() -> None:
    told = identity_of("receiver_id", "message", "User ID of the receiver.")
    assert told is not None
    assert told.kind == "user"
    untold = identity_of("receiver_id", "message")
    assert untold is not None
    assert untold.kind == "receiver"


SUBJECTS = [
    ("create_ticket", "ticket"),
    ("list_open_orders", "order"),
    ("get_order_status", "order"),
    ("getPetById", "pet"),
    ("get_user_id_by_name", "user"),
    ("ClusterService_Get", "cluster"),
    ("chat_postMessage", "message"),
    ("conversations.list", "conversation"),
    ("place_order", "order"),
    ("add_user_to_group", "user"),
    ("retweet", ""),
]


@pytest.mark.parametrize(("name", "kind"), SUBJECTS)
def test_a_tool_is_about_the_thing_its_name_says(tmp_path: Path, name: str, kind: str) -> None:
    (tool,) = imported(tmp_path, function(name))
    assert (subject(tool), nouns(tool)[-1:]) == (kind, (kind,) if kind else ())


def fields(**schemas: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {name: {"type": kind} if isinstance(kind, str) else kind for name, kind in schemas.items()},
    }


def found(tool: Tool) -> dict[str, tuple[str, str]]:
    return {field.place: (field.identity.kind, field.identity.by) for field in entity_fields(tool)}


def test_a_bare_id_names_what_its_container_is_or_else_what_the_tool_is_about(tmp_path: Path) -> None:
    user = fields(id="integer", name="string")
    users = {"type": "array", "items": user}
    (tool,) = imported(
        tmp_path,
        function(
            "get_order",
            fields(id="integer", verbose="boolean"),
            fields(id="integer", buyer=user, users=users, data=user),
        ),
    )
    assert found(tool) == {
        "id": ("order", "id"),
        "->id": ("order", "id"),
        "->buyer.id": ("buyer", "id"),
        "->buyer.name": ("buyer", "name"),
        "->users.0.id": ("user", "id"),
        "->users.0.name": ("user", "name"),
        "->data.id": ("order", "id"),
        "->data.name": ("order", "name"),
    }


def test_the_items_of_a_listing_are_what_is_listed_and_those_of_an_order_are_items(tmp_path: Path) -> None:
    items = {"type": "array", "items": fields(id="string")}
    listing, order = imported(
        tmp_path,
        function("list_orders", fields(), fields(items=items)),
        function("get_order", fields(), fields(items=items)),
    )
    assert found(listing) == {"->items.0.id": ("order", "id")}
    assert found(order) == {"->items.0.id": ("item", "id")}


def test_what_is_asked_by_names_the_bare_id(tmp_path: Path) -> None:
    (tool,) = imported(tmp_path, function("get_orders_by_customer", fields(id="string"), fields(id="string")))
    assert found(tool) == {"id": ("customer", "id"), "->id": ("order", "id")}


def test_flags_objects_and_listed_values_name_nothing(tmp_path: Path) -> None:
    (tool,) = imported(
        tmp_path,
        function(
            "act", fields(user_id="boolean", order_id=fields(a="string"), item_id={"enum": ["a", "b"]}, path="integer")
        ),
    )
    assert found(tool) == {}


ORDER = function(
    "get_order", fields(reference="string"), fields(id="string", rows={"type": "array", "items": fields(sku="string")})
)


def overridden(folder: Path, kinds: Any) -> Tool:
    path = folder / "kinds.json"
    path.write_text(json.dumps({"tools/get_order": kinds}))
    (tool,) = with_kinds(read_kinds(path), imported(folder, ORDER), "kinds.json")
    return tool


def test_set_kinds_win_and_an_empty_one_is_none(tmp_path: Path) -> None:
    tool = overridden(tmp_path, {"reference": "order", "->id": "", "->rows.sku": "product"})
    assert found(tool) == {"reference": ("order", "set"), "->rows.0.sku": ("product", "set")}
    assert result_identity(tool, ("rows", 3, "sku")) == ("product", "set")
    assert [(row.field, row.kind, row.by) for row in table([tool])] == [
        ("reference", "order", "set"),
        ("->rows.0.sku", "product", "set"),
        ("->id", "", "set"),
    ]


def test_null_takes_a_setting_back(tmp_path: Path) -> None:
    tool = overridden(tmp_path, {"->id": "", "reference": "order"})
    (back,) = with_kinds({"get_order": {"->id": None}}, [tool], "kinds.json")
    assert back.entities == {"reference": "order"}
    assert found(back)["->id"] == ("order", "id")


def test_a_list_of_values_is_set_with_its_elements(tmp_path: Path) -> None:
    (tool,) = imported(
        tmp_path, function("show", fields(), fields(mentions={"type": "array", "items": {"type": "string"}}))
    )
    (told,) = with_kinds({"show": {"->mentions": "user"}}, [tool], "kinds.json")
    assert told.entities == {"->mentions": "user", "->mentions.0": "user"}


def test_set_kinds_decide_edges_and_what_the_ledger_knows(tmp_path: Path) -> None:
    find = function("find", fields(word="string"), fields(handle_no="string", order_id="string"))
    use = function("use", fields(ref="string", order_id="string"))
    tools = imported(tmp_path, find, use)
    assert [(edge.path, edge.parameter) for edge in Graph(tools).edges] == [(("order_id",), "order_id")]
    kinds = {"find": {"->handle_no": "parcel", "->order_id": ""}, "use": {"ref": "parcel"}}
    told = with_kinds(kinds, tools, "kinds.json")
    assert [(edge.path, edge.parameter) for edge in Graph(told).edges] == [(("handle_no",), "ref")]
    assert Ledger().targets(told[1], {"ref": "P1"}) == [("parcel", "P1")]
    assert Ledger().targets(tools[1], {"ref": "P1"}) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[]", "is no object of tools"),
        ('{"get_order": []}', "get_order: [] is no object of fields"),
        ('{"get_order": {"reference": 3}}', "reference: 3 is no kind of entity"),
        ('{"get_order": {"reference": "An Order!"}}', "is no kind of entity"),
        ('{"lose_order": {"reference": "order"}}', "there is no tool 'lose_order'"),
        ('{"get_order": {"refrence": "order"}}', "tools/get_order has no field 'refrence'. It has reference, ->id"),
        ('{"get_order": {"->rows.0.price": "order"}}', "has no field '->rows.0.price'"),
    ],
)
def test_bad_kinds_are_one_sentence_that_names_them(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "kinds.json"
    path.write_text(text)
    with pytest.raises(UserError) as error:
        with_kinds(read_kinds(path), imported(tmp_path, ORDER), "kinds.json")
    assert said in str(error.value)
    assert "\n" not in str(error.value)
