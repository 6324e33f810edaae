"""Plays the tools: results that echo arguments, repeat what the ledger knows, and take the rest from facts."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from dtc_local.ledger import Ledger
from dtc_local.records import ExecutedCall, Json, Reference, Tool
from seed_model.drafts import Slot
from seed_model.turns import OTHERS, Step, literal, shuffled

Facts = dict[str, tuple[Json, ...]]


@dataclass
class Outcome:
    """A result with what the execute stage is shown for it."""

    result: Json
    known: Sequence[str]
    facts: Facts


def resolve(steps: dict[str, Step], reference: Reference) -> Json:
    """The value a reference stands for."""
    value = steps[reference.call].result
    for part in reference.path:
        value = value[part]
    return value


def simulate(step: Step, tool: Tool, ledger: Ledger, rng: random.Random) -> Outcome:
    """Writes the result of a call whose arguments are known."""
    pinned = ledger.pinned(tool, step.arguments)
    facts: Facts = {}
    result: dict[str, Json] = {}
    for slot in step.draft.fields:
        if slot.name in pinned:
            result[slot.name] = pinned[slot.name]
        elif slot.many:
            result[slot.name] = _items(slot, facts, rng)
        elif slot.kind.source == "listed":
            result[slot.name] = len(result[step.draft.fields[0].name])
        elif (key := _own(step, slot)) is not None:
            result[slot.name] = key
        else:
            result[slot.name] = leaf(slot, slot.name, facts, rng)
    return Outcome(result, ledger.known(tool, step.arguments), facts)


def foreknown(step: Step, tool: Tool, ledger: Ledger, rng: random.Random) -> Ledger:
    """The ledger, now and then with something about the call's entity that the conversation has not shown."""
    subject = ledger.subject(tool, step.arguments)
    free = [slot for slot in step.draft.fields if not slot.many and slot.noun is None and slot.kind.source != "listed"]
    free = [slot for slot in free if slot.name not in step.arguments]
    if subject is None or subject in ledger.facts or not free or rng.random() > 0.3:
        return ledger
    some = rng.sample(free, min(len(free), rng.choice((1, 1, 2))))
    return Ledger({**ledger.facts, subject: {slot.name: literal(slot, rng) for slot in some}}, ledger.gone)


def told(step: Step, tool: Tool, ledger: Ledger) -> Ledger | None:
    """The ledger after the call; None if the result contradicts it."""
    call = ExecutedCall(id=step.id, tool=tool.name, arguments=step.arguments, result=step.result)
    return None if ledger.contradicts(call, tool) else ledger.after(call, tool)


def _own(step: Step, slot: Slot) -> Json:
    own = step.draft.own_id
    if own is None or slot.noun is None or slot.noun.one != step.draft.noun.one:
        return None
    return step.arguments.get(own.name)


def leaf(slot: Slot, path: str, facts: Facts, rng: random.Random) -> Json:
    """A value for a result field, and its candidates."""
    if slot.kind.type == "b":
        facts[path] = rng.choice(((True, False), (False, True), (True,)))
        return rng.random() < 0.85 or facts[path] == (True,)
    value = literal(slot, rng)
    facts[path] = shuffled(value, (literal(slot, rng) for _ in range(rng.choice(OTHERS))), rng)
    return value


def _items(slot: Slot, facts: Facts, rng: random.Random) -> list[dict[str, Json]]:
    """One to three entries; the facts of the first one mostly serve the others too."""
    count = rng.choice((1, 2, 2, 3))
    shared = rng.random() < 0.8
    entries: list[dict[str, Json]] = []
    for place in range(count):
        entry = {}
        for child in slot.children:
            listed = facts.get(f"{slot.name}.0.{child.name}", ())
            left = [value for value in listed if all(value != other[child.name] for other in entries)]
            if place and shared and child.kind.type == "b":
                entry[child.name] = rng.choice(listed)
            elif place and shared and left:
                entry[child.name] = left[0]
            else:
                entry[child.name] = leaf(child, f"{slot.name}.{place}.{child.name}", facts, rng)
        entries.append(entry)
    return entries
