"""Words the assistant's reply: what happened, with values taken from the results alone."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

from dtc_local.prompts import worded, written
from dtc_local.records import Json
from seed_model.asking import be, capital, labeled, spoken
from seed_model.describe import joined
from seed_model.drafts import Slot
from seed_model.turns import Step
from seed_model.vocabulary import Vocabulary

NUMBERS = ("no", "one", "two", "three", "four")
DONE = (
    "{T} has been {past}.", "I have {past} {t}.", "{T} is now {past}.", "Done, {t} has been {past}.", "{T} was {past}.",
    "All set, {t} is {past}.", "I {pasts} {t} for you.", "{T} was {past} as requested.", "Okay, {t} has been {past}.",
)  # fmt: skip
FOUND = ("I found {n}: {list}.", "There {are} {n}: {list}.", "Here {are} {n}: {list}.", "The search gave {n}: {list}.")


def reply(words: Vocabulary, steps: Sequence[Step], rng: random.Random) -> str:
    """One to three sentences; the last calls matter most."""
    told = list(steps) if len(steps) <= 2 else [steps[0], *steps[-2:]] if rng.random() < 0.6 else list(steps[-2:])
    feeding = {link.call for step in steps for link in step.links.values()}
    if any(step.id in feeding for step in told) and rng.random() < 0.6:
        told = [step for step in told if step.id not in feeding]
    sentences = [one for step in told for one in sentence(words, step, rng, brief=len(told) == 3)]
    return " ".join(sentences[:3] if len(told) > 1 else sentences)


def sentence(words: Vocabulary, step: Step, rng: random.Random, brief: bool) -> list[str]:
    """What one call brought, in one sentence or two; `brief` is one for sure."""
    draft, deed = step.draft, step.draft.verb.deed
    if draft.echo:
        return [_echoed(words, step, rng)]
    if draft.untyped:
        return [_done(words, step, rng)]
    if draft.fields[0].many:
        return [_listed(step, rng)]
    if deed in ("read", "compute"):
        return [_stated(step, rng, _said_fields(step, rng, 3)) or _done(words, step, rng)]
    first = _done(words, step, rng)
    more = _said_fields(step, rng, 2)
    if not more or rng.random() < 0.3:
        return [first]
    parts = [_stating(slot, value) for slot, value in more]
    if len(parts) == 1 and rng.random() < 0.5:
        return [f"{first[:-1]} and {joined(parts)}."]
    return [first] if brief else [first, f"{capital(joined(parts))}."]


def _echoed(words: Vocabulary, step: Step, rng: random.Random) -> str:
    """A ready-made reply; the first letter is left alone where a value opens it."""
    given = {slot.name: step.arguments[slot.name] for slot in step.draft.params if slot.name in step.arguments}
    values = {worded(name).replace(" ", "_"): spoken(value) for name, value in (given | step.result).items()}
    options = [one for one in step.draft.echo.split("/") if set(re.findall(r"{(\w+)}", one)) <= set(values)]
    return rng.choice(options).format(**values) if options else rng.choice(("That is done.", "Done.", "It worked."))


def _done(words: Vocabulary, step: Step, rng: random.Random) -> str:
    thing = named(step, rng)
    past = step.draft.verb.past
    regular = (
        past
        if step.draft.verb.base not in ("show", "write", "withdraw", "freeze", "hide", "read", "begin")
        else f"have {past}"
    )
    pattern = words.pick(DONE, rng)
    return pattern.format(T=capital(thing), t=thing, past=past, pasts=regular)


def named(step: Step, rng: random.Random) -> str:
    """The thing with its id where the conversation shows one."""
    draft = step.draft
    own = draft.own_id
    if own is not None and own.name in step.arguments and rng.random() < 0.75:
        return f"{draft.noun.one} {written(step.arguments[own.name])}"
    shown = [slot for slot in draft.fields if slot.noun and slot.noun.one == draft.noun.one and not slot.many]
    if shown and isinstance(step.result, dict) and shown[0].name in step.result and rng.random() < 0.7:
        return f"{draft.noun.one} {written(step.result[shown[0].name])}"
    return f"the {draft.noun.one}"


def _said_fields(step: Step, rng: random.Random, most: int) -> list[tuple[Slot, Json]]:
    """Result fields worth telling, in order."""
    fields = [slot for slot in step.draft.fields if slot.kind.type != "b" and not slot.noun and not slot.many]
    chosen = fields[: rng.randint(1, most)] if rng.random() < 0.7 else rng.sample(fields, min(len(fields), most))
    return [(slot, step.result[slot.name]) for slot in fields if slot in chosen]


def _stated(step: Step, rng: random.Random, fields: list[tuple[Slot, Json]]) -> str:
    if not fields:
        return ""
    thing = named(step, rng) if step.draft.verb.deed == "read" else ""
    words = [labeled(worded(slot.name), spoken(value)) for slot, value in fields]
    if thing and rng.random() < 0.4:
        return f"{capital(thing)} has {joined([f'{name} {value}' for name, value in words])}."
    parts = [_stating(slot, value) for slot, value in fields]
    if thing:
        parts[0] = parts[0].replace(f"the {words[0][0]}", f"the {words[0][0]} of {thing}", 1)
    elif words[0][0] in ("result", "total", "value") and rng.random() < 0.6:
        parts[0] = f"the {step.draft.thing} is {words[0][1]}"
    return capital(joined(parts)) + "."


def _stating(slot: Slot, value: Json) -> str:
    label, text = labeled(worded(slot.name), spoken(value))
    return f"the {label} {be(label, value)} {text}"


def _listed(step: Step, rng: random.Random) -> str:
    listing = step.draft.fields[0]
    entries = step.result[listing.name]
    labels = []
    for entry in entries:
        values = [spoken(entry[slot.name]) for slot in listing.children if slot.kind.type != "b"]
        head = values[0] if values else step.draft.noun.one
        labels.append(head if len(values) == 1 or rng.random() < 0.4 else f"{head} ({', '.join(values[1:3])})")
    one = len(entries) == 1
    number = f"{NUMBERS[len(entries)]} {step.draft.noun.one if one else step.draft.noun.many}"
    return rng.choice(FOUND).format(n=number, are="is" if one else "are", list=joined(labels))
