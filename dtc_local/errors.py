"""The error tree: what can go wrong, and what the caller may do about it.

    DtcError
    ├── UserError          bad input: one sentence with value, place and way out; the CLI prints it and exits 1
    ├── StageFailure       one draft cannot go on; a reason from a closed set; `retryable`: another attempt may help
    └── EngineError        the engine refuses to return anything that is not proved valid
        ├── ConstraintError    a schema or grammar does not compile
        └── DecodeError        llama.cpp failed, a logit was NaN, a matcher stopped

Policy lives on the type: callers look at `retryable` and `hint`, never at message texts.
"""

from __future__ import annotations

from typing import ClassVar


class DtcError(Exception):
    """Base of all errors this package raises on purpose."""

    retryable: ClassVar[bool] = False

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class UserError(DtcError):
    """Input that a user can mend: `message` names value and place, `hint` the way out."""


class StageFailure(DtcError):
    """A stage could not produce an acceptable value for one draft.

    `reason` comes from :data:`DROP_REASONS`; `hint` is what the next attempt is told.
    """

    retryable = True

    def __init__(self, stage: str, reason: str, hint: str = "") -> None:
        if reason not in DROP_REASONS:
            raise ValueError(f"unknown drop reason {reason!r}")
        super().__init__(f"{stage}: {reason}", hint)
        self.stage = stage
        self.reason = reason


class EngineError(DtcError):
    """The engine failed; nothing it made since the last accepted value may be used."""


class ConstraintError(EngineError):
    """A schema or grammar was refused by the compiler."""


class DecodeError(EngineError):
    """llama.cpp, the matcher or the sampler failed while a value was being written."""


DROP_REASONS = {
    "length": "a value was cut at its token budget",
    "invalid_value": "a generated value broke the tool's original schema",
    "no_topology": "the tools on offer cannot form the asked call graph",
    "repeated_call": "the plan repeats a call of this conversation",
    "weak_plan": "the plan has too few literal values to be asked for",
    "missing_literal": "the request does not carry a required value",
    "leaked_name": "the request shows a tool name, a parameter name or a call id",
    "not_verified": "the blind prediction from the request does not give the plan back",
    "ambiguous": "the blind reader agrees on another plan that satisfies the request as well",
    "unresolved_reference": "a reference has no value of the right type in the results",
    "contradiction": "a result contradicts what the conversation has established",
    "ungrounded_reply": "the reply says a number, id or name that no result or request holds",
    "ungrounded_thought": "the thought says a number, id or name that the conversation does not hold",
    "judged": "the judge did not find the conversation sound",
    "label_unproved": "the turn does not have the shape its label claims",
}
"""Closed set of reasons for which a draft or a candidate is dropped, each with its meaning."""
