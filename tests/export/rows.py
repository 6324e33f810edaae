"""Rows of hand-written conversations in every format, as one call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from dtc_local.export import FORMATS
from dtc_local.export.base import Rendered, Sample, Unfit
from dtc_local.export.dialogue import Dialogue, Faults, Message, dialogue
from dtc_local.export.rendering import Judge
from dtc_local.export.shape import Shape
from dtc_local.records import Candidate, Conversation, Verification
from tests.samples import conversation

CHATML = (
    "{% for tool in tools or [] %}{{ tool | tojson }}\n{% endfor %}"
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}"
    "{% for call in m.tool_calls or [] %}<tool_call>\n"
    '{"name": "{{ call.function.name }}", "arguments": {{ call.function.arguments | tojson }}}\n</tool_call>'
    "{% endfor %}<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
"""A template that shows everything and takes arguments as objects."""


def sample(
    made: Conversation | None = None,
    candidates: Sequence[Candidate] = (),
    shape: Shape | None = None,
    change: Dialogue | None = None,
    faults: Faults = "mask",
) -> Sample:
    """A sample of a conversation, in a shape if one is given."""
    made = made or conversation()
    shown = change or dialogue(made, faults=faults)
    written = shape.of(shown) if shape else shown
    return Sample("night-0", made, written, faults=faults, shape=shape, candidates=lambda: candidates)


def exported(name: str, made: Conversation, asked: Faults = "mask") -> list[dict[str, Any]]:
    """All rows of a conversation as an export makes them; none where it is unfit."""
    given = sample(made, faults=FORMATS[name].faults(asked))
    if FORMATS[name].rendered:
        verdict = Judge(CHATML, "", "", want_text=True).verdict(given.dialogue)
        given = replace(given, rendered=Rendered(verdict["text"], tuple(verdict["spans"])))
    try:
        return rows(name, given)
    except Unfit:
        return []


def read(made: Conversation, candidates: Sequence[Candidate], equal: int | None = None) -> Conversation:
    """The conversation with the first turn's verification set to the candidates' of its last attempt, at most four."""
    last = max(one.attempt for one in candidates)
    asked = [one for one in candidates if one.stage == "verify" and one.attempt == last][-4:]
    right = sum(one.accepted for one in asked) if equal is None else equal
    first = made.turns[0].model_copy(update={"verification": Verification(samples=max(1, len(asked)), equal=right)})
    return made.model_copy(update={"turns": (first, *made.turns[1:])})


def rows(name: str, given: Sample) -> list[dict[str, Any]]:
    """All rows of a sample."""
    return list(FORMATS[name].rows(given))


def only_row(name: str, made: Conversation | None = None, **more: Any) -> dict[str, Any]:
    """The only row of a conversation."""
    (found,) = rows(name, sample(made, **more))
    return found


def with_untaught(shown: Dialogue) -> Dialogue:
    """The dialogue with its first message of the assistant marked as not to be learned."""
    messages = list(shown.messages)
    position = next(k for k, one in enumerate(messages) if one.role == "assistant")
    messages[position] = replace(messages[position], taught=False)
    return replace(shown, messages=tuple(messages))


def said(messages: Sequence[Message]) -> list[str]:
    """Role and calls of each message, to compare orders."""
    return [f"{one.role}:{len(one.calls)}" for one in messages]
