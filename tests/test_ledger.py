"""What a result has shown stays true until a write changes it; what was destroyed is gone."""

from __future__ import annotations

from typing import Any

from dtc_local.ledger import Ledger, creates
from tests.shop import (
    CANCEL_ORDER,
    CREATE_TICKET,
    DELETE_TICKET,
    GET_TICKET,
    LIST_ORDERS,
    STRING,
    UPDATE_TICKET,
    schema_of,
    tool,
)
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


def test_making_is_told_by_the_name_of_a_writing_tool() -> None:
    assert [creates(one) for one in (CREATE_TICKET, UPDATE_TICKET, GET_TICKET)] == [True, False, False]


def test_an_id_given_to_a_write_is_a_new_fact_of_its_subject() -> None:
    agent = {"type": "integer"}
    assign = tool("assign_ticket", {"ticket_id": agent, "agent_id": agent}, {"status": STRING}, "write")
    ledger = Ledger().after(done("$1", "get_ticket", {"ticket_id": 7, "agent_id": 1}, ticket_id=7), GET_TICKET)
    later = ledger.after(done("$2", "assign_ticket", {"status": "open"}, ticket_id=7, agent_id=2), assign)
    assert later.facts["ticket", 7]["agent_id"] == 2


def test_paths_and_user_names_are_entities_too() -> None:
    read = tool("cat", {"file_name": STRING}, {"file_content": STRING})
    write = tool("echo", {"content": STRING, "file_name": STRING}, {"terminal_output": STRING}, "write")
    remove = tool("rm", {"file_name": STRING}, {"result": STRING}, "destructive")
    ledger = Ledger().after(done("$1", "cat", {"file_content": "Hello."}, file_name="a.txt"), read)
    assert ledger.pinned(read, {"file_name": "a.txt"}) == {"file_content": "Hello."}
    assert ledger.pinned(read, {"file_name": "b.txt"}) == {}
    written = ledger.after(done("$2", "echo", {"terminal_output": ""}, file_name="a.txt", content="Bye."), write)
    assert "file_content" not in written.pinned(read, {"file_name": "a.txt"})
    gone = written.after(done("$3", "rm", {"result": "done"}, file_name="a.txt"), remove)
    assert gone.refuses(read, {"file_name": "a.txt"})
    assert not gone.refuses(write, {"file_name": "a.txt", "content": "Again."})


def test_what_a_reading_of_a_file_asks_besides_makes_its_answer_no_fact_of_the_file() -> None:
    count = tool("wc", {"file_name": STRING, "mode": STRING}, {"count": {"type": "integer"}})
    ledger = Ledger().after(done("$1", "wc", {"count": 3}, file_name="a.txt", mode="l"), count)
    assert ledger.pinned(count, {"file_name": "a.txt", "mode": "w"}) == {}


def test_taking_something_out_of_another_thing_destroys_neither() -> None:
    number = {"type": "integer"}
    take = tool("remove_user_from_group", {"user_id": number, "group_id": number}, {"ok": STRING}, "destructive")
    ledger = Ledger().after(done("$1", "remove_user_from_group", {"ok": "yes"}, user_id=1, group_id=2), take)
    assert ledger.gone == frozenset()


def test_a_list_of_ids_names_each_of_them() -> None:
    ids = {"type": "array", "items": {"type": "integer"}}
    close = tool("delete_tickets", {"ticket_ids": ids}, {"closed": STRING}, "destructive")
    ledger = Ledger().after(done("$1", "delete_tickets", {"closed": "yes"}, ticket_ids=[7, 8]), close)
    assert ledger.refuses(GET_TICKET, {"ticket_id": 8})
    assert not ledger.refuses(GET_TICKET, {"ticket_id": 9})


def test_what_is_asked_for_by_one_key_and_shown_with_another_stays_the_same_by_both() -> None:
    find = tool("get_order", {"order_number": STRING}, {"order_id": STRING, "total": {"type": "number"}})
    ledger = Ledger().after(done("$1", "get_order", {"order_id": "O-1", "total": 5}, order_number="77"), find)
    assert ledger.pinned(find, {"order_number": "77"}) == {"order_id": "O-1", "total": 5}
    assert ledger.facts["order", "O-1"] == {"total": 5}


def test_the_entity_kinds_that_the_user_sets_win() -> None:
    plain = tool("get_profile", {"reference_no": STRING}, {"nick": STRING})
    told = plain.model_copy(update={"entities": {"reference_no": "member"}})
    result = done("$1", "get_profile", {"nick": "Ada"}, reference_no="M1")
    assert Ledger().after(result, plain).facts == {}
    assert Ledger().after(result, told).facts == {("member", "M1"): {"nick": "Ada"}}
    silent = GET_TICKET.model_copy(update={"entities": {"ticket_id": ""}})
    assert Ledger().targets(silent, {"ticket_id": 7}) == []


ROWS = {
    "tickets": {
        "type": "array",
        "items": schema_of({"id": {"type": "integer"}, "title": STRING, "status": STRING}),
    }
}
ALL_TICKETS = tool("list_tickets", {}, ROWS)
BY_STATUS = tool("list_tickets", {"status": STRING}, ROWS)


def test_a_list_of_everything_holds_what_is_known() -> None:
    ledger = created(title="Printer", priority=2)
    assert ledger.members(ALL_TICKETS, {}) == {("tickets",): ({"id": 7, "title": "Printer", "status": "open"},)}
    fax, printer = ({"id": number, "title": title, "status": "open"} for number, title in ((9, "Fax"), (7, "Printer")))
    with_it, without = {"tickets": [fax, printer]}, {"tickets": [fax]}
    assert not ledger.contradicts(done("$2", "list_tickets", with_it), ALL_TICKETS)
    assert ledger.contradicts(done("$2", "list_tickets", without), ALL_TICKETS)


def test_a_filtered_list_holds_what_is_known_to_pass_the_filter() -> None:
    ledger = created(title="Printer")
    assert ledger.members(BY_STATUS, {"status": "open"})
    assert not ledger.members(BY_STATUS, {"status": "closed"})
    assert not ledger.members(BY_STATUS, {"query": "Printer"})


def test_a_list_of_some_may_leave_out_what_is_known() -> None:
    some = tool("list_overdue_tickets", {}, ROWS)
    assert not created(title="Printer").members(some, {})


def test_a_list_does_not_hold_what_was_destroyed() -> None:
    gone = created(title="Printer").after(done("$2", "delete_ticket", {"ticket_id": 7}, ticket_id=7), DELETE_TICKET)
    assert not gone.members(ALL_TICKETS, {})


def test_what_may_overwrite_does_not_end_what_it_writes() -> None:
    write = tool("write_file", {"path": STRING, "content": STRING}, {"ok": {"type": "boolean"}}, "destructive")
    ledger = Ledger().after(done("$1", "write_file", {"ok": True}, path="a.txt", content="x"), write)
    assert not ledger.gone
