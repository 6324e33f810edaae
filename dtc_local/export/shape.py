"""The ways to give one conversation to a chat template, which templates differ about.

Arguments are objects or strings; calls made at once are one message, or one message each for models that know no
other; the system text is a message, or the beginning of the first request where the template has no place for it;
calls are `tool_calls`, or the text of the message where the template shows no `tool_calls` but tells the model how to
write them. What is said stays the same in all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import product
from typing import NamedTuple

from dtc_local.export.dialogue import Dialogue, Message, Spelling, json_text

WRITTEN = "<|tool_call|>"
"""Granite 3's mark before a list of calls, which its template asks for and does not write."""


class Shape(NamedTuple):
    """One way to give a conversation to a template."""

    spelling: Spelling = "object"
    split_calls: bool = False
    folded_system: bool = False
    written_calls: bool = False

    def of(self, dialogue: Dialogue) -> Dialogue:
        """The dialogue in this shape."""
        messages: Sequence[Message] = dialogue.messages
        if self.split_calls:
            messages = tuple(apart(messages))
        if self.folded_system:
            messages = tuple(_folded(messages))
        if self.written_calls:
            messages = tuple(replace(one, written=_written(one)) if one.calls else one for one in messages)
        return replace(dialogue, messages=tuple(messages))


def shapes(source: str) -> tuple[Shape, ...]:
    """The shapes that a template may take, the plainest first."""
    plain = (Shape(spelling, split, folded) for folded, spelling, split in product(*_CHOICES))
    written = [Shape("object", False, False, True)] if WRITTEN in source else []
    return (*plain, *written)


_CHOICES: tuple[tuple[bool, bool], tuple[Spelling, Spelling], tuple[bool, bool]] = (
    (False, True),
    ("object", "string"),
    (False, True),
)


def _written(message: Message) -> str:
    return WRITTEN + json_text([{"name": call.name, "arguments": dict(call.arguments)} for call in message.calls])


def _folded(messages: Sequence[Message]) -> Iterator[Message]:
    system = [one.text for one in messages if one.role == "system"]
    for message in messages:
        if message.role == "user" and system:
            yield replace(message, text="\n\n".join([*system, message.text]))
            system = []
        elif message.role != "system":
            yield message


def apart(messages: Iterable[Message]) -> Iterator[Message]:
    """The same messages with one call in each, every result right behind its call."""
    listed = list(messages)
    results = {message.call_id: message for message in listed if message.role == "tool"}
    for message in listed:
        if message.calls:
            for position, call in enumerate(message.calls):
                yield replace(
                    message,
                    calls=(call,),
                    text="" if position else message.text,
                    thought="" if position else message.thought,
                )
                if call.id in results:
                    yield results[call.id]
        elif message.role != "tool":
            yield message
