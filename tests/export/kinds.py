"""Hand-written turns of every kind, put together to conversations."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from dtc_local.records import (
    Conversation,
    ExecutedCall,
    Focus,
    Json,
    Kind,
    LiteralValue,
    Outcome,
    Plan,
    PlannedCall,
    Provenance,
    Turn,
    TurnOutline,
    Verification,
)
from tests.samples import conversation, make_tool

COURIER = make_tool("book_courier", {"customer": {"type": "string"}})
"""A tool that is asked for and not on offer."""
READ = Verification(samples=4, equal=3)
FORBIDDEN: Json = {"error": {"code": "forbidden", "message": "this account has no permission for that"}}
TIMEOUT: Json = {"error": {"code": "timeout", "message": "the service did not answer in time"}}
LACKING: Json = {"error": {"code": "missing_argument", "message": "the refund is needed for this"}}
HINT: Json = {"hint": "Read the request once more."}


def call(call_id: str, arguments: Mapping[str, Json], result: Json, fault: str = "") -> ExecutedCall:
    """A call of the tool that takes these arguments."""
    tool = "find_order" if "customer" in arguments else "cancel_order"
    return ExecutedCall.model_validate(
        {"id": call_id, "tool": tool, "arguments": dict(arguments), "result": result, "fault": fault}
    )


def calling(
    kind: Kind, request: str, reply: str, *attempts: ExecutedCall, outcome: Outcome = "", part: str = "whole"
) -> Turn:
    """A turn whose attempts are levels of their own; the plan holds those that are not another's failed attempt."""
    planned = [one for one in attempts if "~" not in one.id]
    plan = Plan(calls=tuple(_planned(one) for one in planned))
    turn = Turn(kind=kind, request=request, reply=reply, plan=plan, verification=READ)
    levels = tuple((one,) for one in attempts)
    return turn.model_copy(update={"levels": levels, "outcome": outcome, "part": part})


def _planned(made: ExecutedCall) -> PlannedCall:
    literals = {name: LiteralValue(value=value) for name, value in made.arguments.items()}
    return PlannedCall(id=made.id, tool=made.tool, arguments=literals)


def talking(kind: Kind, request: str, reply: str, outcome: Outcome = "", part: str = "whole") -> Turn:
    """A turn without calls."""
    return calling(kind, request, reply, outcome=outcome, part=part)


Made = Callable[[int, int], Sequence[Turn]]
"""The turns of a kind, from the number of the next call and of the next message of the user."""


def single(number: int, message: int) -> list[Turn]:
    """An order is found."""
    found = call(f"${number}", {"customer": "Ada Byron"}, {"order_id": f"ORD-1{number}"})
    return [calling("single", "Which order has Ada Byron?", f"Ada Byron has ORD-1{number}.", found)]


def parallel(number: int, message: int) -> list[Turn]:
    """Two orders are found at once."""
    both = tuple(
        call(f"${number + k}", {"customer": name}, {"order_id": f"ORD-0{number + k}"})
        for k, name in enumerate(("Grace Hopper", "Alan Turing"))
    )
    reply = f"They have ORD-0{number} and ORD-0{number + 1}."
    turn = calling("parallel", "Which orders have Grace Hopper and Alan Turing?", reply, *both)
    return [turn.model_copy(update={"levels": (both,)})]


def clarify(number: int, message: int) -> list[Turn]:
    """The order's id is asked back."""
    cancelled = call(f"${number}", {"order_id": f"ORD-2{number}", "refund": True}, {"status": "cancelled"})
    answer = f"It's ORD-2{number}."
    source = Provenance(
        call=f"${number}", argument="order_id", source="request", turn=message + 1, span=(5, len(answer) - 1)
    )
    closing = calling("clarify", answer, "The order is cancelled.", cancelled, part="closing")
    closing = closing.model_copy(update={"required": (f"ORD-2{number}",), "provenance": (source,)})
    return [talking("clarify", "Cancel an order and refund it.", "Which order id is it?", part="opening"), closing]


def missing_tool(number: int, message: int) -> list[Turn]:
    """Nothing on offer books a courier."""
    request, reply = "Please book a courier for Ada Byron.", "Sorry, I am not able to book a courier."
    return [talking("missing_tool", request, reply).model_copy(update={"required": ("Ada Byron",)})]


def recall(number: int, message: int) -> list[Turn]:
    """What was said is asked for once more."""
    turn = talking("no_tool", "Sorry, what was the order id?", "It is ORD-11.", outcome="recall")
    return [turn.model_copy(update={"focus": Focus(call="$1", path=("order_id",))})]


def outside(number: int, message: int) -> list[Turn]:
    """Small talk."""
    return [talking("no_tool", "Can you recommend a good novel?", "That is nothing my tools are for.", "outside")]


def correction(number: int, message: int) -> list[Turn]:
    """Another customer was meant."""
    found = call(f"${number}", {"customer": "Zoë Müller"}, {"order_id": f"ORD-3{number}"})
    return [calling("correction", "No, I meant Zoë Müller.", f"Zoë Müller has ORD-3{number}.", found)]


def confirmed(number: int, message: int) -> list[Turn]:
    """Consent is asked for and given."""
    cancelled = call(f"${number}", {"order_id": f"ORD-4{number}", "refund": False}, {"status": "cancelled"})
    opening = _consent_asked(f"ORD-4{number}", "yes")
    return [opening, calling("confirm", "Yes, go ahead.", "It is done.", cancelled, outcome="yes", part="closing")]


def refused(number: int, message: int) -> list[Turn]:
    """Consent is asked for and not given."""
    reply = "Okay, nothing was changed."
    return [
        _consent_asked(f"ORD-5{number}", "no"),
        talking("confirm", "No, leave it.", reply, "no", "closing"),
    ]


def _consent_asked(order: str, outcome: Outcome) -> Turn:
    request, question = f"Cancel {order} without a refund.", f"Shall I really cancel {order}?"
    turn = talking("confirm", request, question, outcome, "opening")
    return turn.model_copy(update={"verification": None, "required": (order,)})


def retried(number: int, message: int) -> list[Turn]:
    """A call fails and is made again."""
    arguments: dict[str, Json] = {"customer": "Grace Hopper"}
    attempts = (
        call(f"${number}~1", arguments, TIMEOUT, "error"),
        call(f"${number}", arguments, {"order_id": f"ORD-6{number}"}),
    )
    reply = f"Grace Hopper has ORD-6{number}."
    return [calling("tool_error", "Which order has Grace Hopper?", reply, *attempts, outcome="retry")]


def repaired(number: int, message: int) -> list[Turn]:
    """A call lacks an argument and is made again with it."""
    given: dict[str, Json] = {"order_id": f"ORD-7{number}"}
    attempts = (
        call(f"${number}~1", given, LACKING, "error"),
        call(f"${number}", given | {"refund": True}, {"status": "cancelled"}),
    )
    request = f"Cancel ORD-7{number} and refund it."
    return [calling("tool_error", request, f"ORD-7{number} is cancelled.", *attempts, outcome="repair")]


def reported(number: int, message: int) -> list[Turn]:
    """A call fails for good."""
    failed = call(f"${number}", {"order_id": f"ORD-8{number}", "refund": True}, FORBIDDEN, "error")
    reply = "I could not cancel it, this account has no permission for that."
    return [calling("tool_error", f"Cancel ORD-8{number} and refund it.", reply, failed, outcome="report")]


def mistaken(number: int, message: int) -> list[Turn]:
    """A wrong call, a hint, the right call."""
    attempts = (
        call(f"${number}~1", {"order_id": f"ORD-9{number}", "refund": True}, HINT, "mistake"),
        call(f"${number}", {"order_id": f"ORD-9{number}", "refund": False}, {"status": "cancelled"}),
    )
    request = f"Cancel ORD-9{number}, but without a refund."
    return [calling("mistake_hint", request, f"ORD-9{number} is cancelled.", *attempts)]


EVERY: tuple[Made, ...] = (
    single, parallel, clarify, missing_tool, recall, outside, correction, confirmed, refused, retried, repaired,
    reported, mistaken,
)  # fmt: skip


def talk(*kinds: Made, index: int = 0) -> Conversation:
    """A conversation of these turns, one after the other."""
    turns: list[Turn] = []
    number = 1
    for made in kinds:
        new = made(number, len(turns))
        number += sum(len(turn.plan.calls) for turn in new)
        turns += new
    outlines = tuple(TurnOutline(kind=turn.kind) for turn in turns if turn.part != "closing")
    plain = conversation(index)
    scenario = plain.scenario.model_copy(update={"turns": outlines, "withheld": (COURIER,)})
    return plain.model_copy(update={"scenario": scenario, "turns": tuple(turns)})


def ten() -> list[Conversation]:
    """Ten conversations: all kinds in a row, in both directions, and every kind among a few others."""
    rotated = [(*EVERY[k:], *EVERY[:k])[:4] for k in range(0, 2 * 8, 2)]
    listed = [EVERY, (single, *reversed(EVERY[1:])), *((single, *kinds) for kinds in rotated)]
    return [talk(*kinds, index=index) for index, kinds in enumerate(listed)]
