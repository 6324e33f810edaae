"""Rules on the words: nothing of the machinery shows in them, and a reply says only what is known."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from dtc_local.audit.base import Violation
from dtc_local.audit.spelling import as_number, says, spaced, without
from dtc_local.audit.values import json_type, keys, leaves
from dtc_local.records import Conversation, ExecutedCall, Json, Tool, Turn

CODE_LIKE = re.compile(r".*(?:[_\d.-]|[a-z][A-Z]).*")
"""A name that no one would say: `order_id`, `fanSpeed`, `top-k`, `x2`. A name that is a plain word bans nothing."""
JSON_MARKS = re.compile(r"[{}]|\[\s*[\"\[\]]|\":|\\\"")
EDGES = ".,:;!?()[]'\"\u2018\u2019\u201c\u201d$€£#%"
SENTENCES = (1, 3)


def no_names(conversation: Conversation) -> Iterator[Violation]:
    """Neither requests nor replies show a tool's or a parameter's code-like name."""
    for number, what, text in _masked_texts(conversation):
        for name in shown_names(conversation, text):
            yield Violation(what=f"the {what} shows the name {name}", turn=number)


def shown_names(conversation: Conversation, text: str) -> Iterator[str]:
    """The code-like names of tools and parameters, withheld tools too, that a text shows."""
    tools = (*conversation.scenario.offer, *conversation.scenario.withheld)
    for name in sorted({name for tool in tools for name in _names(tool) if CODE_LIKE.fullmatch(name)}):
        if re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text):
            yield name


def no_call_ids(conversation: Conversation) -> Iterator[Violation]:
    """Neither requests nor replies show a call id; an amount of money that is a value of the conversation is none."""
    ids = [call.id for one in conversation.scenario.turns for call in one.calls]
    ids += [call.id for turn in conversation.turns for call in turn.plan.calls]
    last = max((int(name[1:]) for name in ids if name[1:].isdecimal()), default=0)
    for number, what, text in _masked_texts(conversation):
        amounts = {leaf for leaf in _visible(conversation, number) if json_type(leaf) == "integer"}
        for match in re.finditer(r"\$(\d+)(?!\d)(?!,\d{3})(?!\.\d)(\.[A-Za-z_])?", text):
            call = int(match[1])
            if match[2] or (call <= last and call not in amounts):
                yield Violation(what=f"the {what} shows the call id {match[0]}", turn=number)


def no_json(conversation: Conversation) -> Iterator[Violation]:
    """Neither requests nor replies show JSON."""
    for number, what, text in _masked_texts(conversation):
        if match := JSON_MARKS.search(text):
            yield Violation(what=f"the {what} shows JSON: {text[match.start() :][:40]!r}", turn=number)


def reply_length(conversation: Conversation) -> Iterator[Violation]:
    """A reply has one to three sentences; only an opening asks something."""
    for number, what, text in _masked_texts(conversation):
        if what != "reply":
            continue
        count = sum(bool(piece.strip()) for piece in re.split(r"[.!?]+(?:\s+|$)", text))
        if not SENTENCES[0] <= count <= SENTENCES[1]:
            yield Violation(what=f"the reply has {count} sentences", turn=number)
        if "?" in text and conversation.turns[number].part != "opening":
            yield Violation(what="the reply asks something", turn=number)


def requests_said(conversation: Conversation) -> Iterator[Violation]:
    """Every turn has a request, on one line."""
    for number, turn in enumerate(conversation.turns):
        if not turn.request.strip() or "\n" in turn.request:
            yield Violation(what=f"the request is {turn.request!r}", turn=number)


def reply_grounded(conversation: Conversation) -> Iterator[Violation]:
    """Every number or id in a reply occurs in the requests, arguments and results up to there; not in a mistake."""
    for number, turn in enumerate(conversation.turns):
        visible = _visible(conversation, number)
        numbers = {known for leaf in visible for known in _numbers(leaf)}
        text = "\n".join(map(str, visible))
        for token in re.findall(r"\S*\d\S*", spaced(turn.reply)):
            bare = re.sub("['\u2019]s$", "", token.strip(EDGES)).strip(EDGES)
            if as_number(bare) not in numbers and not says(text, bare):
                yield Violation(what=f"the reply says {bare!r}, which nothing before it holds", turn=number)


def _numbers(leaf: Json) -> Iterator[Decimal]:
    """Numbers that a visible value writes: itself, or those in its words."""
    for token in spaced(str(leaf)).split():
        known = as_number(token.strip(EDGES))
        if known is not None:
            yield known


def _masked_texts(conversation: Conversation) -> Iterator[tuple[int, str, str]]:
    """Requests and replies, with the values they may quote blotted out: an order may be called `{7}`."""
    for number, turn in enumerate(conversation.turns):
        yield number, "request", without(turn.request, turn.required)
        yield number, "reply", without(turn.reply, _quotable(conversation, number))


def _quotable(conversation: Conversation, last: int) -> list[Json]:
    values = [leaf for turn in conversation.turns[: last + 1] for leaf in _called(turn)]
    return [value for value in values if isinstance(value, str) and re.search(r"\w", value)]


def _visible(conversation: Conversation, last: int) -> list[Json]:
    """All that the user said, and every scalar of arguments and results, up to a turn."""
    said: list[Json] = []
    for turn in conversation.turns[: last + 1]:
        said += [turn.request, *_called(turn), *(key for call in _shown(turn) for key in keys(call.result))]
    return said


def _shown(turn: Turn) -> Iterator[ExecutedCall]:
    """Calls whose result says something: errors do, hints are for the assistant alone."""
    return (call for call in turn.attempted() if call.fault != "mistake")


def _called(turn: Turn) -> Iterator[Json]:
    for call in _shown(turn):
        for part in (call.arguments, call.result):
            yield from (leaf for _, leaf in leaves(part))


def _names(tool: Tool) -> Iterator[str]:
    yield tool.name
    yield tool.source.name
    yield from tool.parameters.get("properties", {})
