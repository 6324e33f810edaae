"""Which characters of a rendered conversation are trained on: what the model itself would write.

Where a template marks that with `{% generation %}`, the marks are taken. Else a turn begins where the template's own
generation prompt ends: the text before it is rendered alone, as at inference, and compared. It ends with what the
template puts behind the turn when nothing follows, the mark that ends a turn included, white space not.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from dtc_local.engine.template import alike
from dtc_local.export.dialogue import Dialogue, Spelling, message_json, trained
from dtc_local.export.marks import Lost, Marks, Reading, Turn

if TYPE_CHECKING:
    from jinja2 import Template

GENERATION = ("\ue0fe", "\ue0ff")
"""Characters of no language, put around what `{% generation %}` marks."""
_TOKEN = re.compile(r"\s*(?:<[^<>\s]{1,40}>|\[/?[A-Z_]{1,40}\])")
_CLOSING = re.compile(
    r"(?:\s*(?:</[^<>\s]{1,40}>|\[/[A-Z_]{1,40}\]|<[^<>\s]*(?:end|eo[stm])[^<>\s]*>))*", re.IGNORECASE
)
_CLOSED = re.compile(r"</[^<>]*>|\[/[A-Z_]*\]")
_THOUGHT = re.compile(r"<[\w:]*think[\w:]*>\s*$")
Span = tuple[int, int]


class Spans:
    """Finds what is trained on; what it has learned of a template serves for the next conversation."""

    def __init__(self, render: Callable[..., str], marking: Template | None) -> None:
        self.render = render
        self.marking = marking
        self._known: dict[tuple[Any, ...], str] = {}

    def of(self, dialogue: Dialogue, spelling: Spelling, reading: Reading) -> list[Span]:
        """Spans of all trained turns, in order; raises `Lost` where the text cannot be relied on."""
        plain = [message_json(message, spelling) for message in dialogue.messages]
        if self.render(plain, list(dialogue.tools), dialogue.date) != reading.text:
            raise Lost("unstable_text")
        marked = self._marked(dialogue, plain, reading.turns) if self.marking else None
        found = []
        for position, turn in enumerate(reading.turns):
            if len({trained(message) for message in turn.messages}) > 1:
                raise Lost("unstable_text")
            if trained(turn.messages[0]):
                found.append(marked[position] if marked else self._span(dialogue, spelling, reading, position))
        return found

    def _marked(self, dialogue: Dialogue, plain: list[Any], turns: tuple[Turn, ...]) -> list[Span] | None:
        """What the template marks, if it marks each of the assistant's turns once."""
        text = self.render(plain, list(dialogue.tools), dialogue.date, self.marking)
        before, behind = GENERATION
        found: list[Span] = []
        size = 0
        for piece in text.split(before)[:-1]:
            size += len(piece.replace(behind, ""))
            found.append((size, size))
        pieces = text.split(before)[1:]
        found = [(start, start + piece.find(behind)) for (start, _), piece in zip(found, pieces, strict=True)]
        inside = len(found) == len(turns) and all(
            turn.start <= start < end <= turn.end for turn, (start, end) in zip(turns, found, strict=True)
        )
        return found if inside else None

    def _span(self, dialogue: Dialogue, spelling: Spelling, reading: Reading, position: int) -> Span:
        turn, (first, last) = reading.turns[position], reading.contents[position]
        before, calls = dialogue.messages[turn.first - 1].role, bool(turn.messages[0].calls)
        behind = turn.first + len(turn.messages)

        def opening(gap: str) -> str:
            plain = self._tail(dialogue, spelling, turn.first)
            asked = self._tail(dialogue, spelling, turn.first, add_generation_prompt=True)
            shared = asked[: alike(asked, gap)]
            prompt = asked[len(plain) :] if asked.startswith(plain) else ""
            for form in (prompt, _THOUGHT.sub("", prompt)):
                # Some templates end a message of another in another way when an answer follows.
                if form.strip() and form in gap[: last - turn.start] and len(shared) < len(asked):
                    return max(shared, gap[: gap.rindex(form, 0, last - turn.start) + len(form)], key=len)
            return shared

        def ending(rest: str) -> str:
            alone = self._tail(dialogue, spelling, behind)
            said = reading.text[first:last]
            tail = alone[alone.rfind(said) + len(said) :] if said in alone else ""
            shared = tail[: alike(tail, rest)]
            further = _TOKEN.match(tail, len(shared))
            if shared.strip() and (not further or _TOKEN.search(_CLOSED.sub("", shared))):
                return shared
            # The last turn may end with another mark than those before it, or the template refuses to end there.
            found = (_TOKEN if further else _CLOSING).match(rest, len(shared))
            return shared + (found.group() if found else "")

        opened = self._learned(("opening", before, calls), reading.text[turn.start : turn.end], opening)
        ended = self._learned(("ending", calls, behind < len(dialogue.messages)), reading.text[last : turn.end], ending)
        return min(turn.start + len(opened), last), last + len(ended.rstrip())

    def _learned(self, key: tuple[Any, ...], text: str, find: Callable[[str], str]) -> str:
        """What `find` says of the text; not asked again while what it said once still fits."""
        known = self._known.get(key)
        if known is None or not text.startswith(known):
            known = self._known[key] = find(text)
        return known

    def _tail(self, dialogue: Dialogue, spelling: Spelling, count: int, **names: Any) -> str:
        """What the template writes behind the last message of another that stands among the first `count`."""
        marks = Marks(dialogue)
        try:
            text = self.render(marks.messages(spelling, count), marks.tools(), dialogue.date, **names)
        except Lost:
            return ""
        return str(marks.pattern.split(text)[-1])
