"""Tasks with expected calls: BFCL's, single-turn and multi-turn, and tau2's."""

from __future__ import annotations

from typing import Any

import pytest

from dtc_local.audit.dialogue import ToolSpec
from dtc_local.audit.dialogues import DIALOGUE_RULES
from dtc_local.audit.readers import read
from dtc_local.audit.readers.python_calls import call_from, calls_from
from dtc_local.records import Json

Row = dict[str, Any]


def spec(name: str, **types: str) -> ToolSpec:
    """A tool; its parameters are all required."""
    properties = {key: {"type": kind} for key, kind in types.items()}
    return ToolSpec(name, {"type": "object", "properties": properties, "required": list(types)})


TOOLS = (spec("move", source="string", target="string"), spec("size", file="string"), spec("count", limit="integer"))


def task(*turns: tuple[str, list[str]], **more: Json) -> Row:
    """A multi-turn task."""
    questions = [[{"role": "user", "content": text}] if text else [] for text, _ in turns]
    return {"id": "t_1", "question": questions, "ground_truth": [calls for _, calls in turns], **more}


def broken(row: Row, tools: tuple[ToolSpec, ...] | None = TOOLS) -> list[str]:
    """The rules that a task breaks."""
    dialogue = read(row, tools)[0]
    return [rule.name for rule in DIALOGUE_RULES if not rule.lacks(dialogue) and [*rule.check(dialogue)]]


MOVE = ("Move a.txt to b.txt.", ["move(source='a.txt', target='b.txt')"])


def test_a_sound_task_is_sound() -> None:
    assert broken(task(MOVE, ("How big is it?", ["size(file='b.txt')"]), initial_config={"disk": ["a.txt"]})) == []


def test_positional_arguments_get_their_names() -> None:
    (step,) = read(task(("Move a.txt to b.txt.", ["move('a.txt', target='b.txt')"])), TOOLS)[0].steps
    assert step.call.arguments == {"source": "a.txt", "target": "b.txt"}


@pytest.mark.parametrize(
    ("calls", "rules"),
    [
        (["rename(source='a.txt', target='b.txt')"], ["unknown_tool"]),
        (["move(source='a.txt')"], ["missing_argument"]),
        (["move(source='a.txt', target='b.txt', force=True)"], ["unknown_argument"]),
        (["move(source='a.txt', target=7)"], ["schema"]),
        (["move(source='a.txt', target='z.txt')"], ["ungrounded_argument"]),
        (["move(source='a.txt', target=name)"], ["unreadable_arguments"]),
        (["move(source='a.txt', target='b"], ["truncated_json"]),
        (["move('a.txt', 'b.txt', 'c.txt')"], ["unknown_argument"]),
        (["move(source=open('a.txt'), target='b.txt')"], ["unreadable_arguments"]),
        ([7], ["unreadable_arguments"]),
    ],
)
def test_each_fault_of_a_task_is_caught(calls: list[str], rules: list[str]) -> None:
    found = broken(task(("Move a.txt to b.txt.", calls)))
    assert [rule for rule in found if rule != "ungrounded_argument" or rule in rules] == rules


def test_a_state_stands_for_results() -> None:
    later = ("How big is the other one?", ["size(file='hidden.txt')"])
    assert broken(task(MOVE, later, initial_config={"disk": {"hidden.txt": {}}})) == []
    assert broken(task(MOVE, later, initial_config={"disk": {}})) == ["ungrounded_argument"]


def test_without_results_and_state_only_the_first_call_is_asked_where_its_values_come_from() -> None:
    assert broken(task(MOVE, ("How big is the other one?", ["size(file='hidden.txt')"]))) == []


def test_functions_left_out_are_not_on_offer() -> None:
    assert broken(task(MOVE, excluded_function=["move"])) == ["unknown_tool"]


def test_functions_missing_at_first_are_on_offer_later() -> None:
    early = task(MOVE, ("", []), missed_function={"1": ["move"]})
    late = task((MOVE[0], []), ("", MOVE[1]), missed_function={"1": ["move"]})
    assert broken(early) == ["unknown_tool"]
    assert broken(late) == []


def test_a_turn_without_words_is_only_meant_so_where_functions_come() -> None:
    assert broken(task(MOVE, ("", []))) == ["empty_message"]


def possible(**arguments: Json) -> Row:
    """A single-turn task with its function and possible answers."""
    properties = {"city": {"type": "string"}, "unit": {"type": "string"}, "days": {"type": "integer"}}
    parameters = {"type": "dict", "properties": properties, "required": ["city"]}
    question = [[{"role": "user", "content": "Weather in Oslo for 3 days?"}]]
    function = [{"name": "weather", "description": "", "parameters": parameters}]
    return {"id": "s", "question": question, "function": function, "ground_truth": [{"weather": arguments}]}


def test_possible_answers_are_read_as_the_one_that_was_said() -> None:
    row = possible(city=["Oslo, Norway", "Oslo"], unit=["", "celsius"], days=[3])
    (step,) = read(row)[0].steps
    assert step.call.arguments == {"city": "Oslo", "days": 3}
    assert broken(row, None) == []


def test_possible_answers_inside_objects_are_read() -> None:
    (step,) = read(possible(city=[{"name": ["Oslo"], "code": ["", "NO"]}], days=[[1, 2]]))[0].steps
    assert step.call.arguments == {"city": {"name": "Oslo"}, "days": [1, 2]}


def test_a_question_without_answers_has_no_calls() -> None:
    row = possible()
    del row["ground_truth"]
    assert read(row)[0].steps == ()


@pytest.mark.parametrize(
    ("text", "arguments"),
    [
        ("f(a=-1, b=1.5, c=True, d=None)", {"a": -1, "b": 1.5, "c": True, "d": None}),
        ("f(a=[1, {'b': (2, 3)}])", {"a": [1, {"b": [2, 3]}]}),
        ("f()", {}),
        ("a.b.f(x='(')", {"x": "("}),
    ],
)
def test_python_literals_become_json(text: str, arguments: Row) -> None:
    found = call_from(text, None)
    assert (found.fault, found.arguments) == ("", arguments)


@pytest.mark.parametrize("text", ["f(a=b)", "f(**x)", "f(", "7", "", "f(a=b'x')", "f(a=1)(2", "(" * 5000, "f(a=1j)"])
def test_python_that_is_no_call_of_literals_has_a_fault_and_is_not_run(text: str) -> None:
    assert all(call.fault for call in calls_from(text, None))


def test_a_tau2_task_is_its_scenario_and_its_actions() -> None:
    scenario = {
        "persona": None,
        "instructions": {"reason_for_call": "Move a.txt to b.txt.", "known_info": "You are Ada."},
    }
    actions = [
        {"action_id": "1", "name": "move", "arguments": {"source": "a.txt"}},
        {"action_id": "2", "name": "ring", "arguments": {}, "requestor": "user"},
    ]
    row = {"id": "0", "user_scenario": scenario, "evaluation_criteria": {"actions": actions}}
    dialogue, name = read(row, TOOLS)
    assert (name, len(dialogue.steps)) == ("tau2", 1)
    assert "You are Ada." in dialogue.requests[0][1]
    assert broken(row) == ["missing_argument"]
