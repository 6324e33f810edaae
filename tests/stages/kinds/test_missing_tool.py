"""missing_tool: what is asked for is on nobody's list; the reply admits it, and nothing is called."""

from __future__ import annotations

import pytest

from dtc_local.errors import StageFailure
from dtc_local.prompts import compact
from dtc_local.stages.exchanges import refuses
from dtc_local.words import shows_name
from tests.stages.playing import both_modes, but, played, scene, staged


@both_modes
def test_the_reply_admits_it_and_nothing_is_called(small: bool) -> None:
    _, _, (turn,), _ = staged("missing_tool", small)
    assert refuses(turn.reply)
    assert (turn.levels, turn.plan.calls, turn.implicit) == ((), (), ())


@both_modes
def test_no_prompt_shows_the_withheld_tool_but_the_one_that_plans_its_call(small: bool) -> None:
    here = staged("missing_tool", small).here
    assert "weather(" not in here.system
    assert {tool.name for tool in here.scenario.withheld} == {"weather"}
    assert "weather" not in {tool.name for tool in here.scenario.offer}


def test_the_users_words_never_hold_the_withheld_tools_name() -> None:
    here = scene("missing_tool")
    renamed = here.scenario.withheld[0].model_copy(update={"name": "get_weather_now"})
    call = here.scenario.turns[0].calls[0].model_copy(update={"tool": "get_weather_now"})
    outline = here.scenario.turns[0].model_copy(update={"calls": (call,)})
    here.scenario = here.scenario.model_copy(update={"withheld": (renamed,), "turns": (outline,)})
    here.__post_init__()
    here.config = here.config.model_copy(update={"retries": 0})
    assert "get_weather_now" in here.names
    ask = but(ask=lambda request: "Please get_weather_now with Upper Harbour and then celsius.")
    with pytest.raises(StageFailure):
        played(here, script=ask)
    (turn,) = played(here)
    assert not shows_name(turn.request + turn.reply, ["get_weather_now"])


def test_a_reply_that_does_not_admit_it_is_refused() -> None:
    here = scene("missing_tool", retries=0)
    with pytest.raises(StageFailure, match="label_unproved"):
        played(here, script=but(talk=lambda request: "I have looked that up for you."))


def test_a_reader_who_finds_something_to_call_does_not_prove_it() -> None:
    other = [{"id": "$1", "name": "find_customer", "arguments": {"name": "Upper Harbour"}}]
    with pytest.raises(StageFailure):
        played(scene("missing_tool", retries=0), script=but(verify=lambda request: compact(other)))
