"""The profile's parts are disjoint and add up, and it says what it could not find."""

from __future__ import annotations

import time

import pytest

from dtc_local.engine import sampling
from scripts.bench_suite import profile
from scripts.bench_suite.profile import PARTS, Profile, _find


def test_every_function_of_the_table_is_in_the_engine() -> None:
    assert [place for places in PARTS.values() for place in places if _find(place) is None] == []


def test_a_measured_function_inside_another_is_not_counted_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    class Work:
        @staticmethod
        def inner() -> None:
            time.sleep(0.02)

        @staticmethod
        def outer() -> None:
            time.sleep(0.01)
            Work.inner()

    monkeypatch.setattr(sampling, "Work", Work, raising=False)
    monkeypatch.setattr(
        profile, "PARTS", {"in": ("sampling:Work.inner",), "out": ("sampling:Work.outer", "sampling:Gone.away")}
    )
    measured = Profile()
    started = time.perf_counter()
    with measured.measuring():
        Work.outer()
    whole = time.perf_counter() - started
    made = measured.shares(whole)
    parts = {name: row["seconds"] for name, row in made["parts"].items()}
    assert parts["in"] >= 0.02
    assert sum(parts.values()) == pytest.approx(whole, abs=0.002)
    assert made["missing"] == ["sampling:Gone.away"]


def test_the_engine_is_left_as_it_was() -> None:
    before = [_find(place) for places in PARTS.values() for place in places]
    with Profile().measuring():
        pass
    assert [_find(place) for places in PARTS.values() for place in places] == before
