"""The rule-based writer of training text: whole conversations, told by the project's own prompt functions.

Everything a lesson says is made by rules from word tables; nothing comes from a model or a published data set.
Equal seeds give equal lessons.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from dtc_local import prompts
from dtc_local.ledger import Ledger
from dtc_local.prompts.signature import brief_descriptions
from dtc_local.records import (
    ExecutedCall,
    Json,
    Kind,
    LiteralValue,
    Persona,
    Plan,
    PlannedCall,
    Reference,
    Tool,
    TurnOutline,
)
from seed_model.asking import Speech
from seed_model.copying import copying_rows
from seed_model.drafts import Frame
from seed_model.lesson import Lesson, Task
from seed_model.replying import reply
from seed_model.results import Outcome, foreknown, resolve, simulate
from seed_model.results import told as told_ledger
from seed_model.spoiling import spoiled
from seed_model.turns import KIND_WEIGHTS, Layout, Step, add_turn, fill, offer_more
from seed_model.values import SOURCES, pool
from seed_model.vocabulary import vocabulary

__all__ = ["Conversation", "Turn", "copying_rows", "lessons"]

CHARS = 6300
"""Longer lessons are dropped."""
POLICIES = (
    "Be kind to the user.", "Ask before you delete anything.", "Only help signed-in users.", "Amounts are in euros.",
    "Never share private data.", "The office opens at nine.", "Times are local.", "Keep answers short.",
)  # fmt: skip
HINTS = (
    "Keep values short.",
    "Choose other values than before.",
    "Do not use what was deleted.",
    "Give each call a value of its own.",
)
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


class Unsound(Exception):
    """A conversation that contradicts itself or uses what it deleted; another is drawn."""


@dataclass
class Turn:
    """One finished turn."""

    kind: Kind
    steps: list[Step]
    plan: Plan
    implicit: tuple[str, ...]
    facts: dict[str, tuple[Json, ...]]
    request: str = ""
    required: tuple[str, ...] = ()
    levels: list[tuple[ExecutedCall, ...]] = field(default_factory=list)
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    reply: str = ""
    hint: str = ""


@dataclass
class Conversation:
    """A finished conversation, before it is cut into tasks."""

    tools: tuple[Tool, ...]
    briefs: dict[str, str]
    date: str
    policy: str
    persona: Persona
    tone: str
    layout: Layout
    turns: list[Turn] = field(default_factory=list)
    ledger: Ledger = field(default_factory=Ledger)

    def system(self) -> str:
        """System text."""
        return prompts.system(self.tools, self.date, self.policy)

    def tool(self, step: Step) -> Tool:
        """The tool a step calls, with its result's schema even where the signature hides it."""
        tool = next(tool for tool in self.tools if tool.name == step.draft.name)
        return tool if tool.output is not None else tool.model_copy(update={"output": step.draft.output_schema()})


def lessons(seed: int, held_out: bool = False) -> Iterator[Lesson]:
    """Endless lessons; `held_out` draws nouns, verbs, parameters and phrasings that training never sees."""
    number = 0
    while True:
        rng = random.Random(f"{seed}/{held_out}/{number}")
        number += 1
        told = sound(rng, held_out)
        wrong = spoiled(told, rng) if rng.random() < 0.12 else None
        lesson = _judged(told, wrong) if wrong else lesson_of(told)
        size = (
            len(lesson.system)
            + sum(map(len, lesson.history))
            + sum(len(t.prompt) + len(t.answer) for t in lesson.tasks)
        )
        if size <= CHARS:
            yield lesson


def sound(rng: random.Random, held_out: bool = False) -> Conversation:
    """The next conversation without contradictions."""
    while True:
        try:
            return converse(rng, held_out)
        except Unsound:
            continue


def converse(rng: random.Random, held_out: bool = False) -> Conversation:
    """Lays out, words and plays a whole conversation."""
    words = vocabulary(held_out)
    domain = rng.choice(list(words.nouns))
    preamble = rng.choice(PREAMBLES).format(domain) if rng.random() < 0.12 else ""
    frame = Frame(words, rng.choices(("snake", "camel", "kebab"), (70, 26, 4))[0], preamble, rng.random() < 0.5)
    layout = Layout(frame, domain, rng)
    for number in range(rng.choices((1, 2, 3), (52, 37, 11))[0]):
        usable = number and any(not step.draft.untyped and step.draft.verb.deed != "delete" for step in layout.steps)
        kind = (
            "follow_up" if usable and rng.random() < 0.55 else rng.choices(*zip(*KIND_WEIGHTS.items(), strict=True))[0]
        )
        add_turn(layout, kind)
    offer_more(
        layout,
        min(6, len(layout.drafts) + rng.choice((0, 1, 1, 2, 2, 3))) if len(layout.drafts) > 1 else rng.randint(2, 5),
    )
    drafts = list(layout.drafts.values())
    rng.shuffle(drafts)
    tools = tuple(draft.freeze() for draft in drafts)
    persona, tone = _persona(rng)
    policy = rng.choice(POLICIES) if rng.random() < 0.1 else ""
    told = Conversation(tools, brief_descriptions(tools), SOURCES["date"](rng), policy, persona, tone, layout)
    for number, kind in enumerate(layout.kinds):
        told.turns.append(_turn(told, number, kind, rng))
    return told


def _persona(rng: random.Random) -> tuple[Persona, str]:
    traits = {trait: round(rng.uniform(-1, 1), 2) for trait in TRAITS}
    tones = [TONES[trait][value > 0] for trait, value in traits.items() if trait in TONES and abs(value) >= 0.4]
    role = rng.choice(ROLES) if rng.random() < 0.5 else SOURCES["job"](rng).lower()
    return Persona(
        name=rng.choice(pool("name")), role=role, expertise=rng.choice(EXPERTISE), traits=traits
    ), rng.choice(tones or ["plain"])


def _turn(told: Conversation, number: int, kind: Kind, rng: random.Random) -> Turn:
    steps = [step for step in told.layout.steps if step.turn == number]
    facts: dict[str, tuple[Json, ...]] = {}
    said: set[str] = set()
    for step in steps:
        facts |= fill(step, said, rng)
        _other_references(told, step, rng)
    plan = Plan(calls=tuple(step.planned() for step in steps))
    implicit = hidden(plan, rng)
    turn = Turn(kind, steps, plan, implicit, facts)
    turn.hint = rng.choice(HINTS) if rng.random() < 0.06 else ""
    explicit = [step for step in steps if step.id not in implicit]
    silent = [step for step in steps if step.id in implicit]
    turn.request = Speech(told.layout.frame.words, steps, explicit, told.tone, rng).request(explicit, silent)
    turn.required = tuple(dict.fromkeys(text for step in (*explicit, *silent) for text in required(step.planned())))
    _play(told, turn, rng)
    turn.reply = reply(told.layout.frame.words, steps, rng)
    return turn


def hidden(plan: Plan, rng: random.Random) -> tuple[str, ...]:
    """A random set of calls left unsaid, closed under ancestors, without sinks."""
    parents = plan.parents()
    needed = {parent for own in parents.values() for parent in own}
    found: list[str] = []
    for call in plan.calls:
        if call.id in needed and all(parent in found for parent in parents[call.id]) and rng.random() < 0.55:
            found.append(call.id)
    return tuple(found)


def required(call: PlannedCall) -> Iterator[str]:
    """Written literals of a call that the request must carry, in order: every scalar but booleans."""
    for _, value in call.literals():
        yield from leaves(value)


def leaves(value: Json) -> Iterator[str]:
    """Written scalars inside a value, without booleans and null."""
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from leaves(inner)
    elif not isinstance(value, bool) and value is not None:
        yield prompts.written(value)


def _other_references(told: Conversation, step: Step, rng: random.Random) -> None:
    """Shows a second reference of fitting type beside the right one, now and then."""
    earlier = told.layout.steps[: told.layout.steps.index(step)]
    for name, link in step.links.items():
        options = [
            Reference(call=other.id, path=(slot.name,), type=link.type)
            for other in earlier
            for slot in other.draft.fields
            if slot.json_type == link.type and (other.id, (slot.name,)) != (link.call, link.path)
        ]
        if options and rng.random() < 0.3:
            shown = [link, rng.choice(options)]
            rng.shuffle(shown)
            step.others[name] = tuple(shown)


def _play(told: Conversation, turn: Turn, rng: random.Random) -> None:
    every = {step.id: step for step in told.layout.steps}
    for level in turn.plan.levels():
        for call in level:
            step = every[call.id]
            step.arguments = {
                name: argument.value if isinstance(argument, LiteralValue) else resolve(every, argument)
                for name, argument in call.arguments.items()
            }
            tool = told.tool(step)
            told.ledger = foreknown(step, tool, told.ledger, rng)
            if told.ledger.refuses(tool, step.arguments):
                raise Unsound
            turn.outcomes[step.id] = simulate(step, tool, told.ledger, rng)
            step.result = turn.outcomes[step.id].result
            after = told_ledger(step, tool, told.ledger)
            if after is None:
                raise Unsound
            told.ledger = after
        turn.levels.append(tuple(executed(every[call.id]) for call in level))


def executed(step: Step) -> ExecutedCall:
    """The call as history shows it."""
    return ExecutedCall(id=step.id, tool=step.draft.name, arguments=step.arguments, result=step.result)


def history_of(turns: Sequence[Turn]) -> tuple[str, ...]:
    """History parts of finished turns."""
    parts: list[str] = []
    for turn in turns:
        parts += [prompts.said(turn.request), *map(prompts.called, turn.levels), prompts.replied(turn.reply)]
    return tuple(parts)


def lesson_of(told: Conversation) -> Lesson:
    """Every stage's task of a sound conversation."""
    tasks: list[Task] = []
    after = 0
    for turn in told.turns:
        tasks += _turn_tasks(told, turn, after)
        after += 2 + len(turn.levels)
    tasks.append(Task("judge", after, prompts.judge(), prompts.compact({"reason": "sound"})))
    return Lesson(told.system(), history_of(told.turns), tuple(tasks))


def _turn_tasks(told: Conversation, turn: Turn, after: int) -> Iterator[Task]:
    persona = told.persona.words()
    outline = TurnOutline(kind=turn.kind, calls=tuple(step.outline() for step in turn.steps))
    answer = prompts.compact(prompts.plan_json(turn.plan))
    yield Task("plan", after, prompts.plan(persona, outline, turn.facts, turn.hint), answer)
    goals, mention = wants(told, turn)
    yield Task("ask", after, prompts.ask(persona, goals, mention), turn.request)
    yield Task("verify", after + 1, prompts.verify(), prompts.compact(prompts.plan_json(visible_plan(turn))))
    for place, level in enumerate(turn.levels):
        for call in level:
            step = next(step for step in turn.steps if step.id == call.id)
            outcome = turn.outcomes[call.id]
            prompt = prompts.execute(call.id, call.arguments, told.tool(step), outcome.known, outcome.facts)
            yield Task("execute", after + 1 + place, prompt, prompts.compact(call.result))
    yield Task("respond", after + 1 + len(turn.levels), prompts.respond(), turn.reply)


def wants(told: Conversation, turn: Turn) -> tuple[list[str], list[str]]:
    """Goals and mentions of a turn as the ask stage lists them."""
    own = [step.id for step in turn.steps]
    shown = [one for one in own if one not in turn.implicit]
    goals, mention = [], []
    for call in turn.plan.calls:
        if call.id in turn.implicit:
            mention += [
                prompts.mention(name, value) for name, value in call.literals() if any(True for _ in leaves(value))
            ]
        else:
            brief = told.briefs[call.tool] or prompts.worded(call.tool).capitalize() + "."
            goals.append(prompts.goal(brief, call, own, shown))
    return goals, mention


def visible_plan(turn: Turn) -> Plan:
    """The plan as a reader of the conversation writes it: results of earlier turns as values."""
    own = {call.id for call in turn.plan.calls}
    calls = []
    for call in turn.plan.calls:
        values = next(step.arguments for step in turn.steps if step.id == call.id)
        arguments = {
            name: LiteralValue(value=values[name]) if isinstance(given, Reference) and given.call not in own else given
            for name, given in call.arguments.items()
        }
        calls.append(PlannedCall(id=call.id, tool=call.tool, arguments=arguments))
    return Plan(calls=tuple(calls))


def _judged(told: Conversation, reason: str) -> Lesson:
    parts = history_of(told.turns)
    task = Task("judge", len(parts), prompts.judge(), prompts.compact({"reason": reason}))
    return Lesson(told.system(), parts, (task,))
