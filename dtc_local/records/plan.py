"""The calls of one turn as a DAG: arguments are literals or typed references into earlier outputs.

A plan is made in two steps. The scenario fixes an *outline* (which tools, which arguments are filled, which refer
to what); the plan stage has the model write the literal values. Call ids are `$1`, `$2` ... and run on through
the whole conversation, so `$k` names one call only.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal, get_args

from pydantic import Field, model_validator

from dtc_local.records.base import Json, Record

Kind = Literal[
    "single",
    "parallel",
    "chain",
    "fan_in",
    "fan_out",
    "follow_up",
    "clarify",
    "missing_tool",
    "no_tool",
    "correction",
    "confirm",
    "tool_error",
    "mistake_hint",
]
"""What a turn shows (METHOD.md section 5): the first six say the shape of its calls, the others what happens in it."""
KINDS: tuple[Kind, ...] = get_args(Kind)
SHAPES: tuple[Kind, ...] = KINDS[:6]
"""The kinds that are a shape of the call graph and nothing else."""
Outcome = Literal["", "yes", "no", "retry", "repair", "report", "gone", "recall", "outside"]
"""Which way a turn of its kind goes: the user's answer to a question for consent (confirm), what follows an error
(tool_error: the same call again, a mended one, or an honest report; `gone`: a report that what was asked for no longer
exists, since the conversation has destroyed it), what is asked without need of a call (no_tool: something the
conversation holds, or something no assistant with tools is for)."""
Sampler = Literal["neighbour", "random"]
"""How a tool that no edge decides is drawn: near those already in the conversation, or any of the namespace."""
SAMPLERS: tuple[Sampler, ...] = ("neighbour", "random")


def call_number(call_id: str) -> int:
    """The number in a call id: 3 for `$3`. Raises ValueError for anything else."""
    if not call_id.startswith("$"):
        raise ValueError(f"{call_id!r} is no call id")
    return int(call_id[1:])


class Reference(Record):
    """Argument value taken from the output of an earlier call: `$3.items.0.id` is ("$3", ("items", 0, "id"))."""

    kind: Literal["reference"] = "reference"
    call: str
    path: tuple[str | int, ...]
    type: str
    """JSON type the value must have: string, integer, number, boolean, array or object."""

    def __str__(self) -> str:
        return ".".join((self.call, *map(str, self.path)))


class LiteralValue(Record):
    """Argument value written in the plan itself."""

    kind: Literal["literal"] = "literal"
    value: Json


Argument = Annotated[Reference | LiteralValue, Field(discriminator="kind")]


class PlannedCall(Record):
    """One call of the plan; argument order is the tool's property order."""

    id: str
    tool: str
    arguments: dict[str, Argument]

    def references(self) -> Iterator[tuple[str, Reference]]:
        """Pairs of argument name and reference."""
        for name, argument in self.arguments.items():
            if isinstance(argument, Reference):
                yield name, argument

    def literals(self) -> Iterator[tuple[str, Json]]:
        """Pairs of argument name and literal value."""
        for name, argument in self.arguments.items():
            if isinstance(argument, LiteralValue):
                yield name, argument.value

    def symbolic(self) -> dict[str, Json]:
        """The arguments as the model writes them: references in their `$k.path` spelling."""
        return {
            name: str(argument) if isinstance(argument, Reference) else argument.value
            for name, argument in self.arguments.items()
        }


class Plan(Record):
    """Calls in topological order, none in a turn without calls. A reference points to an earlier call of this plan or
    of an earlier turn."""

    calls: tuple[PlannedCall, ...]

    @model_validator(mode="after")
    def _references_point_backwards(self) -> Plan:
        position = {call.id: index for index, call in enumerate(self.calls)}
        if len(position) != len(self.calls):
            raise ValueError("call ids repeat")
        for index, call in enumerate(self.calls):
            for name, reference in call.references():
                if position.get(reference.call, -1) >= index or call_number(reference.call) >= call_number(call.id):
                    raise ValueError(f"{call.id}.{name} refers to {reference.call}, which is not earlier")
        return self

    def parents(self) -> dict[str, tuple[str, ...]]:
        """For each call id, the ids of the calls **of this plan** it refers to."""
        own = {call.id for call in self.calls}
        return {
            call.id: tuple(dict.fromkeys(r.call for _, r in call.references() if r.call in own)) for call in self.calls
        }

    def levels(self) -> tuple[tuple[PlannedCall, ...], ...]:
        """Calls grouped so that each group needs only earlier groups: one assistant message a group."""
        depth: dict[str, int] = {}
        parents = self.parents()
        for call in self.calls:
            depth[call.id] = 1 + max((depth[parent] for parent in parents[call.id]), default=-1)
        return tuple(
            tuple(call for call in self.calls if depth[call.id] == level)
            for level in range(max(depth.values(), default=-1) + 1)
        )


class CallOutline(Record):
    """A call before its values are known: which arguments the model fills, which refer to earlier outputs."""

    id: str
    tool: str
    literals: tuple[str, ...] = ()
    references: dict[str, tuple[Reference, ...]] = {}
    """For each referring argument, the references that exist and whose type fits; the model picks one."""


class Focus(Record):
    """What a kind turns on: a call, and one of its arguments or a path in its result.

    clarify: the argument that is asked back. correction: the earlier call and the argument that changes. no_tool: the
    result field that is recalled. tool_error: the call that fails, and the argument its first attempt leaves out.
    confirm: the call that needs consent. mistake_hint: the call before which the mistake stands.
    """

    call: str
    argument: str = ""
    path: tuple[str | int, ...] = ()


class TurnOutline(Record):
    """The shape of one turn: its kind, its calls in topological order, and what the kind turns on."""

    kind: Kind
    calls: tuple[CallOutline, ...] = ()
    focus: Focus | None = None
    outcome: Outcome = ""
