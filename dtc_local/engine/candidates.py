"""Which candidates of a request count, where it wants no more than a few good ones.

Knows completions and the order of candidates; does not know how they come about. Candidates are judged in their order,
however they finish: those after the last good one that is wanted hold nothing. Invariant: which candidates count is a
function of what the candidates are, never of when they came.
"""

from __future__ import annotations

from collections.abc import Sequence

from dtc_local.engine.base import Completion, Request

CANCELLED = Completion("", None, 0.0, 0, 0, "cancelled")


def wanted(request: Request, made: Sequence[Completion | None]) -> int:
    """How many leading candidates are wanted, as far as is known; None stands for one that is not finished.

    It never grows when more of them finish, so what is beyond it may be given up at once.
    """
    if request.enough is None:
        return len(made)
    good = 0
    for index, one in enumerate(made):
        if good >= request.enough:
            return index
        good += one is not None and _good(request, one)
    return len(made)


def padded(made: Sequence[Completion], count: int) -> tuple[Completion, ...]:
    """The candidates that are wanted, and a cancelled one for each of the others."""
    return (*made, *[CANCELLED] * (count - len(made)))


def _good(request: Request, one: Completion) -> bool:
    return one.finish == "accepted" and (request.good is None or request.good(one.value))
