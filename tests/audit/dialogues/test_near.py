"""Near-duplicates are found, what only sounds alike is not, and memory stays bounded."""

from __future__ import annotations

import random

from dtc_local.audit.dialogue import Dialogue, Message
from dtc_local.audit.dialogues.near import KEYS, NearDuplicates, likeness, sketch_of

WORDS = [f"word{number}" for number in range(2_000)]


def dialogue(text: str) -> Dialogue:
    """A conversation of one request."""
    return Dialogue((Message("user", text),))


def found(texts: list[str], near: NearDuplicates | None = None) -> list[str]:
    """What is said of each text that repeats an earlier one."""
    near = near or NearDuplicates()
    return [defect.what for place, text in enumerate(texts) for _, defect in near.add(dialogue(text), f"line {place}")]


def sentence(seed: int, length: int = 30) -> str:
    """Random words."""
    return " ".join(random.Random(seed).choices(WORDS, k=length))


def test_the_same_requests_are_found_with_the_first_of_their_kind() -> None:
    assert found([sentence(1), sentence(2), sentence(1)]) == ["the requests are the same as those of line 0"]


def test_one_other_word_is_a_near_duplicate() -> None:
    changed = sentence(1).split()
    changed[15] = "other"
    (what,) = found([sentence(1), " ".join(changed)])
    assert "nearly the same" in what
    assert "line 0" in what


def test_case_and_punctuation_make_no_other_request() -> None:
    assert len(found(["Show me all the orders of Ada Byron.", "show me ALL the orders, of ada byron!"])) == 1


def test_requests_of_one_pattern_are_no_duplicates() -> None:
    pattern = "Please look up the {} of {} and then send the {} to {} before {} arrives at {}."
    made = [pattern.format(*sentence(seed, 6).split()) for seed in range(40)]
    assert found(made) == []


def test_a_few_words_are_no_evidence() -> None:
    assert found(["Yes, please do that.", "Yes, please do that."]) == []


def test_many_conversations_are_compared_and_each_duplicate_is_found() -> None:
    texts = [sentence(seed) for seed in range(1_500)]
    assert len(found(texts + texts[::3])) == 500


def test_the_oldest_are_forgotten() -> None:
    near = NearDuplicates(most=10)
    assert found([sentence(seed) for seed in range(40)], near) == []
    assert found([sentence(0)], near) == []
    assert len(found([sentence(39)], near)) == 1
    assert len(near._sketches) == 10
    assert len(near._postings) <= 10 * KEYS


def test_likeness_estimates_the_share_of_common_shingles() -> None:
    one, other = sentence(1, 400), sentence(1, 400).split()
    other[200:] = sentence(2, 200).split()
    assert likeness(sketch_of(one), sketch_of(one)) == 1.0
    assert 0.15 < likeness(sketch_of(one), sketch_of(" ".join(other))) < 0.55
