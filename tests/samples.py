"""Hand-written records for tests: two tools, and a conversation that uses both, with a reference between them."""

from __future__ import annotations

from typing import Any

from dtc_local.engine.base import ModelInfo
from dtc_local.records import (
    Candidate,
    Conversation,
    ExecutedCall,
    Finding,
    LiteralValue,
    Persona,
    Plan,
    PlannedCall,
    Provenance,
    Reference,
    Scenario,
    Tool,
    ToolSource,
    Turn,
    TurnOutline,
    Verdict,
    Verification,
)

MODEL = ModelInfo(name="sample", sha256="ab" * 32, parameters=10**9, context_length=4096)


def make_tool(
    name: str, parameters: dict[str, Any], output: dict[str, Any] | None = None, namespace: str = "shop"
) -> Tool:
    """A tool whose parameters are all required."""
    schema = {
        "type": "object",
        "properties": parameters,
        "required": list(parameters),
        "additionalProperties": False,
    }
    return Tool(
        name=name,
        namespace=namespace,
        description=f"{name.replace('_', ' ').capitalize()}.",
        parameters=schema,
        output=output,
        source=ToolSource(dialect="openai", file="shop.json", name=name, parameters=schema, output=output),
        findings=(Finding(severity="info", kind="name", pointer="/name", what="the name is short"),),
    )


FIND = make_tool(
    "find_order",
    {"customer": {"type": "string", "description": "Full name"}},
    {"type": "object", "properties": {"order_id": {"type": "string"}}, "required": ["order_id"]},
)
CANCEL = make_tool("cancel_order", {"order_id": {"type": "string"}, "refund": {"type": "boolean"}})
PING = make_tool("ping", {})


def conversation(index: int = 0, rescued: bool = False) -> Conversation:
    """Find an order (left unsaid), then cancel it; then two calls at once."""
    order = f"ORD-{index:03d}"
    return Conversation(
        scenario=Scenario(
            index=index,
            date="2026-03-02",
            persona=Persona(
                name="Ada Byron", role="shop owner", expertise="new to this", traits={"agreeableness": 0.8}
            ),
            offer=(FIND, CANCEL, PING),
            turns=(TurnOutline(kind="chain", calls=()), TurnOutline(kind="parallel", calls=())),
        ),
        turns=(_cancel_turn(order), _parallel_turn()),
        verdict=Verdict(keep=True, reason="sound", votes=("sound", "sound", "wrong_value")),
        rescued=rescued,
    )


def _cancel_turn(order: str) -> Turn:
    plan = Plan(
        calls=(
            PlannedCall(id="$1", tool="find_order", arguments={"customer": LiteralValue(value="Ada Byron")}),
            PlannedCall(
                id="$2",
                tool="cancel_order",
                arguments={
                    "order_id": Reference(call="$1", path=("order_id",), type="string"),
                    "refund": LiteralValue(value=True),
                },
            ),
        )
    )
    found = ExecutedCall(id="$1", tool="find_order", arguments={"customer": "Ada Byron"}, result={"order_id": order})
    cancelled = ExecutedCall(
        id="$2", tool="cancel_order", arguments={"order_id": order, "refund": True}, result={"status": "cancelled"}
    )
    return Turn(
        kind="chain",
        plan=plan,
        implicit=("$1",),
        request="Please cancel Ada Byron's order and refund it.",
        required=("Ada Byron",),
        verification=Verification(samples=4, equal=3),
        levels=((found,), (cancelled,)),
        reply=f"Order {order} is cancelled.",
        provenance=(
            Provenance(call="$1", argument="customer", source="request", turn=0, span=(14, 23)),
            Provenance(call="$2", argument="order_id", source="result", path="$1.order_id"),
            Provenance(call="$2", argument="refund", source="inferred"),
        ),
    )


def _parallel_turn() -> Turn:
    names = ("Grace Hopper", "Zoë Müller")
    calls = tuple(
        PlannedCall(id=f"${3 + i}", tool="find_order", arguments={"customer": LiteralValue(value=name)})
        for i, name in enumerate(names)
    )
    executed = tuple(
        ExecutedCall(id=f"${3 + i}", tool="find_order", arguments={"customer": name}, result={"order_id": f"ORD-9{i}"})
        for i, name in enumerate(names)
    )
    return Turn(
        kind="parallel",
        plan=Plan(calls=calls),
        request="And which orders have Grace Hopper and Zoë Müller?",
        required=names,
        verification=Verification(samples=4, equal=4),
        levels=(executed,),
        reply="Grace Hopper has ORD-90 and Zoë Müller has ORD-91.",
    )


def candidates() -> tuple[Candidate, ...]:
    """A rejected wording and the one that followed it."""
    return (
        Candidate(stage="ask", turn=0, attempt=0, text="Hm.", logprob=-1.5, accepted=False, reason="missing_literal"),
        Candidate(stage="ask", turn=0, attempt=1, text="Please cancel it.", logprob=-0.5, accepted=True),
    )
