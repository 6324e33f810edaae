"""The writer of training text: what it says must be what the grammar would have allowed."""

from __future__ import annotations

import itertools
import json
import random
import re
import sys
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))

from seed_model.vocabulary import vocabulary
from seed_model.writer import Conversation, copying_rows, lessons, sound, visible_plan

from dtc_local.prompts import JUDGE_REASONS, written
from dtc_local.records import LiteralValue
from dtc_local.stages.respond import is_grounded, visible_words
from dtc_local.words import leaves, numbers, spans

COUNT = 50


def _find(text: str, wanted: str, start: int) -> int:
    match = re.search(rf"(?<!\w){re.escape(wanted)}(?!\w)", text[start:])
    return start + match.start() if match else -1


@pytest.fixture(scope="module", params=[False, True], ids=["training words", "words kept aside"])
def conversations(request: pytest.FixtureRequest) -> list[Conversation]:
    return [sound(random.Random(f"test/{number}"), request.param) for number in range(COUNT)]


def test_every_planned_literal_obeys_the_tool_s_schema(conversations: list[Conversation]) -> None:
    for told in conversations:
        for turn in told.turns:
            for call in turn.plan.calls:
                schema = next(tool for tool in told.tools if tool.name == call.tool).parameters
                for name, value in call.literals():
                    Draft202012Validator(schema["properties"][name]).validate(value)
                assert set(schema["required"]) <= set(call.arguments)
                assert list(call.arguments) == [name for name in schema["properties"] if name in call.arguments]


def test_every_executed_call_and_result_obeys_the_schemas(conversations: list[Conversation]) -> None:
    for told in conversations:
        for step in told.layout.steps:
            tool = told.tool(step)
            Draft202012Validator(tool.parameters).validate(step.arguments)
            Draft202012Validator(tool.output).validate(step.result)
            assert list(step.result) == list(tool.output["properties"])


def test_the_request_carries_every_required_literal_in_order(conversations: list[Conversation]) -> None:
    for told in conversations:
        for turn in told.turns:
            place = 0
            for text in turn.required:
                found = _find(turn.request, text, place)
                assert found >= 0, (text, turn.request)
                place = found + len(text)


def test_the_request_has_no_forbidden_characters_or_digits_outside_literals(conversations: list[Conversation]) -> None:
    for told in conversations:
        for turn in told.turns:
            rest, place = "", 0
            for text in turn.required:
                found = _find(turn.request, text, place)
                rest += turn.request[place:found] + "\0"
                place = found + len(text)
            rest += turn.request[place:]
            assert not re.search(r'[\d"\\{}\[\]<>$_\n]', rest), turn.request
            assert not re.search(r"\w\0|\0\w|  ", rest), turn.request
            assert turn.request[-1] in ".?!"


def test_verified_literals_are_found_in_what_the_reader_sees(conversations: list[Conversation]) -> None:
    for told in conversations:
        seen = ""
        for turn in told.turns:
            seen += turn.request
            for call in visible_plan(turn).calls:
                for name, argument in call.arguments.items():
                    if isinstance(argument, LiteralValue) and isinstance(argument.value, str | int | float):
                        ok = isinstance(argument.value, bool) or written(argument.value) in seen
                        assert ok, (name, argument.value, seen)
            seen += (
                json.dumps([call.result for level in turn.levels for call in level], ensure_ascii=False) + turn.reply
            )


def test_a_blind_reader_can_take_every_value_out_of_the_request(conversations: list[Conversation]) -> None:
    for told in conversations:
        for turn in told.turns:
            texts, digits = set(spans(turn.request)), set(numbers(turn.request))
            for call in turn.plan.calls:
                schema = next(tool for tool in told.tools if tool.name == call.tool).parameters["properties"]
                for name, value in call.literals():
                    for leaf in leaves(value):
                        assert "enum" in schema[name] or leaf in (texts if isinstance(leaf, str) else digits), leaf


def test_replies_are_one_to_three_grounded_sentences(conversations: list[Conversation]) -> None:
    for told in conversations:
        seen: set[str] = set()
        for turn in told.turns:
            seen |= visible_words(turn.request, turn.levels)
            assert is_grounded(turn.reply, seen), turn.reply


def test_numbers_in_replies_come_from_request_or_results(conversations: list[Conversation]) -> None:
    for told in conversations:
        for turn in told.turns:
            seen = turn.request + json.dumps(
                [c.model_dump() for level in turn.levels for c in level], ensure_ascii=False
            )
            for number in re.findall(r"\d+(?:\.\d+)?", turn.reply):
                assert number in seen, (number, turn.reply)
            assert "?" not in turn.reply


def test_implicit_calls_are_closed_under_ancestors_and_never_sinks(conversations: list[Conversation]) -> None:
    for told in conversations:
        for turn in told.turns:
            parents = turn.plan.parents()
            needed = {parent for own in parents.values() for parent in own}
            assert set(turn.implicit) <= needed
            assert all(set(parents[call]) <= set(turn.implicit) for call in turn.implicit)


def test_equal_seeds_give_equal_lessons() -> None:
    first = list(itertools.islice(lessons(5), 40))
    assert first == list(itertools.islice(lessons(5), 40))
    assert first != list(itertools.islice(lessons(6), 40))
    assert list(itertools.islice(copying_rows(5), 40)) == list(itertools.islice(copying_rows(5), 40))


def test_words_kept_aside_are_never_used_in_training() -> None:
    train, aside = vocabulary(False), vocabulary(True)
    for one, other in (
        (
            {noun.one for group in train.nouns.values() for noun in group},
            {n.one for g in aside.nouns.values() for n in g},
        ),
        (
            {(d, v.base) for d, g in train.verbs.items() for v in g},
            {(d, v.base) for d, g in aside.verbs.items() for v in g},
        ),
        ({k.name for g in train.kinds.values() for k in g}, {k.name for g in aside.kinds.values() for k in g}),
    ):
        assert one
        assert other
        assert not one & other


def test_every_stage_is_taught_and_verdicts_come_from_the_closed_set() -> None:
    stages: set[str] = set()
    for lesson in itertools.islice(lessons(3), 100):
        for task in lesson.tasks:
            stages.add(task.stage)
            assert 0 <= task.after <= len(lesson.history)
            if task.stage == "judge":
                assert json.loads(task.answer)["reason"] in JUDGE_REASONS
            if task.stage in ("plan", "verify", "execute"):
                assert json.dumps(json.loads(task.answer), ensure_ascii=False, separators=(",", ":")) == task.answer
    assert stages == {"plan", "ask", "verify", "execute", "respond", "judge"}


def test_lessons_stay_short_enough_for_a_training_row() -> None:
    sizes = []
    for lesson in itertools.islice(lessons(4), 150):
        sizes.append(
            len(lesson.system) + sum(map(len, lesson.history)) + sum(len(t.prompt + t.answer) for t in lesson.tasks)
        )
    assert max(sizes) <= 6500
    assert sum(size <= 4500 for size in sizes) > 0.6 * len(sizes)
