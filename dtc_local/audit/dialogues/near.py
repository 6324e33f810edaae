"""Near-duplicates among conversations: requests that say the same in nearly the same words, in bounded memory.

The requests of a conversation are a set of shingles (runs of three words), of which the SKETCH smallest hashes are
kept; two sets are as similar as those sketches (bottom-k; exact up to SKETCH shingles). A pair this similar very likely
shares one of its smallest few hashes, so only conversations that do are compared, and of a common hash only the latest.
After MOST conversations the oldest are forgotten, which bounds the memory at some 200 MB.
"""

from __future__ import annotations

import hashlib
import re
from array import array
from collections import OrderedDict
from collections.abc import Iterator

from dtc_local.audit.defects import Defect
from dtc_local.audit.dialogue import Dialogue

RUN = 3
SKETCH = 48
KEYS = 5
POSTINGS = 16
MOST = 100_000
THRESHOLD = 0.7
"""One word changed among twenty leaves three quarters of the shingles."""
FEWEST = 5
"""Shingles; requests of fewer are no evidence of anything."""


class NearDuplicates:
    """Conversations seen so far, by the smallest hashes of their requests."""

    def __init__(self, most: int = MOST) -> None:
        self.most = most
        self._sketches: OrderedDict[int, tuple[array[int], str]] = OrderedDict()
        self._postings: dict[int, list[int]] = {}
        self._next = 0

    def add(self, dialogue: Dialogue, place: str) -> Iterator[tuple[str, Defect]]:
        """The defect of a conversation that nearly repeats an earlier one; then it is an earlier one too."""
        sketch = sketch_of(" ".join(text for _, text in dialogue.requests))
        if len(sketch) < FEWEST:
            return
        candidates = dict.fromkeys(one for key in sketch[:KEYS] for one in self._postings.get(key, ()))
        best = max(((likeness(sketch, self._sketches[one][0]), -one) for one in candidates), default=(0.0, 0))
        if best[0] >= THRESHOLD:
            words = "the same as" if best[0] == 1.0 else f"nearly the same as (similarity {best[0]:.2f})"
            yield "near_duplicate", Defect(f"the requests are {words} those of {self._sketches[-best[1]][1]}")
        self._remember(sketch, place)

    def _remember(self, sketch: array[int], place: str) -> None:
        self._sketches[self._next] = sketch, place
        for key in sketch[:KEYS]:
            self._postings[key] = [*self._postings.get(key, ())[1 - POSTINGS :], self._next]
        self._next += 1
        if len(self._sketches) > self.most:
            number, (old, _) = self._sketches.popitem(last=False)
            for key in old[:KEYS]:
                left = [one for one in self._postings.pop(key, ()) if one > number]
                self._postings |= {key: left} if left else {}


def sketch_of(text: str) -> array[int]:
    """The smallest hashes of a text's shingles, in order."""
    words = re.findall(r"\w+", text.casefold())
    shingles = {" ".join(words[start : start + RUN]) for start in range(len(words) - RUN + 1)}
    return array("Q", sorted(map(_hash, shingles))[:SKETCH])


def likeness(one: array[int], other: array[int]) -> float:
    """Share of the smallest hashes of both that both have: an estimate of how much of the shingles they share."""
    union = sorted({*one, *other})[:SKETCH]
    return len(set(union) & set(one) & set(other)) / len(union)


def _hash(shingle: str) -> int:
    return int.from_bytes(hashlib.blake2b(shingle.encode("utf-8", "replace"), digest_size=8).digest(), "big")
