"""Contradictions in the kept conversations, and whether judge and rules say the same of those that were judged.

The rules are the audit's; those that repeat what the pipeline itself decided (the verdict, a check that was off) are
left out.
"""

from __future__ import annotations

from collections import Counter

from dtc_local.audit import RULES, consistency, violations
from dtc_local.audit.labels import judged, verified
from dtc_local.records import Conversation, Json
from dtc_local.store import Run

CONTRADICTIONS = tuple(
    rule.__name__
    for rule in (
        consistency.echo,
        consistency.same_read_same_result,
        consistency.facts_stay,
        consistency.deleted_stays_deleted,
    )
)
"""Rules on results among each other."""


class Soundness:
    """Counts judged conversations one by one, kept or not."""

    def __init__(self, run: Run) -> None:
        passed_over = {judged, *((verified,) if run.identity.get("verify") == "off" else ())}
        self.rules = [rule.__name__ for rule in RULES if rule not in passed_over]
        self.kept = 0
        self.broken: Counter[str] = Counter()
        """Violations in kept conversations by rule."""
        self.votes: Counter[str] = Counter()
        self.scores: Counter[str] = Counter()
        self.table: Counter[tuple[bool, bool]] = Counter()
        """Conversations by whether the judge keeps them and whether the rules find nothing."""

    def add(self, conversation: Conversation, kept: bool) -> None:
        """Hold the rules against one conversation, and count its votes."""
        found = [one.rule for one in violations(conversation) if one.rule in self.rules]
        if kept:
            self.kept += 1
            self.broken.update(found)
        if conversation.verdict is not None:
            self.votes.update(conversation.verdict.votes)
            self.scores.update(conversation.verdict.scores)
            self.table[conversation.verdict.keep, not found] += 1

    def result(self) -> dict[str, Json]:
        """`contradictions`, by rule and for each 100 kept; `rules`, all broken ones; `judge` with its votes and how far
        it agrees with the rules."""
        contradictions = {rule: self.broken[rule] for rule in CONTRADICTIONS}
        number, total = self.table.total(), sum(contradictions.values())
        agreed = self.table[True, True] + self.table[False, False]
        return {
            "contradictions": {
                "conversations": self.kept,
                "violations": total,
                "per_100": round(100 * total / self.kept, 2) if self.kept else 0.0,
                "rules": contradictions,
            },
            "rules": dict(self.broken.most_common()),
            "judge": {
                "judged": number,
                "votes": dict(self.votes.most_common()),
                "scores": {name: round(score / number, 4) for name, score in self.scores.items()},
                "agreement": round(agreed / number, 4) if number else None,
                "kept": {"sound": self.table[True, True], "unsound": self.table[True, False]},
                "dropped": {"sound": self.table[False, True], "unsound": self.table[False, False]},
            },
        }
