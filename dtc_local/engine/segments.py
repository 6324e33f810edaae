"""Budgets inside a free text: when a literal is due, and the tokens that write it.

Knows the text so far, byte by byte, and asks the matcher what it would take; does not know models or batches. A
literal counts as said where it stands on its own, in order; the budget of the stretch before it counts drawn tokens
alone. Near the end of a budget the literal is written as soon as a word ends, at its end wherever the text is.
Invariant: no stretch has more drawn tokens than its budget, but for those of a word that only begins like its literal;
nothing is written that the grammar would not have allowed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from dtc_local.engine.base import Segments

GRACE = 8
"""Drawn tokens before the end of a budget from which on the end of a word will do."""
WORD = rb"[0-9A-Za-z_\x80-\xff]"


@dataclass(frozen=True)
class Order:
    """What to do in place of a drawn token: write `tokens`; then end the text, if it may end, where `last` is set.

    Neither: the text cannot go on.
    """

    tokens: tuple[int, ...] = ()
    last: bool = False


class Guide:
    """The budgets of one request."""

    def __init__(self, segments: Segments, tokenize: Callable[[str], list[int]]) -> None:
        self._segments, self._tokenize = segments, tokenize
        self._said = [_pattern(stretch.literals) for stretch in segments.stretches]

    def order(self, text: bytes, drawn: Sequence[int], piece: bytes, matcher: Any) -> Order | None:
        """What to do in place of taking the drawn token whose bytes are `piece`, or None: take it.

        `drawn` holds, for each token drawn so far, the length of the text after it.
        """
        place, start = self._progress(text)
        within = place < len(self._said)
        budget = self._segments.stretches[place].budget if within else self._segments.tail
        left = budget - sum(end > start for end in drawn)
        if left > GRACE or (left > 0 and not _may_stop(text, piece, left)):
            return None
        if not within and matcher.is_accepting():
            return Order(last=True)
        for words in self._ways(text, place):
            tokens = self._tokenize(words)
            if tokens and matcher.validate_tokens(tokens) == len(tokens):
                return Order(tuple(tokens), last=not within)
        return None if left > 0 else Order()

    def _progress(self, text: bytes) -> tuple[int, int]:
        """How many literals are said, and where the last of them ends."""
        end = 0
        for place, pattern in enumerate(self._said):
            found = pattern.search(text, end)
            if found is None:
                return place, end
            end = found.end()
        return len(self._said), end

    def _ways(self, text: bytes, place: int) -> Iterator[str]:
        """What could be written now, best first: the rest of a literal that is begun, or a whole one."""
        if place == len(self._said):
            yield from self._segments.ends
            return
        literals = self._segments.stretches[place].literals
        for literal in literals:
            begun = _begun(text, literal.encode())
            if begun:
                yield literal.encode()[begun:].decode()
        apart = not text or text.endswith((b" ", b"(", b"#", b"'"))
        for lead in ("", " ") if apart else (" ", ""):
            for literal in literals:
                yield lead + literal


def _pattern(literals: Sequence[str]) -> re.Pattern[bytes]:
    spellings = sorted((re.escape(literal.encode()) for literal in literals), key=len, reverse=True)
    return re.compile(rb"(?<!%b)(?:%b)(?!%b)" % (WORD, b"|".join(spellings), WORD))


def _begun(text: bytes, literal: bytes) -> int:
    """Bytes of `literal` that stand at the end of `text`, as the beginning of a word, cut between characters."""
    for length in range(min(len(text), len(literal) - 1), 0, -1):
        if text.endswith(literal[:length]) and literal[length] & 0xC0 != 0x80:
            before = text[: len(text) - length][-1:]
            return 0 if re.fullmatch(WORD, before) else length
    return 0


def _may_stop(text: bytes, piece: bytes, left: int) -> bool:
    """Whether a word ends where `piece` would follow, or `piece` would leave a character open that may not be closed
    before the budget ends."""
    if left <= 4 and _open(text + piece) and not _open(text):
        return True
    return piece[:1].isspace() and bool(text) and not text[-1:].isspace()


def _open(text: bytes) -> bool:
    """Whether a character of several bytes is begun and not complete."""
    for back in range(1, min(4, len(text)) + 1):
        byte = text[-back]
        if byte & 0xC0 != 0x80:
            return back < (byte >= 0xC0) + (byte >= 0xE0) + (byte >= 0xF0) + 1
    return False
