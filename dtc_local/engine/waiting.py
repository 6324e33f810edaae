"""Jobs that wait for a lane, and which of them is next.

Knows how long a job waited and how much of its prompt is in the cache; does not know lanes. The job that shares most
with the cache goes first, before what it shares is overwritten; candidates that `enough` may make needless go last.
Neither for ever: a job is passed over at most `PATIENCE` times. Invariant: the order follows from what was submitted
and what is in the cache, never from a clock.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from dtc_local.engine.job import Job

PATIENCE = 16
LOOK = 16
"""Waiting jobs that are compared with the cache."""


@dataclass
class _Place:
    job: Job
    passed: int = 0

    @property
    def spare(self) -> bool:
        """Whether earlier candidates may make this one needless."""
        enough = self.job.request.enough
        return enough is not None and self.job.candidate >= enough


class Waiting:
    """The queue."""

    def __init__(self) -> None:
        self._places: list[_Place] = []

    def __len__(self) -> int:
        return len(self._places)

    def add(self, job: Job) -> None:
        """Put a job at the end."""
        self._places.append(_Place(job))

    def next(self, shared: Callable[[Job], int]) -> Job:
        """Take out the job whose turn it is; `shared` says how many tokens of its prompt are in the cache."""
        first = self._places[0]
        chosen = 0
        if first.passed < PATIENCE and len(self._places) > 1:
            seen = self._places[:LOOK]
            known: dict[int, int] = {}
            for place in seen:
                if place.job.ticket not in known:
                    known[place.job.ticket] = shared(place.job)
            chosen = min(range(len(seen)), key=lambda at: (seen[at].spare, -known[seen[at].job.ticket], at))
        for place in self._places[:chosen]:
            place.passed += 1
        return self._places.pop(chosen).job

    def drop(self, unwanted: Callable[[Job], bool]) -> None:
        """Forget jobs."""
        self._places = [place for place in self._places if not unwanted(place.job)]
