"""no_tool: the conversation has the answer, or nothing that is said is a matter for any tool; nothing is called.

Proved by rule: what is recalled stands in an earlier result and in the reply; in both cases the blind reader finds
nothing to call.
"""

from __future__ import annotations

from collections.abc import Iterator

from dtc_local import prompts
from dtc_local.errors import StageFailure
from dtc_local.records import Focus, Json, Plan, TurnOutline
from dtc_local.stages import exchanges
from dtc_local.stages.ask import Wording
from dtc_local.stages.base import Desk, Steps
from dtc_local.stages.kinds.common import Hints, talked, understood
from dtc_local.stages.phrasebook import label
from dtc_local.stages.references import walk
from dtc_local.stages.talk import Aim, talk
from dtc_local.stages.verify import executed_results
from dtc_local.words import find, sayable

OUTSIDE = Wording(
    goals=("Say something that is no matter for these tools: small talk, or a question on something else.",),
    mentions=(),
    literals=(),
    closed=exchanges.one_of(exchanges.OUTSIDE),
)
CHATTING = Aim(
    "This is no matter for its tools. It answers kindly in a few words and calls nothing.",
    exchanges.one_of(exchanges.CHATTING),
)


def no_tool(desk: Desk, outline: TurnOutline, hints: Hints) -> Steps[None]:
    """One turn without a call: a result is recalled, or the talk is of something else."""
    words, aim = (OUTSIDE, CHATTING) if outline.focus is None else _recall(desk, outline.focus)
    said = yield from understood(desk, Plan(calls=()), words, hints)
    reply = yield from talk(desk, said.request, aim)
    desk.turns.append(talked(outline, said, reply))


def _recall(desk: Desk, focus: Focus) -> tuple[Wording, Aim]:
    """The question for a result's field, and what the answer must hold."""
    value: Json = walk(executed_results(desk.turns).get(focus.call), focus.path)
    name = label(next(str(step) for step in reversed(focus.path) if isinstance(step, str)))
    told = {prompts.compact(one) for result in executed_results(desk.turns).values() for one in _under(name, result)}
    if isinstance(value, bool | dict | list | None) or not sayable(value) or len(told) > 1:
        raise StageFailure("plan", "label_unproved")  # or nobody could tell which of them is meant
    words = Wording(
        goals=(f"Ask what the {name} was: it was told before.",),
        mentions=(),
        literals=(),
        closed=exchanges.recall(name),
    )
    aim = Aim(
        f"It answers from the conversation and calls nothing: the {name} was {prompts.written(value)}.",
        exchanges.recalled(name, prompts.written(value)),
        proof=lambda text: find(text, value) is not None,
    )
    return words, aim


def _under(name: str, value: Json) -> Iterator[Json]:
    """Everything a result holds under fields of that name in words, at any depth."""
    if isinstance(value, dict):
        for key, part in value.items():
            if label(key) == name:
                yield part
            yield from _under(name, part)
    for part in value if isinstance(value, list) else ():
        yield from _under(name, part)
