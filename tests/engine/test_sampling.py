"""Sampling: exact against a reference that looks at the whole vocabulary, and closed to damaged logits."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from dtc_local.engine.base import Sampling
from dtc_local.engine.sampling import Stream, choose
from dtc_local.errors import DecodeError

SIZE = 1000


def packed(allowed: NDArray[np.bool_]) -> NDArray[np.int32]:
    bits = np.zeros(-(-len(allowed) // 32) * 32, np.uint8)
    bits[: len(allowed)] = allowed
    return np.packbits(bits, bitorder="little").view(np.int32)


def reference(
    logits: NDArray[np.float32], allowed: NDArray[np.bool_], sampling: Sampling, uniform: float
) -> tuple[int, float]:
    """Mask, soften, cut by min-p and top-p, draw: each step over the whole vocabulary."""
    masked = np.where(allowed, logits.astype(np.float64), -np.inf)
    logs = masked - masked.max()
    logs = logs - np.log(np.exp(logs).sum())
    if sampling.temperature <= 0:
        return int(masked.argmax()), float(logs[masked.argmax()])
    weights = np.exp((masked - masked.max()) / sampling.temperature)
    weights[weights < sampling.min_p] = 0
    order = np.argsort(-weights, kind="stable")
    before = np.cumsum(weights[order]) - weights[order]
    if sampling.top_p < 1:
        weights[order[before >= sampling.top_p * weights.sum()]] = 0
    sums = np.cumsum(weights)
    token = int(np.searchsorted(sums, uniform * sums[-1], side="right"))
    return token, float(logs[token])


@pytest.mark.parametrize("share", [0.002, 0.02, 0.5, 1.0])
@pytest.mark.parametrize(
    "sampling",
    [
        Sampling(temperature=0),
        Sampling(temperature=0.7, min_p=0.05),
        Sampling(temperature=1.5, min_p=0.001),
        Sampling(temperature=1.0, min_p=0, top_p=0.8),
        Sampling(temperature=0.3, min_p=0.1, top_p=0.9),
    ],
)
def test_choice_equals_a_reference_over_the_whole_vocabulary(share: float, sampling: Sampling) -> None:
    rng = np.random.default_rng(7)
    for trial in range(40):
        logits = (rng.standard_normal(SIZE) * rng.choice([0.5, 3, 8])).astype(np.float32)
        allowed = rng.random(SIZE) < share
        allowed[rng.integers(SIZE)] = True
        token, logprob = choose(logits, packed(allowed), sampling, Stream(trial, 0))
        expected, expected_logprob = reference(logits, allowed, sampling, Stream(trial, 0).uniform())
        assert token == expected
        assert logprob == pytest.approx(expected_logprob, abs=1e-4)


def test_equal_logits_at_temperature_zero_give_the_lowest_id() -> None:
    allowed = np.ones(64, bool)
    allowed[0] = False
    assert choose(np.zeros(64, np.float32), packed(allowed), Sampling(temperature=0), Stream(1, 0))[0] == 1


@pytest.mark.parametrize("share", [1e-4, 0.3, 1.0])
@pytest.mark.parametrize("size", [1000, 1024, 151_937])
def test_the_greatest_allowed_logit_wins_exactly_and_of_equals_the_lowest_id(size: int, share: float) -> None:
    rng = np.random.default_rng(size)
    for _ in range(10):
        # Few distinct values: many tokens tie for the first place, and those above it are forbidden.
        logits = rng.integers(-3, 4, size).astype(np.float32)
        allowed = rng.random(size) < share
        allowed[rng.integers(size)] = True
        token, _ = choose(logits, packed(allowed), Sampling(temperature=0), Stream(1, 0))
        assert token == int(np.where(allowed, logits, -np.inf).argmax())


def test_the_work_space_changes_nothing_and_the_logits_stay_as_they_are() -> None:
    rng, size = np.random.default_rng(3), 5000
    logits, space = rng.standard_normal(size).astype(np.float32), np.full(size, np.nan, np.float32)
    before = logits.copy()
    for share in (0.01, 0.9):
        mask = packed(rng.random(size) < share)
        own = choose(logits, mask, Sampling(), Stream(5, 0))
        assert choose(logits, mask, Sampling(), Stream(5, 0), space) == own
    assert (logits == before).all()


def test_a_forbidden_token_far_above_the_others_does_not_disturb_their_probabilities() -> None:
    logits = np.zeros(64, np.float32)
    logits[7] = 1e30
    allowed = np.zeros(64, bool)
    allowed[[9, 40]] = True
    _, logprob = choose(logits, packed(allowed), Sampling(), Stream(1, 0))
    assert logprob == pytest.approx(np.log(0.5), abs=1e-6)


def test_draws_follow_the_distribution() -> None:
    logits = np.log(np.array([0.5, 0.3, 0.2] + [1e-9] * 29)).astype(np.float32)
    stream = Stream(3, 0)
    sampling = Sampling(temperature=1.0, min_p=0)
    drawn = [choose(logits, packed(np.ones(32, bool)), sampling, stream)[0] for _ in range(4000)]
    assert np.bincount(drawn, minlength=3)[:3] / 4000 == pytest.approx([0.5, 0.3, 0.2], abs=0.03)


def test_streams_differ_by_seed_candidate_and_attempt_and_repeat() -> None:
    firsts = [Stream(*key).uniform() for key in [(1, 0), (2, 0), (1, 1), (1, 0, 1)]]
    assert len(set(firsts)) == 4
    assert Stream(1, 1).uniform() == firsts[2]
    assert all(0 <= value < 1 for value in firsts)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_damaged_logit_is_an_error_even_where_it_is_masked(bad: float) -> None:
    logits = np.zeros(64, np.float32)
    logits[5] = bad
    allowed = np.zeros(64, bool)
    allowed[9] = True
    with pytest.raises(DecodeError):
        choose(logits, packed(allowed), Sampling(), Stream(1, 0))


def test_allowed_tokens_without_any_probability_are_an_error() -> None:
    logits = np.zeros(64, np.float32)
    logits[9] = -np.inf
    allowed = np.zeros(64, bool)
    allowed[9] = True
    with pytest.raises(DecodeError):
        choose(logits, packed(allowed), Sampling(), Stream(1, 0))


def test_an_empty_mask_is_an_error() -> None:
    with pytest.raises(DecodeError, match="no token"):
        choose(np.zeros(64, np.float32), packed(np.zeros(64, bool)), Sampling(), Stream(1, 0))
