"""Near-duplicates are found exactly as comparing all pairs would find them, and short texts are nobody's."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dtc_local.export.duplicates import THRESHOLD, near_pairs, shingles

TEXT = "please cancel the order of Ada Byron and send her a refund before noon on Monday or Friday"
WORDS = TEXT.split()
TEXTS = st.lists(st.lists(st.sampled_from(WORDS[:9]), max_size=14).map(" ".join), max_size=12)


def similar(one: str, other: str) -> float:
    """Jaccard similarity by definition."""
    sets = [set(shingles(text).tolist()) for text in (one, other)]
    return len(sets[0] & sets[1]) / len(sets[0] | sets[1]) if sets[0] | sets[1] else 0.0


@given(TEXTS)
def test_the_pairs_are_those_of_the_definition(texts: list[str]) -> None:
    found = set(near_pairs([shingles(text) for text in texts]))
    for later, earlier in found:
        assert earlier < later
        assert similar(texts[later], texts[earlier]) >= THRESHOLD
    for later in range(len(texts)):
        near = [k for k in range(later) if similar(texts[later], texts[k]) >= THRESHOLD]
        equal = [k for k in near if similar(texts[later], texts[k]) == 1]
        # Of equal texts each is paired with the first alone.
        expected = {(later, equal[0])} if equal else {(later, k) for k in near if not _repeats(texts, k)}
        assert {pair for pair in found if pair[0] == later} == expected


def _repeats(texts: list[str], position: int) -> bool:
    return any(similar(texts[position], texts[k]) == 1 for k in range(position))


def test_one_word_of_many_makes_no_difference_and_other_words_do() -> None:
    long = " ".join(WORDS * 2)
    texts = [long, f"{long} today", "Please tell me which orders Grace Hopper made in the last week."]
    assert list(near_pairs([shingles(text) for text in texts])) == [(1, 0)]


def test_short_texts_are_nobody_s_duplicate() -> None:
    assert not list(near_pairs([shingles("Yes, please do that.")] * 3))
    assert not list(near_pairs([]))


def test_case_and_punctuation_do_not_count() -> None:
    one, other = "Please cancel the order of Ada, today!", "please cancel the order of ada today"
    assert list(near_pairs([shingles(one), shingles(other)])) == [(1, 0)]
