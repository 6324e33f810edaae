"""One token from a row of logits and a mask, and the randomness that decides it.

Knows temperature, min-p and top-p; does not know tokens' texts, matchers or batches. min-p and top-p apply to the
distribution after mask and temperature. The log-probability is that of the masked distribution at temperature 1,
whatever the sampling temperature; tokens more than `DEPTH` nats below the best allowed one are left out of its sum
(an error below 0.1 % for any vocabulary in use). Invariant: the draw depends on logits, mask and
the stream's state alone.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from dtc_local.engine.base import Sampling
from dtc_local.errors import DecodeError

DEPTH = 20.0
_UNIT = 2.0**-53


class Stream:
    """Uniform numbers of candidate `candidate` under `seed`; the k-th number is the same on every machine."""

    def __init__(self, seed: int, candidate: int, attempt: int = 0) -> None:
        key = np.array([seed % 2**64, candidate + (attempt << 32)], dtype=np.uint64)
        self._bits = np.random.Philox(key=key)

    def uniform(self) -> float:
        """The next number in [0, 1)."""
        return (int(self._bits.random_raw()) >> 11) * _UNIT


def choose(
    logits: NDArray[np.float32], mask: NDArray[np.int32], sampling: Sampling, stream: Stream
) -> tuple[int, float]:
    """A token and its log-probability; raises DecodeError on NaN or when the mask allows nothing."""
    ids, values = allowed(logits, mask, _depth(sampling))
    best = int(values.argmax())
    shifted = values.astype(np.float64) - float(values[best])
    total = math.log(float(np.exp(shifted).sum()))
    picked = best if sampling.temperature <= 0 else _draw(shifted, sampling, stream)
    return int(ids[picked]), float(shifted[picked]) - total


def allowed(
    logits: NDArray[np.float32], mask: NDArray[np.int32], depth: float
) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """Ids and logits of the allowed tokens at most `depth` below the best allowed one, in id order.

    Full-vocabulary work is two comparisons: the allowed tokens are looked for among the high logits first, and only
    if there are none is the whole mask opened.
    """
    top = float(logits.max())
    if not math.isfinite(top):
        raise DecodeError(f"The model produced a logit of {top}.", "The model file may be damaged.")
    ids = _permitted(np.flatnonzero(logits >= top - depth), mask)
    if not len(ids):
        ids = np.flatnonzero(np.unpackbits(mask.view(np.uint8), bitorder="little")[: len(logits)])
        if not len(ids):
            raise DecodeError("The grammar allows no token here.")
        values = logits[ids]
        keep = values >= values.max() - depth
        return _finite(ids[keep], values[keep])
    best = float(logits[ids].max())
    if best < top:
        ids = _permitted(np.flatnonzero(logits >= best - depth), mask)
    return _finite(ids, logits[ids])


def _finite(ids: NDArray[np.intp], values: NDArray[np.float32]) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    if not np.isfinite(values).all():
        raise DecodeError("The model gives no allowed token a finite logit.", "The model file may be damaged.")
    return ids, values


def _permitted(ids: NDArray[np.intp], mask: NDArray[np.int32]) -> NDArray[np.intp]:
    permitted: NDArray[np.intp] = ids[(mask[ids >> 5] >> (ids & 31)) & 1 == 1]
    return permitted


def _depth(sampling: Sampling) -> float:
    """How far below the best token one may still matter, for the draw or for the log-probability."""
    if sampling.temperature <= 0:
        return DEPTH
    reach = -math.log(sampling.min_p) if sampling.min_p > 0 else 2 * DEPTH
    return max(DEPTH, sampling.temperature * reach)


def _draw(shifted: NDArray[np.float64], sampling: Sampling, stream: Stream) -> int:
    """Index drawn from softmax(shifted / temperature) cut by min-p, then by top-p."""
    weights = np.exp(shifted / sampling.temperature)
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
