"""correction: the call is made again and differs from the one before in exactly one value."""

from __future__ import annotations

import pytest

from dtc_local.errors import StageFailure
from dtc_local.records import CallOutline, Focus
from dtc_local.stages.kinds.correction import differs_in
from dtc_local.words import find
from tests.stages.desks import call, outline, ref
from tests.stages.playing import AGAIN, FIND, LATER, both_modes, played, scene, staged, table


@both_modes
def test_exactly_one_value_changes_and_the_request_says_it(small: bool) -> None:
    outline, (before,), (turn,), _ = staged("correction", small)
    assert outline.focus is not None
    (first,), (again,) = before.executed(), turn.executed()
    assert again.tool == first.tool
    changed = {name for name in first.arguments | again.arguments if first.arguments[name] != again.arguments[name]}
    assert changed == {outline.focus.argument}
    assert find(turn.request, again.arguments["city"])
    assert turn.required == (again.arguments["city"],)


@both_modes
def test_references_of_the_first_call_are_kept(small: bool) -> None:
    again = CallOutline(id="$3", tool="weather", literals=("unit",))
    focus = Focus(call="$2", argument="unit")
    facts = {"$1": {"name": ("Ada Byron",)}, "$2": {"unit": ("kelvin",)}, "$3": {"unit": ("celsius",)}}
    outlines = outline("single", FIND), outline("follow_up", LATER), outline("correction", again, focus=focus)
    here = table(*outlines, small=small, facts=facts)
    (turn,) = played(here)
    assert dict(turn.plan.calls[0].references()) == {"city": ref("$1.city")}
    (found,), (before,), (after,) = (one.executed() for one in here.turns)
    assert after.arguments["city"] == before.arguments["city"] == found.result["city"]
    assert {before.arguments["unit"], after.arguments["unit"]} == {"kelvin", "celsius"}


def test_the_same_value_again_is_no_correction() -> None:
    outlines = scene("correction").scenario.turns
    facts = {"$1": {"city": ("Lisbon",), "unit": ("kelvin",)}, "$2": {"city": ("Lisbon",)}}
    here = table(*outlines, small=True, facts=facts, retries=0)
    with pytest.raises(StageFailure):
        played(here)
    assert len(here.turns) == 1


def test_a_call_that_was_never_planned_cannot_be_corrected() -> None:
    here = table(outline("correction", AGAIN, focus=Focus(call="$7", argument="city")), retries=0)
    with pytest.raises(StageFailure, match="label_unproved"):
        played(here)


@pytest.mark.parametrize(
    ("after", "differs"),
    [
        (call("$2", "weather", city="Rome", unit="kelvin"), True),
        (call("$2", "weather", city="Lisbon", unit="kelvin"), False),
        (call("$2", "weather", city="Rome", unit="celsius"), False),
        (call("$2", "weather", city="Rome"), False),
        (call("$2", "get_order", city="Rome", unit="kelvin"), False),
    ],
)
def test_two_calls_differ_in_one_argument_or_they_do_not(after: object, differs: bool) -> None:
    before = call("$1", "weather", city="Lisbon", unit="kelvin")
    assert differs_in(before, after, "city") is differs  # type: ignore[arg-type]
