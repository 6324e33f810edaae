"""Kinds are drawn by what the run lacks of them."""

from __future__ import annotations

import pytest

from dtc_local.coverage import Coverage, Fate, Tally
from dtc_local.coverage.quota import AHEAD, LEAST, MOST, lacking
from dtc_local.records import Kind

MIX: dict[Kind, float] = {"single": 2.0, "chain": 1.0, "confirm": 1.0}


def after(*fates: tuple[Kind, bool]) -> Coverage:
    """The coverage after conversations of one turn, each kept or not."""
    coverage = Coverage()
    for kind, kept in fates:
        tally = Tally((kind,))
        coverage.open(tally)
        coverage.settle(Fate(tally, tally if kept else None))
    return coverage


def test_without_anything_shown_the_mix_itself_is_needed() -> None:
    assert lacking(MIX, Coverage()) == {"single": AHEAD / 2, "chain": AHEAD / 4, "confirm": AHEAD / 4}


def test_a_kind_that_fell_behind_is_needed_more_than_its_share() -> None:
    needed = lacking(MIX, after(*[("single", True)] * 40, *[("confirm", True)] * 20, *[("chain", True)] * 5))
    assert needed["chain"] > 3 * needed["confirm"]


def test_open_turns_and_those_of_the_conversation_itself_count() -> None:
    coverage = Coverage()
    coverage.open(Tally(("chain",) * 4))
    assert lacking(MIX, coverage)["chain"] < lacking(MIX, coverage)["confirm"]
    assert lacking(MIX, Coverage(), ("chain",))["chain"] < lacking(MIX, Coverage(), ("single",))["chain"]


def test_a_kind_that_is_kept_half_as_often_is_drawn_twice_as_often() -> None:
    kept = [("single", True)] * 100, [("confirm", True)] * 50
    half = [("chain", True)] * 50, [("chain", False)] * 50
    needed = lacking(MIX, after(*(one for group in (*kept, *half) for one in group)))
    assert needed["chain"] / needed["confirm"] == pytest.approx(2, rel=0.1)


def test_a_kind_that_is_never_kept_does_not_take_the_run() -> None:
    fates: list[tuple[Kind, bool]] = [("single", True)] * 100 + [("confirm", True)] * 50 + [("chain", False)] * 100
    assert lacking(MIX, after(*fates))["chain"] == AHEAD / 4


def test_a_kind_that_cannot_come_about_does_not_keep_the_others_from_their_shares() -> None:
    needed = lacking(MIX, after(*[("single", True)] * 400, *[("confirm", True)] * 150))
    assert needed["confirm"] > needed["single"] > AHEAD / 2 * LEAST
    assert needed["chain"] == MOST * AHEAD / 4
