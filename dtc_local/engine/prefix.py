"""Which KV sequence holds what, and which of them is the best start for a new prompt.

Knows token ids and sequence numbers; does not know llama.cpp, jobs or text. Sequences are separate streams, so a
prefix is *copied* to another sequence, never shared in place, and one comparison with a table of at most a few dozen
sequences answers "who shares the longest prefix" faster than a tree. The first `width` sequences decode; the others
only keep. What is here called a prompt is a prompt without its last token, which is evaluated in another kind of pass
(see `passes`). Invariant: the first `length` tokens of an entry are exactly what llama.cpp holds for that sequence.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Tokens = NDArray[np.int32]

WORTH = 32
"""Tokens of a prefix that nobody else holds from which on it is worth keeping."""


@dataclass
class Entry:
    """One sequence: the prompt in it, how many tokens it holds, when it was last used, whether it is decoding."""

    sequence: int
    prompt: Tokens = field(default_factory=lambda: np.empty(0, np.int32))
    length: int = 0
    used: int = 0
    busy: bool = False

    @property
    def held(self) -> int:
        """Tokens of the prompt that the sequence holds."""
        return min(self.length, len(self.prompt))


@dataclass(frozen=True)
class Placement:
    """Where a prompt goes: copy `saved` first, then `source`, then keep `length` tokens of `target`."""

    target: Entry
    source: Entry | None
    length: int
    saved: Entry | None = None


class PrefixTable:
    """All sequences of a context, `context` tokens each."""

    def __init__(self, width: int, kept: int, context: int) -> None:
        self.entries = [Entry(index) for index in range(width + kept)]
        self.lanes, self.keepers = self.entries[:width], self.entries[width:]
        self._tokens = np.full((width + kept, context), -1, np.int32)
        self._clock = 0

    def shares(self, prompt: Tokens) -> NDArray[np.intp]:
        """For every sequence, the leading tokens of `prompt` that it holds."""
        lengths = np.array([entry.length for entry in self.entries], np.intp)
        if not len(prompt):
            return np.zeros(len(lengths), np.intp)
        different = self._tokens[:, : len(prompt)] != prompt
        first = different.argmax(axis=1)
        first[~different[np.arange(len(lengths)), first]] = len(prompt)
        # What a sequence holds beyond its prompt differs in the table from every token.
        shared: NDArray[np.intp] = np.minimum(first, lengths)
        return shared

    def place(self, prompt: Tokens) -> Placement | None:
        """A free lane for `prompt`, or None if all decode; marks it busy and records what it will hold."""
        free = [entry for entry in self.lanes if not entry.busy]
        if not free:
            return None
        shares = self.shares(prompt)
        length = int(shares.max())
        sources = [self.entries[index] for index in np.flatnonzero(shares == length)] if length else []
        placement = self._in_place(sources, length) or self._copied(free, sources, length)
        self._take(placement, prompt)
        return placement

    def _in_place(self, sources: list[Entry], length: int) -> Placement | None:
        """A free lane that holds the best prefix and little else."""
        for entry in sources:
            if entry in self.lanes and not entry.busy and self._own(entry, length) < WORTH:
                return Placement(entry, None, length)
        return None

    def _copied(self, free: list[Entry], sources: list[Entry], length: int) -> Placement:
        by_age = sorted(free, key=lambda entry: entry.used)
        target = next((entry for entry in by_age[:4] if self._own(entry, 0) < WORTH), by_age[0])
        saved = None
        # A keeper that is about to be copied from must not be written to first.
        others = [entry for entry in self.keepers if entry not in sources]
        if others and self._own(target, 0) >= WORTH:
            saved = min(others, key=lambda entry: entry.used)
        source = sources[0] if sources else None
        return Placement(target, None if source is target else source, length, saved)

    def _own(self, entry: Entry, kept: int) -> int:
        """Prompt tokens that would be lost with `entry` if its first `kept` stayed."""
        shares = self.shares(entry.prompt)
        shares[entry.sequence] = 0
        return entry.held - max(int(shares.max()), kept)

    def _take(self, placement: Placement, prompt: Tokens) -> None:
        self._clock += 1
        target, saved = placement.target, placement.saved
        if saved is not None:
            self._hold(saved, target.prompt)
            saved.length, saved.used = target.held, target.used
        if placement.source is not None:
            placement.source.used = self._clock
        self._hold(target, prompt)
        target.length, target.used, target.busy = placement.length, self._clock, True

    def _hold(self, entry: Entry, prompt: Tokens) -> None:
        entry.prompt = prompt
        row = self._tokens[entry.sequence]
        row[: len(prompt)] = prompt
        row[len(prompt) :] = -1

    def release(self, entry: Entry) -> None:
        """The lane is free again; what it holds stays known."""
        entry.busy = False
        entry.length = entry.held
