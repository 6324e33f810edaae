"""Plays laid-out turns on the pipeline's own stages, answering for the model, and keeps what was asked as tasks.

The stages say what a small model is asked, word for word, and under which constraint. The answers come from the layout
(values of the plan, calls that a reader should find) or are drawn from the constraint, where every choice is as good.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from dtc_local import prompts
from dtc_local.engine.base import Completion, Request
from dtc_local.errors import StageFailure
from dtc_local.records import SHAPES, Json, Plan, PlannedCall, Reference, Turn, TurnOutline, call_number
from dtc_local.stages.base import Desk
from dtc_local.stages.kinds import MAKERS
from dtc_local.stages.kinds.common import implicit
from dtc_local.stages.label import unproved
from dtc_local.stages.verify import resolved
from seed_model import drawing
from seed_model.asking import Speech
from seed_model.lesson import Task
from seed_model.results import counted
from seed_model.turns import Layout, Step, literal

FREE_SHARE = 0.2
"""Share of plain requests that are worded freely; the others come from the phrase book, as a small model's do."""
HINT_SHARE = 0.05
HINTS = (
    "Keep values short.",
    "Choose other values than before.",
    "Say it shorter.",
    "Say more plainly what is wanted.",
)
UNTAUGHT = ("mistake",)
"""Stages whose answer is wrong on purpose."""


class Unsound(Exception):
    """A conversation that the stages refuse, or that uses what it deleted; another is drawn."""


@dataclass
class Player:
    """One conversation under way: the pipeline's desk, the layout behind it, and the tasks so far."""

    desk: Desk
    layout: Layout
    tone: str
    rng: random.Random
    tasks: list[Task] = field(default_factory=list)
    outline: TurnOutline | None = None

    def play(self, number: int, outline: TurnOutline) -> None:
        """Makes one turn of the layout; raises :class:`Unsound`."""
        before, self.outline, self.number = len(self.desk.turns), outline, number
        hints = {"plan": self.rng.choice(HINTS), "ask": self.rng.choice(HINTS)}
        steps = MAKERS[outline.kind](self.desk, outline, hints if self.rng.random() < HINT_SHARE else {})
        try:
            requests = next(steps)
            while True:
                requests = steps.send([[self._completed(request)] for request in requests])
        except StopIteration:
            pass
        except (StageFailure, drawing.Open) as failure:
            raise Unsound(failure) from failure
        if unproved(outline, self.desk.turns[:before], self.desk.turns[before:], self.desk.scenario):
            raise Unsound(outline.kind)
        for place in range(before, len(self.desk.turns)):
            self._read(place)

    def _completed(self, request: Request) -> Completion:
        answer = _ANSWERS[request.stage](self, request)
        text = answer if isinstance(answer, str) else prompts.compact(answer)
        if request.stage not in UNTAUGHT:
            parts = request.messages[1].parts
            self.tasks.append(Task(request.stage, len(parts) - 2, parts[-1], text))
        return Completion(text, answer, 0.0, 1, 0, "accepted")

    def _read(self, place: int) -> None:
        """What a blind reader should answer to the turn's request: its calls, numbered from the next free id."""
        turn, earlier = self.desk.turns[place], self.desk.turns[:place]
        if turn.plan.calls:
            first = call_number(Desk(self.desk.scenario, self.desk.config, True, turns=earlier).next_id)
            answer = prompts.compact(prompts.plan_json(numbered(resolved(turn.plan, earlier), first)))
            after = len(prompts.history(earlier)) + 1
            self.tasks.append(Task("verify", after, prompts.verify(), answer))

    def steps(self) -> list[Step]:
        """The laid-out calls of the turn."""
        return [step for step in self.layout.steps if step.turn == self.number]

    def plan(self, request: Request) -> Json:
        """The values of the layout: of a correction only the one that changes."""
        assert self.outline is not None
        written = []
        for outline, step in zip(self.outline.calls, self.steps(), strict=True):
            symbolic = step.planned().symbolic()
            asked = {*outline.literals, *outline.references}
            arguments = {name: value for name, value in symbolic.items() if name in asked}
            written.append(prompts.call_json(step.id, step.draft.name, arguments))
        return written

    def ask(self, request: Request) -> Json:
        """Words of the phrase books; now and then a plain request is worded freely."""
        assert self.outline is not None
        if self.outline.kind not in SHAPES or self.rng.random() > FREE_SHARE:
            return self.drawn_text(request)
        steps = self.steps()
        hidden = implicit(self.desk, Plan(calls=tuple(step.planned() for step in steps)))
        explicit = [step for step in steps if step.id not in hidden]
        silent = [step for step in steps if step.id in hidden]
        return Speech(self.layout.frame.words, steps, explicit, self.tone, self.rng).request(explicit, silent)

    def drawn_text(self, request: Request) -> Json:
        """Any text of the closed grammar."""
        constraint: Any = request.constraint
        return drawing.sentence(constraint.definition, self.rng)

    def drawn_value(self, request: Request) -> Json:
        """Any value of the narrowed schema."""
        constraint: Any = request.constraint
        return drawing.value(json.loads(constraint.schema), self.rng)

    def result(self, request: Request) -> Json:
        """A result; its count, if it has one, is right."""
        call = json.loads(request.messages[1].parts[-1].split("\n")[1].split(": ", 1)[1])
        step = next(step for step in self.layout.steps if step.id == call["id"])
        return counted(step, self.drawn_value(request))

    def mistake(self, request: Request) -> Json:
        """A call that is wrong: another tool, another value, or an argument left out."""
        wrong = wrong_call(self.desk, self.layout, self.steps()[-1], self.rng)
        if wrong is None:
            raise Unsound("no mistake can be made")
        return [wrong]


def numbered(plan: Plan, first: int) -> Plan:
    """The plan with its calls numbered from `first` on."""
    ids = {call.id: f"${first + place}" for place, call in enumerate(plan.calls)}

    def moved(call: PlannedCall) -> PlannedCall:
        arguments = {
            name: given.model_copy(update={"call": ids.get(given.call, given.call)})
            if isinstance(given, Reference)
            else given
            for name, given in call.arguments.items()
        }
        return call.model_copy(update={"id": ids[call.id], "arguments": arguments})

    return Plan(calls=tuple(map(moved, plan.calls)))


def wrong_call(desk: Desk, layout: Layout, step: Step, rng: random.Random) -> dict[str, Json] | None:
    """A call that looks like the right one and is not; valid under the schema of its tool. None if there is none."""
    call_id = desk.next_id
    arguments: dict[str, Json] = {**step.literals, **{name: _any(step, name, rng) for name in step.links}}
    others = [draft for draft in layout.drafts.values() if draft.name != step.draft.name]
    others = [draft for draft in others if draft.name not in layout.withheld]
    said = [slot for slot in step.filled() if slot.name in step.literals]
    way = rng.random()
    if others and (way < 0.5 or not said):
        draft = rng.choice(others)
        taken = {slot.name: arguments.get(slot.name, literal(slot, rng)) for slot in draft.params if slot.required}
        return prompts.call_json(call_id, draft.name, taken)
    optional = [slot.name for slot in said if not slot.required]
    if optional and way < 0.8:
        left = {name: value for name, value in arguments.items() if name != optional[0]}
        return prompts.call_json(call_id, step.draft.name, left)
    if not said:
        return None
    changed = rng.choice(said)
    return prompts.call_json(call_id, step.draft.name, {**arguments, changed.name: literal(changed, rng)})


def _any(step: Step, name: str, rng: random.Random) -> Json:
    return literal(next(slot for slot in step.draft.params if slot.name == name), rng)


_ANSWERS: Mapping[str, Callable[[Player, Request], Json]] = {
    "plan": Player.plan,
    "ask": Player.ask,
    "talk": Player.drawn_text,
    "respond": Player.drawn_text,
    "hint": Player.drawn_text,
    "execute": Player.result,
    "error": Player.drawn_value,
    "mistake": Player.mistake,
}


def parts_of(turn: Turn) -> int:
    """History parts of a finished turn."""
    return 2 + len(turn.levels)
