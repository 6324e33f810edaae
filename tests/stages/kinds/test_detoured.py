"""tool_error and mistake_hint: what goes wrong stands before its call, marked; it is mended, or honestly reported."""

from __future__ import annotations

from typing import Any

import pytest

from dtc_local.errors import StageFailure
from dtc_local.prompts import compact
from dtc_local.records import ExecutedCall, Turn
from dtc_local.stages.detours import HINT_WORDS, error_of, hint_fault
from dtc_local.stages.exchanges import refuses
from dtc_local.validation import is_valid
from dtc_local.words import leaves
from tests.stages.playing import CARRIERS, both_modes, but, played, scene, staged

every_shape = pytest.mark.parametrize("shape", CARRIERS)


def pair(turn: Turn) -> tuple[ExecutedCall, ExecutedCall]:
    """The attempt that fails and the call after it."""
    failed, after = turn.attempted()[-2:]
    return failed, after


@both_modes
@every_shape
def test_retry_makes_the_same_call_again(shape: str, small: bool) -> None:
    _, _, (turn,), here = staged(f"tool_error, retry, {shape}", small)
    failed, again = pair(turn)
    assert (failed.fault, again.fault, failed.id) == ("error", "", f"{again.id}~1")
    assert (failed.tool, failed.arguments) == (again.tool, again.arguments)
    assert is_valid(failed.result, error_of(here.scenario.tool(failed.tool)))


@both_modes
@every_shape
def test_repair_adds_exactly_what_the_error_asks_for(shape: str, small: bool) -> None:
    outline, _, (turn,), _ = staged(f"tool_error, repair, {shape}", small)
    assert outline.focus is not None
    failed, mended = pair(turn)
    assert mended.arguments.keys() - failed.arguments.keys() == {outline.focus.argument}
    assert all(mended.arguments[name] == value for name, value in failed.arguments.items())


@both_modes
@every_shape
def test_report_calls_nothing_more_and_says_so(shape: str, small: bool) -> None:
    outline, _, (turn,), here = staged(f"tool_error, report, {shape}", small)
    assert outline.focus is not None
    assert (turn.attempted()[-1].fault, turn.attempted()[-1].id) == ("error", outline.focus.call)
    assert refuses(turn.reply)
    assert len(turn.executed()) == len(outline.calls) - 1
    assert outline.focus.call not in {call.id for one in here.turns for call in one.executed()}


@both_modes
def test_what_was_destroyed_is_not_found(small: bool) -> None:
    _, (_, before), (turn,), _ = staged("tool_error, gone", small)
    (call,) = turn.attempted()
    assert call.arguments == before.executed()[0].arguments
    assert call.fault == "error"
    assert refuses(turn.reply)


@both_modes
@every_shape
def test_an_error_leaves_nothing_in_the_ledger_that_its_call_would_have(shape: str, small: bool) -> None:
    reported, retried = (staged(f"tool_error, {outcome}, {shape}", small) for outcome in ("report", "retry"))
    assert reported.here.ledger.facts.keys() <= retried.here.ledger.facts.keys()
    failed = reported.made[0].attempted()[-1]
    assert failed.result not in [call.result for call in retried.made[0].executed()]


def test_a_report_that_claims_success_is_refused() -> None:
    with pytest.raises(StageFailure, match="label_unproved"):
        played(
            scene("tool_error, report, single", retries=0), script=but(respond=lambda request: "Everything is done.")
        )


def test_an_error_that_breaks_its_schema_is_refused() -> None:
    with pytest.raises(StageFailure) as failure:
        played(
            scene("tool_error, retry, single", retries=0), script=but(error=lambda request: '{"error":{"code":"late"}}')
        )
    assert failure.value.stage == "error"


@both_modes
@every_shape
def test_a_mistake_differs_from_every_call_and_obeys_its_own_tools_schema(shape: str, small: bool) -> None:
    _, _, (turn,), here = staged(f"mistake_hint, {shape}", small)
    wrong, right = pair(turn)
    assert (wrong.fault, right.fault, wrong.id) == ("mistake", "", f"{right.id}~1")
    others = [call for one in here.turns for call in one.executed()]
    assert all((wrong.tool, wrong.arguments) != (call.tool, call.arguments) for call in others)
    assert is_valid(wrong.arguments, here.scenario.tool(wrong.tool).source.parameters)


@both_modes
@every_shape
def test_a_hint_is_short_and_names_neither_tool_nor_value(shape: str, small: bool) -> None:
    _, _, (turn,), here = staged(f"mistake_hint, {shape}", small)
    wrong, right = pair(turn)
    (hint,) = wrong.result.values()
    assert list(wrong.result) == ["hint"]
    assert len(hint.split()) <= HINT_WORDS
    values = [leaf for call in (wrong, right) for leaf in leaves(call.arguments)]
    assert hint_fault(hint, here.names, values) == ""


@pytest.mark.parametrize("unit", ["kelvin", "celsius"])
def test_a_model_that_is_always_right_makes_no_such_turn(unit: str) -> None:
    arguments: dict[str, Any] = {"city": "Upper Harbour", "unit": unit}
    gold = compact([{"id": "$1", "name": "weather", "arguments": arguments}])
    if unit == "celsius":  # the default may be left out, and is no mistake
        del arguments["unit"]
    same = compact([{"id": "$1", "name": "weather", "arguments": arguments}])
    here = scene("mistake_hint, single", retries=0)
    script = but(plan=lambda request: gold, mistake=lambda request: same, verify=lambda request: gold)
    with pytest.raises(StageFailure, match="label_unproved"):
        played(here, script=script)
    assert {one.reason for one in here.candidates if one.stage == "mistake"} == {"label_unproved"}
    assert here.turns == []


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("Look at create_ticket again.", "length"),
        ("It should be Upper Harbour there.", "leaked_name"),
        ("Look at this and that and at all the rest of it.", "length"),
    ],
)
def test_a_hint_that_says_too_much_is_refused(words: str, reason: str) -> None:
    gold = compact([{"id": "$1", "name": "weather", "arguments": {"city": "Upper Harbour", "unit": "kelvin"}}])
    here = scene("mistake_hint, single", retries=0)
    script = but(plan=lambda request: gold, verify=lambda request: gold, hint=lambda request: words)
    with pytest.raises(StageFailure):
        played(here, script=script)
    assert {one.reason for one in here.candidates if one.stage == "hint"} == {reason}


def test_a_small_models_mistakes_are_made_of_values_that_were_told() -> None:
    for shape in CARRIERS:
        _, _, (turn,), here = staged(f"mistake_hint, {shape}", True)
        wrong, _ = pair(turn)
        told = [
            leaf
            for one in here.turns
            for call in one.plan.calls
            for _, value in call.literals()
            for leaf in leaves(value)
        ]
        told += [leaf for one in here.turns for call in one.executed() for leaf in leaves(call.result)]
        listed = [
            value
            for field in here.scenario.tool(wrong.tool).parameters["properties"].values()
            for value in (*field.get("enum", ()), field.get("default"))
        ]
        assert all(leaf in [*told, *listed] for leaf in leaves(wrong.arguments)), wrong
