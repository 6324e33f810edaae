"""Drawing by coverage reaches all tools and parameters and meets the mix; no model: a hash says what is kept."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence

import pytest

from dtc_local.coverage import Fate, Window, planned
from dtc_local.coverage.forms import unformable
from dtc_local.coverage.shares import shares
from dtc_local.examples import paths
from dtc_local.records import KINDS, Kind, TurnOutline
from dtc_local.settings import DEFAULT_MIX
from dtc_local.stages.scenario import build
from dtc_local.tools import read_files
from dtc_local.tools.dataflow.index import ToolIndex
from tests.tools.specs import material

Mix = Mapping[Kind, float]
EVEN: Mix = dict.fromkeys(KINDS, 1.0)
YIELDS: Mix = dict(zip(KINDS, (0.95, 0.8, 0.7, 0.45, 0.5, 0.6, 0.5, 0.9, 0.9, 0.4, 0.6, 0.7, 0.45), strict=True))
"""How often a turn of each kind would be kept."""


def by_hash(seed: int) -> Callable[[int, Sequence[TurnOutline]], int]:
    """How many turns of a conversation come about where kinds have these yields."""

    def finished(index: int, turns: Sequence[TurnOutline]) -> int:
        for position, turn in enumerate(turns):
            digest = hashlib.blake2b(f"{seed}/{index}/{position}".encode(), digest_size=4).digest()
            if int.from_bytes(digest, "big") / 2**32 >= YIELDS[turn.kind]:
                return position
        return len(turns)

    return finished


def drawn(
    tools: ToolIndex,
    mix: Mix,
    count: int,
    finished: Callable[[int, Sequence[TurnOutline]], int] = lambda index, turns: len(turns),
) -> list[Fate]:
    """The fates of conversations of 2 to 3 turns until so many are kept; at least two turns must be finished."""
    window, fates, kept = Window(), list[Fate](), 0
    while kept < count:
        index = len(fates)
        assert window.ready
        scenario = build(tools, seed=1, index=index, turns=(2, 3), mix=mix, wanted=window.draw())
        plan, made = planned(scenario), finished(index, scenario.turns)
        part = planned(scenario.model_copy(update={"turns": scenario.turns[:made]})) if made >= 2 else None
        failed = tuple(turn.kind for turn in scenario.turns[made : made + 1])
        fates.append(Fate(plan, part, failed, "" if part else "not_verified"))
        window.drawn(plan)
        window.settled(index, fates[-1])
        kept += part is not None
    return fates


@pytest.fixture(scope="module")
def real() -> ToolIndex:
    """More than a hundred real tools."""
    return ToolIndex(read_files(material("bfcl/multi_turn_func_doc/*.json", "mcp/git.tools_list.json")).tools)


@pytest.mark.parametrize("mix", [EVEN, DEFAULT_MIX])
def test_three_hundred_conversations_touch_every_real_tool_and_its_required_parameters(
    real: ToolIndex, mix: Mix
) -> None:
    fates = drawn(real, mix, 300)
    shown = {thing for fate in fates if fate.kept for thing in fate.kept.things}
    usable = [tool for number in real.sources for tool in real.shelf(number).usable]
    assert len(usable) > 100
    assert not {("tool", tool.namespace, tool.name) for tool in usable} - shown
    assert not {("parameter", tool.namespace, tool.name, name) for tool in usable for name in tool.required} - shown
    assert [share for share in shares(mix, fates, {}) if share.why] == []


def test_quotas_are_met_over_five_hundred_although_kinds_are_kept_unequally_often(real: ToolIndex) -> None:
    fates = drawn(real, EVEN, 500, by_hash(1))
    assert [share for share in shares(EVEN, fates, {}) if share.why] == []
    planned_turns = {share.kind: share.planned for share in shares(EVEN, fates, {})}
    assert planned_turns["fan_in"] > 1.5 * planned_turns["single"]


def test_a_mix_of_what_few_tools_can_do_is_met() -> None:
    tools = ToolIndex(read_files(paths()).tools)
    mix: Mix = {"confirm": 1.0, "single": 1.0}
    assert [share for share in shares(mix, drawn(tools, mix, 80), {}) if share.why] == []


def test_kinds_that_follow_others_are_reported_where_they_are_all_that_is_asked_for() -> None:
    tools = ToolIndex(read_files(paths()).tools)
    mix: Mix = {"no_tool": 1.0}
    met = {share.kind: share for share in shares(mix, drawn(tools, mix, 30), unformable(tools, mix, consent=False))}
    assert "it cannot open a conversation" in met["no_tool"].why
    assert any("where the kinds asked for need a turn before them" in share.why for share in met.values())
