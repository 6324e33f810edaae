"""Scenarios: reproducible, of the shapes their labels say, with references that exist and fit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from dtc_local.coverage.forms import FOLLOWING
from dtc_local.errors import StageFailure
from dtc_local.examples import paths
from dtc_local.records import KINDS, SHAPES, CallOutline, Kind, LiteralValue, Plan, PlannedCall, Scenario, TurnOutline
from dtc_local.stages.facts import OUTPUT_FACT
from dtc_local.stages.label import has_kind
from dtc_local.stages.scenario import build
from dtc_local.tools import read_files
from dtc_local.tools.dataflow.index import ToolIndex
from dtc_local.tools.dataflow.sample import signature
from tests.tools.specs import function, imported, material

EVEN: dict[Kind, float] = dict.fromkeys(KINDS, 1.0)


@pytest.fixture(scope="module")
def tools() -> ToolIndex:
    """The example tools."""
    return ToolIndex(read_files(paths()).tools)


def plan_of(outline: TurnOutline) -> Plan:
    """A plan of that outline: the first choice of every reference, some value for every literal."""
    return Plan.model_construct(
        calls=tuple(
            PlannedCall(
                id=call.id,
                tool=call.tool,
                arguments={
                    **{name: LiteralValue(value="x") for name in call.literals},
                    **{name: choices[0] for name, choices in call.references.items()},
                },
            )
            for call in outline.calls
        )
    )


def schema_at(schema: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        schema = schema["items"] if isinstance(step, int) else schema["properties"][step]
    return schema


def check(scenario: Scenario) -> None:
    """Everything that must hold of any scenario."""
    names = [tool.name for tool in scenario.offer]
    assert len(names) == len(set(names))
    calls: dict[str, CallOutline] = {}
    fixed: set[str] = set()
    for turn in scenario.turns:
        assert turn.kind not in SHAPES or has_kind(plan_of(turn), turn.kind), turn
        for call in turn.calls:
            assert call.id == f"${len(calls) + 1}"
            filled_later = turn.kind == "correction" or turn.outcome == "gone"
            check_call(scenario, call, calls, whole=not filled_later)
            if not call.literals and not filled_later:
                assert signature(call) not in fixed
                fixed.add(signature(call))
            calls[call.id] = call
        assert any(call.literals or call.references for call in turn.calls) or len(turn.calls) <= 1
    assert scenario.facts.keys() == calls.keys()


def check_call(scenario: Scenario, call: CallOutline, earlier: dict[str, CallOutline], *, whole: bool) -> None:
    """Arguments exist, and suffice in a `whole` call; references lead to earlier fields that fit; facts are valid."""
    tool = scenario.tool(call.tool)
    properties = tool.parameters["properties"]
    given = {*call.literals, *call.references}
    assert given <= set(properties)
    assert not whole or set(tool.required) <= given
    assert not set(call.literals) & set(call.references)
    for name, choices in call.references.items():
        assert choices
        for reference in choices:
            field = schema_at(scenario.tool(earlier[reference.call].tool).output, reference.path)
            assert field["type"] == reference.type
            assert (reference.type, properties[name]["type"]) in {
                (reference.type, reference.type),
                ("integer", "number"),
            }
    for name in call.literals:
        assert scenario.facts[call.id][name]
        for value in scenario.facts[call.id][name]:
            Draft202012Validator(properties[name]).validate(value)
    for key, values in scenario.facts[call.id].items():
        if key.startswith(OUTPUT_FACT) and tool.output is not None:
            path = tuple(int(step) if step.isdigit() else step for step in key.removeprefix(OUTPUT_FACT).split("."))
            for value in values:
                Draft202012Validator(schema_at(tool.output, path)).validate(value)


def test_scenarios_of_the_examples_are_sound_and_use_every_kind(tools: ToolIndex) -> None:
    kinds = set()
    for index in range(60):
        scenario = build(tools, seed=11, index=index, mix=EVEN)
        check(scenario)
        kinds |= {turn.kind for turn in scenario.turns}
    assert kinds == set(KINDS)


def test_equal_seed_and_index_give_an_equal_scenario(tools: ToolIndex) -> None:
    again = ToolIndex(read_files(paths()).tools)
    for index in (0, 7):
        assert build(tools, seed=3, index=index) == build(again, seed=3, index=index)
    assert build(tools, seed=3, index=0) != build(tools, seed=4, index=0)
    assert build(tools, seed=3, index=0) != build(tools, seed=3, index=0, attempt=1)


def test_a_sequence_of_tools_does_as_well_as_an_index(tools: ToolIndex) -> None:
    assert build(read_files(paths()).tools, seed=3, index=1) == build(tools, seed=3, index=1)


def test_the_number_of_turns_and_distractors_is_as_asked(tools: ToolIndex) -> None:
    for index in range(10):
        scenario = build(tools, seed=1, index=index, turns=(3, 3), distractors=0)
        assert len(scenario.turns) == 3
        assert {tool.name for tool in scenario.offer} == {call.tool for turn in scenario.turns for call in turn.calls}
    widths = {len(build(tools, seed=1, index=index, turns=(1, 1), distractors=4).offer) for index in range(10)}
    assert max(widths) >= 5


def test_a_mix_of_one_kind_gives_only_that_kind(tools: ToolIndex) -> None:
    for kind in KINDS:
        scenario = build(tools, seed=2, index=0, turns=(2, 2), mix={kind: 1.0})
        kinds = [turn.kind for turn in scenario.turns]
        assert kinds[1] == kind
        assert kinds[0] == kind or kind in FOLLOWING


def test_tools_without_results_still_make_conversations(tmp_path: Path) -> None:
    schema = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
    tools = imported(tmp_path, function("get_weather", schema), function("get_news", schema), function("ping"))
    for index in range(20):
        scenario = build(tools, seed=1, index=index)
        check(scenario)
        assert {turn.kind for turn in scenario.turns} <= {"single", "parallel"}


def test_where_nothing_can_be_formed_the_stage_fails_with_its_reason(tmp_path: Path) -> None:
    with pytest.raises(StageFailure) as caught:
        build((), seed=1, index=0)
    assert caught.value.reason == "no_topology"
    with pytest.raises(StageFailure):
        build(imported(tmp_path, function("ping")), seed=1, index=0, turns=(2, 2))
    with pytest.raises(StageFailure):
        build(imported(tmp_path, function("ping")), seed=1, index=0, mix={"chain": 1.0})


def test_tools_of_one_name_in_two_namespaces_are_never_on_offer_together(tmp_path: Path) -> None:
    schema = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
    tools = [
        *imported(tmp_path, function("find", schema), function("show", schema), name="one.json"),
        *imported(tmp_path, function("find", schema), function("hide", schema), name="two.json"),
    ]
    index = ToolIndex(tools)
    for position in range(30):
        check(build(index, seed=1, index=position, distractors=4))


def test_every_real_class_forms_sound_scenarios() -> None:
    for path in material("bfcl/multi_turn_func_doc/*.json", "mcp/*.tools_list.json", "tau-bench/*.json"):
        index = ToolIndex(read_files([path]).tools)
        for position in range(12):
            check(build(index, seed=5, index=position, turns=(1, 3)))


def test_conversations_of_eight_turns_are_formed_of_all_kinds(tools: ToolIndex) -> None:
    for index in range(10):
        scenario = build(tools, seed=4, index=index, turns=(8, 8), mix=EVEN)
        check(scenario)
        assert len(scenario.turns) == 8
        assert len({turn.kind for turn in scenario.turns}) >= 4


def test_a_conversation_of_one_turn_needs_no_other(tools: ToolIndex) -> None:
    kinds = [build(tools, seed=4, index=index, turns=(1, 1), mix=EVEN).turns for index in range(30)]
    assert all(len(turns) == 1 and turns[0].kind not in FOLLOWING for turns in kinds)
