"""Figures of a trained network: what counts as a right tool, a sound conversation passed and a spoiled one noticed."""

from __future__ import annotations

from random import Random

import pytest

pytest.importorskip("torch", reason="the seed model's trainer needs the train extra (torch)")
pytest.importorskip("tokenizers", reason="the seed model's trainer needs the train extra (tokenizers)")

import numpy as np
from seed_model import rows, tokenizer
from seed_model.figures import Figures, _add
from seed_model.lesson import Lesson, Task
from seed_model.writer import verdict

CALL = '[{"id":"$1","name":"close_ticket","arguments":{"id":4}}]'


@pytest.fixture(scope="module")
def segments() -> tokenizer.Segments:
    texts = [verdict(()), verdict(("calls_fit",)), verdict(("requests_natural", "replies_fit")), CALL]
    return tokenizer.Segments(tokenizer.train(texts * 3, 300))


def means(segments: tokenizer.Segments, stage: str, text: str, wrong_from: int | None = None) -> dict[str, float]:
    """Figures of one answer that is right up to a place in the text, or everywhere."""
    answer = [*segments.content(text), segments.turn_end]
    right = np.ones(len(answer), dtype=bool)
    if wrong_from is not None:
        right[len(segments.content(text[:wrong_from])) :] = False
    sums = Figures()
    _add(sums, stage, np.zeros(len(answer)), right, np.array(answer), segments)
    return sums.means()


def test_a_sound_conversation_passes_if_the_whole_verdict_is_right(segments: tokenizer.Segments) -> None:
    assert means(segments, "judge", verdict(()))["sound_passed"] == 1.0
    assert means(segments, "judge", verdict(()), wrong_from=len(verdict(())) - 6)["sound_passed"] == 0.0


@pytest.mark.parametrize("criterion", ["calls_fit", "requests_natural", "replies_fit"])
def test_a_spoiled_conversation_is_noticed_if_the_first_false_criterion_is_right(
    segments: tokenizer.Segments, criterion: str
) -> None:
    text = verdict((criterion,))
    assert means(segments, "judge", text)["spoiled_noticed"] == 1.0
    assert means(segments, "judge", text, wrong_from=text.index("false"))["spoiled_noticed"] == 0.0
    assert "sound_passed" not in means(segments, "judge", text)


def test_the_first_tool_is_right_if_its_name_is(segments: tokenizer.Segments) -> None:
    assert means(segments, "verify", CALL, wrong_from=CALL.index('"id":4'))["first_tool_right"] == 1.0
    assert means(segments, "verify", CALL, wrong_from=CALL.index("ticket"))["first_tool_right"] == 0.0


def test_a_task_with_another_end_sees_its_own_history_in_place_of_the_lesson_s(segments: tokenizer.Segments) -> None:
    other = ("User: no\n", "Assistant: yes\n")
    task = Task("judge", 1, "Judge.\n", verdict(("calls_fit",)), other)
    lesson = Lesson("Tools.\n", ("User: a\n", "Assistant: b\n"), (task,))
    packed = rows._branch(task, segments)
    asked = [token for part in (*other, task.prompt) for token in segments.content(part)]
    assert packed.question[: len(asked)] == asked
    whole = rows.tree(lesson, segments, Random(1))
    assert whole is not None
    assert len(whole.tokens) == whole.places[-1] + 1
