"""Respond: one to three sentences from the results alone.

True by construction: every word with a digit in it is a word of the request, the calls or the results; no question, no
quote, no code. Checked afterwards: names inside a sentence come from what is visible, and no tool name is shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dtc_local import prompts
from dtc_local.records import ExecutedCall, Json
from dtc_local.stages import exchanges
from dtc_local.stages.base import Desk, Steps, lark
from dtc_local.stages.detours import message_of
from dtc_local.stages.execute import Levels
from dtc_local.stages.phrasebook import Value, label, reply_grammar
from dtc_local.words import escaped, leaves, shows_call_id, shows_name

PLAIN = r"[^\s\"\\0-9{}\[\]<>$_|=*`~^?!.,;:()]+"
"""A word without digits, brackets, quotes or sentence marks."""
PUNCTUATION = "'\"()[]{},;:.!?"
UNITS = "$€%#"


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
    if not is_grounded(text, visible) or shows_name(text, [tool.name for tool in desk.known]):
        return "ungrounded_reply"
    return "label_unproved" if failed and not exchanges.refuses(text) else ""


def _succeeded(levels: Levels) -> Levels:
    """The levels without attempts that failed: nothing of them is a result."""
    return tuple(kept for level in levels if (kept := tuple(call for call in level if not call.fault)))


def _grammar(desk: Desk, levels: Levels, visible: frozenset[str]) -> str:
    if not desk.facts_only:
        return grammar(visible)
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
            elif any(True for _ in leaves(value)) and _is_plain(prompts.written(value)):
                yield f"{label(name)} {'are' if isinstance(value, list) else 'is'}", (prompts.written(value),)


def _is_plain(word: str) -> bool:
    return not re.search(r"[\"\\?\x00-\x1f]", word)


def visible_words(request: str, levels: Levels) -> frozenset[str]:
    """Words of the request, the arguments and the results without punctuation around them, and without units too."""
    texts = [request, *(text for level in levels for call in level for text in _texts(call))]
    words = [raw.strip(PUNCTUATION) for text in texts for raw in text.split()]
    return frozenset(word for whole in words for word in (whole, _bare(whole)) if word)


def _bare(word: str) -> str:
    return word.strip(PUNCTUATION + UNITS).removesuffix("'s")


def _texts(call: ExecutedCall) -> list[str]:
    values: list[Json] = [call.arguments, call.result]
    return [prompts.written(leaf) for value in values for leaf in leaves(value)]


def is_grounded(reply: str, visible: frozenset[str] | set[str]) -> bool:
    """Whether each word with a digit, and each capitalised word inside a sentence, is a visible one.

    What looks like a call id must be visible as it stands: `$3` only where a result says so.
    """
    for sentence in re.split(r"(?<=[.!])\s+", reply):
        for position, raw in enumerate(sentence.split()):
            whole, word = raw.strip(PUNCTUATION), _bare(raw)
            named = word[:1].isupper() and position > 0 and word not in ("I", "I'll", "I've")
            if (named or re.search(r"\d", word)) and word not in visible:
                return False
            if shows_call_id(whole) and whole not in visible:
                return False
    return True


def grammar(visible: frozenset[str], ends: str = "[.!]") -> str:
    """The Lark grammar of a reply: one to three sentences of plain and visible words; `ends` closes the last one."""
    special = sorted(word for word in visible if re.search(r"[^a-z]", word) and _is_plain(word))
    shown = "".join(f"|{escaped(word)}" for word in special)
    word = rf"([(#€]?({PLAIN}{shown})('s|%)?[)]?[,;:]?)"
    sentence = rf"(\p{{Lu}}({PLAIN})?{shown})[,:]?( {word})+"
    ugly = r"  | [.,;:!?]|[,;:][,;:.!?]"
    before = f"({sentence}[.!] )?"
    return f"start: T\nT: /{before}{before}{sentence}{ends}/ & ~/(?s:.*)({ugly})(?s:.*)/\n"
