"""The mix of a run: shares asked and met, and why they differ."""

from __future__ import annotations

import pytest

from dtc_local.coverage import Fate, Tally
from dtc_local.coverage.shares import Share, is_met, shares
from dtc_local.records import Kind


def fate(*kinds: Kind, kept: int | None = None, reason: str = "") -> Fate:
    """A conversation planned with these kinds: its first `kept` turns were kept, or it was dropped for the reason."""
    number = len(kinds) if kept is None else kept
    return Fate(Tally(kinds), None if reason else Tally(kinds[:number]), kinds[number : number + 1], reason)


def by_kind(found: tuple[Share, ...]) -> dict[Kind, Share]:
    return {share.kind: share for share in found}


@pytest.mark.parametrize(
    ("asked", "met", "turns", "expected"),
    [
        (0.5, 0.549, 1000, True),
        (0.5, 0.56, 1000, False),
        (0.02, 0.0245, 1000, True),
        (0.02, 0.026, 1000, False),
        (0.1, 0.14, 20, True),
        (0.1, 0.1, 0, False),
    ],
)
def test_a_share_is_met_within_a_tenth_or_half_a_point_or_one_turn(
    asked: float, met: float, turns: int, expected: bool
) -> None:
    assert is_met(asked, met, turns) is expected


def test_kept_turns_are_counted_and_rescued_conversations_for_what_they_kept() -> None:
    fates = [
        fate("single", "chain"),
        fate("single", "chain", "single", kept=2),
        fate("chain", "single", reason="length"),
    ]
    found = by_kind(shares({"single": 1.0, "chain": 1.0}, fates, {}))
    assert (found["single"].turns, found["single"].planned, found["single"].met) == (2, 4, 0.5)
    assert [share.why for share in found.values()] == ["", ""]


def test_a_kind_that_no_tool_can_form_is_said_so() -> None:
    fates = [fate("single", "single")] * 20
    found = by_kind(shares({"single": 1.0, "fan_in": 1.0}, fates, {"fan_in": "no usable tool takes what two return"}))
    assert found["fan_in"].why == "no usable tool takes what two return"
    assert found["single"].why == "other kinds fell short"


def test_a_kind_that_is_mostly_dropped_is_said_so_with_the_main_reason() -> None:
    fates = [fate("single", "single")] * 20 + [fate("chain", "single", kept=0, reason="not_verified")] * 9
    found = by_kind(shares({"single": 1.0, "chain": 1.0}, fates, {}))
    assert found["chain"].why.startswith("9 of 9 planned turns were not kept, most often because the blind prediction")


def test_kinds_that_cannot_open_a_conversation_and_their_openers_are_said_so() -> None:
    found = by_kind(shares({"follow_up": 1.0}, [fate("single", "follow_up")] * 20, {}))
    assert found["follow_up"].why == "it cannot open a conversation, and only 50% of the kept turns come later"
    assert found["single"].why == "it opened 20 conversations, where the kinds asked for need a turn before them"


def test_a_run_that_kept_nothing_says_so() -> None:
    (share,) = shares({"single": 1.0}, [fate("single", reason="length")], {})
    assert (share.met, share.why) == (0.0, "nothing was kept")
