"""One conversation as a person reads it, and as a script does: who, when, which tools, turn by turn, and the proof.

A turn says its kind, and what that turned on in this one: what was asked back, what the user answered, what followed an
error. Attempts that failed stand where they were made, under a word of their own.
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Mapping, Sequence

from dtc_local.errors import DROP_REASONS
from dtc_local.records import Candidate, Conversation, ExecutedCall, Json, Turn
from dtc_local.store.values import Stored

WIDTH = 110
LABEL = 12
OUTCOMES = {
    "yes": "the user agrees",
    "no": "the user declines",
    "retry": "the same call again",
    "repair": "the call is mended",
    "report": "the error is reported",
    "gone": "what was asked for no longer exists",
    "recall": "the conversation holds the answer",
    "outside": "no tool is for this",
}
"""What the outcome of a turn means."""
FAULTS = {"": ("Call", "Result"), "error": ("Failed", "Error"), "mistake": ("Mistake", "Hint")}
"""What a call and its result are labelled, by the call's fault."""


def as_json(stored: Stored, candidates: Sequence[Candidate]) -> Json:
    """Everything that is stored of a conversation, and what each turn is in short, without looking into its plan."""
    turns = stored.conversation.turns if stored.conversation else ()
    return {
        "id": stored.id,
        "index": stored.index,
        "status": stored.status,
        "stage": stored.stage,
        "reason": stored.reason,
        "turns": [_in_short(turn) for turn in turns],
        "conversation": stored.conversation.model_dump(mode="json") if stored.conversation else None,
        "candidates": [candidate.model_dump(mode="json") for candidate in candidates],
    }


def _in_short(turn: Turn) -> dict[str, Json]:
    return {
        "kind": turn.kind,
        "part": turn.part,
        "outcome": turn.outcome,
        "focus": turn.focus.model_dump(mode="json") if turn.focus else None,
        "explicit": [call.id for call in turn.executed() if call.id not in turn.implicit],
        "implicit": list(turn.implicit),
        "faults": {call.id: call.fault for call in turn.attempted() if call.fault},
        "provenance": {f"{one.call}.{one.argument}": one.path or one.source for one in turn.provenance},
        "solve_rate": turn.verification.solve_rate if turn.verification else None,
    }


def readable(stored: Stored) -> str:
    """A stored conversation as text of at most `WIDTH` columns."""
    lines = [f"Conversation {stored.id} ({stored.status})"]
    if stored.reason:
        stage = f" in {stored.stage}" if stored.stage else ""
        lines.append(f"Dropped{stage}: {stored.reason}: {DROP_REASONS.get(stored.reason, 'of unknown meaning')}.")
    if stored.conversation is None:
        return "\n".join([*lines, "It was dropped before it had a scenario."])
    conversation = stored.conversation
    scenario = conversation.scenario
    lines += _labelled("Date", scenario.date)
    lines += _labelled("User", scenario.persona.words())
    lines += _labelled("Tools", ", ".join(tool.name for tool in scenario.offer))
    if scenario.withheld:
        lines += _labelled("Withheld", ", ".join(tool.name for tool in scenario.withheld))
    for number, turn in enumerate(conversation.turns, start=1):
        lines += ["", *_turn(number, turn)]
    return "\n".join([*lines, *_verdict(conversation)])


def readable_candidates(candidates: Sequence[Candidate]) -> str:
    """Everything the model wrote, in order: stage, turn, attempt, mean log-probability, verdict, text."""
    lines = []
    for one in candidates:
        verdict = "accepted" if one.accepted else f"refused: {one.reason or 'another was better'}"
        lines.append(f"{one.stage} · turn {one.turn + 1} · attempt {one.attempt + 1} · {one.logprob:.2f} · {verdict}")
        lines += _wrapped(one.text, "    ", "    ")
    return "\n".join(lines) or "The model wrote nothing for it."


def _turn(number: int, turn: Turn) -> Iterator[str]:
    proof = (
        f", {turn.verification.equal} of {turn.verification.samples} blind readers right" if turn.verification else ""
    )
    yield f"Turn {number}: {_named(turn)}{proof}"
    yield from _labelled("User", turn.request)
    if turn.thought:
        yield from _labelled("Thought", turn.thought)
    origins = {(origin.call, origin.argument): origin.path for origin in turn.provenance if origin.path}
    for level in turn.levels:
        for call in level:
            unsaid = "  (left unsaid)" if call.id in turn.implicit else ""
            yield from _labelled(FAULTS[call.fault][0], f"{call.id} {_written(call, origins)}{unsaid}")
        for call in level:
            yield from _labelled(FAULTS[call.fault][1], f"{call.id} {_told(call)}")
    if not turn.levels:
        yield from _labelled("Call", "none")
    if turn.reply:
        yield from _labelled("Assistant", turn.reply)


def _named(turn: Turn) -> str:
    """A turn's kind, its part, and what it turned on."""
    words: list[str] = [turn.kind]
    if turn.part != "whole":
        words.append(turn.part)
    if turn.focus and turn.focus.argument and turn.kind in ("clarify", "correction"):
        words.append(f"about {turn.focus.argument}")
    if turn.outcome and turn.part != "opening":
        words.append(OUTCOMES.get(turn.outcome, turn.outcome))
    return ", ".join(words)


def _told(call: ExecutedCall) -> str:
    """A result; the words of a hint alone."""
    if call.fault == "mistake" and isinstance(call.result, Mapping) and "hint" in call.result:
        return str(call.result["hint"])
    return _json(call.result)


def _written(call: ExecutedCall, origins: dict[tuple[str, str], str]) -> str:
    arguments = []
    for name, value in call.arguments.items():
        origin = origins.get((call.id, name))
        arguments.append(f"{name}={_json(value)}" + (f" [{origin}]" if origin else ""))
    return f"{call.tool}({', '.join(arguments)})"


def _verdict(conversation: Conversation) -> list[str]:
    verdict = conversation.verdict
    if verdict is None:
        return []
    lines = ["", f"Verdict: {'keep' if verdict.keep else 'drop'}, {verdict.reason} (votes: {', '.join(verdict.votes)})"]
    if conversation.rescued:
        lines.append("Rescued: a later turn failed, and these were kept.")
    return lines


def _labelled(label: str, text: str) -> list[str]:
    return _wrapped(text, f"  {label:<{LABEL - 2}}", " " * LABEL)


def _wrapped(text: str, first: str, rest: str) -> list[str]:
    return textwrap.wrap(
        text, WIDTH, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    ) or [first.rstrip()]


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
