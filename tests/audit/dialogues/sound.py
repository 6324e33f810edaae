"""A sound conversation in OpenAI's words, for tests to break: three turns, two calls at once, a chain, a write."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

from dtc_local.audit.dialogues import DIALOGUE_RULES
from dtc_local.audit.readers import openai

Row = dict[str, Any]
Change = Callable[[Row], None]
TEXT = {"type": "string"}


def tool(name: str, properties: Row, required: list[str], description: str = "") -> Row:
    """A function object."""
    parameters = {"type": "object", "properties": properties, "required": required}
    return {"type": "function", "function": {"name": name, "description": description, "parameters": parameters}}


TOOLS = [
    tool("find_order", {"customer": TEXT}, ["customer"]),
    tool("get_order", {"order_id": TEXT, "currency": {"type": "string", "default": "EUR"}}, ["order_id"]),
    tool(
        "move_delivery",
        {
            "order_id": TEXT,
            "day": {"type": "string", "format": "date"},
            "slot": {"enum": ["morning", "evening"]},
            "copies": {"type": "integer", "maximum": 20},
        },
        ["order_id", "day"],
    ),
    tool("delete_order", {"order_id": TEXT}, ["order_id"]),
]


def call(call_id: str, name: str, **arguments: Any) -> Row:
    """A call as OpenAI spells it."""
    return {"id": call_id, "type": "function", "function": {"name": name, "arguments": json.dumps(arguments)}}


def calling(*calls: Row) -> Row:
    """A message that calls."""
    return {"role": "assistant", "content": "", "tool_calls": list(calls)}


def answer(call_id: str, name: str, value: Any) -> Row:
    """A result."""
    return {"role": "tool", "tool_call_id": call_id, "name": name, "content": json.dumps(value)}


MESSAGES: list[Row] = [
    {"role": "system", "content": "You help in a shop. Today is 2026-03-02."},
    {"role": "user", "content": "Which orders do Ada Byron and Grace Hopper have with us?"},
    calling(
        call("call_a1", "find_order", customer="Ada Byron"), call("call_a2", "find_order", customer="Grace Hopper")
    ),
    answer("call_a1", "find_order", {"order_id": "ORD-71", "total": 120.5}),
    answer("call_a2", "find_order", {"order_id": "ORD-82", "total": 64}),
    {"role": "assistant", "content": "Ada Byron has ORD-71 and Grace Hopper has ORD-82."},
    {"role": "user", "content": "What does the first of them look like?"},
    calling(call("call_b1", "get_order", order_id="ORD-71", currency="EUR")),
    answer("call_b1", "get_order", {"order_id": "ORD-71", "status": "packed", "lines": [{"sku": "T-100"}]}),
    {"role": "assistant", "content": "ORD-71 is packed; it has 1 line, T-100, and comes to 120.50."},
    {"role": "user", "content": "Bring it next week, on 9 March in the evening please, with 12 copies of the bill."},
    calling(call("call_c1", "move_delivery", order_id="ORD-71", day="2026-03-09", slot="evening", copies=12)),
    answer("call_c1", "move_delivery", {"order_id": "ORD-71", "day": "2026-03-09", "moved": True}),
    calling(call("call_c2", "get_order", order_id="ORD-71")),
    answer("call_c2", "get_order", {"order_id": "ORD-71", "status": "moved"}),
    {"role": "assistant", "content": "Order ORD-71 now comes in the evening of 9 March 2026."},
]


def sound() -> Row:
    """The conversation, ready to be broken."""
    return copy.deepcopy({"messages": MESSAGES, "tools": TOOLS})


def changed(*changes: Change) -> Row:
    """The conversation after some changes."""
    row = sound()
    for change in changes:
        change(row)
    return row


def broken(row: Row) -> set[str]:
    """The rules that a row breaks."""
    dialogue = openai.read(row, None)
    return {rule.name for rule in DIALOGUE_RULES if rule.lacks(dialogue) is None and list(rule.check(dialogue))}


def arguments(message: int, position: int = 0, **values: Any) -> Change:
    """A change of arguments; None takes one away."""

    def change(row: Row) -> None:
        function = row["messages"][message]["tool_calls"][position]["function"]
        merged = json.loads(function["arguments"]) | values
        function["arguments"] = json.dumps({name: value for name, value in merged.items() if value is not None})

    return change


def result(message: int, **values: Any) -> Change:
    """A change of a result's fields."""

    def change(row: Row) -> None:
        told = json.loads(row["messages"][message]["content"]) | values
        row["messages"][message]["content"] = json.dumps(told)

    return change


def says(message: int, text: Any) -> Change:
    """A change of a message's words."""

    def change(row: Row) -> None:
        row["messages"][message]["content"] = text

    return change


def gone(first: int, last: int | None = None) -> Change:
    """Takes messages away."""

    def change(row: Row) -> None:
        del row["messages"][first : (first if last is None else last) + 1]

    return change


def added(position: int, *messages: Row) -> Change:
    """Puts messages in."""

    def change(row: Row) -> None:
        row["messages"][position:position] = copy.deepcopy(list(messages))

    return change


def in_call(message: int, position: int = 0, **values: Any) -> Change:
    """A change of a call itself: `name`, `arguments` or `id`."""

    def change(row: Row) -> None:
        one = row["messages"][message]["tool_calls"][position]
        one["function"] |= {key: value for key, value in values.items() if key != "id"}
        one["id"] = values.get("id", one["id"])

    return change


def in_tool(position: int, **values: Any) -> Change:
    """A change of a function on offer."""

    def change(row: Row) -> None:
        row["tools"][position]["function"] |= values

    return change
