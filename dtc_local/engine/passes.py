"""Passes over sequences: how many tokens of which sequences go into one `llama_decode`, and what is padded.

Knows sequences and tokens; does not know jobs, grammars or text. There are two kinds of passes, since llama.cpp has two
kinds of attention. From `TILE` tokens of a sequence on it works on tiles of them, which is up to twice as fast; below,
token by token. Both give the same bits however tokens are grouped, but not the same as each other. So the kind must
follow from the request alone: a prompt but for its last token is evaluated in tiled passes, padded to a tile if it is
shorter; its last token and all that is generated never are.

A plain pass covers neighbouring sequences with the same number of tokens each; shorter ones and gaps are padded, and
the padding is forgotten again. Prompts are not mixed into plain passes: each sequence would have to bring the same
number of tokens, and a pass costs hardly more than its tokens.

Where llama.cpp cannot decode a pass, it is done in halves; that changes no bit either.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from dtc_local.engine.base import Usage
from dtc_local.engine.binding import UBATCH, BatchFailed, Context
from dtc_local.engine.prefix import Entry, Tokens

TILE = 64
"""Tokens of one sequence from which on llama.cpp's attention is tiled."""
SPARE = TILE
"""Cells of a sequence beyond its context, for padding."""
GAP = 3
"""Idle lanes that are cheaper to pad than to split a run at."""
PASS_COST = 3.0
"""Cost of a pass apart from its tokens, in tokens: weights are read once a pass. Measured: 2 to 5."""
MAX_STEP = 32
"""Tokens of one sequence in a plain pass."""


class Passes:
    """Decodes tokens into the sequences of a context and counts what that takes."""

    def __init__(self, context: Context, usage: Usage) -> None:
        self._context, self._usage = context, usage

    def prefill(self, entry: Entry, prompt: Tokens) -> None:
        """Evaluate what `entry` lacks of `prompt`, which is a whole prompt but for its last token."""
        missing = len(prompt) - entry.length
        self._usage.evaluated_tokens += missing
        ends = np.linspace(entry.length, len(prompt), -(-missing // UBATCH) + 1).astype(int)
        for start, end in pairwise(ends.tolist()):
            self._pass([entry], [prompt[start:end].tolist()], max(TILE, end - start))

    def plain(self, entries: Sequence[Entry], pending: Sequence[list[int]]) -> tuple[list[int], Any]:
        """One pass over neighbouring sequences, some of which may have nothing pending.

        Takes the tokens off `pending`. Returns the places in `entries` whose last token was decoded, and their logits
        in that order, one row each, valid until the next pass.
        """
        step = best_step([len(own) for own in pending if own], len(entries))
        done = [place for place, own in enumerate(pending) if 0 < len(own) <= step]
        wanted = [place * step + len(pending[place]) - 1 for place in done]
        logits = self._pass(entries, [own[:step] for own in pending], step, wanted)
        for own in pending:
            del own[:step]
        return done, logits

    def _pass(
        self, entries: Sequence[Entry], tokens: Sequence[list[int]], step: int, wanted: Sequence[int] = ()
    ) -> Any:
        """Decode `step` tokens of each entry, padding what is missing, and forget the padding."""
        try:
            logits = self._decode(entries, tokens, step, wanted)
        except BatchFailed as failed:
            for entry in entries:
                self._context.truncate(entry.sequence, entry.length)
            return self._halves(entries, tokens, step, wanted, failed)
        for entry, own in zip(entries, tokens, strict=True):
            entry.length += len(own)
            if len(own) < step:
                self._context.truncate(entry.sequence, entry.length)
        return logits

    def _decode(self, entries: Sequence[Entry], tokens: Sequence[list[int]], step: int, wanted: Sequence[int]) -> Any:
        flat: list[int] = []
        places: list[int] = []
        for entry, own in zip(entries, tokens, strict=True):
            flat += own
            flat += [0] * (step - len(own))
            places += range(entry.length, entry.length + step)
        sequences = [entry.sequence for entry in entries for _ in range(step)]
        started = time.perf_counter()
        try:
            return self._context.decode(flat, places, sequences, wanted)
        finally:
            self._usage.decode_seconds += time.perf_counter() - started

    def _halves(
        self,
        entries: Sequence[Entry],
        tokens: Sequence[list[int]],
        step: int,
        wanted: Sequence[int],
        failed: BatchFailed,
    ) -> Any:
        """The same pass as two of half the size and the same kind; raises `failed` where there are no halves."""
        if len(entries) > 1:
            middle = len(entries) // 2
            parts = [(entries[:middle], tokens[:middle], step), (entries[middle:], tokens[middle:], step)]
        else:
            least = TILE if step >= TILE else 2
            half = step // 2
            if half < least:
                raise failed
            parts = [(entries, [tokens[0][:half]], half), (entries, [tokens[0][half:]], step - half)]
        rows, first = [], 0
        for some, own, size in parts:
            last = first + len(some) * size
            own_wanted = [at - first for at in wanted if first <= at < last]
            # Logits die with the next pass, and no pass is a single token.
            rows.append(self._pass(some, own, max(size, 3 - len(some)), own_wanted).copy())
            first = last
        return np.concatenate(rows)


def runs(lanes: Sequence[int]) -> list[range]:
    """Ascending lanes grouped into spans, each of which is decoded in one pass with the gaps in it padded."""
    spans: list[range] = []
    for lane in lanes:
        if spans and lane - spans[-1].stop <= GAP:
            spans[-1] = range(spans[-1].start, lane + 1)
        else:
            spans.append(range(lane, lane + 1))
    return spans


def best_step(pending: Sequence[int], lanes: int) -> int:
    """Tokens a lane in the next pass: the most useful tokens for its cost, and never a single token in all."""
    least = 2 if lanes == 1 else 1
    most = max(least, min(max(pending), MAX_STEP, UBATCH // lanes))
    return max(
        range(least, most + 1),
        key=lambda step: (sum(min(count, step) for count in pending) / (PASS_COST + lanes * step), -step),
    )
