"""Tool descriptions in many forms: imperative, third person, noun phrase, "Use this to", two sentences, none."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from dtc_local.prompts import worded
from seed_model.vocabulary import article

if TYPE_CHECKING:
    from seed_model.drafts import Draft

FORMS = (
    "{Do} {o}.",
    "{Do} {o}{by}.",
    "{Does} {o}.",
    "{Does} {o}{by}.",
    "Tool for {doing} {o}.",
    "This tool {does} {o}{by}.",
    "Use this to {do} {o}.",
    "Allows you to {do} {o}{by}.",
    "{Does} {o} and returns {fields}.",
    "{Do} {o}. Returns {fields}.",
    "{Doing} {os}",
    "{Do} {o}",
    "{do} {o}",
    "Endpoint that {does} {o}.",
    "Lets the user {do} {o}{by}.",
    "Call this when somebody wants to {do} {o}.",
    "{Does} {o}. Fails if something required is missing.",
    "{Do} {o} in the system. Needs {params}.",
    "Handy for {doing} {o}{by}.",
    "Helper which {does} {o} and gives back {fields}.",
    "Given {params}, {do} {o}.",
    "{Do} {o}. Only for signed-in users.",
    "Service call to {do} {o}.",
    "Function to {do} {o}{by}.",
)


def describe(draft: Draft, rng: random.Random) -> str:
    """A description of the draft; one in twenty tools has none."""
    if rng.random() < 0.05 and not draft.frame.preamble:
        return ""
    fields = joined([worded(slot.name) for slot in draft.fields[:2]])
    params = joined([f"the {worded(slot.name)}" for slot in draft.params[:2]]) or "nothing"
    verb = draft.verb
    text = draft.frame.words.pick(FORMS, rng).format(
        Do=verb.base.capitalize(), do=verb.base, Does=verb.third.capitalize(), does=verb.third,
        Doing=verb.gerund.capitalize(), doing=verb.gerund, o=object_words(draft, rng), os=draft.things,
        by=f" by {worded(draft.params[0].name)}" if draft.params and draft.verb.deed != "create" else "",
        fields=f"the {fields}" if fields else "the outcome", params=params,
    )  # fmt: skip
    return draft.frame.preamble + text


def object_words(draft: Draft, rng: random.Random) -> str:
    """The thing with an article that suits the verb."""
    deed = draft.verb.deed
    if deed == "list":
        return rng.choice((draft.things, draft.things, f"all {draft.things}"))
    if deed == "create":
        plain = draft.adjective == "new" or rng.random() < 0.6
        return article(draft.thing if plain else f"new {draft.thing}")
    if deed == "compute":
        return f"the {draft.thing}"
    return rng.choice((article(draft.thing), f"the {draft.thing}", article(draft.thing)))


def joined(words: list[str]) -> str:
    """Words as a list: a, b and c."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else ""
