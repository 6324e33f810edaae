"""A conversation of anyone's in one neutral form: messages, calls with their results, tools on offer, a date.

Readers make it out of a format; rules look at nothing else. What a format cannot say is said here as such (`results`
is false for tasks that hold no results), so that no rule takes silence for a defect. Results are paired with calls by
id where there are ids, else in order; a call's number counts from 1 through the whole conversation.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Literal

from dtc_local.records import Json, Schema, Tool

Role = Literal["system", "user", "assistant", "tool"]

_ERRORS = {"error", "errors", "error_message", "error_code", "exception"}
_SAYING = {"message", "detail", "details", "msg", "reason", "title", "description"}
"""Fields that only errors have, and fields with which an error says what went wrong."""
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_SAID_TODAY = re.compile(
    r"(?:\btoday(?:['’]s date)?|\bcurrent (?:date|time|date and time|day)|\bit)(?: is|:)\W*(?:[A-Za-z]+day,?\s+)?"
    r"(?:(?P<iso>\d{4}-\d{2}-\d{2})|(?P<month>[A-Za-z]{3,9})\.? (?P<day>\d{1,2})(?:st|nd|rd|th)?,? (?P<year>\d{4})"
    r"|(?P<day2>\d{1,2})(?:st|nd|rd|th)? (?P<month2>[A-Za-z]{3,9})\.?,? (?P<year2>\d{4}))",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class ToolSpec:
    """A tool on offer, its schemas spelled as JSON Schema. It can be called from turn `from_turn` on."""

    name: str
    parameters: Schema | bool = True
    output: Schema | None = None
    description: str = ""
    from_turn: int = 0

    @cached_property
    def parameters_text(self) -> str:
        """The schema of the parameters as a text, by which validators are remembered."""
        return json.dumps(self.parameters, sort_keys=True)

    @cached_property
    def output_text(self) -> str:
        """The schema of results as a text."""
        return json.dumps(self.output, sort_keys=True)


@dataclass(frozen=True)
class Call:
    """A call as it stands in the data; `fault` says why its arguments cannot be read, and then there are none."""

    tool: str
    arguments: Mapping[str, Json] = field(default_factory=dict)
    id: str = ""
    fault: str = ""
    truncated: bool = False
    mistaken: bool = False
    """Whether the data itself shows the call as a mistake."""


@dataclass(frozen=True)
class Message:
    """One message. A tool's message answers the call of that id, or every open call, or else the next in order."""

    role: Role
    text: str = ""
    calls: tuple[Call, ...] = ()
    answers: str = ""
    answers_all: bool = False
    tool: str = ""
    """The name of the tool that answers, where the data says so."""
    value: Json = None
    """The result as JSON, or its text where it is none."""
    truncated: bool = False
    """Whether the text of a result is JSON that ends in the middle."""
    silent: bool = False
    """A request that has no words on purpose: something else happens in that turn."""


@dataclass(frozen=True)
class Step:
    """A call in its place: its number, turn and message, and the message that answers it, if one does."""

    number: int
    turn: int
    position: int
    call: Call
    answer: Message | None = None

    @property
    def mistaken(self) -> bool:
        """Whether the data shows the call as a mistake: by a mark, or by answering it with nothing but a hint."""
        return self.call.mistaken or (self.answer is not None and is_hint(self.answer.value))

    @property
    def failed(self) -> bool:
        """Whether the call came to nothing: a mistake, or one whose result says that it is an error."""
        return self.mistaken or (self.answer is not None and is_error(self.answer.value))

    @property
    def place(self) -> str:
        """The call as reports name it."""
        return f"{self.number} {self.call.tool}".rstrip()


@dataclass(frozen=True)
class Dialogue:
    """A conversation; `tools` is None where neither the data nor the user says what is on offer."""

    messages: tuple[Message, ...]
    tools: tuple[ToolSpec, ...] | None = None
    id: str = ""
    today: date | None = None
    results: bool = True
    """Whether the data can hold results of calls."""
    replies: bool = True
    """Whether the data can hold words of the assistant."""
    all_calls: bool = True
    """Whether the data holds every call that a right conversation makes, those that only read too."""
    symbolic: bool = False
    """Whether references into results are meant to stay: the calls are a plan."""
    background: tuple[Json, ...] = ()
    """What results could have shown, where the data holds a state in their place."""
    kinds: tuple[str, ...] = ()
    """What the data says of its turns, one for each; a question back and its answer are one."""
    implicit: int | None = None
    """How many calls the requests leave unsaid, where that is known."""

    @cached_property
    def turns(self) -> tuple[int, ...]:
        """For each message its turn: the requests up to it; 0 before the first."""
        found, turn = [], 0
        for message in self.messages:
            turn += message.role == "user"
            found.append(turn)
        return tuple(found)

    @property
    def requests(self) -> tuple[tuple[int, str], ...]:
        """Turn and words of every request that has words on purpose or by mistake."""
        return tuple(
            (turn, message.text)
            for turn, message in zip(self.turns, self.messages, strict=True)
            if message.role == "user" and not message.silent
        )

    @property
    def all_turns(self) -> range:
        """The numbers of all turns, those without words too."""
        return range(1, max(self.turns, default=0) + 1)

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """Every call in order, paired with its result."""
        return tuple(self._paired[0])

    @property
    def strays(self) -> tuple[int, ...]:
        """Positions of results that answer no call."""
        return tuple(self._paired[1])

    @cached_property
    def _paired(self) -> tuple[list[Step], list[int]]:
        steps: list[Step] = []
        strays: list[int] = []
        still_open: list[int] = []
        for position, (turn, message) in enumerate(zip(self.turns, self.messages, strict=True)):
            if message.role == "user":
                still_open = []
            for call in message.calls:
                still_open.append(len(steps))
                steps.append(Step(len(steps) + 1, turn, position, call))
            if message.role == "tool":
                answered = _answered(message, still_open, steps)
                for one in answered:
                    steps[one] = Step(steps[one].number, steps[one].turn, steps[one].position, steps[one].call, message)
                    still_open.remove(one)
                strays += [] if answered else [position]
        return steps, strays

    def offered(self, name: str, turn: int) -> Sequence[ToolSpec]:
        """Tools of that name that can be called in that turn; several where the data overloads a name."""
        return [tool for tool in self.tools or () if tool.name == name and tool.from_turn <= turn]

    def visible_before(self, position: int) -> Iterator[tuple[str, Json]]:
        """Pairs of "text" or "value" and what the assistant could have read before a message: not its own words."""
        for message in self.messages[:position]:
            if message.role == "tool":
                yield "value", message.value
            elif message.role != "assistant":
                yield "text", message.text


def _answered(message: Message, still_open: Sequence[int], steps: Sequence[Step]) -> list[int]:
    """Indices of the open steps that a result answers."""
    if message.answers:
        return [one for one in still_open if steps[one].call.id == message.answers][-1:]
    if message.answers_all:
        return list(still_open)
    named = [one for one in still_open if message.tool and steps[one].call.tool == message.tool]
    return (named or list(still_open))[:1]


def is_hint(value: Json) -> bool:
    """Whether a result is no result but a hint that the call was wrong."""
    return isinstance(value, dict) and value.keys() == {"hint"} and isinstance(value["hint"], str)


def is_error(value: Json) -> bool:
    """Whether a result says that the call failed."""
    if isinstance(value, dict):
        marks = {str(key).lower() for key, inner in value.items() if inner not in (None, False, "", [], {})}
        return bool(marks & _ERRORS) or (bool(marks & _SAYING) and any(map(_is_failure, value.items())))
    return isinstance(value, str) and value.lstrip().lower().startswith(("error", "exception", "traceback"))


def _is_failure(field: tuple[str, Json]) -> bool:
    """Whether a field says that something failed: `"success": false`, `"status": 404`."""
    name, value = field
    if name.lower() in ("success", "ok", "succeeded"):
        return value is False
    if name.lower() not in ("status", "code", "status_code", "statuscode", "type"):
        return False
    if isinstance(value, str):
        return value.lower() in ("error", "failed", "failure", "not_found", "forbidden", "timeout")
    return isinstance(value, int) and not isinstance(value, bool) and 400 <= value < 600


def stated_date(text: str) -> date | None:
    """The date that a text says it is: "Today is 2026-03-02", "Current date: 2 March 2026"."""
    for found in _SAID_TODAY.finditer(text):
        try:
            if found["iso"]:
                return date.fromisoformat(found["iso"])
            month, day, year = (found[part] or found[f"{part}2"] for part in ("month", "day", "year"))
            return date(int(year), _MONTHS.index(month[:3].lower()) + 1, int(day))
        except ValueError:
            continue
    return None


def spec_of(tool: Tool) -> list[ToolSpec]:
    """An imported tool under its own name and under its legal one."""
    names = dict.fromkeys((tool.source.name, tool.name))
    source = tool.source
    return [ToolSpec(name, source.parameters, source.output, tool.description) for name in names if name]
