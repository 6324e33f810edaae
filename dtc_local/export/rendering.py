"""The side of the gate that runs in a child process: renders conversations and reads them back.

A conversation is rendered with marks around everything that the assistant does not say and in the descriptions of the
tools. So it shows in the text itself whether each of them survived, and what lies between two marks is the assistant's
turn, with no example call of a system prompt in it. There the calls are read back in every syntax; one of them must
give exactly the calls of the conversation. Arguments are tried as objects and as strings, and calls made at once as
one message and as several; the first way that works is taken.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from dtc_local.engine.template import compiled
from dtc_local.export.dialogue import Call, Dialogue, Message, Spelling
from dtc_local.export.marks import ORDER, Lost, Marks, Reading, Turn, forms
from dtc_local.export.shape import shapes
from dtc_local.export.spans import GENERATION, Spans
from dtc_local.export.syntax import SYNTAXES, Found, equal

if TYPE_CHECKING:
    from jinja2 import Template

MAX_RENDERED = 4 << 20
ANSWER = 3 << 20
"""Characters of text after which an answer is sent; the rest is asked for again."""


def answer(argument: dict[str, Any]) -> list[dict[str, Any]]:
    """For each row what became of it; for as many rows as one answer holds."""
    judge = Judge(argument["source"], argument["bos"], argument["eos"], argument["text"])
    found: list[dict[str, Any]] = []
    size = 0
    for row in argument["rows"]:
        found.append(judge.verdict(from_json(row)))
        size += len(json.dumps(found[-1]))
        if size > ANSWER:
            break
    return found


def to_json(dialogue: Dialogue) -> dict[str, Any]:
    """A dialogue as the child gets it."""
    messages = [
        {
            "role": one.role,
            "text": one.text,
            "calls": [[call.id, call.name, dict(call.arguments)] for call in one.calls],
            "call_id": one.call_id,
            "name": one.name,
            "taught": one.taught,
            "thought": one.thought,
            "written": one.written,
        }
        for one in dialogue.messages
    ]
    return {"messages": messages, "tools": list(dialogue.tools), "date": dialogue.date}


def from_json(row: dict[str, Any]) -> Dialogue:
    """The inverse of :func:`to_json`."""
    messages = [Message(**one | {"calls": tuple(Call(*call) for call in one["calls"])}) for one in row["messages"]]
    return Dialogue(tuple(messages), tuple(row["tools"]), row["date"])


class Judge:
    """A template and how it wants to be asked."""

    def __init__(self, source: str, bos: str, eos: str, want_text: bool) -> None:
        self.names = {"bos_token": bos, "eos_token": eos, "documents": None, "raise_exception": _raise}
        self.want_text = want_text
        self.template = compiled(source, tojson=_tojson)
        marking = compiled(source, GENERATION, tojson=_tojson) if "generation" in source else None
        self.spans = Spans(self.render, marking)
        self.shapes = shapes(source)
        self.syntaxes = list(SYNTAXES)

    def verdict(self, dialogue: Dialogue) -> dict[str, Any]:
        """The shape that survives, with text and spans where wanted; or the reason why none does."""
        failures: list[Lost] = []
        for shape in self.shapes:
            try:
                shown = shape.of(dialogue)
                reading = self.read(shown, shape.spelling)
                found: dict[str, Any] = {"shape": shape}
                if self.want_text:
                    found |= {"text": reading.text, "spans": self.spans.of(shown, shape.spelling, reading)}
            except Lost as lost:
                failures.append(lost)
                continue
            return found
        furthest = max(failures, key=lambda lost: ORDER.index(lost.reason))
        return {"reason": furthest.reason, "said": furthest.said}

    def read(self, dialogue: Dialogue, spelling: Spelling) -> Reading:
        """Render with marks, and read everything back; raises `Lost`."""
        marks = Marks(dialogue)
        text, places = marks.taken_out(self.render(marks.messages(spelling), marks.tools(), dialogue.date))
        marks.check(places, text)
        turns = tuple(_turns(dialogue.messages, places, len(text)))
        calls = self._calls(turns, text)
        contents = tuple(_content(turn, found, text) for turn, found in zip(turns, calls, strict=True))
        return Reading(text, turns, contents)

    def _calls(self, turns: Sequence[Turn], text: str) -> list[list[Found]]:
        """The calls of each turn, in the syntax that gives all of them."""
        reason = "call_not_found"
        for name in list(self.syntaxes):
            found = [list(SYNTAXES[name](text[turn.start : turn.end])) for turn in turns]
            faults = {_fault(turn, calls) for turn, calls in zip(turns, found, strict=True)}
            if faults == {""}:
                if any(found):
                    self.syntaxes.remove(name)
                    self.syntaxes.insert(0, name)
                return found
            if faults <= {"", "arguments_differ"}:
                reason = "arguments_differ"
        raise Lost(reason)

    def render(
        self, messages: list[dict[str, Any]], tools: list[Any], date: str, template: Template | None = None, **more: Any
    ) -> str:
        """The text of a template; raises `Lost` where it raises anything or does not end."""
        pieces: list[str] = []
        size = 0
        names = self.names | {"strftime_now": _clock(date), "add_generation_prompt": False} | more
        try:
            for piece in (template or self.template).generate(messages=messages, tools=tools or None, **names):
                pieces.append(piece)
                size += len(piece)
                if size > MAX_RENDERED:
                    raise Lost("template_raised", f"it writes more than {MAX_RENDERED} characters")
        except (MemoryError, Lost):
            raise
        except Exception as error:  # a template may raise whatever its filters and methods do
            said = " ".join(str(error).split())[:160] or type(error).__name__
            raise Lost("template_raised", said) from error
        return "".join(pieces)


def _turns(messages: Sequence[Message], places: dict[str, int], end: int) -> Iterator[Turn]:
    index = 0
    while index < len(messages):
        first = index
        while index < len(messages) and messages[index].role == "assistant":
            index += 1
        if index > first:
            start = places[f"{first - 1}b"] if first else 0
            yield Turn(tuple(messages[first:index]), first, start, places.get(f"{index}a", end))
        index += 1


def _fault(turn: Turn, found: Sequence[Found]) -> str:
    expected = [call for message in turn.messages for call in message.calls]
    if [call.name for call in expected] != [call.name for call in found]:
        return "call_not_found"
    same = (
        call.arguments.keys() == read.arguments.keys()
        and all(equal(value, read.arguments[name]) for name, value in call.arguments.items())
        for call, read in zip(expected, found, strict=True)
    )
    return "" if all(same) else "arguments_differ"


def _content(turn: Turn, found: Sequence[Found], text: str) -> tuple[int, int]:
    """Where the words and calls of a turn begin and end in the text; raises `Lost` where words are missing."""
    ends = [(turn.start + call.start, turn.start + call.end) for call in found]
    place = turn.start
    for message in turn.messages:
        if message.text.strip():
            spelled = next((form for form in forms(message.text) if text.find(form, place, turn.end) >= 0), None)
            if spelled is None:
                raise Lost("assistant_text_lost")
            place = text.find(spelled, place, turn.end)
            ends.append((place, place + len(spelled)))
            place += len(spelled)
    return min((start for start, _ in ends), default=turn.start), max((end for _, end in ends), default=turn.start)


def _tojson(
    value: Any, ensure_ascii: bool = False, indent: Any = None, separators: Any = None, sort_keys: bool = False
) -> str:
    """JSON as transformers gives it to templates; Jinja's own filter is made for HTML."""
    return json.dumps(value, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)


def _clock(date: str) -> Any:
    """`strftime_now` on the day of the conversation."""
    day = datetime.datetime.fromisoformat(date or "2024-07-26")
    return day.strftime


def _raise(message: str) -> None:
    from jinja2 import TemplateError

    raise TemplateError(str(message))
