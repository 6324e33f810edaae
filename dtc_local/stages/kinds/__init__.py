"""The kinds of turns, one module each: how a turn of that kind comes about.

What each must show is proved by `stages/label.py`, whatever was done here.
"""

from __future__ import annotations

from collections.abc import Mapping

from dtc_local.records import SHAPES, Kind
from dtc_local.stages.kinds.clarify import clarify
from dtc_local.stages.kinds.common import Hints, Maker
from dtc_local.stages.kinds.confirm import confirm
from dtc_local.stages.kinds.correction import correction
from dtc_local.stages.kinds.detoured import detoured
from dtc_local.stages.kinds.missing_tool import missing_tool
from dtc_local.stages.kinds.no_tool import no_tool
from dtc_local.stages.kinds.plain import plain

__all__ = ["MAKERS", "Hints", "Maker"]

MAKERS: Mapping[Kind, Maker] = {
    **dict.fromkeys(SHAPES, plain),
    "clarify": clarify,
    "missing_tool": missing_tool,
    "no_tool": no_tool,
    "correction": correction,
    "confirm": confirm,
    "tool_error": detoured,
    "mistake_hint": detoured,
}
