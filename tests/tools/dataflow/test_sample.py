"""Drawn turns have the shape their kind says, whatever the tools; samplers draw near tools, or any."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dtc_local.randomness import stream
from dtc_local.records import SHAPES, CallOutline, Kind, Scenario, Schema, Tool
from dtc_local.stages.scenario import build
from dtc_local.tools import read_files
from dtc_local.tools.dataflow.index import Shelf, ToolIndex
from dtc_local.tools.dataflow.sample import Past, Samplers, draw_sampler, draw_turn
from tests.shop import tool
from tests.tools.dataflow.test_entities import fields
from tests.tools.specs import function, imported, material

NEAR: Samplers = {"neighbour": 1.0, "random": 0.0}
ANY: Samplers = {"neighbour": 0.0, "random": 1.0}
BOTH: Samplers = {"neighbour": 2.0, "random": 1.0}


def check_shape(kind: Kind, calls: Sequence[CallOutline], past: Past) -> None:
    """The rule of each kind, said anew."""
    own = [call.id for call in calls]
    earlier = {call.id for call in past.calls}
    reached = [{choice.call for choices in call.references.values() for choice in choices} for call in calls]
    assert own == [f"${len(earlier) + number + 1}" for number in range(len(calls))]
    if kind == "single":
        assert reached == [set()]
    elif kind == "parallel":
        assert len(calls) > 1
        assert not any(reached)
    elif kind == "chain":
        assert len(calls) > 1
        assert reached == [set(), *({name} for name in own[:-1])]
    elif kind == "fan_in":
        assert len(calls) > 2
        assert reached == [*(set() for _ in own[:-1]), set(own[:-1])]
    elif kind == "fan_out":
        assert len(calls) > 2
        assert reached == [set(), *({own[0]} for _ in own[1:])]
    else:
        assert all(reached)
        assert set().union(*reached) <= earlier


def check_turns(shelf: Shelf, seed: int, samplers: Samplers) -> set[Kind]:
    """Draw each shape twice in one conversation, check every turn, and say which kinds could be formed."""
    rng = stream(seed, 0, "turns")
    past, formed = Past(), set[Kind]()
    for kind in (*SHAPES, *SHAPES):
        calls = draw_turn(kind, shelf, past, rng, samplers)
        if calls is not None:
            check_shape(kind, calls, past)
            past.add(calls)
            formed.add(kind)
    return formed


NOUNS = ("order", "user", "ticket", "bike")
SCALARS: tuple[Schema, ...] = ({"type": "string"}, {"type": "integer"})


@st.composite
def tool_sets(draw: st.DrawFn) -> tuple[Tool, ...]:
    """A few tools whose parameters and results speak of a few kinds of entities."""
    field = st.one_of(
        st.sampled_from([f"{noun}_id" for noun in NOUNS]), st.sampled_from(["id", "city", "username", "note", "total"])
    )
    shape = st.dictionaries(field, st.sampled_from(SCALARS), max_size=3)
    names = draw(
        st.lists(
            st.tuples(st.sampled_from(("get", "find", "create", "delete", "list")), st.sampled_from(NOUNS)).map(
                "_".join
            ),
            min_size=2,
            max_size=8,
            unique=True,
        )
    )
    return tuple(
        tool(name, draw(shape), draw(st.none() | shape), "write" if name.startswith("create") else "read")
        for name in names
    )


@settings(max_examples=150, deadline=None)
@given(tool_sets(), st.integers(0, 2**32), st.sampled_from([NEAR, ANY, BOTH]))
def test_every_turn_drawn_has_the_shape_of_its_kind(tools: tuple[Tool, ...], seed: int, samplers: Samplers) -> None:
    shelf = Shelf("shop", tools)
    if shelf.usable:
        check_turns(shelf, seed, samplers)


def test_every_turn_drawn_of_real_tools_has_the_shape_of_its_kind() -> None:
    formed = set()
    for path in material("bfcl/multi_turn_func_doc/*.json", "mcp/*.tools_list.json"):
        tools = read_files([path]).tools
        for seed in range(8):
            formed |= check_turns(Shelf(tools[0].namespace, tools), seed, BOTH)
    assert formed == set(SHAPES)


def scenarios(tools: ToolIndex, samplers: Samplers, count: int = 30) -> list[Scenario]:
    """Conversations of single turns, two distractors each."""
    return [
        build(tools, seed=3, index=index, turns=(2, 2), mix={"single": 1.0}, distractors=2, samplers=samplers)
        for index in range(count)
    ]


@pytest.fixture
def two_worlds(tmp_path: Path) -> ToolIndex:
    """Three tools of orders and ten of as many other things, in one namespace."""
    parameters = {**fields(order_id="string"), "required": ["order_id"]}
    orders = [function(name, parameters) for name in ("get_order", "cancel_order", "rate_order")]
    word = {**fields(word="string"), "required": ["word"]}
    others = [
        function(f"find_{noun}", word)
        for noun in ("cat", "dog", "cow", "hen", "bee", "ant", "owl", "fox", "elk", "yak")
    ]
    return ToolIndex(imported(tmp_path, *orders, *others))


def company(scenario: Scenario) -> tuple[set[str], set[str]]:
    """The names of the tools used, and of the distractors."""
    used = {call.tool for turn in scenario.turns for call in turn.calls}
    return used, {offered.name for offered in scenario.offer} - used


def test_neighbours_keep_together_in_turns_and_among_distractors(two_worlds: ToolIndex) -> None:
    begun = [scenario for scenario in scenarios(two_worlds, NEAR) if "order" in scenario.turns[0].calls[0].tool]
    ordered = [company(scenario) for scenario in begun]
    assert ordered
    for used, others in ordered:
        assert all("order" in name for name in used)
        near = {"get_order", "cancel_order", "rate_order"} - used
        assert near <= others


def test_the_random_sampler_mixes_what_has_nothing_in_common(two_worlds: ToolIndex) -> None:
    seen = [company(scenario) for scenario in scenarios(two_worlds, ANY)]
    assert any(len({"order" in name for name in used}) == 2 for used, _ in seen)
    assert len(set().union(*(used | others for used, others in seen))) == 13


def test_equal_seeds_draw_equal_scenarios_with_every_mix_of_samplers(two_worlds: ToolIndex) -> None:
    for samplers in (NEAR, ANY, BOTH):
        assert scenarios(two_worlds, samplers, 5) == scenarios(two_worlds, dict(samplers), 5)
    assert scenarios(two_worlds, NEAR, 9) != scenarios(two_worlds, ANY, 9)


def test_samplers_are_drawn_by_their_weights() -> None:
    rng = stream(1, 0, "samplers")
    drawn = [draw_sampler({"neighbour": 3.0, "random": 1.0}, rng) for _ in range(400)]
    assert 270 < drawn.count("neighbour") < 330
    assert {draw_sampler(NEAR, rng) for _ in range(20)} == {"neighbour"}
