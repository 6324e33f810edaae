"""`enough` saves work and never changes which candidate is taken; a cancelled request leaves no trace."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from outlines.types import Regex

from dtc_local.engine.base import Completion, Request, Sampling
from dtc_local.engine.candidates import CANCELLED, padded, wanted
from dtc_local.engine.scripted import ScriptedEngine
from tests.engine.conftest import Load, ask, run

WORDS = Regex("[a-z]{1,30}\\.")


def made(good: bool | None) -> Completion | None:
    return None if good is None else Completion("x", "x" if good else "", 0.0, 1, 0, "accepted" if good else "length")


@given(st.lists(st.booleans(), min_size=1, max_size=8), st.integers(1, 4), st.randoms(use_true_random=False))
def test_the_same_candidates_count_in_whatever_order_they_finish(goods: list[bool], enough: int, random: Any) -> None:
    request = Request((), WORDS, Sampling(n=len(goods)), enough=enough)
    known: list[Completion | None] = [None] * len(goods)
    final = wanted(request, [made(good) for good in goods])
    order = list(range(len(goods)))
    random.shuffle(order)
    counts = []
    for index in order:
        known[index] = made(goods[index])
        counts.append(wanted(request, known))
    assert counts == sorted(counts, reverse=True)
    assert counts[-1] == final
    assert sum(goods[:final]) == min(enough, sum(goods))


@pytest.fixture(scope="module")
def requests() -> list[Request]:
    few = [ask(f"Say {index}.", WORDS, seed=index, n=6, temperature=2.0) for index in range(4)]
    return [replace(one, enough=1 + index % 2, good=_even) for index, one in enumerate(few)]


def _even(value: Any) -> bool:
    return sum(value.encode()) % 2 == 0


@pytest.fixture(scope="module")
def expected(load: Load, requests: list[Request]) -> list[tuple[Completion, ...]]:
    """What comes out if every candidate is decoded first."""
    whole = run(load(4), [replace(request, enough=None) for request in requests])
    return [padded(one[: wanted(request, one)], 6) for request, one in zip(requests, whole, strict=True)]


@pytest.mark.parametrize("width", [1, 3, 16])
def test_stopping_early_changes_no_candidate(
    load: Load, requests: list[Request], expected: list[tuple[Completion, ...]], width: int
) -> None:
    assert run(load(width), requests) == expected
    assert any(CANCELLED in completions for completions in expected)


def test_stopping_early_saves_work(load: Load, requests: list[Request]) -> None:
    every, few = load(4), load(4)
    run(every, [replace(request, enough=None) for request in requests])
    run(few, requests)
    assert few.usage.sampled_tokens < 0.8 * every.usage.sampled_tokens


def test_lanes_that_were_given_up_within_a_pass_are_passed_over(load: Load) -> None:
    engine = load(4)
    request = ask(constraint=Regex("[a-z]{4,9}"))
    expected = run(load(4), [request])
    ticket = engine.submit(request)
    engine._admit()
    (lane,) = engine._lanes
    free = next(place for place in range(4) if place != lane)
    engine._decode(range(free, free + 1))
    assert [finished.completions for finished in engine.poll() if finished.ticket == ticket] == expected


def test_a_cancelled_request_frees_its_lanes_and_is_never_answered(load: Load) -> None:
    engine = load(4)
    first, second = [ask(f"Say {index}.", Regex("[a-z]{60,90}"), n=4, max_tokens=90) for index in range(2)]
    lost, kept = engine.submit(first), engine.submit(second)
    engine._admit()
    assert len(engine._lanes) == 4
    engine.cancel(lost)
    engine.cancel(lost)
    engine.cancel(99)
    assert not engine._lanes
    assert [finished.ticket for finished in engine.poll()] == [kept]
    assert engine.poll() == []
    answered = engine.submit(ask(constraint=Regex("x")))
    waiting = engine.submit(second)
    engine._admit()
    engine.cancel(answered)
    assert [finished.ticket for finished in engine.poll()] == [waiting]


def test_the_engine_without_a_model_keeps_to_the_same_contract() -> None:
    engine = ScriptedEngine({"plan": ["a.", "b.", "c.", "x."]})
    request = Request((), Regex("[a-z ]+\\."), Sampling(n=3), stage="plan", enough=1, good=_even)
    assert [one.text for one in run(engine, [request])[0]] == ["a.", "b.", ""]
    engine.cancel(engine.submit(request))
    assert engine.poll() == []
