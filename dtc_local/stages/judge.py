"""Judge: votes on the whole conversation, criterion by criterion, on what no rule can decide.

It sees what a reader of the finished data sees: date, tools, requests, calls, results and replies. It fails closed: a
conversation is kept only if, for every criterion, the share of all votes asked for that find it met exceeds the
threshold. What rules decide (schemas, grounding, contradictions, labels) is not asked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dtc_local import prompts
from dtc_local.engine.base import Completion
from dtc_local.records import Schema, Verdict
from dtc_local.stages.base import Desk, Steps, json_schema

UNREADABLE = "unreadable"
VERDICT_SCHEMA: Schema = {
    "type": "object",
    "properties": {criterion: {"type": "boolean"} for criterion in prompts.CRITERIA},
    "required": list(prompts.CRITERIA),
    "additionalProperties": False,
}


def judge(desk: Desk) -> Steps[Verdict]:
    """The verdict; a vote that does not parse counts against the conversation in every criterion."""
    asked = desk.config.judge_votes
    (completions,) = yield (
        desk.request(
            "judge",
            prompts.history(desk.turns),
            prompts.judge(),
            json_schema(VERDICT_SCHEMA),
            n=asked,
            budget=40,
        ),
    )
    read = [completion.value for completion in completions if completion.finish == "accepted"]
    scores = {criterion: sum(vote[criterion] for vote in read) / asked for criterion in prompts.CRITERIA}
    votes = tuple(map(_came_to, completions))
    for completion, vote in zip(completions, votes, strict=True):
        desk.note("judge", completion, "" if vote == prompts.SOUND else "judged")
    keep = all(score > desk.config.judge_threshold for score in scores.values())
    return Verdict(keep=keep, reason=prompts.SOUND if keep else _weakest(scores, read), votes=votes, scores=scores)


def _came_to(completion: Completion) -> str:
    """A vote in one word: sound, or the first criterion it found wanting."""
    if completion.finish != "accepted":
        return UNREADABLE
    return next((name for name in prompts.CRITERIA if not completion.value[name]), prompts.SOUND)


def _weakest(scores: Mapping[str, float], read: Sequence[Mapping[str, bool]]) -> str:
    """The criterion with the fewest votes; where nobody found it wanting, too few votes could be read."""
    weakest = min(scores, key=lambda criterion: scores[criterion])
    return weakest if any(not vote[weakest] for vote in read) else UNREADABLE
