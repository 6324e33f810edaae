"""The rule-based writer of training text: whole conversations, played on the project's own stages.

Everything a lesson says is made by rules from word tables and the phrase books; nothing comes from a model or a
published data set. Equal seeds give equal lessons.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

from dtc_local import prompts
from dtc_local.records import KINDS, Kind, Persona, Scenario
from dtc_local.settings import RunConfig, run_config
from dtc_local.stages.base import Desk
from seed_model.copying import copying_rows
from seed_model.drafts import EFFECTS, Frame
from seed_model.exchanging import EXCHANGE_WEIGHTS, add_exchange
from seed_model.lesson import Lesson, Task
from seed_model.playing import Player, Unsound, parts_of
from seed_model.spoiling import spoiled
from seed_model.turns import KIND_WEIGHTS, Layout, offer_more
from seed_model.values import SOURCES, pool
from seed_model.vocabulary import vocabulary

__all__ = ["Conversation", "converse", "copying_rows", "lessons", "sound"]

CHARS = 7000
"""Longer lessons are dropped."""
EXCHANGES = 0.5
"""Share of turns in which more happens than calls."""
JUDGED = 0.5
"""Share of conversations that are judged as they are; as many are judged once they are spoiled."""
FOLLOWING = ("correction", "no_tool")
"""Kinds that need an earlier turn."""
POLICIES = (
    "Be kind to the user.", "Ask before you delete anything.", "Only help signed-in users.", "Amounts are in euros.",
    "Never share private data.", "The office opens at nine.", "Times are local.", "Keep answers short.",
)  # fmt: skip
PREAMBLES = (
    "This tool belongs to the {} service. ", "Part of the {} toolkit, version two. ",
    "Everything here is part of the {} system: ",
    "These calls are for the {} desk only. ", "Belongs to the {} interface of the company. ",
    "{} manager. Works on the data of the current user. ",
)  # fmt: skip
EXPERTISE = ("new to this", "casual user", "knows the basics", "experienced", "expert", "uses it daily")
ROLES = (
    "student",
    "retiree",
    "shop owner",
    "nurse",
    "teacher",
    "office assistant",
    "project lead",
    "parent of two",
    "engineer",
    "accountant",
)
TONES = {"agreeableness": ("blunt", "polite"), "extraversion": ("brief", "talkative"), "neuroticism": ("", "worried")}
TRAITS = ("openness", "conscientiousness", "extraversion", "agreeableness", "neuroticism")


@dataclass
class Conversation:
    """A finished conversation: the desk with its turns, the layout behind it, the tasks on the way."""

    desk: Desk
    layout: Layout
    tasks: list[Task]


def lessons(seed: int, held_out: bool = False) -> Iterator[Lesson]:
    """Endless lessons; `held_out` draws nouns, verbs, parameters and phrasings that training never sees."""
    number = 0
    while True:
        rng = random.Random(f"{seed}/{held_out}/{number}")
        number += 1
        lesson = lesson_of(sound(rng, held_out), rng)
        if lesson.size <= CHARS:
            yield lesson


def sound(rng: random.Random, held_out: bool = False) -> Conversation:
    """The next conversation that the stages accept."""
    while True:
        try:
            return converse(rng, held_out)
        except Unsound:
            continue


def converse(rng: random.Random, held_out: bool = False) -> Conversation:
    """Lays out a conversation and plays it; raises :class:`Unsound`."""
    words = vocabulary(held_out)
    domain = rng.choice(list(words.nouns))
    preamble = rng.choice(PREAMBLES).format(domain) if rng.random() < 0.12 else ""
    frame = Frame(words, rng.choices(("snake", "camel", "kebab"), (70, 26, 4))[0], preamble)
    layout = Layout(frame, domain, rng)
    outlines = [
        add_exchange(layout, _kind(layout, number)) for number in range(rng.choices((1, 2, 3), (38, 42, 20))[0])
    ]
    offer_more(layout, min(6, len(layout.drafts) + rng.choice((0, 1, 1, 2, 2, 3))))
    drafts = list(layout.drafts.values())
    rng.shuffle(drafts)
    tools = [draft.freeze() for draft in drafts]
    persona, tone = _persona(rng)
    scenario = Scenario(
        index=rng.randrange(1 << 30),
        date=SOURCES["date"](rng),
        persona=persona,
        offer=tuple(tool for tool in tools if tool.name not in layout.withheld),
        turns=tuple(outlines),
        facts=layout.facts,
        withheld=tuple(tool for tool in tools if tool.name in layout.withheld),
    )
    player = Player(Desk(scenario, _config(layout, rng), facts_only=True), layout, tone, rng)
    for number, outline in enumerate(outlines):
        player.play(number, outline)
    return Conversation(player.desk, layout, player.tasks)


def _kind(layout: Layout, number: int) -> Kind:
    rng = layout.rng
    weights = EXCHANGE_WEIGHTS if rng.random() < EXCHANGES else KIND_WEIGHTS
    if number and weights is KIND_WEIGHTS and rng.random() < 0.5:
        return "follow_up"
    kinds: list[Kind] = [kind for kind in weights if number or kind not in FOLLOWING]
    return rng.choices(kinds, [weights[kind] for kind in kinds])[0]


def _config(layout: Layout, rng: random.Random) -> RunConfig:
    """Settings of the run: consent is asked for wherever some turn wants it, and now and then where none does."""
    unasked = any(EFFECTS.get(step.draft.verb.deed) == "destructive" and not step.agreed for step in layout.steps)
    if layout.consent and unasked:
        raise Unsound("something is destroyed without consent")
    rule = layout.consent or (not unasked and rng.random() < 0.2)
    return run_config(
        {
            "seed": rng.randrange(1 << 30),
            "mix": {kind: 1.0 if kind != "confirm" or rule else 0.0 for kind in KINDS},
            "verify": "off",
            "policy": rng.choice(POLICIES) if rng.random() < 0.1 else "",
        }
    )


def _persona(rng: random.Random) -> tuple[Persona, str]:
    traits = {trait: round(rng.uniform(-1, 1), 2) for trait in TRAITS}
    tones = [TONES[trait][value > 0] for trait, value in traits.items() if trait in TONES and abs(value) >= 0.4]
    role = rng.choice(ROLES) if rng.random() < 0.5 else SOURCES["job"](rng).lower()
    return Persona(
        name=rng.choice(pool("name")), role=role, expertise=rng.choice(EXPERTISE), traits=traits
    ), rng.choice(tones or ["plain"])


def lesson_of(told: Conversation, rng: random.Random) -> Lesson:
    """Every stage's task of a conversation, and verdicts on it as it is and once it is spoiled."""
    turns = told.desk.turns
    history = prompts.history(turns)
    tasks = list(told.tasks)
    if rng.random() < JUDGED:
        tasks.append(Task("judge", len(history), prompts.judge(), verdict(())))
    wrong = spoiled(told.desk, told.layout, rng) if rng.random() < JUDGED else None
    if wrong is not None:
        after = sum(map(parts_of, turns[: wrong.place]))
        other = prompts.history(wrong.turns)[after:]
        tasks.append(Task("judge", after, prompts.judge(), verdict(wrong.failed), other))
    return Lesson(told.desk.system, history, tuple(tasks))


def verdict(failed: tuple[str, ...]) -> str:
    """A vote that finds some criteria wanting."""
    return prompts.compact({criterion: criterion not in failed for criterion in prompts.CRITERIA})
