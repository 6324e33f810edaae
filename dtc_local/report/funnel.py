"""The yield of a run, stage by stage: how many conversations each stage lost, what it wrote and what was refused.

Where the store does not tell at which stage a conversation was lost: most reasons are given by one stage alone. For the
others it is the stage that wrote the last candidate refused for its reason; without such a candidate, the last stage
that wrote anything. Started less lost is kept.
"""

from __future__ import annotations

from collections import Counter, defaultdict

from dtc_local.records import Json
from dtc_local.report.case import Case

STAGES = ("scenario", "plan", "ask", "verify", "talk", "error", "mistake", "hint", "execute", "respond", "judge")
"""In the order in which a conversation meets them; `talk` to `hint` only in turns of some kinds."""
GIVEN_BY = {
    "no_topology": "scenario",
    "repeated_call": "plan",
    "weak_plan": "plan",
    "not_verified": "verify",
    "ambiguous": "verify",
    "unresolved_reference": "execute",
    "contradiction": "execute",
    "judged": "judge",
}
"""Reasons that one stage alone gives; it may give them before it has anything written."""
OUTDONE = "outdone"
"""Instead of a reason for a candidate that was refused because another was better."""


class Funnel:
    """Counts cases one by one."""

    def __init__(self) -> None:
        self.started = 0
        self.lost: dict[str, Counter[str]] = defaultdict(Counter)
        self.written: Counter[str] = Counter()
        self.refused: dict[str, Counter[str]] = defaultdict(Counter)
        self.characters: Counter[str] = Counter()
        self.wasted: Counter[str] = Counter()

    def add(self, case: Case) -> None:
        """Count one case."""
        self.started += 1
        if not case.kept:
            self.lost[lost_at(case)][case.stored.reason or "unknown"] += 1
        for one in case.candidates:
            self.written[one.stage] += 1
            self.characters[one.stage] += len(one.text)
            if not one.accepted:
                self.refused[one.stage][one.reason or OUTDONE] += 1
                self.wasted[one.stage] += len(one.text)

    def result(self) -> Json:
        """Started, kept, and one entry for each stage that wrote or lost something."""
        left, stages = self.started, []
        for stage in (*STAGES, *sorted((self.written.keys() | self.lost.keys()) - set(STAGES))):
            lost, refused = self.lost[stage], self.refused[stage]
            left -= sum(lost.values())
            if not lost and not self.written[stage]:
                continue
            stages.append(
                {
                    "stage": stage,
                    "left": left,
                    "lost": dict(lost.most_common()),
                    "written": self.written[stage],
                    "accepted": self.written[stage] - sum(refused.values()),
                    "refused": dict(refused.most_common()),
                    "characters": self.characters[stage],
                    "wasted": self.wasted[stage],
                }
            )
        return {"started": self.started, "kept": left, "stages": stages}


def lost_at(case: Case) -> str:
    """The stage at which a dropped conversation was lost."""
    if case.stored.stage:
        return case.stored.stage
    if case.stored.reason in GIVEN_BY:
        return GIVEN_BY[case.stored.reason]
    for one in reversed(case.candidates):
        if not one.accepted and one.reason == case.stored.reason:
            return one.stage
    return case.candidates[-1].stage if case.candidates else STAGES[0]
