"""Think: what the assistant considers before its calls, in one or two sentences. Off unless a run asks for it.

It is written once the request is understood, from what the assistant sees; the steps it then takes are told it in
words. True by construction: every word with a digit in it is a word of the conversation; no question, no quote, no
code. Checked afterwards, as for replies: names inside a sentence are visible, no tool or parameter is shown as code. No
later prompt holds a thought: the blind reader must understand the request without it.
"""

from __future__ import annotations

from dtc_local import prompts
from dtc_local.records import Plan
from dtc_local.stages.base import Desk, Steps, lark
from dtc_local.stages.grounded import grammar, is_grounded, visible_words
from dtc_local.words import shows_call_id, shows_name

SENTENCES = 2


def think(desk: Desk, plan: Plan, request: str, hint: str = "") -> Steps[str]:
    """The likeliest grounded thought; raises StageFailure("length" or "ungrounded_thought")."""
    earlier = (visible_words(turn.request, turn.levels) for turn in desk.turns)
    visible = visible_words(request, ()).union(*earlier)
    briefs = {word for brief in desk.briefs.values() for word in brief.split()}

    def fault_of(text: str) -> str:
        grounded = is_grounded(text, visible | briefs, desk.speech)
        return "" if grounded and not shows_name(text, desk.names) and not shows_call_id(text) else "ungrounded_thought"

    own = [call.id for call in plan.calls]
    steps = [prompts.goal(desk.briefs[call.tool], call, own, own) for call in plan.calls]
    (completions,) = yield (
        desk.request(
            "think",
            (*prompts.history(desk.turns), prompts.said(request)),
            prompts.think(steps, hint),
            lark(grammar(visible, most=SENTENCES, speech=desk.speech)),
            n=desk.candidates_for("think", desk.config.reply_candidates),
            budget=100,
            good=lambda text: not fault_of(text),
        ),
    )
    return desk.likeliest("think", completions, fault_of, "Name only what was said.")
