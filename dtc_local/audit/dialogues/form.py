"""Rules on the form: who speaks when, calls and results in pairs, ids, nothing empty, nothing said twice."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator

from dtc_local.audit.defects import Defect
from dtc_local.audit.dialogue import Dialogue, Message
from dtc_local.audit.dialogues.base import at
from dtc_local.audit.readers.base import shown

CALL_MARKS = re.compile(
    r"</?tool_call>|<\|tool_call\|>|<\|python_tag\|>|\[TOOL_CALLS\]|<function=\w|<\|tool_calls_section_begin\|>"
    r'|\A\s*(?:```(?:json)?\s*)?\[?\s*\{\s*"name"\s*:\s*"[^"]+"\s*,\s*"(?:arguments|parameters)"\s*:'
)
"""How calls look where nobody took them out of an assistant's words."""
REPEATED_WORDS = {"user": 4, "assistant": 8}
"""Shorter requests ("yes", "thank you") and replies ("the order is on hold") may come twice."""


def role_order(dialogue: Dialogue) -> Iterator[Defect]:
    """The system speaks first or not at all, the user before the assistant, and nobody's words follow his own."""
    before: Message | None = None
    for turn, message in zip(dialogue.turns, dialogue.messages, strict=True):
        if message.role == "system" and before is not None and before.role != "system":
            yield Defect("a system message stands inside the conversation", turn)
        elif message.role == "assistant" and turn == 0 and (before is None or before.role == "system"):
            yield Defect("the assistant speaks first", 1)
        elif dialogue.replies and before is not None and _twice(before, message):
            yield Defect(f"two messages of the {message.role} follow each other: {shown(message.text)}", turn)
        before = message


def _twice(before: Message, message: Message) -> bool:
    """Whether one speaker speaks twice; a call may follow the words that announce it, and words a call."""
    return message.role == before.role and message.role in ("user", "assistant") and not message.calls + before.calls


def no_request(dialogue: Dialogue) -> Iterator[Defect]:
    """Somebody asks for something."""
    if not dialogue.requests:
        yield Defect("the conversation holds no request of a user")


def empty_message(dialogue: Dialogue) -> Iterator[Defect]:
    """Every request has words; every message of the assistant has words or calls."""
    for turn, message in zip(dialogue.turns, dialogue.messages, strict=True):
        speaks = message.role == "user" or (message.role == "assistant" and not message.calls)
        if speaks and not message.silent and not message.text.strip():
            yield Defect(f"the {message.role} says nothing", turn)


def repeated_turn(dialogue: Dialogue) -> Iterator[Defect]:
    """No request of some length comes twice, and no reply of some length; answers to a question may."""
    for role, noun in (("user", "request"), ("assistant", "reply")):
        seen: dict[str, int] = {}
        before = ""
        for turn, message in zip(dialogue.turns, dialogue.messages, strict=True):
            answers = role == "user" and before.rstrip().endswith("?")
            words = re.findall(r"\w+", message.text.casefold()) if message.role == role and not answers else []
            before = message.text if message.role == "assistant" else before if message.role == "tool" else ""
            if len(words) >= REPEATED_WORDS[role]:
                first = seen.setdefault(" ".join(words), turn)
                if first != turn:
                    yield Defect(f"the {noun} is that of turn {first} again: {shown(message.text)}", turn)


def repeated_call(dialogue: Dialogue) -> Iterator[Defect]:
    """No message calls the same tool twice with the same arguments."""
    seen: set[str] = set()
    for step in dialogue.steps:
        key = json.dumps([step.position, step.call.tool, step.call.arguments], sort_keys=True, default=str)
        if key in seen and not step.call.fault:
            yield at(step, f"{step.call.tool} is called twice at once with the same arguments")
        seen.add(key)


def call_without_result(dialogue: Dialogue) -> Iterator[Defect]:
    """Every call has its result before anybody goes on; calls at the very end may wait for theirs."""
    last = len(dialogue.messages) - 1
    for step in dialogue.steps:
        ends = all(message.calls for message in dialogue.messages[step.position : last + 1])
        if step.answer is None and not ends:
            yield at(step, f"{_own_id(step.call.id)}no result answers the call")


def result_without_call(dialogue: Dialogue) -> Iterator[Defect]:
    """Every result answers a call that waits for one, under its name."""
    for position in dialogue.strays:
        message = dialogue.messages[position]
        yield Defect(
            f"{_own_id(message.answers)}a result that no open call waits for: {shown(message.text)}",
            dialogue.turns[position],
        )
    for step in dialogue.steps:
        if step.answer is not None and step.answer.tool not in ("", step.call.tool):
            yield at(step, f"the result says that it is of {step.answer.tool}")


def _own_id(name: str) -> str:
    return f"{name}: " if name else ""


def duplicate_id(dialogue: Dialogue) -> Iterator[Defect]:
    """No two calls of a conversation have one id; no two conversations of a file do."""
    counts = Counter(step.call.id for step in dialogue.steps if step.call.id)
    for name, count in counts.items():
        if count > 1:
            turn = next(step.turn for step in dialogue.steps if step.call.id == name)
            yield Defect(f"{count} calls have the id {name}", turn)


def ends_without_reply(dialogue: Dialogue) -> Iterator[Defect]:
    """The assistant has the last word."""
    last = dialogue.messages[-1]
    if last.role != "assistant" or last.calls:
        ends = (
            "a call" if last.calls else {"tool": "a result", "user": "a request", "system": "a system text"}[last.role]
        )
        yield Defect(f"the conversation ends with {ends}", dialogue.turns[-1])


def unparsed_call(dialogue: Dialogue) -> Iterator[Defect]:
    """No words of the assistant are a call that nobody took out of them."""
    for turn, message in zip(dialogue.turns, dialogue.messages, strict=True):
        if message.role == "assistant" and (found := CALL_MARKS.search(message.text)):
            yield Defect(f"the assistant's words hold a call: {shown(message.text[found.start() :])}", turn)


def truncated_json(dialogue: Dialogue) -> Iterator[Defect]:
    """No line, call or result is JSON that ends in the middle."""
    for step in dialogue.steps:
        if step.call.truncated:
            yield at(step, f"the arguments end in the middle: {step.call.fault}")
    for turn, message in zip(dialogue.turns, dialogue.messages, strict=True):
        if message.truncated:
            yield Defect(f"a result ends in the middle: {shown(message.text[-60:])}", turn)


def unreadable_arguments(dialogue: Dialogue) -> Iterator[Defect]:
    """The arguments of every call can be read, as an object."""
    for step in dialogue.steps:
        if step.call.fault and not step.call.truncated:
            yield at(step, f"the arguments cannot be read: {step.call.fault}")
