"""Whatever kinds are drawn, every outline holds what its kind needs, and nothing refers to what was never done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dtc_local.examples import paths
from dtc_local.ledger import ends
from dtc_local.records import (
    KINDS,
    SHAPES,
    CallOutline,
    Focus,
    Kind,
    LiteralValue,
    Plan,
    PlannedCall,
    Tool,
    TurnOutline,
)
from dtc_local.stages.label import has_kind
from dtc_local.stages.program import program
from dtc_local.stages.references import output_paths
from dtc_local.tools import read_files
from dtc_local.tools.dataflow.index import Shelf, ToolIndex
from tests.shop import SHOP
from tests.tools.specs import material

EVEN: dict[Kind, float] = dict.fromkeys(KINDS, 1.0)
OUTCOMES: Mapping[Kind, set[str]] = {
    "confirm": {"yes", "no"},
    "tool_error": {"retry", "repair", "report", "gone"},
    "no_tool": {"recall", "outside"},
}
"""Outcomes of the kinds that have some."""


def programs(shelf: Shelf, mix: Mapping[Kind, float], seeds: Sequence[int], length: int = 6) -> list[list[TurnOutline]]:
    """A few programs on a shelf."""
    return [
        list(program(shelf, length, mix, {"random": 1.0, "neighbour": 1.0}, np.random.default_rng(seed)))
        for seed in seeds
    ]


def shelves(tools: Sequence[Tool]) -> list[Shelf]:
    """The shelves that conversations may be on."""
    index = ToolIndex(tools)
    return [index.shelf(number) for number in index.sources]


def check(outlines: Sequence[TurnOutline], shelf: Shelf, mix: Mapping[Kind, float]) -> None:
    """Everything that must hold of the outlines of a conversation."""
    done: dict[str, CallOutline] = {}
    lost: set[str] = set()
    withheld: set[str] = set()
    number = 0
    for place, outline in enumerate(outlines):
        assert mix.get(outline.kind, 0) > 0 or (place == 0 and outline.kind in ("single", "chain"))
        assert outline.outcome in OUTCOMES.get(outline.kind, {""})
        for call in outline.calls:
            number += 1
            assert call.id == f"${number}"
            check_call(call, outline, shelf, {**done, **{one.id: one for one in outline.calls}}, lost)
            assert call.tool not in withheld
        check_kind(outline, shelf, done, lost, consent=mix.get("confirm", 0) > 0)
        if outline.kind == "missing_tool":
            assert not {call.tool for call in outline.calls} & {call.tool for call in done.values()}
            withheld |= {call.tool for call in outline.calls}
        if outline.kind == "missing_tool" or outline.outcome in ("no", "report", "gone"):
            lost |= {call.id for call in outline.calls[-1:]}
        done |= {call.id: call for call in outline.calls}


def check_call(
    call: CallOutline, outline: TurnOutline, shelf: Shelf, known: Mapping[str, CallOutline], lost: set[str]
) -> None:
    """Arguments exist and suffice, and references lead to results that there will be."""
    tool = shelf.by_name[call.tool]
    given = {*call.literals, *call.references}
    assert given <= tool.parameters["properties"].keys()
    assert not set(call.literals) & call.references.keys()
    if outline.kind != "correction" and outline.outcome != "gone":
        assert set(tool.required) <= given
    for reference in (one for choices in call.references.values() for one in choices):
        assert reference.call not in lost
        assert int(reference.call[1:]) < int(call.id[1:])
        paths_there = dict(output_paths(shelf.by_name[known[reference.call].tool]))
        assert paths_there[reference.path] == reference.type


def check_kind(
    outline: TurnOutline, shelf: Shelf, done: Mapping[str, CallOutline], lost: set[str], *, consent: bool
) -> None:
    """What the kind turns on is there."""
    kind, focus = outline.kind, outline.focus
    last = outline.calls[-1] if outline.calls else None
    tools = [shelf.by_name[call.tool] for call in outline.calls]
    destroys = [tool for tool in tools if tool.effect == "destructive"]
    if consent and kind not in ("confirm", "missing_tool"):
        assert not destroys
    if kind in SHAPES:
        assert focus is None
        assert has_kind(planned(outline), kind)
        return
    if kind == "no_tool":
        assert not outline.calls
        assert (focus is None) is (outline.outcome == "outside")
        if focus is not None:
            assert focus.call not in lost
            assert focus.path in dict(output_paths(shelf.by_name[done[focus.call].tool]))
        return
    assert focus is not None
    assert last is not None
    if kind == "correction":
        assert tools[-1].effect == "read"
        check_correction(last, focus, done, lost)
        return
    assert focus.call == last.id
    if kind == "clarify":
        assert focus.argument in tools[-1].required
        assert focus.argument in last.literals
    elif kind == "confirm":
        assert destroys == tools[-1:]
    elif kind == "missing_tool":
        assert len(outline.calls) == 1
        assert not last.references
    elif outline.outcome == "repair":
        assert focus.argument in set(last.literals) - set(tools[-1].required)
    elif outline.outcome == "gone":
        assert tools[-1].required == (focus.argument,)
        assert any(ends(shelf.by_name[call.tool]) for call in done.values() if call.id not in lost)
    else:
        assert focus.argument == ""


def check_correction(again: CallOutline, focus: Focus, done: Mapping[str, CallOutline], lost: set[str]) -> None:
    """It is the last call that has the argument, made again with that argument alone left to be written."""
    assert focus.call not in lost
    before = done[focus.call]
    assert (again.tool, again.literals, again.references) == (before.tool, (focus.argument,), {})
    assert focus.argument in before.literals
    later = [call for call in list(done.values())[list(done).index(focus.call) + 1 :] if call.id not in lost]
    assert not any(focus.argument in (*call.literals, *call.references) for call in later)


def planned(outline: TurnOutline) -> Plan:
    """A plan of that outline: the first choice of every reference, some value for every literal."""
    calls = []
    for call in outline.calls:
        literals = {name: LiteralValue(value="x") for name in call.literals}
        references = {name: choices[0] for name, choices in call.references.items()}
        calls.append(PlannedCall(id=call.id, tool=call.tool, arguments=literals | references))
    return Plan.model_construct(calls=tuple(calls))


MIXES = st.dictionaries(st.sampled_from(KINDS), st.floats(0.1, 5), min_size=1)


@settings(max_examples=80)
@given(st.integers(0, 2**32), MIXES, st.integers(1, 8))
def test_every_outline_on_the_shops_tools_is_well_formed(seed: int, mix: dict[Kind, float], length: int) -> None:
    (shelf,) = shelves(SHOP)
    for outlines in programs(shelf, mix, [seed], length):
        check(outlines, shelf, mix)


def test_the_shop_can_form_every_kind_and_every_outcome() -> None:
    (shelf,) = shelves(SHOP)
    seen: Counter[tuple[str, str]] = Counter()
    for outlines in programs(shelf, EVEN, range(150)):
        check(outlines, shelf, EVEN)
        seen.update((outline.kind, outline.outcome) for outline in outlines)
    wanted = {(kind, outcome) for kind in KINDS for outcome in OUTCOMES.get(kind, {""})}
    assert seen.keys() == wanted


def test_outlines_on_the_example_tools_are_well_formed() -> None:
    for shelf in shelves(read_files(paths()).tools):
        for outlines in programs(shelf, EVEN, range(12)):
            check(outlines, shelf, EVEN)


@pytest.mark.parametrize("mix", [EVEN, {"tool_error": 1.0, "confirm": 1.0}, {"missing_tool": 1.0, "follow_up": 1.0}])
def test_outlines_on_real_tools_are_well_formed(mix: dict[Kind, float]) -> None:
    read = 0
    for path in material("bfcl/multi_turn_func_doc/*.json", "mcp/*.tools_list.json", "tau-bench/*.json")[:10]:
        for shelf in shelves(read_files([path]).tools):
            for outlines in programs(shelf, mix, range(6)):
                check(outlines, shelf, mix)
                read += len(outlines)
    assert read


def test_after_a_call_that_was_never_made_nothing_refers_to_it() -> None:
    (shelf,) = shelves(SHOP)
    mix: dict[Kind, float] = {"tool_error": 1, "confirm": 1, "missing_tool": 1, "follow_up": 3, "correction": 2}
    lost = 0
    for outlines in programs(shelf, mix, range(60), length=8):
        check(outlines, shelf, mix)
        lost += sum(outline.outcome in ("report", "no") or outline.kind == "missing_tool" for outline in outlines)
    assert lost > 60


def test_a_shelf_that_can_form_nothing_gives_no_turn() -> None:
    (shelf,) = shelves(SHOP[:1])
    assert programs(shelf, {"fan_in": 1.0}, range(5)) == [[]] * 5
