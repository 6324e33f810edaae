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


def test_the_reader_is_told_of_calling_nothing_only_where_that_may_be_right() -> None:
    assert "Write [] where nothing should be called" in prompts.verify(abstain=True)
    assert prompts.verify() == prompts.verify(abstain=False)
    assert "[]" not in prompts.verify()


def test_talk_says_what_the_words_are_for_and_what_was_wrong_before() -> None:
    assert "It asks for the city." in prompts.talk("It asks for the city.")
    assert "Note" not in prompts.talk("It asks for the city.")
    assert prompts.talk("It asks for the city.", "Say only that.").endswith("Note: Say only that.\n")


def test_an_error_is_asked_for_with_its_call_its_cause_and_its_shape() -> None:
    made = prompts.call_json("$2~1", "weather", {"city": "Rome"})
    shape = {"type": "object", "properties": {"code": {"type": "integer"}}, "required": ["code"]}
    text = prompts.error(made, "timeout: it took too long", shape, {"code": (504,)})
    assert '{"id":"$2~1","name":"weather","arguments":{"city":"Rome"}}' in text
    assert "Cause: timeout: it took too long\nReturns: {code: integer}\nFacts:\ncode: 504\n" in text
    assert "Facts" not in prompts.error(made, "timeout", shape, {})


def test_a_hint_is_asked_for_with_the_wrong_call_and_the_right_one() -> None:
    wrong, right = (prompts.call_json("$2", name, {"city": "Rome"}) for name in ("weather", "get_order"))
    text = prompts.hint(wrong, right)
    assert text.index('"weather"') < text.index("Right is:") < text.index('"get_order"')


def test_the_judge_is_asked_about_every_criterion() -> None:
    assert prompts.CRITERIA == ("calls_fit", "requests_natural", "replies_fit")
    assert prompts.judge().count("?") == len(prompts.CRITERIA)


def test_a_turn_without_calls_stands_in_the_history_as_two_lines() -> None:
    opening = turn(plan_of(), "Book a table.", reply="For how many guests?")
    assert prompts.history([opening]) == ("User: Book a table.\n", "Assistant: For how many guests?\n")


def test_a_failed_attempt_stands_in_the_history_with_what_it_returned() -> None:
    failed = done("$1~1", "weather", {"error": "late"}, city="Rome").model_copy(update={"fault": "error"})
    again = done("$1", "weather", {"t": 2}, city="Rome")
    parts = prompts.history([turn(plan_of(call("$1", "weather", city="Rome")), "Weather?", (failed,), (again,))])
    assert parts[1].endswith('Results: {"$1~1":{"error":"late"}}\n')
    assert parts[2].endswith('Results: {"$1":{"t":2}}\n')


def test_facts_of_a_bare_result_are_called_the_result() -> None:
    text = prompts.execute("$1", {"city": "Rome"}, WEATHER, (), {"": ("cloudy", "sunny"), "city": ("Rome",)})
    assert "Facts:\nresult: cloudy | sunny\ncity: Rome\n" in text
