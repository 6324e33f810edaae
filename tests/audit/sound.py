"""A hand-made conversation with every kind of turn and nothing wrong with it, for tests to break."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from dtc_local.records import Conversation

Dumped = dict[str, Any]
Change = Callable[[Dumped], None]

ORDER = {
    "type": "object",
    "properties": {
        "order_id": {"type": "string"},
        "status": {"type": "string"},
        "total": {"type": "number"},
        "customer": {"type": "string"},
    },
    "required": ["order_id"],
}


def tool(name: str, properties: Dumped, output: Dumped | None = None, effect: str = "read") -> Dumped:
    """An offered tool, dumped; what has no default is required. The original says nothing of further arguments."""
    original = {
        "type": "object",
        "properties": properties,
        "required": [key for key, schema in properties.items() if "default" not in schema],
    }
    return {
        "name": name,
        "namespace": "shop",
        "description": "Does things to orders.",
        "parameters": original | {"additionalProperties": False},
        "output": output,
        "effect": effect,
        "source": {
            "dialect": "openai",
            "file": "shop.json",
            "name": name,
            "parameters": original,
            "output": output,
        },
    }


TEXT = {"type": "string"}
OFFER = [
    tool("find_order", {"customer": TEXT}, ORDER),
    tool("get_order", {"order_id": TEXT}, ORDER),
    tool(
        "hold_order",
        {"order_id": TEXT, "status": {"enum": ["on_hold", "shipped"]}, "notify": {"type": "boolean"}},
        ORDER,
        "write",
    ),
    tool("compare", {"firstOrder": TEXT, "secondOrder": TEXT, "top": {"type": "integer", "maximum": 9}}),
    tool(
        "rate_order",
        {
            "order_id": TEXT,
            "day": {"type": "string", "format": "date"},
            "marks": {"type": "object", "properties": {"taste": {"type": "number"}, "look": {"type": "number"}}},
            "currency": {"type": "string", "default": "EUR"},
        },
        None,
        "write",
    ),
    tool("delete_order", {"order_id": TEXT}, None, "destructive"),
    tool("ls", {}),
]


def literal(value: Any) -> Dumped:
    """A literal argument."""
    return {"kind": "literal", "value": value}


def reference(call: str, *path: str | int) -> Dumped:
    """A reference to a string."""
    return {"kind": "reference", "call": call, "path": list(path), "type": "string"}


def origin(call: str, argument: str, source: str, **where: Any) -> Dumped:
    """Where an argument comes from."""
    return {"call": call, "argument": argument, "source": source, **where}


def turn(
    kind: str, request: str, reply: str, *levels: list[tuple[str, str, Dumped, Dumped, Any]], **more: Any
) -> Dumped:
    """A dumped turn from calls given as (id, tool, planned arguments, carried arguments, result)."""
    calls = [call for level in levels for call in level]
    return {
        "kind": kind,
        "request": request,
        "reply": reply,
        "plan": {"calls": [{"id": id, "tool": name, "arguments": planned} for id, name, planned, _, _ in calls]},
        "levels": [
            [{"id": id, "tool": name, "arguments": carried, "result": result} for id, name, _, carried, result in level]
            for level in levels
        ],
        "verification": {"samples": 4, "equal": 2},
        **more,
    }


def said(request: str, call: str, argument: str, value: str, number: int) -> Dumped:
    """An origin in the request of turn `number`, its span found by looking."""
    begin = request.index(value)
    return origin(call, argument, "request", turn=number, span=[begin, begin + len(value)])


def finding(id: str, customer: str, order: str) -> tuple[str, str, Dumped, Dumped, Any]:
    """A call of find_order."""
    return id, "find_order", {"customer": literal(customer)}, {"customer": customer}, {"order_id": order}


HOLD = "Please put Ada Byron's order on hold, and let her know."
BOTH = "Which orders have Grace Hopper and Zoë Müller?"
COMPARE = "Show the top 5 of the orders of Alan Turing and Mary Shelley side by side."
RATE = "Look up Max Planck's order, and rate it for 2026-03-05: taste 4.5, look 12."
DELETE = "Now delete order ORD-7."


def _hold() -> Dumped:
    planned = {"order_id": reference("$1", "order_id"), "status": literal("on_hold"), "notify": literal(True)}
    carried = {"order_id": "ORD-7", "status": "on_hold", "notify": True}
    return turn(
        "chain",
        HOLD,
        "Order ORD-7 is on hold.",
        [finding("$1", "Ada Byron", "ORD-7")],
        [("$2", "hold_order", planned, carried, {"order_id": "ORD-7", "status": "on_hold"})],
        implicit=["$1"],
        required=["on hold", "Ada Byron"][::-1],
        provenance=[
            said(HOLD, "$1", "customer", "Ada Byron", 0),
            origin("$2", "order_id", "result", path="$1.order_id"),
            said(HOLD, "$2", "status", "on hold", 0),
            origin("$2", "notify", "inferred"),
        ],
    )


def _look() -> Dumped:
    result = {"order_id": "ORD-7", "status": "on_hold", "total": 120.5, "customer": "Ada Byron"}
    return turn(
        "follow_up",
        "What does that order look like now?",
        "Order ORD-7 is on hold. It comes to $120.50.",
        [("$3", "get_order", {"order_id": reference("$1", "order_id")}, {"order_id": "ORD-7"}, result)],
        provenance=[origin("$3", "order_id", "result", path="$1.order_id")],
    )


def _both() -> Dumped:
    return turn(
        "parallel",
        BOTH,
        "Grace Hopper has ORD-21 and Zoë Müller has ORD-22.",
        [finding("$4", "Grace Hopper", "ORD-21"), finding("$5", "Zoë Müller", "ORD-22")],
        required=["Grace Hopper", "Zoë Müller"],
        provenance=[
            said(BOTH, "$4", "customer", "Grace Hopper", 2),
            said(BOTH, "$5", "customer", "Zoë Müller", 2),
        ],
    )


def _compare() -> Dumped:
    planned = {
        "firstOrder": reference("$6", "order_id"),
        "secondOrder": reference("$7", "order_id"),
        "top": literal(5),
    }
    carried = {"firstOrder": "ORD-31", "secondOrder": "ORD-32", "top": 5}
    return turn(
        "fan_in",
        COMPARE,
        "The cheaper order is ORD-31.",
        [finding("$6", "Alan Turing", "ORD-31"), finding("$7", "Mary Shelley", "ORD-32")],
        [("$8", "compare", planned, carried, {"cheaper": "ORD-31", "lines": [{"id": 70, "note": "rank 1"}]})],
        implicit=["$6", "$7"],
        required=["5", "Alan Turing", "Mary Shelley"],
        provenance=[
            said(COMPARE, "$6", "customer", "Alan Turing", 3),
            said(COMPARE, "$7", "customer", "Mary Shelley", 3),
            origin("$8", "firstOrder", "result", path="$6.order_id"),
            origin("$8", "secondOrder", "result", path="$7.order_id"),
            said(COMPARE, "$8", "top", "5", 3),
        ],
    )


def _rate() -> Dumped:
    planned = {
        "order_id": reference("$9", "order_id"),
        "day": literal("2026-03-05"),
        "marks": literal({"taste": 4.5, "look": 12}),
        "currency": literal("EUR"),
    }
    carried = {
        "order_id": "ORD-41",
        "day": "2026-03-05",
        "marks": {"taste": 4.5, "look": 12},
        "currency": "EUR",
    }
    order = {"order_id": "ORD-41", "status": "shipped"}
    return turn(
        "fan_out",
        RATE,
        "The order ORD-41 was shipped; your marks of 4.5 and 12 are in.",
        [finding("$9", "Max Planck", "ORD-41")],
        [
            ("$10", "get_order", {"order_id": reference("$9", "order_id")}, {"order_id": "ORD-41"}, order),
            ("$11", "rate_order", planned, carried, {"saved": True, "day": "2026-03-05"}),
        ],
        required=["Max Planck", "2026-03-05", "4.5", "12"],
        provenance=[
            said(RATE, "$9", "customer", "Max Planck", 4),
            origin("$10", "order_id", "result", path="$9.order_id"),
            origin("$11", "order_id", "result", path="$9.order_id"),
            said(RATE, "$11", "day", "2026-03-05", 4),
            said(RATE, "$11", "marks.taste", "4.5", 4),
            said(RATE, "$11", "marks.look", "12", 4),
            origin("$11", "currency", "schema"),
        ],
    )


def _delete() -> Dumped:
    return turn(
        "single",
        DELETE,
        "Order ORD-7 is deleted.",
        [("$12", "delete_order", {"order_id": literal("ORD-7")}, {"order_id": "ORD-7"}, {"deleted": True})],
        required=["ORD-7"],
        provenance=[said(DELETE, "$12", "order_id", "ORD-7", 5)],
    )


def dumped() -> Dumped:
    """The sound conversation as plain data, ready to be broken."""
    turns = [_hold(), _look(), _both(), _compare(), _rate(), _delete()]
    made = {
        "scenario": {
            "index": 3,
            "date": "2026-03-02",
            "persona": {"name": "Ada Byron", "role": "shop owner", "expertise": "new to this"},
            "offer": OFFER,
            "turns": [{"kind": one["kind"], "calls": []} for one in turns],
        },
        "turns": turns,
        "verdict": {"keep": True, "reason": "sound", "votes": ["sound"]},
    }
    return copy.deepcopy(made)


def conversation(*changes: Change) -> Conversation:
    """The sound conversation, after some changes."""
    made = dumped()
    for change in changes:
        change(made)
    return Conversation.model_validate(made)


def put(*path: str | int, to: Any) -> Change:
    """A change that puts a value at a path."""

    def change(made: Dumped) -> None:
        place: Any = made
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = to

    return change
