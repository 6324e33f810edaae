"""Quotas: which kinds of turns a mix asks for next.

Kinds differ in how often their turns are kept, and some need a turn before them, so drawing by the mix's weights misses
it. Instead each kind is drawn by what it lacks: the kept turns that would put it AHEAD turns from now where the mix
wants it, divided by its yield so far. A kind that is hardly ever kept is not drawn ever more often for that: the run
would spend itself on it. Then the mix is not met, and `shares` says why.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from dtc_local.coverage.counts import Coverage
from dtc_local.records import KINDS, Kind

AHEAD = 24.0
"""In how many kept turns a kind shall make up for what it lacks."""
LEAST = 0.02
MOST = 12.0
"""What a kind is drawn by at least and at most, in multiples of what the mix wants of it in so many turns: the others
may be impossible here."""
HOPELESS = 0.08
"""Below this share of the best yield, a kind is drawn as the mix wants it, whatever it lacks."""


def lacking(mix: Mapping[Kind, float], coverage: Coverage, here: Sequence[Kind] = ()) -> dict[Kind, float]:
    """How much each kind of the mix is needed next, above 0; `here` are this conversation's turns so far.

    With a neutral coverage and nothing here, the mix itself but for a factor.
    """
    whole = sum(mix.values())
    asked = {kind: mix[kind] / whole for kind in KINDS if mix.get(kind, 0) > 0}
    yields = {kind: coverage.turn_yield(kind) for kind in asked}
    best = max(yields.values())
    own = Counter(here)
    shown = {kind: coverage.turns(kind) + own[kind] * yields[kind] for kind in asked}
    level = _level(asked, shown) + AHEAD
    needed = {}
    for kind, share in asked.items():
        wanted = share * AHEAD
        relative = yields[kind] / best
        lack = (share * level - shown[kind]) / relative if relative >= HOPELESS else wanted
        needed[kind] = min(max(lack, LEAST * wanted), MOST * wanted)
    return needed


def _level(asked: Mapping[Kind, float], shown: Mapping[Kind, float]) -> float:
    """How many turns the run has by the kinds that are neither ahead nor behind: the weighted median of turns by share.

    Kinds of which there is nothing have no say: they may be impossible.
    """
    levels = sorted((shown[kind] / asked[kind], asked[kind]) for kind in asked if shown[kind] > 0)
    half = sum(share for _, share in levels) / 2
    for level, share in levels:
        half -= share
        if half <= 0:
            return level
    return 0.0
