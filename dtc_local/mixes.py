"""Mixes of turn kinds: presets by name, and how a mix is written: `chain=3,single=1` or `agentic,clarify=0`.

`plain` holds the shapes of call graphs alone. `bfcl` adds what the Berkeley Function-Calling Leaderboard asks for: a
missing value, a missing function, a question that needs no function, and more chains. `agentic` holds all kinds, those
of a policy and of failing tools too, at weights that leave most turns to plain calls; it is what a run makes where
nothing else is asked for.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from dtc_local.records import KINDS, Kind

PLAIN: dict[Kind, float] = {"single": 2, "parallel": 2, "chain": 3, "fan_in": 1, "fan_out": 1, "follow_up": 3}
MIXES: dict[str, dict[Kind, float]] = {
    "plain": PLAIN,
    "bfcl": {**PLAIN, "chain": 5, "clarify": 2, "missing_tool": 2, "no_tool": 2},
    "agentic": {
        **PLAIN,
        "clarify": 1,
        "missing_tool": 0.5,
        "no_tool": 0.5,
        "correction": 1,
        "confirm": 1,
        "tool_error": 1,
        "mistake_hint": 0.5,
    },
}
"""Weights by preset; a kind that is not named has none."""
IN_ONE_MESSAGE: tuple[Kind, ...] = tuple(
    kind for kind in KINDS if kind not in ("follow_up", "correction", "no_tool", "clarify", "confirm")
)
"""Kinds that need neither an earlier turn nor a second message of the user."""


def parsed_mix(text: str) -> dict[Kind, float]:
    """The weights that a text gives; the first part may name a preset. ValueError says what is wrong with it."""
    parts = [part.strip() for part in text.split(",")]
    mix: dict[Kind, float] = dict(MIXES[parts.pop(0)]) if parts[0] in MIXES else {}
    for part in parts:
        name, given, weight = part.partition("=")
        kind = next((kind for kind in KINDS if kind == name.strip()), None)
        if kind is None:
            stray = f"the preset {name!r} does not stand first" if part in MIXES else f"{name!r} is no kind of turn"
            raise ValueError(f"{stray}; presets are {', '.join(MIXES)}, kinds are {', '.join(KINDS)}")
        if not given:
            raise ValueError(f"{part!r} has no weight; write {part}=1")
        mix[kind] = _weight(part, weight)
    return mix


def _weight(part: str, text: str) -> float:
    try:
        weight = float(text)
    except ValueError:
        weight = math.nan
    if not 0 <= weight < math.inf:
        raise ValueError(f"the weight in {part!r} is no number from 0 on")
    return weight


def written_mix(mix: Mapping[Kind, float]) -> str:
    """A mix as it is written; kinds of no weight are left out."""
    return ",".join(f"{kind}={weight:g}" for kind, weight in mix.items() if weight)
