"""What a conversation may know of those before it is fixed by its index."""

from __future__ import annotations

from dtc_local.coverage.tally import Fate, Tally
from dtc_local.coverage.window import LAG, Window

SINGLE = Tally(("single",), (("tool", "shop", "find"),))
KEPT = Fate(SINGLE, SINGLE)
DROPPED = Fate(SINGLE, None, ("single",), "length")


def counted(window: Window) -> tuple[float, float]:
    """How often the one tool was called, and the share of single turns that is kept."""
    coverage = window.draw()
    return coverage.count("tool", "shop", "find"), coverage.turn_yield("single")


def test_an_outcome_is_known_when_lag_others_were_drawn_after_it() -> None:
    window = Window()
    for index in range(LAG):
        assert counted(window) == (index, 1.0)
        window.drawn(SINGLE)
        window.settled(index, DROPPED)
    known, share = counted(window)
    assert known == LAG - 0.75
    assert share < 1


def test_a_conversation_waits_for_one_that_is_not_settled() -> None:
    window = Window()
    for index in range(LAG):
        assert window.ready
        window.drawn(SINGLE)
        if index:
            window.settled(index, KEPT)
    assert not window.ready
    window.settled(0, KEPT)
    assert window.ready


def test_the_order_of_finishing_changes_nothing() -> None:
    forwards, backwards = Window(), Window()
    for _ in range(LAG):
        forwards.drawn(SINGLE)
        backwards.drawn(SINGLE)
    fates = [KEPT if index % 3 else DROPPED for index in range(LAG)]
    for index in range(LAG):
        forwards.settled(index, fates[index])
        backwards.settled(LAG - 1 - index, fates[LAG - 1 - index])
    assert counted(forwards) == counted(backwards)
