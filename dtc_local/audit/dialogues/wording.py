"""Rules on words: requests show nothing of the machinery, replies say no number or id that nothing before them holds.

A reply may count, round, number its points, and spell dates and times in its own way. It may not compute: a total that
stands in no result is reported, and a person has to look.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dtc_local.audit.defects import Defect
from dtc_local.audit.dialogue import Dialogue
from dtc_local.audit.dialogues.base import at
from dtc_local.audit.dialogues.said import Said, is_date
from dtc_local.audit.readers.base import shown
from dtc_local.audit.spelling import without
from dtc_local.audit.values import leaves
from dtc_local.audit.wording import EDGES

CODE_NAME = re.compile(r"\w*[^\W_]_[^\W_]\w*|[a-z]+[A-Z]\w*")
"""A name that no one would say: `order_id`, `fanSpeed`. A plain word bans nothing."""
_LIST_MARK = re.compile(r"^\s*(?:[#*>-]+\s*)*\**\d{1,3}[.):]\**\s", re.MULTILINE)
_COUNTED = re.compile(
    r"\b(?:step|option|item|number|no|part|phase|day|level|version|top|chapter|tip)\.?\s*#?\s*\d+", re.I
)
_DIGITS = re.compile(r"\d+")
_AMOUNT = re.compile(r"[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")
_MIXED = re.compile(r"(?=.*[A-Za-z])(?=.*\d)[A-Za-z\d#_-]{4,}")
_SMALL = 10
_MONTH = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_TIME_WORDS = re.compile(
    rf"\b{_MONTH}\.? \d|\d(?:st|nd|rd|th)?,? (?:of )?{_MONTH}\b|\d ?[ap]\.?m\b|o'clock", re.IGNORECASE
)
"""A date or time as people say it; its numbers may be parts of one that a result holds."""
AHEAD = re.compile(
    r"\b(?:upcoming|tomorrow|forthcoming|next|coming|later this|in the future|in (?:a|an|two|three|\d+)"
    r" (?:days?|weeks?|months?)|from now)\b",
    re.IGNORECASE,
)
"""Words with which a request speaks of what is still to come."""
_SENTENCE = re.compile(r"[^.!?\n]+(?:\.\d[^.!?\n]*)*")


def leaked_name(dialogue: Dialogue) -> Iterator[Defect]:
    """No request shows the code-like name of a tool or a parameter, or the id of a call."""
    values = [leaf for step in dialogue.steps for _, leaf in leaves(dict(step.call.arguments))]
    names = {name for tool in dialogue.tools or () for name in (tool.name, *_properties(tool.parameters))}
    names |= {name for step in dialogue.steps for name in (step.call.tool, *step.call.arguments)}
    coded = {name for name in names if CODE_NAME.fullmatch(name)} | {
        step.call.id for step in dialogue.steps if re.fullmatch(r"\w*\d\w*", step.call.id) and len(step.call.id) > 4
    }
    for turn, text in dialogue.requests:
        shows = coded & set(re.findall(r"\w+", text))
        blotted = set(re.findall(r"\w+", without(text, values))) if shows else set()
        for name in sorted(shows & blotted):
            yield Defect(f"the request shows the name {name}", turn)


def _properties(parameters: object) -> list[str]:
    found = parameters.get("properties", {}) if isinstance(parameters, dict) else {}
    return list(found) if isinstance(found, dict) else []


def ungrounded_reply(dialogue: Dialogue) -> Iterator[Defect]:
    """Every number and id in the assistant's words stands in a request, a result, an argument or the system text."""
    said, calls = Said(), 0
    for tool in dialogue.tools or ():
        said.add(f"{tool.description} {tool.parameters_text}")
    for turn, message in zip(dialogue.turns, dialogue.messages, strict=True):
        if message.role == "assistant":
            for token in _unheard(message.text, said, calls):
                yield Defect(f"the assistant says {shown(token)}, which nothing before it holds", turn)
            said.add(message.text)  # once reported is enough
            calls += len(message.calls)
            for call in message.calls:
                said.add_value(dict(call.arguments))
        elif message.role == "tool":
            said.add_value(message.value)
        else:
            said.add(message.text)


def _unheard(text: str, said: Said, calls: int) -> Iterator[str]:
    """Tokens with digits that were not said before."""
    bare_text = _COUNTED.sub(" ", _LIST_MARK.sub(" ", text))
    tells_time = _TIME_WORDS.search(text) is not None
    for token in dict.fromkeys(re.findall(r"[^\s|*`()\[\]{}<>\"]*\d[^\s|*`()\[\]{}<>\"]*", bare_text)):
        bare = re.sub("['’]s$", "", token.strip(EDGES)).strip(EDGES)
        part_of_date = tells_time and re.fullmatch(r"\d{1,2}", bare) and _part_heard(int(bare), said)
        if bare and not part_of_date and not _heard(bare, said, max(calls, said.longest_list)):
            yield bare


def _heard(token: str, said: Said, most: int) -> bool:
    if said.holds(token):
        return True
    if _AMOUNT.fullmatch(token):
        amount = float(token.replace(",", ""))
        return said.holds_number(amount) or (amount <= _SMALL and amount <= most) or amount / 100 in said.numbers
    if _MIXED.fullmatch(token) and len(_DIGITS.findall(token)) >= 1 and re.search(r"[A-Za-z]", token[0]):
        return False  # an id stands as it is, or not at all
    parts = [int(part) for part in _DIGITS.findall(token) if len(part) < 20]
    return bool(parts) and all(_part_heard(part, said) for part in parts)


def _part_heard(part: int, said: Said) -> bool:
    """Whether a number inside a token was said; an hour may be told on either clock."""
    return part in said.digits or part in (0, 1) or (part <= 12 and part + 12 in said.digits)


def past_date(dialogue: Dialogue) -> Iterator[Defect]:
    """Where a request speaks of what is to come, no argument is a date before the stated today."""
    if dialogue.today is None:
        return
    requests = dict(dialogue.requests)
    for step in dialogue.steps:
        ahead = [found for found in _SENTENCE.findall(requests.get(step.turn, "")) if AHEAD.search(found)]
        for path, leaf in leaves(dict(step.call.arguments)) if ahead and not step.mistaken else ():
            day = is_date(leaf)
            said_apart = str(leaf)[:10] in requests[step.turn] and not any(str(leaf)[:10] in one for one in ahead)
            if day is not None and day < dialogue.today and not said_apart:
                name = ".".join(map(str, path))
                yield at(
                    step, f"{name} is {leaf}, before the stated {dialogue.today}; asked was: {shown(ahead[0].strip())}"
                )
