"""What a result has shown stays true until a write changes it; what was destroyed is gone."""

from __future__ import annotations

from typing import Any

import pytest

from dtc_local.ledger import Ledger, creates, entity_kind, singular, tool_kind
from tests.shop import CANCEL_ORDER, CREATE_TICKET, DELETE_TICKET, GET_TICKET, LIST_ORDERS, STRING, UPDATE_TICKET, tool
from tests.stages.desks import done

LIST_TICKETS = tool("list_tickets", {}, {"tickets": {"type": "array", "items": {"type": "object"}}})


def created(**arguments: Any) -> Ledger:
    """After ticket 7 was created."""
    return Ledger().after(done("$1", "create_ticket", {"ticket_id": 7, "status": "open"}, **arguments), CREATE_TICKET)


def test_reading_after_creating_shows_the_created_values() -> None:
    ledger = created(title="Printer", priority=2)
    assert ledger.pinned(GET_TICKET, {"ticket_id": 7}) == {"ticket_id": 7, "title": "Printer", "status": "open"}
    assert ledger.known(GET_TICKET, {"ticket_id": 7}) == ("ticket 7: title Printer; priority 2; status open",)
    assert ledger.pinned(GET_TICKET, {"ticket_id": 8}) == {"ticket_id": 8}


def test_read_write_read_shows_the_new_value() -> None:
    seen = done("$1", "get_ticket", {"ticket_id": 7, "title": "Printer", "status": "open"}, ticket_id=7)
    ledger = Ledger().after(seen, GET_TICKET)
    change = done("$2", "update_ticket", {"ticket_id": 7, "status": "closed"}, ticket_id=7, status="closed")
    assert ledger.pinned(UPDATE_TICKET, change.arguments) == {"ticket_id": 7, "status": "closed"}
    assert not ledger.contradicts(change, UPDATE_TICKET)
    later = ledger.after(change, UPDATE_TICKET)
    assert later.pinned(GET_TICKET, {"ticket_id": 7}) == {"ticket_id": 7, "title": "Printer", "status": "closed"}
    assert later.contradicts(seen, GET_TICKET)
    assert not later.contradicts(done("$3", "get_ticket", {**seen.result, "status": "closed"}, ticket_id=7), GET_TICKET)


def test_a_write_may_change_states_it_does_not_name_but_not_names() -> None:
    rename = tool("rename_ticket", {"ticket_id": {"type": "integer"}, "title": STRING}, {"status": STRING}, "write")
    ledger = created(title="Printer", priority=2)
    renamed = done("$2", "rename_ticket", {"status": "in_progress"}, ticket_id=7, title="Scanner")
    assert not ledger.contradicts(renamed, rename)
    assert ledger.contradicts(
        done("$2", "rename_ticket", {"title": "Fax", "status": "open"}, ticket_id=7, title="Scanner"), rename
    )
    facts = ledger.after(renamed, rename).facts["ticket", 7]
    assert facts == {"title": "Scanner", "priority": 2, "status": "in_progress"}


def test_what_was_destroyed_is_refused_and_may_not_be_shown() -> None:
    ledger = created(title="Printer")
    gone = ledger.after(done("$2", "delete_ticket", {"ticket_id": 7}, ticket_id=7), DELETE_TICKET)
    assert gone.refuses(GET_TICKET, {"ticket_id": 7})
    assert not gone.refuses(GET_TICKET, {"ticket_id": 8})
    assert not ledger.refuses(GET_TICKET, {"ticket_id": 7})
    shown = done("$3", "list_tickets", {"tickets": [{"id": 7, "title": "Printer"}]})
    assert gone.contradicts(shown, LIST_TICKETS)
    assert not ledger.contradicts(shown, LIST_TICKETS)


def test_a_ledger_is_a_value() -> None:
    ledger = created(title="Printer")
    before = {entity: dict(facts) for entity, facts in ledger.facts.items()}
    ledger.after(done("$2", "update_ticket", {"status": "closed"}, ticket_id=7, status="closed"), UPDATE_TICKET)
    ledger.contradicts(done("$2", "list_tickets", {"tickets": [{"id": 9, "title": "Fax"}]}), LIST_TICKETS)
    assert ledger.facts == before
    assert ledger.gone == frozenset()


def test_lists_show_entities_with_their_facts() -> None:
    result = {"orders": [{"order_id": "O-1", "total": 5}, {"order_id": "O-2", "total": 6}]}
    ledger = Ledger().after(done("$1", "list_orders", result, customer_id=3), LIST_ORDERS)
    assert ledger.facts["order", "O-2"] == {"total": 6}
    assert ledger.contradicts(
        done("$2", "list_orders", {"orders": [{"order_id": "O-2", "total": 7}]}, customer_id=3), LIST_ORDERS
    )


def test_a_result_may_not_contradict_itself() -> None:
    twice = {"orders": [{"order_id": "O-1", "total": 5}, {"order_id": "O-1", "total": 6}]}
    assert Ledger().contradicts(done("$1", "list_orders", twice, customer_id=3), LIST_ORDERS)


def test_something_new_is_not_what_is_known_already_nor_other_than_asked_for() -> None:
    ledger = created(title="Printer")
    again = done("$2", "create_ticket", {"ticket_id": 7, "status": "open"}, title="Scanner")
    assert ledger.contradicts(again, CREATE_TICKET)
    other = done("$2", "create_ticket", {"ticket_id": 8, "title": "Fax"}, title="Scanner")
    assert ledger.contradicts(other, CREATE_TICKET)
    assert not ledger.contradicts(done("$2", "create_ticket", {"ticket_id": 8}, title="Scanner"), CREATE_TICKET)


def test_what_is_made_for_somebody_is_no_fact_about_them() -> None:
    make = tool("create_ticket", {"customer_id": {"type": "integer"}, "title": STRING}, {"ticket_id": STRING}, "write")
    ledger = Ledger().after(done("$1", "create_ticket", {"ticket_id": "T-1"}, customer_id=3, title="Printer"), make)
    assert ledger.facts["ticket", "T-1"] == {"title": "Printer"}
    assert ("customer", 3) not in ledger.facts


def test_a_dropped_attempt_leaves_no_trace_in_what_is_pinned() -> None:
    assert Ledger().pinned(CANCEL_ORDER, {"order_id": "O-1"}) == {"order_id": "O-1"}


def test_an_echo_of_another_type_is_not_pinned() -> None:
    odd = tool("odd", {"page": {"type": "integer"}}, {"page": STRING})
    assert Ledger().pinned(odd, {"page": 3}) == {}


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("ticket_id", "ticket"),
        ("ticketId", "ticket"),
        ("ticketID", "ticket"),
        ("id", ""),
        ("order-number", "order"),
        ("support_ticket_id", "support ticket"),
        ("number", None),
        ("code", None),
        ("bid", None),
        ("valid", None),
        ("monkey", None),
        ("name", None),
    ],
)
def test_id_like_names_tell_the_kind(name: str, kind: str | None) -> None:
    assert entity_kind(name) == kind


def test_nouns_of_tools_are_singular_and_no_verbs() -> None:
    assert [tool_kind(one) for one in (CREATE_TICKET, LIST_ORDERS, LIST_TICKETS)] == ["ticket", "order", "ticket"]
    words = ("orders", "cities", "status", "addresses", "address", "boxes", "analysis", "bus")
    assert [singular(word) for word in words] == [
        "order",
        "city",
        "status",
        "address",
        "address",
        "box",
        "analysis",
        "bus",
    ]
    assert [creates(one) for one in (CREATE_TICKET, UPDATE_TICKET, GET_TICKET)] == [True, False, False]
