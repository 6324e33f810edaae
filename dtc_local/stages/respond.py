"""Respond: one to three sentences from the results alone.

True by construction: every word with a digit in it is a word of the request, the calls or the results; no question, no
quote, no code. Checked afterwards: names inside a sentence come from what is visible, and no tool name is shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dtc_local import prompts
from dtc_local.errors import StageFailure
from dtc_local.records import ExecutedCall, Json
from dtc_local.stages.base import Desk, Steps, lark
from dtc_local.stages.execute import Levels
from dtc_local.stages.phrasebook import Value, label, reply_grammar
from dtc_local.words import escaped, leaves, shows_call_id, shows_name

PLAIN = r"[^\s\"\\0-9{}\[\]<>$_|=*`~^?!.,;:()]+"
"""A word without digits, brackets, quotes or sentence marks."""
PUNCTUATION = "'\"()[]{},;:.!?"
UNITS = "$€%#"


def respond(desk: Desk, request: str, levels: Levels, hint: str = "") -> Steps[str]:
    """The best grounded reply; raises StageFailure("length" or "ungrounded_reply")."""
    history = (*prompts.history(desk.turns), prompts.said(request), *map(prompts.called, levels))
    visible = visible_words(request, levels)
    constraint = lark(_grammar(desk, levels, visible))
    (completions,) = yield (
        desk.request("respond", history, prompts.respond(hint), constraint, n=desk.config.reply_candidates, budget=120),
    )
    names = [tool.name for tool in desk.scenario.offer]
    briefs = {word for call in desk.scenario.offer for word in desk.briefs[call.name].split()}
    earlier = briefs | {word for turn in desk.turns for word in visible_words(turn.request, turn.levels)}
    good, fault = [], ""
    for completion in desk.accepted("respond", completions):
        if is_grounded(completion.text, visible | earlier) and not shows_name(completion.text, names):
            desk.note("respond", completion)
            good.append(completion.text)
        else:
            fault = "ungrounded_reply"
            desk.note("respond", completion, fault)
    if not good:
        raise StageFailure("respond", fault or "length", "Say only what the results say.")
    return good[0]


def _grammar(desk: Desk, levels: Levels, visible: frozenset[str]) -> str:
    if not desk.facts_only:
        return grammar(visible)
    calls = [call for level in levels for call in level]
    return reply_grammar([(desk.clauses[call.tool], list(_statements(call))) for call in calls])


def _statements(call: ExecutedCall) -> Iterator[Value]:
    """Fields of a result that can be said, under their names in words; of a list of objects its first."""
    nodes = [call.result]
    while nodes:
        node = nodes.pop(0)
        for name, value in node.items() if isinstance(node, dict) else ():
            if isinstance(value, dict) or (isinstance(value, list) and value and isinstance(value[0], dict)):
                nodes.append(value[0] if isinstance(value, list) else value)
            elif any(True for _ in leaves(value)) and _is_plain(prompts.written(value)):
                yield label(name), (prompts.written(value),)


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


def grammar(visible: frozenset[str]) -> str:
    """The Lark grammar of a reply: one to three sentences of plain and visible words."""
    special = sorted(word for word in visible if re.search(r"[^a-z]", word) and _is_plain(word))
    shown = "".join(f"|{escaped(word)}" for word in special)
    word = rf"([(#€]?({PLAIN}{shown})('s|%)?[)]?[,;:]?)"
    sentence = rf"(\p{{Lu}}({PLAIN})?{shown})[,:]?( {word})+[.!]"
    ugly = r"  | [.,;:!]|[,;:][,;:.!]"
    return f"start: T\nT: /{sentence}( {sentence})?( {sentence})?/ & ~/(?s:.*)({ugly})(?s:.*)/\n"
