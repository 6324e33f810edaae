"""Marks in a conversation that show, once it is rendered, what of it survived and where the assistant speaks.

A mark stands before and behind everything that others say, and in front of each tool's description. Taken out again,
they leave the text as it would have been, and the places where they stood.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from dtc_local.export.dialogue import Dialogue, Message, Spelling, message_json

ORDER = (
    "template_raised",
    "request_lost",
    "tool_lost",
    "tool_result_lost",
    "call_not_found",
    "arguments_differ",
    "assistant_text_lost",
    "unstable_text",
)
"""What is looked at, in order: of several ways to render, the one that got furthest is reported."""


class Lost(Exception):
    """The conversation does not survive; `reason` is one of `ORDER`."""

    def __init__(self, reason: str, said: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.said = said


class Turn(NamedTuple):
    """What the assistant says between two messages of others: its messages, and where they stand in the text."""

    messages: tuple[Message, ...]
    first: int
    """Index of the first of them."""
    start: int
    end: int


class Reading(NamedTuple):
    """A rendered conversation without marks, its turns, and for each turn the places of its calls and words."""

    text: str
    turns: tuple[Turn, ...]
    contents: tuple[tuple[int, int], ...]


class Marks:
    """Marks around the contents of messages and in front of the descriptions of tools; text never looks like one."""

    def __init__(self, dialogue: Dialogue) -> None:
        self.dialogue = dialogue
        self.word = "dtcMark"
        everything = repr(dialogue)
        while self.word in everything:
            self.word += "x"
        self.pattern = re.compile(rf"{self.word}(\d+)([abt])")

    def messages(self, spelling: Spelling, count: int | None = None) -> list[dict[str, Any]]:
        """The first `count` messages, with marks around all but the assistant's."""
        marked = []
        for index, message in enumerate(self.dialogue.messages[:count]):
            written = message_json(message, spelling)
            if message.role != "assistant":
                written["content"] = f"{self.word}{index}a{message.text}{self.word}{index}b"
            marked.append(written)
        return marked

    def tools(self) -> list[dict[str, Any]]:
        """The tools, with marks in front of their descriptions."""
        marked = []
        for index, tool in enumerate(self.dialogue.tools):
            function = tool["function"]
            if "description" in function:
                function = function | {"description": f"{self.word}{index}t{function['description']}"}
            marked.append(tool | {"function": function})
        return marked

    def taken_out(self, rendered: str) -> tuple[str, dict[str, int]]:
        """The text without marks, and for each mark where it stood last: "3a" before message 3, "3b" behind it."""
        pieces, places, size, before = [], {}, 0, 0
        for match in self.pattern.finditer(rendered):
            pieces.append(rendered[before : match.start()])
            size += len(pieces[-1])
            places[match[1] + match[2]] = size
            before = match.end()
        return "".join([*pieces, rendered[before:]]), places

    def check(self, places: dict[str, int], text: str) -> None:
        """Raise `Lost` for the first thing that is not where it should be."""
        behind = 0
        for index, message in enumerate(self.dialogue.messages):
            if message.role == "assistant":
                continue
            start, end = places.get(f"{index}a", -1), places.get(f"{index}b", -1)
            lost = "tool_result_lost" if message.role == "tool" else "request_lost"
            if start < 0 or end < start or not _shows(text[start:end], message.text):
                raise Lost(lost)
            # Mistral shows the system text late; whatever else comes out of order is not what was said.
            if message.role != "system":
                if start < behind:
                    raise Lost(lost)
                behind = end
        for index, tool in enumerate(self.dialogue.tools):
            function = tool["function"]
            if ("description" in function and f"{index}t" not in places) or function["name"] not in text:
                raise Lost("tool_lost")


def forms(text: str) -> Iterator[str]:
    """How a template may print a text: as it is, without white space around it, as the inside of a JSON string."""
    yield text
    yield text.strip()
    yield json.dumps(text, ensure_ascii=False)[1:-1]
    yield json.dumps(text)[1:-1]


def _shows(shown: str, text: str) -> bool:
    return any(shown.strip() == form.strip() for form in forms(text))
