"""Budgets inside a free text: with the worst models there are, every literal comes, in order, and in time."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from outlines.types import CFG

from dtc_local.engine.base import Completion, Request, Segments, Stretch
from dtc_local.engine.job import Job
from dtc_local.engine.scripted import byte_compiler, check_text
from dtc_local.engine.segments import Guide, Order
from dtc_local.stages import ask as stage
from tests.engine.conftest import Load, ask, run
from tests.engine.noise import noise_engine
from tests.engine.vocabularies import vocabulary

VALUES = [
    ["kristin.tran@example.net", "Delayed budget", 3],
    ["Łódź", "2025-03-04"],
    ["high", "INC-204", "travel mug", 12.5],
    [],
]
NAMES = ["find_customer", "agent_name", "get_price"]


def request(values: list[Any], budget: int, tail: int, **sampling: Any) -> Request:
    """A user's words that must say `values`, under the grammar that the pipeline uses."""
    made = ask("Write.", CFG(stage.grammar(values, NAMES)), max_tokens=400, **sampling)
    stretches = tuple(replace(stretch, budget=budget) for stretch in stage.segments(values).stretches)
    return replace(made, segments=Segments(stretches, tail))


@pytest.fixture
def jobs(monkeypatch: pytest.MonkeyPatch) -> list[Job]:
    """Every job that is filed, in the order of candidates."""
    seen: list[Job] = []
    filed = Job.completion

    def completion(self: Job) -> Completion:
        seen.append(self)
        return filed(self)

    monkeypatch.setattr(Job, "completion", completion)
    return seen


def check(jobs: list[Job]) -> list[int]:
    """Every stretch is in its budget and every literal is said; returns the length of the longest stretches."""
    longest = []
    for job in jobs:
        assert job.finish == "accepted", job.text
        segments, text = job.request.segments, job.text.decode()
        assert segments is not None
        check_text(byte_compiler().compile(job.request.constraint), text)
        start, counts = 0, []
        for stretch in segments.stretches:
            found = re.compile("|".join(map(re.escape, stretch.literals))).search(text, start)
            assert found, (text, stretch)
            begin = len(text[: found.start()].encode())
            counts.append(sum(len(text[:start].encode()) < place <= begin for place in job.drawn))
            assert counts[-1] <= stretch.budget + 1
            start = found.end()
        tail = sum(place > len(text[:start].encode()) for place in job.drawn)
        assert tail <= segments.tail + 1
        longest.append(max([*counts, tail]))
    return longest


def test_a_random_model_says_everything_in_order_and_in_time(load: Load, jobs: list[Job]) -> None:
    engine = load(8)
    for values in VALUES:
        run(engine, [request(values, 12, 9, seed=seed, temperature=2.0, min_p=0.0) for seed in range(12)])
    longest = check(jobs)
    assert len(longest) == 48
    assert max(longest) >= 8


@pytest.mark.parametrize("name", ["qwen2", "llama-bpe", "phi-3"])
def test_random_logits_over_a_real_vocabulary_do_too(
    name: str, jobs: list[Job], monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = noise_engine(vocabulary(name), monkeypatch)
    for budget in (4, 20):
        run(engine, [request(values, budget, budget, seed=seed) for values in VALUES for seed in range(8)])
    assert len(check(jobs)) == 64


def test_without_budgets_the_same_model_rambles_to_the_limit(load: Load) -> None:
    sampled = {"temperature": 2.0, "min_p": 0.0}
    requests = [replace(request(VALUES[0], 12, 9, seed=seed, **sampled), segments=None) for seed in range(6)]
    assert "length" in {completion.finish for (completion,) in run(load(8), requests)}


def test_budgets_that_are_never_spent_change_nothing(load: Load) -> None:
    engine = load(4)
    bounded = [request(VALUES[3], 12, 1000, seed=seed, temperature=1.0) for seed in range(6)]
    free = [replace(one, segments=None) for one in bounded]
    assert run(engine, bounded) == run(engine, free)


def test_batches_change_nothing_in_texts_with_budgets(load: Load) -> None:
    requests = [request(values, 10, 10, seed=seed, n=2) for values in VALUES for seed in range(2)]
    assert run(load(16), requests) == [run(load(1), [one])[0] for one in requests]


def test_a_literal_that_cannot_be_written_ends_the_text_as_too_long(load: Load) -> None:
    made = replace(
        ask("Write.", CFG("start: T\nT: /[a-z]+9/\n")), segments=Segments((Stretch(("UP",), 6),), 9), max_tokens=60
    )
    ((completion,),) = run(load(1), [made])
    assert (completion.finish, completion.value) == ("length", None)
    assert completion.tokens <= 6


class Matcher:
    """Takes everything, or only what a pattern takes."""

    def __init__(self, ending: bool = False, refused: str = "") -> None:
        self.ending, self.refused = ending, refused

    def is_accepting(self) -> bool:
        return self.ending

    def validate_tokens(self, tokens: list[int]) -> int:
        return 0 if bytes(tokens).decode() == self.refused else len(tokens)


def order(text: str, drawn: int, piece: str = "x", matcher: Matcher | None = None) -> str | None:
    """What a guide for "red cup" wants when the last `drawn` bytes of `text` were drawn one by one."""
    guide = Guide(Segments((Stretch(("red cup",), 10),), 5), lambda text: list(text.encode()))
    ends = list(range(len(text) - drawn + 1, len(text) + 1))
    found = guide.order(text.encode(), ends, piece.encode(), matcher or Matcher())
    return None if found is None else bytes(found.tokens).decode() + ("$" if found.last else "")


@pytest.mark.parametrize(
    ("text", "drawn", "piece", "wanted"),
    [
        ("I want a", 4, " b", None),  # early
        ("I want a", 5, "n", None),  # near the end, but inside a word
        ("I want a", 5, " b", " red cup"),  # near the end, and a word is complete
        ("I want ano", 10, "ther", " red cup"),  # the end
        ("I wanted ", 9, " b", None),
        ("I wanted a ", 10, "n", "red cup"),
        ("I want a red", 10, "n", " cup"),  # begun
        ("I want a shred", 10, "n", " red cup"),  # not begun: inside a word
        ("I want a red cu", 10, "t", "p"),
        ("a red cup", 1, " b", None),  # said
        ("a red cups", 10, "y", " red cup"),  # not said: inside a word
    ],
)
def test_a_literal_is_written_when_it_is_due(text: str, drawn: int, piece: str, wanted: str | None) -> None:
    assert order(text, drawn, piece) == wanted


def test_a_text_is_ended_where_it_may_end_and_else_with_a_full_stop() -> None:
    assert order("a red cup nowo", 5, "o") == ".$"
    assert order("a red cup nowo", 5, "o", Matcher(ending=True)) == "$"
    assert order("a red cup nowo", 5, "o", Matcher(refused=".")) == "!$"


def test_what_was_written_does_not_become_a_longer_word() -> None:
    assert order("I want a red cup", 0, "s") == " "
    assert order("I want a red cup.", 0, "s") == " "
    assert order("I want a red cup", 0, "!") is None
    assert order("I want a red cup's", 0, " handle") is None
    assert order("I want a red cup", 1, "s") is None


def test_what_the_grammar_refuses_is_not_written() -> None:
    assert order("I wanted a", 10, "n", Matcher(refused=" red cup")) == "red cup"


@given(st.text(max_size=6), st.integers(0, 3))
def test_no_budget_ends_inside_a_character(text: str, cut: int) -> None:
    data = text.encode()
    cut = max(0, len(data) - cut)
    guide = Guide(Segments((Stretch(("red",), 1),), 1), lambda text: list(text.encode()))
    found = guide.order(data[:cut], [], data[cut:] + "é".encode()[:1], Matcher())
    try:
        data[:cut].decode()
    except UnicodeDecodeError:
        return
    assert isinstance(found, Order)
