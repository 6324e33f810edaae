"""One conversation as a person reads it: who, when, with which tools, turn by turn, and the proof behind it."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Sequence

from dtc_local.errors import DROP_REASONS
from dtc_local.records import Candidate, Conversation, ExecutedCall, Turn
from dtc_local.store.values import Stored

WIDTH = 110
LABEL = 12


def readable(stored: Stored) -> str:
    """A stored conversation as text of at most `WIDTH` columns."""
    lines = [f"Conversation {stored.id} ({stored.status})"]
    if stored.reason:
        lines.append(f"Dropped: {stored.reason}: {DROP_REASONS.get(stored.reason, 'of unknown meaning')}.")
    if stored.conversation is None:
        return "\n".join([*lines, "It was dropped before it had a scenario."])
    conversation = stored.conversation
    scenario = conversation.scenario
    lines += _labelled("Date", scenario.date)
    lines += _labelled("User", scenario.persona.words())
    lines += _labelled("Tools", ", ".join(tool.name for tool in scenario.offer))
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
    yield f"Turn {number}: {turn.kind}{proof}"
    yield from _labelled("User", turn.request)
    origins = {(origin.call, origin.argument): origin.path for origin in turn.provenance if origin.path}
    for level in turn.levels:
        for call in level:
            unsaid = "  (left unsaid)" if call.id in turn.implicit else ""
            yield from _labelled("Call", f"{call.id} {_written(call, origins)}{unsaid}")
        for call in level:
            yield from _labelled("Result", f"{call.id} {_json(call.result)}")
    if turn.reply:
        yield from _labelled("Assistant", turn.reply)


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
