"""The judge fails closed: without enough votes for every criterion nothing is kept."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from dtc_local.engine.base import Completion
from dtc_local.prompts import CRITERIA
from dtc_local.stages.judge import VERDICT_SCHEMA, judge
from tests.stages.desks import answered, asked, completion, desk
from tests.stages.grammars import accepts


def vote(*wanting: str) -> Completion:
    """A vote that finds these criteria wanting."""
    return completion({criterion: criterion not in wanting for criterion in CRITERIA})


SOUND, WRONG, ODD, CUT = vote(), vote("calls_fit"), vote("replies_fit"), completion("{", finish="length")


@pytest.mark.parametrize(
    ("votes", "keep", "reason"),
    [
        ([SOUND, SOUND, SOUND], True, "sound"),
        ([SOUND, WRONG, SOUND], True, "sound"),
        ([WRONG, ODD, SOUND], True, "sound"),
        ([SOUND, WRONG, WRONG], False, "calls_fit"),
        ([ODD, vote("replies_fit", "requests_natural"), SOUND], False, "replies_fit"),
        ([vote(*CRITERIA)] * 3, False, "calls_fit"),
        ([SOUND, CUT, CUT], False, "unreadable"),
        ([SOUND, ODD, CUT], False, "replies_fit"),
        ([CUT, CUT, CUT], False, "unreadable"),
        ([SOUND, SOUND, CUT], True, "sound"),
        ([SOUND], False, "unreadable"),
        ([], False, "unreadable"),
    ],
)
def test_every_criterion_needs_a_majority_of_all_votes_asked_for(
    votes: Sequence[Completion], keep: bool, reason: str
) -> None:
    verdict = answered(judge(desk(judge_votes=3)), votes)
    assert (verdict.keep, verdict.reason, len(verdict.votes)) == (keep, reason, len(votes))


def test_half_of_the_votes_is_no_majority() -> None:
    assert not answered(judge(desk(judge_votes=4)), [SOUND, SOUND, WRONG, WRONG]).keep


@pytest.mark.parametrize(("threshold", "keep"), [(0.0, True), (0.5, True), (0.7, False), (0.99, False)])
def test_the_share_of_votes_must_exceed_the_threshold(threshold: float, keep: bool) -> None:
    verdict = answered(judge(desk(judge_votes=3, judge_threshold=threshold)), [SOUND, WRONG, SOUND])
    assert verdict.keep is keep


def test_with_no_threshold_one_vote_for_each_criterion_is_needed_all_the_same() -> None:
    assert not answered(judge(desk(judge_votes=3, judge_threshold=0)), [WRONG, WRONG, WRONG]).keep


def test_scores_are_shares_of_the_votes_asked_for() -> None:
    verdict = answered(judge(desk(judge_votes=4)), [SOUND, WRONG, ODD, CUT])
    assert verdict.scores == {"calls_fit": 0.5, "requests_natural": 0.75, "replies_fit": 0.5}
    assert verdict.votes == ("sound", "calls_fit", "replies_fit", "unreadable")


def test_a_vote_answers_every_criterion_and_says_nothing_else() -> None:
    assert accepts(VERDICT_SCHEMA, '{"calls_fit":true,"requests_natural":false,"replies_fit":true}')
    assert not accepts(VERDICT_SCHEMA, '{"calls_fit":true,"requests_natural":false}')
    assert not accepts(VERDICT_SCHEMA, '{"calls_fit":true,"requests_natural":false,"replies_fit":true,"more":1}')
    (request,) = asked(judge(desk(judge_votes=5)))
    assert request.sampling.n == 5


def test_votes_are_noted() -> None:
    here = desk(judge_votes=2)
    answered(judge(here), [SOUND, WRONG])
    assert [(one.stage, one.accepted, one.reason) for one in here.candidates] == [
        ("judge", True, ""),
        ("judge", False, "judged"),
    ]
