"""Prompts share their beginnings, name no values to the blind reader, and write values as people do."""

from __future__ import annotations

import pytest

from dtc_local import prompts
from tests.shop import SHOP, WEATHER
from tests.stages.desks import call, done, plan_of, ref, turn

EARLIER = turn(plan_of(call("$1", "weather", city="Rome")), "Weather?", (done("$1", "weather", {"t": 2}, city="Rome"),))


def test_stages_of_a_turn_share_all_but_the_task() -> None:
    system = prompts.system(SHOP, "2026-03-02")
    history = prompts.history([EARLIER])
    ask = prompts.messages(system, history, prompts.ask("Ada", ["Go."], []))
    judge = prompts.messages(system, history, prompts.judge())
    assert ask[0] == judge[0]
    assert ask[1].parts[:-1] == judge[1].parts[:-1]
    assert "".join(history) == (
        'User: Weather?\nCalls: [{"id":"$1","name":"weather","arguments":{"city":"Rome"}}]\n'
        'Results: {"$1":{"t":2}}\nAssistant: Done as asked.\n'
    )


def test_the_system_message_shows_date_policy_and_signatures() -> None:
    text = prompts.system([WEATHER], "2026-03-02", "Be kind.")
    assert "Today is 2026-03-02.\nBe kind.\nTools:\n" in text
    assert 'weather(city: string, unit?: "celsius" | "kelvin") -> {temperature: number, condition: string}' in text


def test_goals_leave_out_what_the_user_does_not_know() -> None:
    made = call("$3", "t", a="Rome", b=ref("$1.x"), c=ref("$2.x"), d=ref("$0.x"), isOpen=True)
    assert prompts.goal("Do.", made, ["$1", "$2", "$3"], ["$2", "$3"]) == (
        "Do. a: Rome; c: (from that); d: (from before); is open: true"
    )


@pytest.mark.parametrize(
    ("value", "text"),
    [(5.0, "5"), (2.5, "2.5"), (-3, "-3"), (["a", 1.0], "a, 1"), (True, "true"), ({"a": 1}, '{"a":1}')],
)
def test_values_are_written_as_people_write_them(value: object, text: str) -> None:
    assert prompts.written(value) == text


@pytest.mark.parametrize("name", ["fan_speed", "fanSpeed", "fan-speed", "Fan Speed", "fan.speed"])
def test_names_become_words(name: str) -> None:
    assert prompts.worded(name) == "fan speed"
