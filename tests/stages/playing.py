"""Whole turns played by the perfect model, and the shop's outlines of every kind for both ways of choosing values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, NamedTuple, TypeVar

import numpy as np
import pytest

from dtc_local.engine.base import Completion, Request
from dtc_local.records import KINDS, CallOutline, Focus, Outcome, Tool, Turn, TurnOutline
from dtc_local.stages.base import Desk, Steps
from dtc_local.stages.facts import facts_of
from dtc_local.stages.turn import turn
from tests.perfect_model import PerfectModel
from tests.scripted import Scripted
from tests.shop import SHOP
from tests.stages.desks import desk, outline, ref

T = TypeVar("T")
Script = Callable[[Request], Sequence[str]]
EVERY_KIND: dict[str, float] = dict.fromkeys(KINDS, 1.0)
both_modes = pytest.mark.parametrize("small", [False, True], ids=["free", "facts_only"])


def table(*outlines: TurnOutline, small: bool = False, offer: Sequence[Tool] = SHOP, **options: Any) -> Desk:
    """A desk in a run of every kind of turn, with facts for the outlines."""
    tools = {tool.name: tool for tool in offer}
    facts = options.pop("facts", None) or facts_of(tools, outlines, "2026-03-02", np.random.default_rng(5))
    return desk(*outlines, offer=offer, facts=facts, facts_only=small, mix=EVERY_KIND, **options)


def driven(steps: Steps[T], engine: Scripted) -> T:
    """What a stage returns with that engine."""
    try:
        requests = next(steps)
        while True:
            tickets = [engine.submit(request) for request in requests]
            answers: dict[int, Sequence[Completion]] = {}
            while len(answers) < len(tickets):
                answers |= {done.ticket: done.completions for done in engine.poll()}
            requests = steps.send([answers[ticket] for ticket in tickets])
    except StopIteration as stop:
        result: T = stop.value
        return result


def played(here: Desk, *outlines: TurnOutline, script: Script | None = None) -> list[Turn]:
    """The turns made of the last of these outlines after those before it (default: the scenario's), on that desk."""
    engine = Scripted(script or PerfectModel(small=here.facts_only))
    before = 0
    for one in outlines or here.scenario.turns:
        before = len(here.turns)
        driven(turn(here, one), engine)
    return here.turns[before:]


def but(**stages: Callable[[Request], str]) -> Script:
    """The perfect model, but for what it writes for these stages; "" leaves it to the model."""
    model = PerfectModel()

    def script(request: Request) -> list[str]:
        texts = model(request)
        spoiled = stages[request.stage](request) if request.stage in stages else ""
        return [spoiled] * len(texts) if spoiled else texts

    return script


WEATHER = CallOutline(id="$1", tool="weather", literals=("city", "unit"))
FIND = CallOutline(id="$1", tool="find_customer", literals=("name",))
ORDERS = CallOutline(id="$2", tool="list_orders", references={"customer_id": (ref("$1.customer_id", "integer"),)})
TICKET = CallOutline(id="$1", tool="create_ticket", literals=("title", "priority"))


class Shape(NamedTuple):
    """Outlines before a turn, and the calls of that turn in which something may happen."""

    before: tuple[TurnOutline, ...]
    calls: tuple[CallOutline, ...]


CARRIERS: dict[str, Shape] = {
    "single": Shape((), (WEATHER,)),
    "chain": Shape((), (FIND, ORDERS)),
    "follow_up": Shape((outline("single", FIND),), (ORDERS,)),
}
"""For each shape of calls that may carry something, one that the shop can form."""


ERRORS: tuple[Outcome, ...] = ("retry", "repair", "report")


def with_error(shape: str, outcome: Outcome) -> tuple[TurnOutline, ...]:
    """Outlines that end with a tool_error of that outcome in that shape."""
    before, calls = CARRIERS[shape]
    if outcome == "repair":
        calls = (*calls[:-1], _with_option(calls[-1]))
    focus = Focus(call=calls[-1].id, argument="unit" if outcome == "repair" else "")
    return (*before, outline("tool_error", *calls, focus=focus, outcome=outcome))


def _with_option(call: CallOutline) -> CallOutline:
    """The call's place taken by a forecast whose unit may be left out, in the city that the customer lives in."""
    city = ("city",) if not call.references else ()
    references = {} if city else {"city": (ref("$1.city"),)}
    return CallOutline(id=call.id, tool="weather", literals=(*city, "unit"), references=references)


def with_mistake(shape: str) -> tuple[TurnOutline, ...]:
    """Outlines that end with a mistake in that shape."""
    before, calls = CARRIERS[shape]
    return (*before, outline("mistake_hint", *calls, focus=Focus(call=calls[-1].id)))


CANCEL = CallOutline(id="$1", tool="cancel_order", literals=("order_id",))
DELETE = CallOutline(id="$1", tool="delete_ticket", literals=("ticket_id",))
AGAIN = CallOutline(id="$2", tool="weather", literals=("city",))
LATER = CallOutline(id="$2", tool="weather", literals=("unit",), references={"city": (ref("$1.city"),)})
FAN_IN = (
    CallOutline(id="$1", tool="list_orders", literals=("customer_id",)),
    CallOutline(id="$2", tool="get_order", literals=("order_id",)),
    CallOutline(
        id="$3",
        tool="compare_orders",
        references={"first_order_id": (ref("$1.orders.0.order_id"),), "second_order_id": (ref("$2.order_id"),)},
    ),
)
SCENES: dict[str, tuple[TurnOutline, ...]] = {
    "single": (outline("single", WEATHER),),
    "parallel": (outline("parallel", WEATHER, FIND.model_copy(update={"id": "$2"})),),
    "chain": (outline("chain", FIND, ORDERS),),
    "fan_in": (outline("fan_in", *FAN_IN),),
    "fan_out": (outline("fan_out", FIND, ORDERS, LATER.model_copy(update={"id": "$3"})),),
    "follow_up": (outline("single", FIND), outline("follow_up", LATER)),
    "clarify": (outline("clarify", WEATHER, focus=Focus(call="$1", argument="city")),),
    "clarify, follow_up": (
        outline("single", FIND),
        outline(
            "clarify",
            LATER.model_copy(update={"tool": "book_table", "literals": ("guests", "date", "quiet")}),
            focus=Focus(call="$2", argument="guests"),
        ),
    ),
    "missing_tool": (outline("missing_tool", WEATHER, focus=Focus(call="$1")),),
    "no_tool, recall": (
        outline("single", FIND),
        outline("no_tool", focus=Focus(call="$1", path=("customer_id",)), outcome="recall"),
    ),
    "no_tool, outside": (outline("single", FIND), outline("no_tool", outcome="outside")),
    "correction": (
        outline("single", WEATHER),
        outline("correction", AGAIN, focus=Focus(call="$1", argument="city")),
    ),
    "confirm, yes": (outline("confirm", CANCEL, focus=Focus(call="$1"), outcome="yes"),),
    "confirm, no": (outline("confirm", CANCEL, focus=Focus(call="$1"), outcome="no"),),
    "tool_error, gone": (
        outline("confirm", DELETE, focus=Focus(call="$1"), outcome="yes"),
        outline(
            "tool_error",
            CallOutline(id="$2", tool="get_ticket"),
            focus=Focus(call="$2", argument="ticket_id"),
            outcome="gone",
        ),
    ),
    **{f"tool_error, {outcome}, {shape}": with_error(shape, outcome) for outcome in ERRORS for shape in CARRIERS},
    **{f"mistake_hint, {shape}": with_mistake(shape) for shape in CARRIERS},
}
"""For every kind of turn, and every way it may go, outlines of the shop that end with it."""


def scene(name: str, *, small: bool = False, **options: Any) -> Desk:
    """A desk on which such a scene may be played."""
    outlines = SCENES[name]
    missing = {call.tool for one in outlines if one.kind == "missing_tool" for call in one.calls}
    withheld = [tool for tool in SHOP if tool.name in missing]
    return table(*outlines, small=small, withheld=withheld, **options)


class Staged(NamedTuple):
    """A scene that was played: its outline, the turns before it, those made of it, and the desk. Not to be changed."""

    outline: TurnOutline
    earlier: tuple[Turn, ...]
    made: tuple[Turn, ...]
    here: Desk


@cache
def staged(name: str, small: bool = False) -> Staged:
    """The scene, played once for all tests that look at it."""
    here = scene(name, small=small)
    made = played(here)
    return Staged(here.scenario.turns[-1], tuple(here.turns[: -len(made)]), tuple(made), here)
