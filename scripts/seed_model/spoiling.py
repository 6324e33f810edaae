"""Spoils finished conversations, so that the judge sees what is wrong with one."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from dtc_local.ledger import Ledger
from dtc_local.prompts import written
from dtc_local.records import ExecutedCall, Json
from seed_model.results import simulate
from seed_model.turns import Step, literal
from seed_model.values import draw

if TYPE_CHECKING:
    from seed_model.writer import Conversation, Turn

WAYS = ("wrong_tool", "wrong_value", "unnatural_request", "unsupported_reply", "contradiction")


def spoiled(told: Conversation, rng: random.Random) -> str | None:
    """Breaks one thing in place; returns the verdict it deserves, None where nothing could be broken."""
    turn = rng.choice(told.turns)
    for way in rng.sample(WAYS, len(WAYS)):
        if _BREAK[way](told, turn, rng):
            return way
    return None


def _swap(turn: Turn, step: Step, call: ExecutedCall) -> None:
    turn.levels = [tuple(call if old.id == step.id else old for old in level) for level in turn.levels]


def _wrong_tool(told: Conversation, turn: Turn, rng: random.Random) -> bool:
    used = {step.draft.name for step in told.layout.steps}
    others = [draft for draft in told.layout.drafts.values() if draft.name not in used]
    if not others:
        return False
    step, other = rng.choice(turn.steps), rng.choice(others)
    fake = Step(other, step.id, step.turn)
    fake.arguments = {s.name: step.arguments.get(s.name, literal(s, rng)) for s in other.params if s.required}
    _swap(
        turn,
        step,
        ExecutedCall(
            id=step.id,
            tool=other.name,
            arguments=fake.arguments,
            result=simulate(fake, told.tool(fake), Ledger(), rng).result,
        ),
    )
    return True


def _wrong_value(told: Conversation, turn: Turn, rng: random.Random) -> bool:
    pairs = [(step, slot) for step in turn.steps for slot in step.filled() if slot.name in step.literals]
    pairs = [(step, slot) for step, slot in pairs if slot.kind.type != "b" and not slot.children]
    if not pairs:
        return False
    step, slot = rng.choice(pairs)
    other = draw(slot.kind.source, slot.kind.type, rng)
    if other == step.literals[slot.name]:
        return False
    _swap(
        turn,
        step,
        ExecutedCall(
            id=step.id, tool=step.draft.name, arguments={**step.arguments, slot.name: other}, result=step.result
        ),
    )
    return True


def _unnatural_request(told: Conversation, turn: Turn, rng: random.Random) -> bool:
    words = turn.request.split()
    if len(words) < 5:
        return False
    how = rng.random()
    if how < 0.6:
        rng.shuffle(words)
    elif how < 0.8:
        words = [word for word in words for _ in range(1 + (rng.random() < 0.4))]
    else:
        words = [turn.steps[-1].draft.name, *words[len(words) // 2 :]]
    turn.request = " ".join(words)
    return True


def _unsupported_reply(told: Conversation, turn: Turn, rng: random.Random) -> bool:
    for step in rng.sample(turn.steps, len(turn.steps)):
        for slot in step.draft.fields:
            value: Json = step.result.get(slot.name)
            if (
                slot.many
                or isinstance(value, bool | list)
                or written(value) not in turn.reply
                or len(written(value)) < 2
            ):
                continue
            other = written(draw(slot.kind.source, slot.kind.type, rng) if slot.kind.source != "listed" else 7)
            if other != written(value):
                turn.reply = turn.reply.replace(written(value), other)
                return True
    return False


def _contradiction(told: Conversation, turn: Turn, rng: random.Random) -> bool:
    for step in turn.steps:
        for slot in step.draft.fields:
            if slot.many or slot.kind.type == "b" or step.arguments.get(slot.name) != step.result[slot.name]:
                continue
            other = draw(slot.kind.source, slot.kind.type, rng)
            if other != step.result[slot.name]:
                changed = {**step.result, slot.name: other}
                _swap(
                    turn, step, ExecutedCall(id=step.id, tool=step.draft.name, arguments=step.arguments, result=changed)
                )
                return True
    return False


_BREAK = {
    "wrong_tool": _wrong_tool,
    "wrong_value": _wrong_value,
    "unnatural_request": _unnatural_request,
    "unsupported_reply": _unsupported_reply,
    "contradiction": _contradiction,
}
