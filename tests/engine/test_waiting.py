"""The queue: who goes first, and that nobody waits for ever."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from outlines.types import Regex

from dtc_local.engine.base import Request, Sampling
from dtc_local.engine.job import Job
from dtc_local.engine.waiting import LOOK, PATIENCE, Waiting


def job(ticket: int, candidate: int = 0, enough: int | None = None) -> Job:
    request = Request((), Regex("x"), Sampling(n=4), enough=enough)
    return Job(ticket, candidate, request, None, np.zeros(1, np.int32))  # type: ignore[arg-type]


def queue(*jobs: Job) -> Waiting:
    waiting = Waiting()
    for one in jobs:
        waiting.add(one)
    return waiting


def test_who_shares_most_goes_first_and_equals_in_their_order() -> None:
    waiting = queue(*[job(ticket, candidate) for ticket in (1, 2, 3) for candidate in (0, 1)])
    shared = {1: 10, 2: 90, 3: 90}
    order = [waiting.next(lambda one: shared[one.ticket]) for _ in range(6)]
    assert [(one.ticket, one.candidate) for one in order] == [(2, 0), (2, 1), (3, 0), (3, 1), (1, 0), (1, 1)]


def test_spare_candidates_wait_for_the_others() -> None:
    waiting = queue(*[job(1, candidate, enough=1) for candidate in range(3)], job(2))
    order = [waiting.next(lambda one: 100 * (one.ticket == 1)) for _ in range(4)]
    assert [(one.ticket, one.candidate) for one in order] == [(1, 0), (2, 0), (1, 1), (1, 2)]


def test_dropped_jobs_are_gone() -> None:
    waiting = queue(job(1), job(2), job(1, 1))
    waiting.drop(lambda one: one.ticket == 1)
    assert len(waiting) == 1
    assert waiting.next(lambda one: 0).ticket == 2


@given(st.lists(st.integers(0, 300), min_size=1, max_size=60))
def test_a_job_is_passed_over_a_bounded_number_of_times(shares: list[int]) -> None:
    waiting, order = Waiting(), []
    for ticket in range(LOOK):
        waiting.add(job(ticket))
    for ticket, share in enumerate(shares, LOOK):
        waiting.add(job(ticket))
        order.append(waiting.next(lambda one, share=share: (one.ticket * 37 + share) % 301).ticket)  # type: ignore[misc]
    order += [waiting.next(lambda one: 0).ticket for _ in range(len(waiting))]
    assert sorted(order) == list(range(LOOK + len(shares)))
    for place, ticket in enumerate(order):
        assert sum(other > ticket for other in order[:place]) <= PATIENCE
