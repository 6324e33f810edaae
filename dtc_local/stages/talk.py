"""Talk: the assistant's words where it calls nothing: a question back, a refusal, an answer from the conversation.

True by construction: every word with a digit in it is a word of the conversation; no code, and a question exactly where
one is wanted. Checked afterwards, as for replies: names inside a sentence come from what is visible, no tool name is
shown, and the words do what they are for. A small model's words come from the phrase book of exchanges.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from dtc_local import prompts
from dtc_local.stages.base import Desk, Steps, lark
from dtc_local.stages.grounded import grammar, is_grounded, visible_words
from dtc_local.words import is_question, shows_name


@dataclass(frozen=True)
class Aim:
    """What the words are for."""

    task: str
    """A sentence that tells the model."""
    closed: str
    """The grammar of a small model's words."""
    asks: bool = False
    proof: Callable[[str], bool] = lambda text: True
    """Whether the words do what they are for, by rule."""


def talk(desk: Desk, request: str, aim: Aim, hint: str = "") -> Steps[str]:
    """The likeliest words that pass; raises StageFailure("length", "ungrounded_reply" or "label_unproved")."""
    visible = visible_words(request, ()).union(*(visible_words(turn.request, turn.levels) for turn in desk.turns))
    constraint = aim.closed if desk.facts_only else grammar(visible, asks=aim.asks, speech=desk.speech)
    briefs = {word for brief in desk.briefs.values() for word in brief.split()}

    def fault_of(text: str) -> str:
        return _fault(text, aim, visible | briefs, desk)

    (completions,) = yield (
        desk.request(
            "talk",
            (*prompts.history(desk.turns), prompts.said(request)),
            prompts.talk(aim.task, hint),
            lark(constraint),
            n=desk.candidates_for("talk", desk.config.reply_candidates),
            budget=80,
            good=lambda text: not fault_of(text),
        ),
    )
    return desk.likeliest("talk", completions, fault_of, "Say only that.")


def _fault(text: str, aim: Aim, visible: frozenset[str], desk: Desk) -> str:
    if not is_grounded(text, visible, desk.speech) or shows_name(text, desk.names):
        return "ungrounded_reply"
    return "" if is_question(text) == aim.asks and aim.proof(text) else "label_unproved"
