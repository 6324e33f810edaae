"""The writer of training text: what it says must be what the pipeline asks for, and what its grammars allow."""

from __future__ import annotations

import itertools
import json
import random
from collections import Counter

import pytest
from jsonschema import Draft202012Validator
from seed_model import playing
from seed_model.lesson import Lesson
from seed_model.playing import Player
from seed_model.vocabulary import vocabulary
from seed_model.writer import Conversation, copying_rows, lesson_of, lessons, sound

from dtc_local import prompts
from dtc_local.engine.base import Completion, Request
from dtc_local.engine.constraint import Compiled
from dtc_local.engine.scripted import byte_compiler, check_text
from dtc_local.errors import DecodeError
from dtc_local.records import KINDS, SHAPES
from dtc_local.settings import CONSENT_RULE
from dtc_local.stages import exchanges, finder
from dtc_local.stages.base import Desk, json_schema
from dtc_local.stages.label import unproved
from dtc_local.stages.verify import MOST_CALLS

COUNT = 60
STAGES = {"plan", "ask", "verify", "execute", "respond", "talk", "error", "hint", "judge"}


@pytest.fixture(scope="module", params=[False, True], ids=["training words", "words kept aside"])
def conversations(request: pytest.FixtureRequest) -> list[Conversation]:
    return [sound(random.Random(f"test/{number}"), request.param) for number in range(COUNT)]


@pytest.fixture(scope="module")
def taught() -> list[Lesson]:
    return list(itertools.islice(lessons(3), 120))


def test_every_stage_is_taught(taught: list[Lesson]) -> None:
    assert {task.stage for lesson in taught for task in lesson.tasks} == STAGES


def test_every_kind_of_exchange_is_laid_out_and_every_turn_is_proved_by_the_pipeline_s_rules(
    conversations: list[Conversation],
) -> None:
    seen: Counter[str] = Counter()
    for told in conversations:
        place = 0
        for outline in told.desk.scenario.turns:
            size = 2 if outline.kind in ("clarify", "confirm") else 1
            made = told.desk.turns[place : place + size]
            assert not unproved(outline, told.desk.turns[:place], made, told.desk.scenario), outline
            place += size
            seen[outline.kind] += 1
        assert place == len(told.desk.turns)
    assert set(seen) >= set(KINDS) - set(SHAPES)


def test_all_calls_and_results_that_succeed_obey_the_schemas(conversations: list[Conversation]) -> None:
    for told in conversations:
        for turn in told.desk.turns:
            for call in turn.executed():
                tool = told.desk.scenario.tool(call.tool)
                Draft202012Validator(tool.parameters).validate(call.arguments)
                if tool.output is not None:
                    Draft202012Validator(tool.output).validate(call.result)


def test_tasks_stand_where_the_pipeline_asks_them(conversations: list[Conversation]) -> None:
    for told in conversations:
        history = prompts.history(told.desk.turns)
        for task in told.tasks:
            before = history[task.after - 1] if task.after else ""
            starts = {"plan": ("", "Assistant:"), "ask": ("", "Assistant:"), "verify": ("User:",), "talk": ("User:",)}
            if task.stage in starts:
                assert any(before.startswith(start) if start else not before for start in starts[task.stage]), task
            if task.stage in ("execute", "error", "hint", "respond"):
                assert before.startswith(("User:", "Calls:")), task


@pytest.mark.parametrize("held_out", [False, True])
def test_every_answer_obeys_the_grammar_that_the_pipeline_asks_it_under(
    monkeypatch: pytest.MonkeyPatch, held_out: bool
) -> None:
    compiler, asked = byte_compiler(), Counter[str]()
    answered = Player._completed

    def checked(player: Player, request: Request) -> Completion:
        completion = answered(player, request)
        if request.stage not in playing.UNTAUGHT:
            check_text(compiler.compile(request.constraint), completion.text)
            asked[request.stage] += 1
        return completion

    monkeypatch.setattr(playing, "FREE_SHARE", 0.0)
    monkeypatch.setattr(Player, "_completed", checked)
    for number in range(25):
        sound(random.Random(f"grammar/{number}"), held_out)
    assert set(asked) >= STAGES - {"verify", "judge", "hint"}


def _allows(compiled: Compiled, text: str) -> bool:
    try:
        check_text(compiled, text)
    except DecodeError:
        return False
    return True


def test_calls_whose_values_are_all_said_are_allowed_by_the_small_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    compiler, allowed, refused = byte_compiler(), 0, 0
    monkeypatch.setattr(playing, "FREE_SHARE", 0.0)
    for number in range(40):
        told = sound(random.Random(f"reader/{number}"))
        turns = told.desk.turns
        for task in (task for task in told.tasks if task.stage == "verify"):
            place = sum(1 for part in prompts.history(turns)[: task.after] if part.startswith("User:")) - 1
            if any(True for call in turns[place].plan.calls for _ in call.references()):
                continue  # the lessons link more than the dataflow graph does, and so than the reader knows
            desk = Desk(told.desk.scenario, told.desk.config, True, turns=turns[:place])
            schema = finder.calls_schema(desk, turns[place].request, desk.next_id, MOST_CALLS)
            # Records as arguments are not said under their own names, and tools described alike are not told apart.
            allows = schema is not None and _allows(compiler.compile(json_schema(schema)), task.answer)
            allowed, refused = allowed + allows, refused + (not allows)
    assert allowed > 5 * refused


def test_where_nothing_should_be_called_the_reader_is_taught_nothing(conversations: list[Conversation]) -> None:
    for told in conversations:
        readings = [task for task in told.tasks if task.stage == "verify"]
        assert len(readings) == sum(bool(turn.plan.calls) for turn in told.desk.turns)
        assert all(json.loads(task.answer) for task in readings)


def test_what_destroys_is_called_after_a_yes_wherever_the_policy_demands_it(conversations: list[Conversation]) -> None:
    for told in conversations:
        if CONSENT_RULE not in told.desk.system:
            continue
        for place, turn in enumerate(told.desk.turns):
            for call in turn.executed():
                if told.desk.scenario.tool(call.tool).effect == "destructive":
                    assert told.desk.turns[place - 1].reply.endswith("?")
                    assert exchanges.consent(turn.request)


def test_about_half_of_the_verdicts_find_nothing_wanting_and_each_criterion_fails_in_some(taught: list[Lesson]) -> None:
    votes = [json.loads(task.answer) for lesson in taught for task in lesson.tasks if task.stage == "judge"]
    assert all(list(vote) == list(prompts.CRITERIA) for vote in votes)
    assert 0.35 < sum(all(vote.values()) for vote in votes) / len(votes) < 0.65
    assert all(any(not vote[criterion] for vote in votes) for criterion in prompts.CRITERIA)


def test_a_spoiled_conversation_is_another_than_the_sound_one_from_the_spoiled_turn_on(taught: list[Lesson]) -> None:
    spoiled = [(lesson, task) for lesson in taught for task in lesson.tasks if task.other]
    assert spoiled
    for lesson, task in spoiled:
        assert task.stage == "judge"
        assert not all(json.loads(task.answer).values())
        assert task.other != lesson.history[task.after :]
        assert task.other[0].startswith("User:")


def test_json_answers_are_compact(taught: list[Lesson]) -> None:
    for lesson in taught:
        for task in lesson.tasks:
            if task.stage in ("plan", "verify", "execute", "error", "judge"):
                assert prompts.compact(json.loads(task.answer)) == task.answer


def test_equal_seeds_give_equal_lessons() -> None:
    first = list(itertools.islice(lessons(5), 20))
    assert first == list(itertools.islice(lessons(5), 20))
    assert first != list(itertools.islice(lessons(6), 20))
    assert list(itertools.islice(copying_rows(5), 40)) == list(itertools.islice(copying_rows(5), 40))


def test_a_lesson_is_made_of_one_conversation(conversations: list[Conversation]) -> None:
    for told in conversations[:10]:
        lesson = lesson_of(told, random.Random(1))
        assert lesson.history == prompts.history(told.desk.turns)
        assert lesson.system == told.desk.system
        assert lesson.tasks[: len(told.tasks)] == tuple(told.tasks)


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


def test_lessons_stay_short_enough_for_a_training_row(taught: list[Lesson]) -> None:
    sizes = [lesson.size for lesson in taught]
    assert max(sizes) <= 7000
    assert sum(size <= 4500 for size in sizes) > 0.5 * len(sizes)
