"""Random streams that belong to a place in a run, so that no draw depends on neighbours or order.

One Philox stream for (run seed, conversation index, stage, attempt): Salmon et al., "Parallel random numbers: as easy
as 1, 2, 3", SC 2011. The key is a BLAKE2b digest of those four, so that any text can name a stage.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from numpy.random import Generator


def derive_seed(run_seed: int, index: int, stage: str, attempt: int = 0) -> int:
    """A 63-bit seed for engine requests, never 0 (which llama.cpp would read as "random")."""
    return int.from_bytes(_digest(run_seed, index, stage, attempt)[:8], "big") >> 1 | 1


def stream(run_seed: int, index: int, stage: str, attempt: int = 0) -> Generator:
    """The NumPy generator of that place."""
    from numpy.random import Generator, Philox

    return Generator(Philox(key=int.from_bytes(_digest(run_seed, index, stage, attempt), "big")))


def _digest(run_seed: int, index: int, stage: str, attempt: int) -> bytes:
    return hashlib.blake2b(f"{run_seed}/{index}/{stage}/{attempt}".encode(), digest_size=16).digest()
