"""clarify: the request lacks a required value; the assistant asks for it and calls nothing; the user says it.

Proved by rule: the value stands nowhere in the conversation before the answer, the blind reader finds nothing to call
in the request alone, and finds the plan once the answer is there.
"""

from __future__ import annotations

from dtc_local import prompts
from dtc_local.errors import StageFailure
from dtc_local.records import Plan, TurnOutline
from dtc_local.stages import exchanges
from dtc_local.stages.ask import Wording, wording
from dtc_local.stages.base import Desk, Steps
from dtc_local.stages.kinds.common import Hints, carried_out, implicit, planned, talked, understood
from dtc_local.stages.phrasebook import label
from dtc_local.stages.talk import Aim, talk
from dtc_local.words import find, leaves


def clarify(desk: Desk, outline: TurnOutline, hints: Hints) -> Steps[None]:
    """Two messages of the user: the request without the value, then the value."""
    focus = outline.focus
    assert focus is not None, "a clarify outline names the value that is asked back"
    chosen = yield from planned(desk, outline, hints)
    hidden = implicit(desk, chosen)
    value = dict(next(call for call in chosen.calls if call.id == focus.call).literals())[focus.argument]
    missing = tuple(leaves(value))
    if not missing or _was_said(desk, chosen, focus.argument, missing):
        raise StageFailure("plan", "label_unproved", "Choose a value that was not said before.")
    words = wording(desk, _lacking(chosen, focus.call, focus.argument), hidden)
    lacking = yield from understood(desk, Plan(calls=()), words, hints, lacks=missing)
    name = label(focus.argument)
    question = yield from talk(desk, lacking.request, _question(name, desk.scenario.language == "en"))
    desk.turns.append(talked(outline, lacking, question, "opening"))
    spoken = Wording(
        goals=(f"Answer the question. {prompts.worded(focus.argument)}: {prompts.written(value)}",),
        mentions=(),
        literals=missing,
        closed=exchanges.answer([prompts.written(value)]),
    )
    answer = yield from understood(desk, chosen, spoken, hints)
    yield from carried_out(desk, outline, chosen, answer, hints, hidden=hidden, part="closing")


def _question(name: str, in_english: bool) -> Aim:
    """A question for the value of that name. In another language the name has other words: that it is asked for shows
    in the answer alone, which must make the request understood."""

    def asks_for_it(text: str) -> bool:
        return not in_english or not set(name.split()).isdisjoint(text.lower().rstrip("?").split())

    task = f"It needs the {name}, which was not said, and asks for it; it does nothing else."
    return Aim(task, exchanges.question(name), asks=True, proof=asks_for_it)


def _lacking(chosen: Plan, call_id: str, argument: str) -> Plan:
    """The plan without that argument: what the first request says."""
    calls = [
        call.model_copy(update={"arguments": {k: v for k, v in call.arguments.items() if k != argument}})
        if call.id == call_id
        else call
        for call in chosen.calls
    ]
    return Plan(calls=tuple(calls))


def _was_said(desk: Desk, chosen: Plan, argument: str, missing: tuple[object, ...]) -> bool:
    """Whether the conversation holds the value already, or the plan says it elsewhere."""
    shown = [text for turn in desk.turns for text in (turn.request, turn.reply)]
    shown += [prompts.written(leaf) for turn in desk.turns for call in turn.attempted() for leaf in leaves(call.result)]
    shown += [
        prompts.written(leaf)
        for call in chosen.calls
        for name, value in call.literals()
        if name != argument
        for leaf in leaves(value)
    ]
    return any(find(text, leaf) is not None for text in shown for leaf in missing)
