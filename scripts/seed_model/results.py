"""What tools may return: candidate values for every field of a result, as a scenario gives them."""

from __future__ import annotations

import random

from dtc_local.records import Json
from seed_model.drafts import Slot
from seed_model.turns import OTHERS, Step, literal, shuffled

Facts = dict[str, tuple[Json, ...]]
MARK = "->"
"""Stands before the path of a result's field among the facts of a call."""


def result_facts(step: Step, rng: random.Random) -> Facts:
    """Candidates by marked path; those of a list's first record serve all its records."""
    facts: Facts = {}
    for slot in step.draft.fields:
        if slot.many:
            for child in slot.children:
                facts[f"{MARK}{slot.name}.0.{child.name}"] = _candidates(child, rng)
        elif slot.kind.source != "listed":
            facts[f"{MARK}{slot.name}"] = _candidates(slot, rng)
    return facts


def counted(step: Step, result: Json) -> Json:
    """The result with its count, where it has one, as long as its list."""
    for slot in step.draft.fields:
        if slot.kind.source == "listed" and slot.name in result:
            result[slot.name] = len(result[step.draft.fields[0].name])
    return result


def _candidates(slot: Slot, rng: random.Random) -> tuple[Json, ...]:
    if slot.kind.type == "b":
        return rng.choice(((True, False), (False, True), (True,)))
    return shuffled(literal(slot, rng), (literal(slot, rng) for _ in range(rng.choice(OTHERS))), rng)
