"""Judge: votes on the whole conversation under a closed set of verdicts.

It sees what a reader of the finished data sees: date, tools, requests, calls, results and replies. It fails closed: a
conversation is kept only if more than half of all votes asked for say so.
"""

from __future__ import annotations

from collections import Counter

from dtc_local import prompts
from dtc_local.records import Schema, Verdict
from dtc_local.stages.base import Desk, Steps, json_schema

SOUND = prompts.JUDGE_REASONS[0]
UNREADABLE = "unreadable"
VERDICT_SCHEMA: Schema = {
    "type": "object",
    "properties": {"reason": {"enum": list(prompts.JUDGE_REASONS)}},
    "required": ["reason"],
    "additionalProperties": False,
}


def judge(desk: Desk) -> Steps[Verdict]:
    """The verdict; a vote that does not parse counts against the conversation."""
    (completions,) = yield (
        desk.request(
            "judge",
            prompts.history(desk.turns),
            prompts.judge(),
            json_schema(VERDICT_SCHEMA),
            n=desk.config.judge_votes,
            budget=24,
        ),
    )
    votes = tuple(c.value["reason"] if c.finish == "accepted" else UNREADABLE for c in completions)
    keep = votes.count(SOUND) * 2 > desk.config.judge_votes
    for completion, vote in zip(completions, votes, strict=True):
        desk.note("judge", completion, "" if vote == SOUND else "judged")
    against = Counter(vote for vote in votes if vote != SOUND) or Counter([UNREADABLE])
    return Verdict(keep=keep, reason=SOUND if keep else against.most_common(1)[0][0], votes=votes)
