"""Respond: one to three sentences from the results alone.

True by construction: every word with a digit in it is a word of the request, the calls or the results; no question, no
quote, no code. Checked afterwards: names inside a sentence come from what is visible, and no tool name is shown.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from dtc_local import prompts
from dtc_local.errors import StageFailure
from dtc_local.records import ExecutedCall, Json
from dtc_local.stages.base import Desk, Steps, best_first, lark
from dtc_local.stages.execute import Levels
from dtc_local.words import leaves, shows_name

PLAIN = r"[^\s\"\\0-9{}\[\]<>$_|=*`~^?!.,;:()]+"
"""A word without digits, brackets, quotes or sentence marks."""
PUNCTUATION = "'\"()[]{},;:.!?"


def respond(desk: Desk, request: str, levels: Levels) -> Steps[str]:
    """The best grounded reply; raises StageFailure("length" or "ungrounded_reply")."""
    history = (*prompts.history(desk.turns), prompts.said(request), *map(prompts.called, levels))
    visible = visible_words(request, levels)
    constraint = lark(grammar(visible))
    (completions,) = yield (
        desk.request("respond", history, prompts.respond(), constraint, n=desk.config.reply_candidates, budget=120),
    )
    names = [tool.name for tool in desk.scenario.offer]
    earlier = {word for turn in desk.turns for word in visible_words(turn.request, turn.levels)}
    reason = "length"
    for completion in best_first(completions):
        if is_grounded(completion.text, visible | earlier) and not shows_name(completion.text, names):
            desk.note("respond", completion)
            return completion.text
        reason = "ungrounded_reply"
        desk.note("respond", completion, reason)
    raise StageFailure("respond", reason, "Say only what the results say.")


def visible_words(request: str, levels: Levels) -> frozenset[str]:
    """Words of the request, the arguments and the results, bare of punctuation at their ends."""
    texts = [request, *(text for level in levels for call in level for text in _texts(call))]
    return frozenset(word for text in texts for raw in text.split() if (word := raw.strip(PUNCTUATION)))


def _texts(call: ExecutedCall) -> list[str]:
    values: list[Json] = [call.arguments, call.result]
    return [prompts.written(leaf) for value in values for leaf in leaves(value)]


def is_grounded(reply: str, visible: frozenset[str] | set[str]) -> bool:
    """Whether each word with a digit, and each capitalised word inside a sentence, is a visible one."""
    for sentence in re.split(r"(?<=[.!])\s+", reply):
        for position, raw in enumerate(sentence.split()):
            word = re.sub(r"'s$", "", raw.strip(PUNCTUATION + "$€%#"))
            named = word[:1].isupper() and position > 0 and word not in ("I", "I'll", "I've")
            if (named or re.search(r"\d", word)) and word not in visible and word.rstrip("%") not in visible:
                return False
    return True


def grammar(visible: frozenset[str]) -> str:
    """The Lark grammar of a reply: one to three sentences of plain and visible words."""
    special = sorted({word for word in visible if re.search(r"[^a-z]", word) and not re.search(r"[\"\\\n?]", word)})
    shown = "|".join(map(_escape, special))
    word = rf"([(#$€]?({PLAIN}{'|' + shown if shown else ''})('s|%)?[)]?[,;:]?)"
    sentence = rf"(\p{{Lu}}({PLAIN})?[,:]?|{word})( {word})+[.!]"
    ugly = r"  | [.,;:!]|[,;:][,;:.!]"
    return f"start: T\nT: /{sentence}( {sentence})?( {sentence})?/ & ~/(?s:.*)({ugly})(?s:.*)/\n"


def _escape(text: str) -> str:
    return re.sub(r"([^\w\s])", r"\\\1", text)


