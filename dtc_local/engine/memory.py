"""How much memory a model takes for a width and a context, reckoned from its header, and how much is free.

The figures repeat what `batch.LlamaEngine` does with its defaults (which a test compares), without importing it. They
are upper estimates: a plan that fits, fits.
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path

from dtc_local.engine.header import Header

WIDTH = 16
MOST = 64
"""The greatest width: llama.cpp allows 256 sequences, and some of which only keep a prefix."""
CONTEXT = 4096
PADDING = 64
"""Cells of a sequence beyond its context."""
KEPT = 4
"""Sequences that only keep a prefix, for each that decodes; more of them are of no use."""
SEQUENCES = 256
"""llama.cpp allows no more."""
BASE = 150 << 20
"""The interpreter with all libraries."""
TOKEN_BYTES = 700
"""What one token of the vocabulary costs the grammar compiler; measured on 152,000 tokens."""
UBATCH = 512
TESTED = (4096, 3072, 2048, 1536, 1024, 512)
"""Contexts that are proposed where the asked one does not fit."""


@dataclass(frozen=True)
class Need:
    """Bytes for the weights, for keys and values of all sequences, and for everything else."""

    weights: int
    cache: int
    work: int

    @property
    def total(self) -> int:
        """All together."""
        return self.weights + self.cache + self.work


def context_of(header: Header, asked: int | None) -> int:
    """Tokens of a sequence: what was asked for, else at most CONTEXT."""
    return asked or min(header.context_length, CONTEXT)


def kept(header: Header, width: int, context: int, free: int | None) -> int:
    """How many sequences may only keep prefixes: as many as are of use and fit into half of what else is free.

    They save time and change no result, so that they are nothing a model needs.
    """
    most = min(KEPT * width, SEQUENCES - width)
    if free is None:
        return most
    room = (free - need(header, width, context).total) // 2
    return max(0, min(most, room // header.cache_bytes(context + PADDING)))


def need(header: Header, width: int, context: int) -> Need:
    """Memory for `width` sequences of `context` tokens that decode; see `kept` for what is taken beyond that."""
    held = width
    # Logits of every sequence, masks, and the widest layers of one batch; attention keeps no scores.
    activations = UBATCH * 4 * (8 * header.number("embedding_length") + 3 * header.number("feed_forward_length"))
    words = header.vocabulary * (TOKEN_BYTES + 4 * held + width // 8)
    return Need(header.size, held * header.cache_bytes(context + PADDING), BASE + words + activations)


def widest(header: Header, context: int, free: int, most: int = MOST) -> int:
    """The greatest width that fits into `free` bytes; 0 if none does."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if need(header, middle, context).total <= free else (low, middle - 1)
    return low


def free_memory() -> int | None:
    """Bytes that a new program can take without swapping, or None where the system does not say."""
    found = [amount for amount in (_available(), _container()) if amount is not None]
    return min(found) if found else None


def _available() -> int | None:
    with contextlib.suppress(OSError, ValueError, IndexError):
        for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    # macOS only tells how much there is in all; a quarter is left to everything else.
    for pages, share in (("SC_AVPHYS_PAGES", 1.0), ("SC_PHYS_PAGES", 0.75)):
        with contextlib.suppress(OSError, ValueError):
            return int(os.sysconf(pages) * os.sysconf("SC_PAGE_SIZE") * share)
    return None


def _container(folder: Path = Path("/sys/fs/cgroup")) -> int | None:
    """What a container's limit leaves, where this process runs under one; cached files do not count as taken."""
    with contextlib.suppress(OSError, ValueError):
        limit = int((folder / "memory.max").read_text(encoding="ascii"))
        taken = int((folder / "memory.current").read_text(encoding="ascii"))
        counts = dict(line.split() for line in (folder / "memory.stat").read_text(encoding="ascii").splitlines())
        cached = int(counts.get("active_file", 0)) + int(counts.get("inactive_file", 0))
        return max(0, limit - max(0, taken - cached))
    return None
