"""Plays the tools: results that echo arguments, repeat what is known, and take the rest from facts."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from dtc_local.prompts import worded, written
from dtc_local.records import Json, Reference
from seed_model.drafts import Slot
from seed_model.turns import Step, candidates
from seed_model.values import draw

Facts = dict[str, tuple[Json, ...]]


@dataclass
class Ledger:
    """What results have said about each entity so far: (kind, id) -> field -> value."""

    entities: dict[tuple[str, str], dict[str, Json]] = field(default_factory=dict)

    def learn(self, step: Step) -> None:
        """Notes the result's fields under the entity the call is about."""
        key = entity(step)
        if key and isinstance(step.result, dict):
            scalars = {name: value for name, value in step.result.items() if not isinstance(value, dict | list)}
            self.entities.setdefault(key, {}).update(scalars)


@dataclass
class Outcome:
    """A result with what the execute stage is shown for it."""

    result: Json
    known: list[str]
    facts: Facts


def entity(step: Step) -> tuple[str, str] | None:
    """Kind and id of the entity a call names in its arguments."""
    own = step.draft.own_id
    return (step.draft.noun.one, written(step.arguments[own.name])) if own and own.name in step.arguments else None


def resolve(steps: dict[str, Step], reference: Reference) -> Json:
    """The value a reference stands for."""
    value = steps[reference.call].result
    for part in reference.path:
        value = value[part]
    return value


def simulate(step: Step, ledger: Ledger, rng: random.Random) -> Outcome:
    """Writes the result of a call whose arguments are known."""
    known = _known(step, ledger, rng)
    facts: Facts = {}
    result: dict[str, Json] = {}
    for slot in step.draft.fields:
        if slot.many:
            result[slot.name] = _items(slot, facts, rng)
        elif slot.kind.source == "listed":
            result[slot.name] = len(result[step.draft.fields[0].name])
        elif slot.name in step.arguments and _same_type(slot, step.arguments[slot.name]):
            result[slot.name] = step.arguments[slot.name]
        elif slot.noun is not None and (key := _own(step, slot)) is not None:
            result[slot.name] = key
        elif slot.name in known:
            result[slot.name] = known[slot.name]
        else:
            result[slot.name] = _leaf(slot, slot.name, facts, rng)
    key = entity(step)
    lines = [f"{key[0]} {key[1]}: " + "; ".join(f"{worded(n)} {written(v)}" for n, v in known.items())] if key and known else []
    return Outcome(result, lines, facts)


def _own(step: Step, slot: Slot) -> Json:
    own = step.draft.own_id
    if own is None or slot.noun is None or slot.noun.one != step.draft.noun.one:
        return None
    return step.arguments.get(own.name)


def _same_type(slot: Slot, value: Json) -> bool:
    kinds = {"string": str, "integer": int, "number": int | float, "boolean": bool, "array": list, "object": dict}
    return isinstance(value, kinds[slot.json_type])  # type: ignore[arg-type]


def _known(step: Step, ledger: Ledger, rng: random.Random) -> dict[str, Json]:
    """Fields of this result that the conversation has settled already; sometimes settled in the ledger alone."""
    key = entity(step)
    if key is None:
        return {}
    learned = ledger.entities.get(key, {})
    found = {slot.name: learned[slot.name] for slot in step.draft.fields if slot.name in learned and slot.noun is None}
    if step.draft.verb.deed in ("update", "state", "delete", "move"):
        found.pop("status", None)
    free = [slot for slot in step.draft.fields if not slot.many and slot.noun is None and slot.name not in found]
    free = [slot for slot in free if slot.kind.source != "listed"]
    if not found and free and rng.random() < 0.3:
        for slot in rng.sample(free, min(len(free), rng.choice((1, 2)))):
            found[slot.name] = draw(slot.kind.source, slot.kind.type, rng)
    return found


def _leaf(slot: Slot, path: str, facts: Facts, rng: random.Random) -> Json:
    kind = slot.kind
    if kind.type == "b":
        return rng.random() < 0.9
    value = draw(kind.source, kind.type, rng)
    if not kind.source.startswith("["):
        facts[path] = candidates(value, kind.source, kind.type, rng)
    return value


def _items(slot: Slot, facts: Facts, rng: random.Random) -> list[dict[str, Json]]:
    """One to three entries; facts for all of them, or for the first one, whose other candidates serve the rest."""
    count = rng.choice((1, 2, 2, 3))
    shared = rng.random() < 0.5
    entries: list[dict[str, Json]] = []
    for place in range(count):
        entry = {}
        for child in slot.children:
            path = f"{slot.name}.{place}.{child.name}"
            left = _unused(facts.get(f"{slot.name}.0.{child.name}", ()), [e[child.name] for e in entries])
            entry[child.name] = left[0] if place and shared and left else _leaf(child, path, facts, rng)
        entries.append(entry)
    return entries


def _unused(values: tuple[Json, ...], used: list[Json]) -> list[Json]:
    return [value for value in values if value not in used]
