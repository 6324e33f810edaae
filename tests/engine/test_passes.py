"""Passes: what is packed together, and that a pass in halves writes the same bytes."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dtc_local.engine.binding import UBATCH
from dtc_local.engine.passes import GAP, MAX_STEP, TILE, best_step, runs
from tests.engine.conftest import Load, ask, run

REQUESTS = [
    ask(f"Ticket {index}.", history=("x y z " * 40 * index,), seed=index, n=1 + index % 2) for index in range(5)
]


@pytest.fixture(scope="module")
def expected(load: Load) -> list[Any]:
    return run(load(4), REQUESTS)


@pytest.mark.parametrize(("tiled", "plain"), [(200, 64), (UBATCH, 3), (130, 4)])
def test_passes_that_fail_are_done_in_halves(
    load: Load, expected: list[Any], monkeypatch: pytest.MonkeyPatch, tiled: int, plain: int
) -> None:
    engine = load(4)
    real, sizes = engine._context.lib.llama_decode, []

    def limited(context: Any, batch: Any) -> int:
        sizes.append(batch.n_tokens)
        if batch.n_tokens > (tiled if batch.n_tokens >= TILE else plain):
            return 1
        return int(real(context, batch))

    monkeypatch.setattr(engine._context.lib, "llama_decode", limited)
    assert run(engine, REQUESTS) == expected
    assert max(sizes) > tiled or max(size for size in sizes if size < TILE) > plain


def test_a_pass_that_fails_half_way_is_done_again_from_where_it_began(
    load: Load, expected: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = load(4)
    real, calls = engine._context.lib.llama_decode, []

    def once_in_a_while(context: Any, batch: Any) -> int:
        calls.append(batch.n_tokens)
        code = int(real(context, batch))
        # The tokens are in the cache, as after an abort between two parts of a batch.
        return 2 if len(calls) % 7 == 3 and 4 <= batch.n_tokens < TILE else code

    monkeypatch.setattr(engine._context.lib, "llama_decode", once_in_a_while)
    assert run(engine, REQUESTS) == expected
    assert len(calls) > 10


@given(st.sets(st.integers(0, 63), min_size=1))
def test_every_lane_is_in_one_run_and_gaps_are_short(lanes: set[int]) -> None:
    spans = runs(sorted(lanes))
    assert [lane for span in spans for lane in span if lane in lanes] == sorted(lanes)
    for span in spans:
        assert {span[0], span[-1]} <= lanes
        own = sorted(lanes & set(span))
        assert all(after - before <= GAP + 1 for before, after in pairwise(own))


@given(st.lists(st.integers(1, 200), min_size=1, max_size=40), st.integers(0, 20))
def test_a_step_is_useful_and_its_pass_neither_one_token_nor_too_many(pending: list[int], idle: int) -> None:
    lanes = len(pending) + idle
    step = best_step(pending, lanes)
    assert 2 <= lanes * step <= UBATCH
    assert step <= MAX_STEP < TILE
    assert step <= max(2, *pending)
