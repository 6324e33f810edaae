"""Budgets inside a free text: when a literal is due, and the tokens that write it.

Knows the text so far, byte by byte, and asks the matcher what it would take; does not know models or batches. A
literal counts as said where it stands on its own, in order; the budget of the stretch before it counts drawn tokens
alone. Near the end of a budget the literal is written as soon as a word ends, at its end wherever the text is.
Invariant: no stretch has more drawn tokens than its budget, but for those of a word that only begins like its literal;
nothing is written that the grammar would not have allowed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from dtc_local.engine.base import Segments

GRACE = 8
"""Drawn tokens before the end of a budget, and at most half of it, from which on the end of a word will do."""
BEFORE = rb"(?:^|\s)[('\"#\[]?"
AFTER = rb"(?:'s|'|\")?[)\]]?[,;:.!?]?(?:\s|$)"
"""A literal stands on its own after a space and perhaps an opening mark, and before closing marks and a space."""


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
        if place and start not in drawn and not re.match(AFTER, text[start:] + piece):
            # A literal that was written here would become the beginning of a longer word.
            return self._first([" "], matcher)
        within = place < len(self._said)
        budget = self._segments.stretches[place].budget if within else self._segments.tail
        left = budget - sum(end > start for end in drawn)
        word_ends = left <= min(GRACE, budget // 2) and _ends_word(text, piece)
        if left > 0 and not word_ends and not _cut_by(text, piece, left):
            return None
        if not within and matcher.is_accepting():
            return Order(last=True)
        found = self._first(self._ways(text, place), matcher, last=not within)
        return found or (None if left > 0 else Order())

    def _first(self, ways: Iterable[str], matcher: Any, last: bool = False) -> Order | None:
        """The first of these texts that the grammar takes now."""
        for words in ways:
            tokens = self._tokenize(words)
            if tokens and matcher.validate_tokens(tokens) == len(tokens):
                return Order(tuple(tokens), last)
        return None

    def _progress(self, text: bytes) -> tuple[int, int]:
        """How many literals are said, and where the last of them ends."""
        end = 0
        for place, pattern in enumerate(self._said):
            found = pattern.search(text, end)
            if found is None:
                return place, end
            end = found.end(1)
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
    return re.compile(BEFORE + b"(" + b"|".join(spellings) + b")(?=" + AFTER + b")")


def _begun(text: bytes, literal: bytes) -> int:
    """Bytes of `literal` that stand at the end of `text`, as the beginning of a word, cut between characters."""
    for length in range(min(len(text), len(literal) - 1), 0, -1):
        if text.endswith(literal[:length]) and literal[length] & 0xC0 != 0x80:
            before = text[: len(text) - length][-2:]
            return length if re.search(BEFORE + b"$", before) else 0
    return 0


def _ends_word(text: bytes, piece: bytes) -> bool:
    """Whether a word ends where `piece` would follow."""
    return piece[:1].isspace() and bool(text) and not text[-1:].isspace()


def _cut_by(text: bytes, piece: bytes, left: int) -> bool:
    """Whether `piece` would begin a character that may not be complete before the budget ends."""
    return left <= 4 and _open(text + piece) and not _open(text)


def _open(text: bytes) -> bool:
    """Whether a character of several bytes is begun and not complete."""
    for back in range(1, min(4, len(text)) + 1):
        byte = text[-back]
        if byte & 0xC0 != 0x80:
            return back < (byte >= 0xC0) + (byte >= 0xE0) + (byte >= 0xF0) + 1
    return False
