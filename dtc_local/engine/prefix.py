"""Which KV sequence holds what, and which of them is the best start for a new prompt.

Knows token ids and sequence numbers; does not know llama.cpp, jobs or text. Sequences are separate streams, so a
prefix is *copied* to another sequence, never shared in place, and a flat table of at most a few dozen sequences
answers "who shares the longest prefix" faster than a tree. The first `width` sequences decode; the others only keep.
Invariant: the first `length` tokens of an entry are exactly what llama.cpp holds for that sequence.
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

    def shared(self, prompt: Tokens) -> int:
        """Leading tokens of `prompt` that this sequence holds."""
        limit = min(len(prompt), len(self.prompt), self.length)
        if not limit:
            return 0
        different = self.prompt[:limit] != prompt[:limit]
        first = int(different.argmax())
        return first if different[first] else limit


@dataclass(frozen=True)
class Placement:
    """Where a prompt goes: copy `saved` first, then `source`, then keep `length` tokens of `target`."""

    target: Entry
    source: Entry | None
    length: int
    saved: Entry | None = None


class PrefixTable:
    """All sequences of a context."""

    def __init__(self, width: int, kept: int) -> None:
        self.entries = [Entry(index) for index in range(width + kept)]
        self.lanes, self.keepers = self.entries[:width], self.entries[width:]
        self._clock = 0

    def place(self, prompt: Tokens) -> Placement | None:
        """A free lane for `prompt`, or None if all decode; marks it busy and records what it will hold."""
        free = [entry for entry in self.lanes if not entry.busy]
        if not free:
            return None
        shares = [(entry.shared(prompt), entry) for entry in self.entries]
        length = max(share for share, _ in shares)
        sources = [entry for share, entry in shares if share == length]
        if not length:
            sources = []
        placement = self._in_place(sources, prompt, length) or self._copied(free, sources, length)
        self._take(placement, prompt)
        return placement

    def _in_place(self, sources: list[Entry], prompt: Tokens, length: int) -> Placement | None:
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
        held = min(entry.length, len(entry.prompt))
        known = max((other.shared(entry.prompt) for other in self.entries if other is not entry), default=0)
        return held - max(known, kept)

    def _take(self, placement: Placement, prompt: Tokens) -> None:
        self._clock += 1
        target, saved = placement.target, placement.saved
        if saved is not None:
            saved.prompt, saved.length, saved.used = target.prompt, len(target.prompt), target.used
        if placement.source is not None:
            placement.source.used = self._clock
        target.prompt, target.length, target.used, target.busy = prompt, placement.length, self._clock, True

    def release(self, entry: Entry) -> None:
        """The lane is free again; what it holds stays known."""
        entry.busy = False
        entry.length = min(entry.length, len(entry.prompt))
