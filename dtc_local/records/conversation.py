"""What a conversation grows into: turns with calls, results, words and the proof behind them."""

from __future__ import annotations

from typing import Literal

from dtc_local.records.base import Json, Record
from dtc_local.records.plan import Focus, Kind, Outcome, Plan
from dtc_local.records.scenario import Scenario


class ExecutedCall(Record):
    """A call with every reference replaced by its value, and what it returned."""

    id: str
    tool: str
    arguments: dict[str, Json]
    result: Json
    fault: Literal["", "error", "mistake"] = ""
    """`error`: the tool failed, `result` says how. `mistake`: a wrong call, `result` is a hint. Empty: it succeeded."""


class Provenance(Record):
    """Where one argument's value comes from.

    `request` names a turn (0-based) and the character span in its request; `result` the path `$k.field`;
    `schema` a default, const or single enum value; `inferred` a boolean or enum the blind reader got right.
    """

    call: str
    argument: str
    source: Literal["request", "result", "schema", "inferred"]
    turn: int | None = None
    span: tuple[int, int] | None = None
    path: str | None = None


class Verification(Record):
    """Outcome of the blind forward pass."""

    samples: int
    equal: int

    @property
    def solve_rate(self) -> float:
        """Share of blind samples whose calls equal the plan, 0 to 1."""
        return self.equal / self.samples if self.samples else 0.0


class Turn(Record):
    """One message of the user and what follows it: calls level by level, closing reply.

    Two kinds take two messages: in `opening` the assistant asks back (for a value, for consent) and calls nothing;
    `closing` is the user's answer with what it leads to.
    """

    kind: Kind
    part: Literal["whole", "opening", "closing"] = "whole"
    outcome: Outcome = ""
    focus: Focus | None = None
    plan: Plan = Plan(calls=())
    implicit: tuple[str, ...] = ()
    """Ids of calls the request leaves unsaid; closed under ancestors, never a sink."""
    request: str = ""
    required: tuple[str, ...] = ()
    """Literal values in their written form, in the order the request carries them."""
    verification: Verification | None = None
    thought: str = ""
    """What the assistant considers before its calls, where the run asked for that."""
    levels: tuple[tuple[ExecutedCall, ...], ...] = ()
    """Executed calls; the calls of one level are one assistant message. A failed attempt stands under its own id."""
    reply: str = ""
    provenance: tuple[Provenance, ...] = ()

    def executed(self) -> tuple[ExecutedCall, ...]:
        """All calls of the turn that succeeded, in order."""
        return tuple(call for call in self.attempted() if not call.fault)

    def attempted(self) -> tuple[ExecutedCall, ...]:
        """All calls of the turn in order, those that failed or were mistaken too."""
        return tuple(call for level in self.levels for call in level)


class Verdict(Record):
    """Keep or drop, with a reason from a closed set and the votes behind it."""

    keep: bool
    reason: str
    votes: tuple[str, ...] = ()
    """What each vote came to: sound, or the first criterion it found wanting."""
    scores: dict[str, float] = {}
    """For each criterion, the share of votes that found it met, 0 to 1."""


class Conversation(Record):
    """A finished conversation: scenario, turns, verdict."""

    scenario: Scenario
    turns: tuple[Turn, ...] = ()
    verdict: Verdict | None = None
    rescued: bool = False
    """True where a later turn failed and the turns before it were kept."""


class Candidate(Record):
    """Something the model wrote for a stage, kept or not, with the reason. Stored for every attempt."""

    stage: str
    turn: int
    attempt: int
    text: str
    logprob: float
    accepted: bool
    reason: str = ""
