"""Near-duplicates among texts: pairs whose sets of shingles are nearly equal.

A text is the set of its runs of three words. Two texts are as similar as their sets (Jaccard). The search is exact but
for very common shingles: two sets this similar share one of the rarest shingles of each (prefix filtering, as
:mod:`dtc_local.tools.similar` does for tools), so only those are looked up, and of a shingle that many texts share
only the latest texts are compared. Shingles are 32-bit checksums, so that tens of thousands of texts stay small.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from math import ceil
from typing import TYPE_CHECKING
from zlib import crc32

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Shingles = NDArray[np.uint32]

THRESHOLD = 0.8
"""Texts at least this similar, of 1, are near-duplicates."""
WORDS = 3
"""Words of a shingle."""
LEAST_WORDS = 6
"""Shorter texts say too little to be anybody's duplicate: "Yes, please"."""
POSTINGS = 64
"""Texts compared for one shingle."""
_WORD = re.compile(r"\w+")


def shingles(text: str) -> Shingles:
    """Sorted checksums of the runs of words; none for a text of fewer than `LEAST_WORDS`."""
    import numpy as np

    words = _WORD.findall(text.lower())
    runs = range(len(words) - WORDS + 1) if len(words) >= LEAST_WORDS else ()
    return np.unique(np.array([crc32(" ".join(words[k : k + WORDS]).encode()) for k in runs], dtype=np.uint32))


def near_pairs(sets: Sequence[Shingles], threshold: float = THRESHOLD) -> Iterator[tuple[int, int]]:
    """Positions (later, earlier) of near-duplicates; of equal sets each is paired with the first alone."""
    import numpy as np

    if not any(len(one) for one in sets):
        return
    values, counts = np.unique(np.concatenate(sets), return_counts=True)
    firsts: dict[bytes, int] = {}
    postings: dict[int, list[int]] = defaultdict(list)
    for later, one in enumerate(sets):
        if not len(one):
            continue
        first = firsts.setdefault(one.tobytes(), later)
        if first != later:
            yield later, first
            continue
        rarest = one[np.argsort(counts[np.searchsorted(values, one)], kind="stable")]
        prefix = [int(value) for value in rarest[: len(one) - ceil(threshold * len(one)) + 1]]
        for earlier in sorted({other for value in prefix for other in postings[value][-POSTINGS:]}):
            if _similar(one, sets[earlier]) >= threshold:
                yield later, earlier
        for value in prefix:
            postings[value].append(later)


def _similar(one: Shingles, other: Shingles) -> float:
    import numpy as np

    shared = len(np.intersect1d(one, other, assume_unique=True))
    return shared / (len(one) + len(other) - shared)
