"""Logits are the same bits alone and beside others, in one go and in pieces, for the usual kinds of weights.

A prompt is evaluated 64 tokens or more at a time and its continuation fewer; within each, grouping changes nothing.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dtc_local.engine.binding import Context, Model, _may_repack
from dtc_local.engine.gguf_reader import read
from dtc_local.engine.passes import TILE
from tests.engine.tiny_model import Shape, write

KINDS = {"F16": 1, "Q8_0": 7, "Q4_0": 2, "Q5_0": 8, "Q3_K_M": 12, "Q4_K_M": 15, "Q5_K_M": 17, "Q6_K": 18, "IQ4_NL": 25}
"""llama.cpp's file types."""
RNG = np.random.default_rng(0)
PROMPTS = [RNG.integers(0, 500, size).tolist() for size in (620, 90, 70, 33)]
CONTINUATIONS = RNG.integers(0, 500, (4, 8)).tolist()


@pytest.fixture(scope="module")
def unquantised(tmp_path_factory: pytest.TempPathFactory) -> Path:
    shape = Shape(layers=2, width=256, heads=4, kv_heads=2, hidden=512, vocabulary=600, quantised=False)
    return write(tmp_path_factory.mktemp("kinds") / "f32.gguf", shape)


def quantised(source: Path, kind: int) -> Model:
    target = source.with_name(f"{kind}.gguf")
    lib = Model(source, vocab_only=True).lib
    options = lib.llama_model_quantize_default_params()
    options.ftype, options.nthread = kind, 1
    assert lib.llama_model_quantize(str(source).encode(), str(target).encode(), options) == 0
    return Model(target, kinds=read_kinds(target))


def read_kinds(path: Path) -> frozenset[int]:
    return frozenset(tensor.kind for tensor in read(path).tensors.values())


def logits(model: Model, lanes: list[int], chunk: int, step: int, threads: int = 1) -> dict[int, bytes]:
    """Logits of each lane's continuation, after a prompt decoded in chunks, `step` tokens a pass."""
    context = Context(model, 4, 1024, threads)
    for lane in lanes:
        for start in range(0, len(PROMPTS[lane]), chunk):
            _feed(context, [lane], [PROMPTS[lane][start : start + chunk]], TILE, start)
    found: dict[int, list[bytes]] = {lane: [] for lane in lanes}
    for start in range(0, 8, step):
        pieces = [CONTINUATIONS[lane][start : start + step] for lane in lanes]
        for lane, rows in zip(lanes, _feed(context, lanes, pieces, 2 if len(lanes) == 1 else 1), strict=True):
            found[lane] += [row.tobytes() for row in rows]
    context.close()
    return {lane: b"".join(rows) for lane, rows in found.items()}


def _feed(
    context: Context, lanes: list[int], pieces: list[list[int]], least: int, start: int | None = None
) -> list[np.ndarray]:
    """Decode a piece a lane, each padded to at least `least` tokens."""
    count = len(pieces[0])
    padded = max(count, least)
    starts = [_length(context, lane) if start is None else start for lane in lanes]
    tokens = [token for piece in pieces for token in piece + [0] * (padded - count)]
    places = [place for first in starts for place in range(first, first + padded)]
    wanted = [lane * padded + index for lane in range(len(lanes)) for index in range(count)] if start is None else []
    rows = context.decode(tokens, places, [lane for lane in lanes for _ in range(padded)], wanted).copy()
    for lane, first in zip(lanes, starts, strict=True):
        context.truncate(lane, first + count)
    return np.split(rows, len(lanes)) if wanted else []


def _length(context: Context, lane: int) -> int:
    return int(context.lib.llama_memory_seq_pos_max(context._memory, lane)) + 1


@pytest.mark.parametrize("kind", KINDS)
def test_logits_do_not_depend_on_the_batch_or_on_threads(unquantised: Path, kind: str) -> None:
    model = quantised(unquantised, KINDS[kind])
    together = logits(model, [0, 1, 2, 3], chunk=512, step=1)
    for lane, threads in enumerate((2, 4, 1, 3)):
        assert logits(model, [lane], chunk=512, step=1, threads=threads)[lane] == together[lane]
    assert logits(model, [0, 1, 2, 3], chunk=64, step=4) == together
    assert logits(model, [0, 1, 2, 3], chunk=101, step=8, threads=4) == together
    assert logits(model, [1, 2], chunk=40, step=2) == {1: together[1], 2: together[2]}
    assert logits(model, [3], chunk=1, step=8)[3] == together[3]
    model.close()


def test_the_two_kinds_of_passes_differ_so_that_tokens_must_keep_to_theirs(unquantised: Path) -> None:
    model = quantised(unquantised, KINDS["F16"])
    contexts = [Context(model, 1, 1024, 1) for _ in range(2)]
    for context, chunk, least in zip(contexts, (512, 60), (TILE, 2), strict=True):
        for start in range(0, 600, chunk):
            _feed(context, [0], [PROMPTS[0][start : min(start + chunk, 600)]], least, start)
    rows = [_feed(context, [0], [[7]], 2)[0] for context in contexts]
    # If they are equal one day, the rule in `passes` may go.
    assert rows[0].tobytes() != rows[1].tobytes()
    assert np.abs(rows[0] - rows[1]).max() < 0.1
    for context in contexts:
        context.close()
    model.close()


@pytest.mark.parametrize(
    ("system", "kinds", "may"),
    [
        (b"CPU : AVX2 = 1 | REPACK = 1 | ", {0, 2, 8}, True),
        (b"CPU : AVX2 = 1 | REPACK = 1 | ", {0, 2, 14}, True),
        (b"CPU : AVX2 = 1 | REPACK = 1 | ", {0, 13, 20}, True),
        (b"CPU : AVX2 = 1 | AMX_INT8 = 1 | REPACK = 1 | ", {0, 2}, False),
        (b"CPU : NEON = 1 | MATMUL_INT8 = 1 | REPACK = 1 | ", {0, 2}, False),
        (b"CPU : AVX2 = 1 | REPACK = 1 | ", {0, 2, 12}, False),
        (b"CPU : AVX2 = 1 | REPACK = 1 | ", {0, 2, 39}, False),
        (b"CPU : AVX2 = 1 | REPACK = 1 | ", {0, 8}, False),
        (b"CPU : AVX2 = 1 | REPACK = 1 | ", set(), False),
    ],
)
def test_weights_are_repacked_only_where_that_changes_no_bits(system: bytes, kinds: set[int], may: bool) -> None:
    assert _may_repack(system, kinds) is may
