"""The judge fails closed: without a majority of sound votes nothing is kept."""

from __future__ import annotations

import pytest

from dtc_local.stages.judge import judge
from tests.stages.desks import answered, completion, desk

SOUND, WRONG, CUT = (
    completion({"reason": "sound"}),
    completion({"reason": "wrong_value"}),
    completion("{", finish="length"),
)


@pytest.mark.parametrize(
    ("votes", "keep", "reason"),
    [
        ([SOUND, SOUND, SOUND], True, "sound"),
        ([SOUND, WRONG, SOUND], True, "sound"),
        ([SOUND, WRONG, WRONG], False, "wrong_value"),
        ([SOUND, CUT, CUT], False, "unreadable"),
        ([CUT, CUT, CUT], False, "unreadable"),
        ([SOUND, SOUND, CUT], True, "sound"),
        ([SOUND], False, "unreadable"),
        ([], False, "unreadable"),
    ],
)
def test_a_majority_of_all_votes_asked_for_decides(votes: list[object], keep: bool, reason: str) -> None:
    verdict = answered(judge(desk(judge_votes=3)), votes)  # type: ignore[arg-type]
    assert (verdict.keep, verdict.reason, len(verdict.votes)) == (keep, reason, len(votes))


def test_half_of_the_votes_is_no_majority() -> None:
    assert not answered(judge(desk(judge_votes=4)), [SOUND, SOUND, WRONG, WRONG]).keep


def test_votes_are_noted() -> None:
    here = desk(judge_votes=2)
    answered(judge(here), [SOUND, WRONG])
    assert [(one.stage, one.accepted, one.reason) for one in here.candidates] == [
        ("judge", True, ""),
        ("judge", False, "judged"),
    ]
