"""Spoils finished conversations, so that the judge sees what is wrong with one, criterion by criterion."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from dtc_local.prompts import written
from dtc_local.records import ExecutedCall, Json, Turn
from dtc_local.stages import exchanges
from dtc_local.stages.base import Desk
from dtc_local.words import find, leaves
from seed_model.drawing import sentence
from seed_model.playing import wrong_call
from seed_model.turns import Layout, literal


@dataclass(frozen=True)
class Spoiled:
    """The turns with one of them spoiled, which one, and the criteria that it now fails."""

    turns: tuple[Turn, ...]
    place: int
    failed: tuple[str, ...]


Way = Callable[[Desk, Layout, Turn, random.Random], "Turn | None"]


def spoiled(desk: Desk, layout: Layout, rng: random.Random) -> Spoiled | None:
    """One turn broken, mostly in one criterion and most often the last; None where nothing could be broken."""
    place = len(desk.turns) - 1 if rng.random() < 0.6 else rng.randrange(len(desk.turns))
    turn, failed = desk.turns[place], []
    criteria = rng.sample(list(_WAYS), len(_WAYS))
    for criterion in criteria:
        changed = _broken(desk, layout, turn, rng, criterion)
        if changed is not None and changed != turn:
            turn = changed
            failed.append(criterion)
            if rng.random() < 0.85:
                break
    if not failed:
        return None
    return Spoiled((*desk.turns[:place], turn, *desk.turns[place + 1 :]), place, tuple(failed))


def _broken(desk: Desk, layout: Layout, turn: Turn, rng: random.Random, criterion: str) -> Turn | None:
    for way in rng.sample(_WAYS[criterion], len(_WAYS[criterion])):
        changed = way(desk, layout, turn, rng)
        if changed is not None:
            return changed
    return None


# --- calls that do not fit --------------------------------------------------------------------------------------------


def _wrong_call(desk: Desk, layout: Layout, turn: Turn, rng: random.Random) -> Turn | None:
    """Another tool, or another value."""
    called = list(turn.executed())
    if not called:
        return None
    call = rng.choice(called)
    step = next(step for step in layout.steps if step.id == call.id)
    wrong = wrong_call(desk, layout, step, rng)
    if wrong is None:
        return None
    arguments = wrong["arguments"]
    if wrong["name"] == call.tool:  # what came from elsewhere stays as it was
        arguments = {
            name: call.arguments.get(name) if name in step.links else value for name, value in arguments.items()
        }
    return _with_call(turn, call, call.model_copy(update={"tool": wrong["name"], "arguments": arguments}))


def _wrong_value(desk: Desk, layout: Layout, turn: Turn, rng: random.Random) -> Turn | None:
    """One argument is not what was said."""
    pairs = [
        (call, slot)
        for call in turn.executed()
        for step in layout.steps
        if step.id == call.id
        for slot in step.filled()
        if slot.name in step.literals and slot.kind.type != "b"
    ]
    if not pairs:
        return None
    call, slot = rng.choice(pairs)
    other = literal(slot, rng)
    if other == call.arguments.get(slot.name):
        return None
    changed = call.model_copy(update={"arguments": {**call.arguments, slot.name: other}})
    return _with_call(turn, call, changed)


def _needless_call(desk: Desk, layout: Layout, turn: Turn, rng: random.Random) -> Turn | None:
    """A call where nothing should be called."""
    usable = [draft for draft in layout.drafts.values() if draft.name not in layout.withheld]
    if turn.levels or not usable:
        return None
    draft = rng.choice(usable)
    arguments = {slot.name: literal(slot, rng) for slot in draft.params if slot.required}
    result: dict[str, Json] = {
        slot.name: literal(slot, rng) for slot in draft.fields if not slot.many and slot.kind.type != "i"
    }
    call = ExecutedCall(id=desk.next_id, tool=draft.name, arguments=arguments, result=result or {"result": "done"})
    return turn.model_copy(update={"levels": ((call,),)})


def _with_call(turn: Turn, old: ExecutedCall, new: ExecutedCall) -> Turn:
    levels = tuple(tuple(new if call is old else call for call in level) for level in turn.levels)
    return turn.model_copy(update={"levels": levels})


# --- requests nobody would make ---------------------------------------------------------------------------------------


def _shuffled(desk: Desk, layout: Layout, turn: Turn, rng: random.Random) -> Turn | None:
    words = turn.request.split()
    if len(words) < 5:
        return None
    rng.shuffle(words)
    return turn.model_copy(update={"request": " ".join(words)})


def _stuttered(desk: Desk, layout: Layout, turn: Turn, rng: random.Random) -> Turn | None:
    words = [word for word in turn.request.split() for _ in range(1 + (rng.random() < 0.4))]
    return turn.model_copy(update={"request": " ".join(words)})


def _coded(desk: Desk, layout: Layout, turn: Turn, rng: random.Random) -> Turn | None:
    """Names of tools and parameters in place of words."""
    names = [name for name in desk.names if "_" in name or not name.islower()]
    if not names or not turn.plan.calls:
        return None
    words = turn.request.split()
    cut = rng.randint(1, max(1, len(words) - 1))
    return turn.model_copy(update={"request": " ".join((*words[:cut], rng.choice(names), *words[cut + 1 :]))})


# --- replies that do not fit ------------------------------------------------------------------------------------------


def _unsupported(desk: Desk, layout: Layout, turn: Turn, rng: random.Random) -> Turn | None:
    """A value in the reply is not the one of the results."""
    shown = [leaf for call in turn.executed() for leaf in leaves(call.result) if find(turn.reply, leaf)]
    others = [one for step in layout.steps for values in layout.facts[step.id].values() for one in values]
    if not shown:
        return None
    value = rng.choice(shown)
    options = [one for one in others if type(one) is type(value) and one not in shown]
    if not options:
        return None
    return turn.model_copy(update={"reply": turn.reply.replace(written(value), written(rng.choice(options)))})


def _refused(desk: Desk, layout: Layout, turn: Turn, rng: random.Random) -> Turn | None:
    """It declines what it has done, or what it could do."""
    if not turn.executed():
        return None
    clause = desk.clauses[turn.executed()[-1].tool]
    return turn.model_copy(update={"reply": sentence(exchanges.about(exchanges.DECLINES, clause), rng)})


def _claimed(desk: Desk, layout: Layout, turn: Turn, rng: random.Random) -> Turn | None:
    """It claims to have done what failed, or what was never called."""
    failed = turn.levels and turn.levels[-1][-1].fault == "error"
    tools = [turn.levels[-1][-1].tool] if failed else [call.tool for call in _wanted(desk, turn)]
    if not tools or (turn.levels and not failed):
        return None
    done = rng.choice(desk.clauses[tools[-1]].outcomes)
    return turn.model_copy(
        update={"reply": rng.choice(("I have {}.", "Done, I have {}.", "All done, I have {}.")).format(done)}
    )


def _wanted(desk: Desk, turn: Turn) -> list[ExecutedCall]:
    """What a turn without calls was about: the calls of its outline, as far as they say it."""
    outline = next((one for one in desk.scenario.turns if one.kind == turn.kind and one.focus == turn.focus), None)
    return (
        [ExecutedCall(id=call.id, tool=call.tool, arguments={}, result=None) for call in outline.calls]
        if outline
        else []
    )


def _unrelated(desk: Desk, layout: Layout, turn: Turn, rng: random.Random) -> Turn | None:
    """Words that answer something else."""
    words = {
        "clarify": exchanges.CHATTING, "confirm": exchanges.CHATTING, "missing_tool": exchanges.LEFT_ALONE,
        "no_tool": exchanges.LEFT_ALONE,
    }.get(turn.kind, exchanges.CHATTING + exchanges.LEFT_ALONE)  # fmt: skip
    return turn.model_copy(update={"reply": rng.choice(words)})


_WAYS: dict[str, tuple[Way, ...]] = {
    "calls_fit": (_wrong_call, _wrong_value, _needless_call),
    "requests_natural": (_shuffled, _stuttered, _coded),
    "replies_fit": (_unsupported, _unsupported, _refused, _claimed, _unrelated),
}
