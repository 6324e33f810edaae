"""A hand-made conversation with every kind that is no shape of calls, each way it can go, for tests to break."""

from __future__ import annotations

import copy
from typing import Any

from dtc_local.records import Conversation
from tests.audit.sound import ORDER, TEXT, Change, Dumped, literal, said, tool

OFFER = [
    tool("find_order", {"customer": TEXT}, ORDER),
    tool("get_order", {"order_id": TEXT}, ORDER),
    tool("list_orders", {}, {"type": "object", "properties": {"orders": {"type": "array", "items": ORDER}}}),
    tool("hold_order", {"order_id": TEXT}, ORDER, "write"),
    tool("note_order", {"order_id": TEXT, "text": TEXT | {"default": "none"}}, ORDER, "write"),
    tool("delete_order", {"order_id": TEXT}, None, "destructive"),
]
WITHHELD = [tool("track_parcel", {"order_id": TEXT})]
PROBLEM = {"type": "object", "properties": {"detail": TEXT, "status": {"type": "integer"}}, "required": ["detail"]}
OFFER[3] |= {"error": PROBLEM}
"""How `hold_order` fails; the others have no words for it."""


def failure(code: str, message: str) -> Dumped:
    """An error in the plain shape."""
    return {"error": {"code": code, "message": message}}


def made(call: str, name: str, result: Any, fault: str = "", **arguments: Any) -> Dumped:
    """A call as it was made."""
    return {"id": call, "tool": name, "arguments": arguments, "result": result, "fault": fault}


def turn(kind: str, request: str, reply: str, *calls: Dumped, **more: Any) -> Dumped:
    """A turn of calls one after the other; those that succeed, or whose error has the plan's id, are the plan."""
    planned = [one for one in calls if "~" not in one["id"]]
    return {
        "kind": kind,
        "request": request,
        "reply": reply,
        "plan": {
            "calls": [
                {
                    "id": one["id"],
                    "tool": one["tool"],
                    "arguments": {name: literal(value) for name, value in one["arguments"].items()},
                }
                for one in planned
            ]
        },
        "levels": [[one] for one in calls],
        "verification": {"samples": 4, "equal": 3},
        **more,
    }


def focus(call: str, argument: str = "", *path: str) -> Dumped:
    """What a turn turns on."""
    return {"call": call, "argument": argument, "path": list(path)}


ORD_7 = {"order_id": "ORD-7", "status": "open", "customer": "Ada Byron"}
ORD_8 = {"order_id": "ORD-8", "status": "packed", "total": 64}
NOTE = "Please add to order ORD-8 that it is fragile."
PARTS = ("opening", "closing")


def _clarify() -> list[Dumped]:
    about = {"focus": focus("$1", "customer")}
    return [
        turn("clarify", "Please find an order for me.", "Which customer should I look for?", part="opening", **about),
        turn(
            "clarify",
            "It's Ada Byron.",
            "The order is ORD-7.",
            made("$1", "find_order", ORD_7, customer="Ada Byron"),
            part="closing",
            required=["Ada Byron"],
            provenance=[said("It's Ada Byron.", "$1", "customer", "Ada Byron", 1)],
            **about,
        ),
    ]


def _without_calls() -> list[Dumped]:
    parcel, refusal = "Can you follow the parcel of order ORD-7?", "I'm sorry, none of my tools can follow a parcel."
    about: Dumped = {"focus": focus("$1", "", "status"), "outcome": "recall"}
    return [
        turn("missing_tool", parcel, refusal, required=["ORD-7"], focus=focus("$2")),
        turn("no_tool", "What was the status again?", "The status was open.", **about),
        turn("no_tool", "Thanks, you are a great help.", "You're welcome.", outcome="outside"),
    ]


def _correction() -> Dumped:
    request = "Sorry, I meant Grace Hopper."
    return turn(
        "correction",
        request,
        "Her order is ORD-8.",
        made("$3", "find_order", {"order_id": "ORD-8"}, customer="Grace Hopper"),
        required=["Grace Hopper"],
        provenance=[said(request, "$3", "customer", "Grace Hopper", 5)],
        focus=focus("$1", "customer"),
    )


def _errors() -> list[Dumped]:
    look, hold = "Show me order ORD-8.", "Please put order ORD-8 on hold."
    late = failure("timeout", "the service did not answer in time")
    lacking = failure("missing_argument", "the text is needed for this")
    sorry = "I'm sorry, I could not put it on hold: somebody has locked it."
    return [
        turn(
            "tool_error",
            look,
            "Order ORD-8 is packed, and comes to 64.",
            made("$4~1", "get_order", late, "error", order_id="ORD-8"),
            made("$4", "get_order", ORD_8, order_id="ORD-8"),
            required=["ORD-8"],
            provenance=[said(look, "$4", "order_id", "ORD-8", 6)],
            focus=focus("$4"),
            outcome="retry",
        ),
        turn(
            "tool_error",
            NOTE,
            "It is noted on ORD-8.",
            made("$5~1", "note_order", lacking, "error", order_id="ORD-8"),
            made("$5", "note_order", {"order_id": "ORD-8"}, order_id="ORD-8", text="it is fragile"),
            required=["ORD-8", "it is fragile"],
            provenance=[
                said(NOTE, "$5", "order_id", "ORD-8", 7),
                said(NOTE, "$5", "text", "it is fragile", 7),
            ],
            focus=focus("$5", "text"),
            outcome="repair",
        ),
        turn(
            "tool_error",
            hold,
            sorry,
            made("$6", "hold_order", {"detail": "somebody has locked it", "status": 423}, "error", order_id="ORD-8"),
            required=["ORD-8"],
            provenance=[said(hold, "$6", "order_id", "ORD-8", 8)],
            focus=focus("$6"),
            outcome="report",
        ),
    ]


def _mistake() -> Dumped:
    return turn(
        "mistake_hint",
        "Which orders do we have?",
        "We have ORD-7 and ORD-8.",
        made("$7~1", "get_order", {"hint": "Look at what was really asked for."}, "mistake", order_id="ORD-7"),
        made("$7", "list_orders", {"orders": [ORD_7, {"order_id": "ORD-8"}]}),
        focus=focus("$7"),
    )


def _consents() -> list[Dumped]:
    delete, more = "Delete order ORD-7.", "Then delete order ORD-8 too."
    agreed: Dumped = {"focus": focus("$8"), "outcome": "yes"}
    refused: Dumped = {"focus": focus("$9"), "outcome": "no"}
    first, second = ({"part": part, "verification": None if part == "opening" else {"samples": 4, "equal": 4}}
                     for part in PARTS)  # fmt: skip
    return [
        turn("confirm", delete, "Shall I really delete order ORD-7?", required=["ORD-7"], **first, **agreed),
        turn(
            "confirm",
            "Yes, go ahead.",
            "Order ORD-7 is deleted.",
            made("$8", "delete_order", {"deleted": True}, order_id="ORD-7"),
            provenance=[said(delete, "$8", "order_id", "ORD-7", 10)],
            **second,
            **agreed,
        ),
        turn("confirm", more, "Are you sure that I should delete it?", required=["ORD-8"], **first, **refused),
        turn("confirm", "No, leave it.", "All right, everything stays as it is.", **second, **refused),
    ]


def _gone() -> Dumped:
    request = "Show me order ORD-7 once more."
    return turn(
        "tool_error",
        request,
        "I could not show it: there is no such entry.",
        made("$10", "get_order", failure("not_found", "there is no such entry"), "error", order_id="ORD-7"),
        required=["ORD-7"],
        provenance=[said(request, "$10", "order_id", "ORD-7", 14)],
        focus=focus("$10", "order_id"),
        outcome="gone",
    )


ASKED_IN_VAIN = {2: ("$2", "track_parcel"), 13: ("$9", "delete_order")}
"""Calls of outlines that come to no plan, by the turn that ends them."""


def dumped() -> Dumped:
    """The conversation as plain data, ready to be broken."""
    turns = [*_clarify(), *_without_calls(), _correction(), *_errors(), _mistake(), *_consents(), _gone()]
    outlines = []
    for number, one in enumerate(turns):
        if one.get("part") == "opening":
            continue
        calls = [{"id": call["id"], "tool": call["tool"]} for call in one["plan"]["calls"]]
        if number in ASKED_IN_VAIN:
            call, name = ASKED_IN_VAIN[number]
            calls = [{"id": call, "tool": name}]
        about = {name: one[name] for name in ("kind", "focus", "outcome") if name in one}
        outlines.append({**about, "calls": calls})
    whole = {
        "scenario": {
            "index": 5,
            "date": "2026-03-02",
            "persona": {"name": "Ada Byron", "role": "shop owner", "expertise": "new to this"},
            "offer": OFFER,
            "withheld": WITHHELD,
            "turns": outlines,
        },
        "turns": turns,
        "verdict": {"keep": True, "reason": "sound", "votes": ["sound"], "scores": {"calls_fit": 1.0}},
    }
    return copy.deepcopy(whole)


def conversation(*changes: Change) -> Conversation:
    """The conversation, after some changes."""
    whole = dumped()
    for change in changes:
        change(whole)
    return Conversation.model_validate(whole)
