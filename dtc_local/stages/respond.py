"""Respond: one to three sentences from the results alone.

True by construction: every word with a digit in it is a word of the request, the calls or the results; no question, no
quote, no code (:mod:`dtc_local.stages.grounded`). Checked afterwards: names inside a sentence come from what is
visible, and no tool name is shown.
"""

from __future__ import annotations

from collections.abc import Iterator

from dtc_local import prompts
from dtc_local.records import ExecutedCall, Json
from dtc_local.stages import exchanges
from dtc_local.stages.base import Desk, Steps, lark
from dtc_local.stages.detours import message_of
from dtc_local.stages.execute import Levels
from dtc_local.stages.grounded import grammar, is_grounded, is_plain, visible_words
from dtc_local.stages.phrasebook import Value, label, reply_grammar
from dtc_local.words import leaves, shows_name

FAILED_HINT = "The last call failed. Say honestly that it was not done, and why."


def respond(desk: Desk, request: str, levels: Levels, hint: str = "") -> Steps[str]:
    """The best grounded reply; raises StageFailure("length", "ungrounded_reply" or "label_unproved").

    Where the last call failed for good, the reply must say so.
    """
    history = (*prompts.history(desk.turns), prompts.said(request), *map(prompts.called, levels))
    failed = bool(levels) and levels[-1][-1].fault == "error"
    told = levels if failed else _succeeded(levels)
    visible = visible_words(request, told)
    constraint = lark(_grammar(desk, told, visible))
    task = prompts.respond(FAILED_HINT if failed and not desk.facts_only else hint)
    briefs = {word for brief in desk.briefs.values() for word in brief.split()}
    earlier = briefs | {word for turn in desk.turns for word in visible_words(turn.request, turn.levels)}

    def fault_of(text: str) -> str:
        return _fault(text, visible | earlier, desk, failed)

    n = desk.candidates_for("respond", desk.config.reply_candidates)
    (completions,) = yield (
        desk.request("respond", history, task, constraint, n=n, budget=120, good=lambda text: not fault_of(text)),
    )
    return desk.likeliest("respond", completions, fault_of, "Say only what the results say.")


def _fault(text: str, visible: frozenset[str] | set[str], desk: Desk, failed: bool) -> str:
    if not is_grounded(text, visible, desk.speech) or shows_name(text, [tool.name for tool in desk.known]):
        return "ungrounded_reply"
    return "label_unproved" if failed and not desk.speech.refuses(text) else ""


def _succeeded(levels: Levels) -> Levels:
    """The levels without attempts that failed: nothing of them is a result."""
    return tuple(kept for level in levels if (kept := tuple(call for call in level if not call.fault)))


def _grammar(desk: Desk, levels: Levels, visible: frozenset[str]) -> str:
    if not desk.facts_only:
        return grammar(visible, speech=desk.speech)
    last = levels[-1][-1]
    if last.fault:
        return exchanges.failure(desk.clauses[last.tool], message_of(last.result))
    calls = [call for level in levels for call in level]
    return reply_grammar([(desk.clauses[call.tool], list(_statements(call))) for call in calls])


def _statements(call: ExecutedCall) -> Iterator[Value]:
    """Fields of a result that can be said, under their names in words; of a list of objects its first.

    A result that is one bare value is called the result.
    """
    nodes: list[Json] = [call.result if isinstance(call.result, dict | list) else {"result": call.result}]
    while nodes:
        node = nodes.pop(0)
        for name, value in node.items() if isinstance(node, dict) else ():
            if isinstance(value, dict) or (isinstance(value, list) and value and isinstance(value[0], dict)):
                nodes.append(value[0] if isinstance(value, list) else value)
            elif any(True for _ in leaves(value)) and is_plain(prompts.written(value)):
                yield f"{label(name)} {'are' if isinstance(value, list) else 'is'}", (prompts.written(value),)
