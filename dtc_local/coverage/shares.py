"""What a run's mix of kinds came to: shares asked and met, and why they differ where they do.

All turns of the kept conversations count, those too that only opened a conversation for a kind that cannot.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from dtc_local.coverage.forms import FOLLOWING
from dtc_local.coverage.tally import Fate
from dtc_local.errors import DROP_REASONS
from dtc_local.records import KINDS, Kind

TOLERANCE = 0.1
"""A share of the mix is met within a tenth of it, or within half a point, or within one turn, whichever is most."""
POINTS = 0.005


@dataclass(frozen=True)
class Share:
    """One kind in a run's mix: shares asked and met (0 to 1) of all kept turns, and why they differ."""

    kind: Kind
    asked: float
    met: float
    turns: int
    """Kept turns; one of two messages counts once."""
    planned: int
    """Turns of the kind in the scenarios of all conversations counted."""
    why: str
    """Empty where the share is met."""


def shares(mix: Mapping[Kind, float], fates: Sequence[Fate], wanting: Mapping[Kind, str]) -> tuple[Share, ...]:
    """The mix asked and met over settled conversations, each kind asked for or made; `wanting` is `unformable`'s."""
    kept = Counter(kind for fate in fates if fate.kept for kind in fate.kept.kinds)
    plans = Counter(kind for fate in fates for kind in fate.planned.kinds)
    whole, weights = sum(kept.values()), sum(mix.values())
    found = []
    for kind in KINDS:
        asked, met = mix.get(kind, 0.0) / weights, kept[kind] / whole if whole else 0.0
        if asked or kept[kind]:
            why = "" if is_met(asked, met, whole) else _why(kind, asked, met, fates, wanting)
            found.append(Share(kind, asked, met, kept[kind], plans[kind], why))
    return tuple(found)


def is_met(asked: float, met: float, turns: int) -> bool:
    """Whether a share comes near enough to the one asked for, in a run of so many kept turns."""
    return turns > 0 and abs(met - asked) <= max(TOLERANCE * asked, POINTS, 1 / turns)


def _why(kind: Kind, asked: float, met: float, fates: Sequence[Fate], wanting: Mapping[Kind, str]) -> str:
    """The likeliest reason for a share that is not met, in one clause."""
    causes: tuple[Callable[[], str], ...] = (
        lambda: "nothing was kept" if not any(fate.kept for fate in fates) else "",
        lambda: _why_above(kind, asked, fates) if met > asked else "",
        lambda: wanting.get(kind, ""),
        lambda: _why_late(kind, asked, fates),
        lambda: _why_dropped(kind, fates),
        lambda: "few of the tools drawn can form it, or the run is still too short to even it out",
    )
    return next(said for cause in causes if (said := cause()))


def _why_above(kind: Kind, asked: float, fates: Sequence[Fate]) -> str:
    opened = sum(fate.planned.kinds[:1] == (kind,) for fate in fates)
    if not asked:
        return f"it opened {opened} conversations, where the kinds asked for need a turn before them"
    return "other kinds fell short"


def _why_late(kind: Kind, asked: float, fates: Sequence[Fate]) -> str:
    """Kinds that cannot open a conversation, together, where conversations are too short for their share."""
    lengths = [len(fate.kept.kinds) for fate in fates if fate.kept]
    room = 1 - len(lengths) / sum(lengths) if sum(lengths) else 0.0
    if kind not in FOLLOWING or asked <= room:
        return ""
    return f"it cannot open a conversation, and only {room:.0%} of the kept turns come later"


def _why_dropped(kind: Kind, fates: Sequence[Fate]) -> str:
    """How many planned turns of a kind were not kept, if that is more than of turns at large, and the main reason."""
    plans = Counter(one for fate in fates for one in fate.planned.kinds)
    kept = Counter(one for fate in fates if fate.kept for one in fate.kept.kinds)
    if not plans[kind] or kept[kind] / plans[kind] >= sum(kept.values()) / sum(plans.values()):
        return ""
    reasons = Counter(fate.reason for fate in fates if kind in fate.failed and fate.reason)
    main = max(reasons, key=lambda reason: reasons[reason], default="")
    said = f", most often because {DROP_REASONS[main]}" if main else ""
    return f"{plans[kind] - kept[kind]} of {plans[kind]} planned turns were not kept{said}"
