"""The yield of a run by stage and reason: what each stage wrote, what was refused, which conversations it lost."""

from __future__ import annotations

from collections import Counter, defaultdict

from dtc_local.records import Json
from dtc_local.store import Run, Store

STAGES = (
    *("scenario", "plan", "ask", "verify", "mistake", "hint", "execute", "error", "talk", "respond", "provenance"),
    *("judge", "unknown"),
)
"""In the order in which a conversation meets them; `unknown` where an older store does not tell."""


def yields(store: Store, run: Run) -> dict[str, Json]:
    """Started and kept conversations, and one entry for each stage that wrote or lost something."""
    lost: dict[str, Counter[str]] = defaultdict(Counter)
    settled = store.counted(run)
    for one in settled:
        if one.status == "dropped":
            lost[one.stage or "unknown"][one.reason or "unknown"] += 1
    accepted: Counter[str] = Counter()
    refused: dict[str, Counter[str]] = defaultdict(Counter)
    for stage, reason, number in store.written(run, settled[-1].index) if settled else ():
        if reason is None:
            accepted[stage] += number
        else:
            refused[stage][reason or "outdone"] += number
    stages = _in_order({*lost, *accepted, *refused})
    return {
        "started": len(settled),
        "kept": len(settled) - sum(counts.total() for counts in lost.values()),
        "stages": [
            {
                "stage": stage,
                "lost": dict(lost[stage].most_common()),
                "written": accepted[stage] + refused[stage].total(),
                "accepted": accepted[stage],
                "refused": dict(refused[stage].most_common()),
            }
            for stage in stages
        ],
    }


def _in_order(stages: set[str]) -> list[str]:
    return [*(stage for stage in STAGES if stage in stages), *sorted(stages.difference(STAGES))]
