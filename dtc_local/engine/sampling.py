"""One token from a row of logits and a mask, and the randomness that decides it.

Knows temperature, min-p and top-p; does not know tokens' texts, matchers or batches. min-p and top-p apply to the
distribution after mask and temperature. The log-probability is that of the masked distribution at temperature 1,
whatever the sampling temperature. Invariant: the draw depends on logits, mask and the stream's state alone.

A row has 150,000 numbers, so few operations may look at all of them. The tokens that can be drawn are found by a
threshold first and checked against the mask afterwards; only the sum of probabilities needs every allowed token, and
it looks at no word of the mask that allows nothing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dtc_local.engine.base import Sampling
from dtc_local.errors import DecodeError

REACH = 40.0
"""Without min-p, tokens less likely than the best one by e to this power are never drawn."""
SPARSE = 3
"""Words of a mask are looked at one by one where at most one of so many allows anything."""
_UNIT = 2.0**-53
_LANES = np.arange(32)


class Stream:
    """Uniform numbers of candidate `candidate` under `seed`; the k-th number is the same on every machine."""

    def __init__(self, seed: int, candidate: int, attempt: int = 0) -> None:
        key = np.array([seed % 2**64, candidate + (attempt << 32)], dtype=np.uint64)
        self._bits = np.random.Philox(key=key)

    def uniform(self) -> float:
        """The next number in [0, 1)."""
        return (int(self._bits.random_raw()) >> 11) * _UNIT


@dataclass(frozen=True)
class Row:
    """Logits of the tokens that a mask might allow, and whether it does; `ids` is None where these are all tokens."""

    ids: NDArray[np.intp] | None
    values: NDArray[np.float32]
    allowed: NDArray[np.bool_]

    def token(self, index: int) -> int:
        """Id of the token at `index`."""
        return index if self.ids is None else int(self.ids[index])

    def near(self, top: float, reach: float) -> NDArray[np.intp]:
        """Allowed tokens at most `reach` below `top`, in id order."""
        high = np.flatnonzero(self.values >= np.float32(top - reach))
        return high[self.allowed[high]]


def choose(
    logits: NDArray[np.float32],
    mask: NDArray[np.int32],
    sampling: Sampling,
    stream: Stream,
    space: NDArray[np.float32] | None = None,
) -> tuple[int, float]:
    """A token and its log-probability; raises DecodeError on NaN or when the mask allows nothing.

    `space` is as long as `logits`; who draws often passes the same one, so that none is allocated here.
    """
    top = float(logits.max())
    if not math.isfinite(top):
        raise DecodeError(f"The model produced a logit of {top}.", "The model file may be damaged.")
    row = opened(logits, mask)
    best, near = _candidates(row, _reach(sampling))
    picked = near[0] if sampling.temperature <= 0 else near[_draw(row.values[near] - best, sampling, stream)]
    total = _total(row, best, np.empty_like(row.values) if space is None else space)
    return row.token(int(picked)), float(row.values[picked]) - best - math.log(total)


def opened(logits: NDArray[np.float32], mask: NDArray[np.int32]) -> Row:
    """The part of a row that its mask leaves open."""
    size, words = len(logits), np.flatnonzero(mask)
    if len(words) * SPARSE > len(mask):
        return Row(None, logits, np.unpackbits(mask.view(np.uint8), bitorder="little", count=size).view(np.bool_))
    ids = ((words << 5)[:, None] + _LANES).ravel()
    bits = np.unpackbits(mask[words].view(np.uint8), bitorder="little").view(np.bool_)
    if len(ids) and ids[-1] >= size:
        inside = len(ids) - (int(ids[-1]) + 1 - size)
        ids, bits = ids[:inside], bits[:inside]
    return Row(ids, logits[ids], bits)


def _candidates(row: Row, reach: float) -> tuple[float, NDArray[np.intp]]:
    """The best allowed logit, and all allowed tokens within reach of it."""
    top = float(row.values.max()) if len(row.values) else -math.inf
    near = row.near(top, reach)
    if len(near):
        best = float(row.values[near].max())
    elif row.allowed.any():
        best = float(row.values[row.allowed].max())
    else:
        raise DecodeError("The grammar allows no token here.")
    if not math.isfinite(best):
        raise DecodeError("The model gives no allowed token a finite logit.", "The model file may be damaged.")
    return best, near if best == top else row.near(best, reach)


def _total(row: Row, best: float, space: NDArray[np.float32]) -> float:
    """Sum of the allowed tokens' probabilities, that of the best one being 1."""
    weights = space[: len(row.values)]
    np.subtract(row.values, np.float32(best), out=weights)
    # A forbidden token may be far above the best allowed one.
    np.minimum(weights, np.float32(0), out=weights)
    np.exp(weights, out=weights)
    np.multiply(weights, row.allowed, out=weights)
    return float(weights.sum())


def _reach(sampling: Sampling) -> float:
    """How far below the best allowed token one may lie that can still be drawn."""
    if sampling.temperature <= 0:
        return 0.0
    reach = -math.log(sampling.min_p) if sampling.min_p > 0 else REACH
    # A little more, for rounding: the exact cut is made on the few that are left.
    return sampling.temperature * reach + 1e-3


def _draw(shifted: NDArray[np.float32], sampling: Sampling, stream: Stream) -> int:
    """Index drawn from softmax(shifted / temperature) cut by min-p, then by top-p."""
    weights = np.exp(shifted.astype(np.float64) / sampling.temperature)
    if sampling.min_p > 0:
        weights[weights < sampling.min_p] = 0.0
    if sampling.top_p < 1:
        order = np.argsort(-weights, kind="stable")
        before = np.cumsum(weights[order]) - weights[order]
        weights[order[before >= sampling.top_p * weights.sum()]] = 0.0
    sums = np.cumsum(weights)
    index = int(np.searchsorted(sums, stream.uniform() * sums[-1], side="right"))
    # Rounding may land on the end of the sum: the last token with any weight is meant then.
    return min(index, int(np.flatnonzero(weights)[-1]))
