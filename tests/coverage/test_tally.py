"""What one conversation shows."""

from __future__ import annotations

from dtc_local.coverage.tally import Tally, fate_of, listed_values, planned
from dtc_local.records import CallOutline, Conversation, ExecutedCall, Focus, Reference, Scenario, TurnOutline
from tests import samples
from tests.shop import CREATE_TICKET, GET_TICKET, PERSONA, UPDATE_TICKET

TICKET = Reference(call="$1", path=("ticket_id",), type="integer")
CREATE = CallOutline(id="$1", tool="create_ticket", literals=("title",))
UPDATE = CallOutline(id="$2", tool="update_ticket", literals=("status",), references={"ticket_id": (TICKET,)})


def scenario(*turns: TurnOutline) -> Scenario:
    """A conversation about a ticket."""
    return Scenario(
        index=0,
        date="2026-03-02",
        persona=PERSONA,
        offer=(UPDATE_TICKET, GET_TICKET),
        withheld=(CREATE_TICKET,),
        turns=turns,
        facts={"$1": {"title": ("New lamp", "Old lamp")}, "$2": {"status": ("closed", "open")}},
    )


CHAIN = TurnOutline(kind="chain", calls=(CREATE, UPDATE))


def test_a_plan_shows_tools_parameters_the_first_listed_value_and_edges() -> None:
    tally = planned(scenario(CHAIN))
    assert tally.kinds == ("chain",)
    assert set(tally.things) == {
        ("offer", "shop", "update_ticket"),
        ("offer", "shop", "get_ticket"),
        ("tool", "shop", "create_ticket"),
        ("parameter", "shop", "create_ticket", "title"),
        ("tool", "shop", "update_ticket"),
        ("parameter", "shop", "update_ticket", "status"),
        ("parameter", "shop", "update_ticket", "ticket_id"),
        ("value", "shop", "update_ticket", "status", '"closed"'),
        ("edge", "shop", "create_ticket", "ticket_id", "update_ticket", "ticket_id"),
    }


def test_calls_that_are_planned_to_fail_or_not_to_be_made_show_nothing() -> None:
    for kind, outcome in (("confirm", "no"), ("tool_error", "report")):
        turn = TurnOutline(kind=kind, calls=(CREATE, UPDATE), focus=Focus(call="$2"), outcome=outcome)
        assert {thing[2] for thing in planned(scenario(turn)).things if thing[0] == "tool"} == {"create_ticket"}
    missing = TurnOutline(kind="missing_tool", calls=(CREATE,), focus=Focus(call="$1"))
    assert not [thing for thing in planned(scenario(missing)).things if thing[0] == "tool"]


def test_a_kept_conversation_shows_what_its_calls_held() -> None:
    fate = fate_of(samples.conversation(), None)
    assert fate.kept is not None
    assert fate.kept.kinds == ("chain", "parallel")
    assert [thing[2] for thing in fate.kept.things if thing[0] == "tool"] == ["find_order", "cancel_order"] + [
        "find_order"
    ] * 2
    assert ("value", "shop", "cancel_order", "refund", "true") in fate.kept.things
    assert ("edge", "shop", "find_order", "order_id", "cancel_order", "order_id") in fate.kept.things
    assert fate.failed == ()


def test_a_call_that_failed_shows_nothing() -> None:
    whole = samples.conversation()
    failed = ExecutedCall(id="$3", tool="find_order", arguments={}, result={"error": "none"}, fault="error")
    turn = whole.turns[1].model_copy(update={"levels": ((failed, whole.turns[1].levels[0][1]),)})
    fate = fate_of(whole.model_copy(update={"turns": (whole.turns[0], turn)}), None)
    assert fate.kept is not None
    assert [thing[2] for thing in fate.kept.things if thing[0] == "tool"].count("find_order") == 2


def test_a_turn_of_two_messages_counts_once() -> None:
    whole = samples.conversation()
    opening = whole.turns[0].model_copy(update={"kind": "clarify", "part": "opening", "levels": ()})
    closing = whole.turns[0].model_copy(update={"kind": "clarify", "part": "closing"})
    fate = fate_of(whole.model_copy(update={"turns": (opening, closing)}), None)
    assert fate.kept is not None
    assert fate.kept.kinds == ("clarify",)


def test_the_turn_that_broke_off_is_named() -> None:
    whole = samples.conversation()
    first: Conversation = whole.model_copy(update={"turns": whole.turns[:1], "rescued": True})
    assert fate_of(first, None).failed == ("parallel",)
    assert fate_of(first, "length").failed == ("parallel",)
    assert fate_of(whole, "judged").failed == ("chain", "parallel")
    assert fate_of(None, "no_topology").planned == Tally()


def test_listed_values_are_those_of_an_enum_or_a_boolean() -> None:
    assert listed_values({"type": "string", "enum": ["a", "b"]}) == ("a", "b")
    assert listed_values({"type": "boolean"}) == (True, False)
    assert listed_values({"const": "a"}) == listed_values({"type": "string"}) == ()
