"""A label is proved by what stands in the turns: take a proved turn, break one thing, and it is proved no more."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dtc_local.records import ExecutedCall, Focus, LiteralValue, Scenario, Turn
from dtc_local.stages.label import unproved
from tests.shop import WEATHER
from tests.stages.playing import SCENES, Staged, both_modes, staged

Break = Callable[[Staged], Staged]


def proved(scene: Staged, scenario: Scenario | None = None) -> bool:
    """Whether the rule finds the label proved."""
    return not unproved(scene.outline, scene.earlier, scene.made, scenario or scene.here.scenario)


@both_modes
@pytest.mark.parametrize("name", SCENES)
def test_what_was_made_is_proved(name: str, small: bool) -> None:
    assert proved(staged(name, small))


# --- what may be broken -----------------------------------------------------------------------------------------------


def last(**changes: Any) -> Break:
    """The last turn changed."""
    return lambda scene: scene._replace(made=(*scene.made[:-1], scene.made[-1].model_copy(update=changes)))


def first(**changes: Any) -> Break:
    """The first of the turns changed."""
    return lambda scene: scene._replace(made=(scene.made[0].model_copy(update=changes), *scene.made[1:]))


def outlined(**changes: Any) -> Break:
    """Another outline."""
    return lambda scene: scene._replace(outline=scene.outline.model_copy(update=changes))


def planned_as(name: str) -> Break:
    """The plan of another scene."""
    return lambda scene: last(plan=staged(name).made[-1].plan)(scene)


def outlined_as(name: str) -> Break:
    """The calls of another scene's outline."""
    return lambda scene: outlined(calls=staged(name).outline.calls)(scene)


def called_before(scene: Staged) -> Staged:
    """The tool that is said to be missing was called in an earlier turn."""
    return scene._replace(earlier=staged("single").made)


def alone(scene: Staged) -> Staged:
    """Only the last of the turns."""
    return scene._replace(made=scene.made[-1:])


def nothing_before(scene: Staged) -> Staged:
    """The earlier turns gone."""
    return scene._replace(earlier=())


def with_calls(change: Callable[[list[ExecutedCall]], list[ExecutedCall]]) -> Break:
    """The calls of the last turn changed."""
    return lambda scene: last(levels=tuple((call,) for call in change(list(scene.made[-1].attempted()))))(scene)


def call_changed(place: int, **changes: Any) -> Break:
    """One call of the last turn changed."""

    def change(calls: list[ExecutedCall]) -> list[ExecutedCall]:
        calls[place] = calls[place].model_copy(update=changes)
        return calls

    return with_calls(change)


def without_call(place: int) -> Break:
    """One call of the last turn gone."""

    def change(calls: list[ExecutedCall]) -> list[ExecutedCall]:
        del calls[place]
        return calls

    return with_calls(change)


def extra_call(scene: Staged) -> Staged:
    """A call more at the end of the last turn."""
    more = ExecutedCall(id="$9", tool="get_ticket", arguments={"ticket_id": 5}, result={"ticket_id": 5})
    return with_calls(lambda calls: [*calls, more])(scene)


def call_in_the_opening(scene: Staged) -> Staged:
    """Something called in the first message's turn."""
    more = ExecutedCall(id="$9", tool="get_ticket", arguments={"ticket_id": 5}, result={"ticket_id": 5})
    return first(levels=((more,),))(scene)


def said_before(scene: Staged) -> Staged:
    """The value that is asked back stands in the first request."""
    return first(request=f"{scene.made[0].request} Use {asked_value(scene)}.")(scene)


def told_before(scene: Staged) -> Staged:
    """The assistant names the value itself."""
    return first(reply=f"Do you mean {asked_value(scene)}?")(scene)


def shown_before(scene: Staged) -> Staged:
    """The value stands in an earlier result."""
    shown = ExecutedCall(id="$8", tool="find_customer", arguments={}, result={"notes": [asked_value(scene)]})
    turn = Turn(kind="single", request="Look it up.", levels=((shown,),), reply="Done.")
    return scene._replace(earlier=(turn,))


def asked_value(scene: Staged) -> Any:
    """What a clarify scene asks back."""
    assert scene.outline.focus is not None
    (value,) = [
        dict(call.literals())[scene.outline.focus.argument]
        for call in scene.made[-1].plan.calls
        if call.id == scene.outline.focus.call
    ]
    return value


def same_value_again(scene: Staged) -> Staged:
    """A correction that changes nothing."""
    before = scene.earlier[-1].executed()[0]
    return call_changed(0, arguments=before.arguments)(scene)


def two_values_changed(scene: Staged) -> Staged:
    """A correction that changes another value too."""
    call = scene.made[-1].executed()[0]
    return call_changed(0, arguments={**call.arguments, "unit": "rankine"})(scene)


def other_value_than_said(scene: Staged) -> Staged:
    """A correction to a value that nobody said."""
    call = scene.made[-1].executed()[0]
    return call_changed(0, arguments={**call.arguments, "city": "Atlantis"})(scene)


def argument_more(scene: Staged) -> Staged:
    """A correction that leaves something out."""
    call = scene.made[-1].executed()[0]
    return call_changed(0, arguments={"city": call.arguments["city"]})(scene)


def wrong_call_is_right(scene: Staged) -> Staged:
    """The mistake is what was wanted."""
    right = scene.made[-1].attempted()[-1]
    return call_changed(-2, tool=right.tool, arguments=right.arguments)(scene)


def wrong_call_was_made_before(scene: Staged) -> Staged:
    """The mistake is a call that another turn made in earnest."""
    wrong = scene.made[-1].attempted()[-2]
    done = wrong.model_copy(update={"id": "$8", "fault": ""})
    return scene._replace(earlier=(Turn(kind="single", request="Go.", levels=((done,),), reply="Done."),))


def other_argument_value(scene: Staged) -> Staged:
    """A value of the attempt that is not the one of the call that follows."""
    failed = scene.made[-1].attempted()[-2]
    return call_changed(-2, arguments=dict.fromkeys(failed.arguments, "other"))(scene)


def recalls_another_field(scene: Staged) -> Staged:
    """The reply says a field of the same result that was not asked for."""
    assert scene.outline.focus is not None
    return outlined(focus=Focus(call=scene.outline.focus.call, path=("city",)))(scene)


NO_CALL: tuple[tuple[ExecutedCall, ...], ...] = ()
CLARIFY: tuple[Break, ...] = (
    alone,
    said_before,
    told_before,
    shown_before,
    call_in_the_opening,
    first(reply="Fine, I will do that."),
    last(request="Never mind which."),
    last(levels=NO_CALL),
    without_call(0),
    outlined(focus=None),
    outlined(focus=Focus(call="$7", argument="city")),
    outlined(focus=Focus(call="$1", argument="unit")),
)
RETRIED: tuple[Break, ...] = (
    without_call(-1),
    without_call(-2),
    call_changed(-2, fault=""),
    call_changed(-2, fault="mistake"),
    call_changed(-1, fault="error"),
    call_changed(-1, tool="get_ticket"),
    call_changed(-1, id="$7"),
    other_argument_value,
    outlined(focus=None),
    outlined(outcome="report"),
)
REPORTED: tuple[Break, ...] = (
    extra_call,
    call_changed(-1, fault=""),
    call_changed(-1, fault="mistake"),
    call_changed(-1, id="$7"),
    without_call(-1),
    last(reply="Everything is done."),
    outlined(focus=None),
    outlined(outcome="retry"),
)
CONFIRM: tuple[Break, ...] = (
    alone,
    call_in_the_opening,
    first(reply="I will do that now."),
    last(request="Maybe later."),
    outlined(calls=()),
)
BREAKS: dict[str, tuple[Break, ...]] = {
    "single": (planned_as("chain"), planned_as("follow_up")),
    "parallel": (planned_as("chain"), planned_as("single")),
    "chain": (planned_as("parallel"), planned_as("single")),
    "fan_in": (planned_as("fan_out"), planned_as("parallel")),
    "fan_out": (planned_as("fan_in"), planned_as("chain")),
    "follow_up": (planned_as("single"), planned_as("chain")),
    "clarify": CLARIFY,
    "clarify, follow_up": (said_before, shown_before, alone),
    "missing_tool": (
        extra_call,
        last(reply="Everything is done."),
        outlined(calls=()),
        outlined_as("chain"),
        called_before,
    ),
    "no_tool, recall": (
        extra_call,
        last(reply="I told you before."),
        recalls_another_field,
        outlined(focus=Focus(call="$1", path=("street",))),
        outlined(focus=Focus(call="$7", path=("customer_id",))),
        outlined(focus=None),
        nothing_before,
    ),
    "no_tool, outside": (extra_call, outlined(outcome="recall"), outlined(outcome="")),
    "correction": (
        same_value_again,
        two_values_changed,
        other_value_than_said,
        argument_more,
        extra_call,
        nothing_before,
        without_call(0),
        call_changed(0, tool="get_ticket"),
        call_changed(0, fault="error"),
        outlined(focus=None),
        outlined(focus=Focus(call="$1", argument="unit")),
    ),
    "confirm, yes": (
        *CONFIRM,
        without_call(0),
        extra_call,
        call_changed(0, fault="error"),
        last(request="No, leave it."),
        outlined(outcome="no"),
        outlined_as("single"),
    ),
    "confirm, no": (*CONFIRM, extra_call, last(request="Yes, go ahead."), outlined(outcome="yes")),
    "tool_error, gone": REPORTED,
    **{f"tool_error, report, {shape}": REPORTED for shape in ("single", "chain", "follow_up")},
    **{f"tool_error, retry, {shape}": RETRIED for shape in ("single", "chain", "follow_up")},
    **{
        f"tool_error, repair, {shape}": (*RETRIED, outlined(outcome="retry"))
        for shape in ("single", "chain", "follow_up")
    },
    **{
        f"mistake_hint, {shape}": (
            wrong_call_is_right,
            wrong_call_was_made_before,
            without_call(-1),
            without_call(-2),
            call_changed(-2, fault=""),
            call_changed(-2, fault="error"),
            call_changed(-1, fault="mistake"),
            call_changed(-1, id="$7"),
            outlined(focus=None),
        )
        for shape in ("single", "chain", "follow_up")
    },
}


def test_every_scene_has_something_to_be_broken() -> None:
    assert BREAKS.keys() == SCENES.keys()


@pytest.mark.parametrize(
    ("name", "place"), [(name, place) for name, breaks in BREAKS.items() for place in range(len(breaks))]
)
def test_a_counterfeit_is_refused(name: str, place: int) -> None:
    whole = staged(name)
    broken = BREAKS[name][place](whole)
    assert broken != whole
    assert not proved(broken)


def test_a_tool_on_offer_is_not_missing() -> None:
    scene = staged("missing_tool")
    scenario = scene.here.scenario
    offered = scenario.model_copy(update={"offer": (*scenario.offer, WEATHER)})
    assert not proved(scene, offered)
    assert not proved(scene, scenario.model_copy(update={"withheld": ()}))


def test_an_optional_value_is_no_matter_for_a_question_back() -> None:
    scene = staged("clarify")
    relaxed = WEATHER.model_copy(update={"parameters": {**WEATHER.parameters, "required": []}})
    offer = tuple(relaxed if tool.name == "weather" else tool for tool in scene.here.scenario.offer)
    assert not proved(scene, scene.here.scenario.model_copy(update={"offer": offer}))


def test_a_value_that_is_no_literal_cannot_be_asked_back() -> None:
    scene = staged("clarify")
    (call,) = scene.made[-1].plan.calls
    empty = call.model_copy(update={"arguments": {**call.arguments, "city": LiteralValue(value="")}})
    assert not proved(last(plan=scene.made[-1].plan.model_copy(update={"calls": (empty,)}))(scene))
