"""Whatever the phrase book of exchanges writes is read back from the text alone."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dtc_local.prompts import written
from dtc_local.stages import exchanges
from dtc_local.stages.phrasebook import Clause, clause, label
from dtc_local.words import find, sayable
from tests.shop import SHOP
from tests.stages.grammars import accepts, compiled, sample

LABELS = sorted({label(name) for tool in SHOP for name in tool.parameters["properties"]})
NAMES = st.from_regex(r"[a-z][a-zA-Z0-9]{0,8}([_-][a-z0-9]{1,6}){0,2}", fullmatch=True).map(label)
TEXTS = st.text("abcXYZ é北…€ 019.,;:!'#()/-_%$&~^<>|*+?\\", min_size=1, max_size=14)
TRAPS = st.sampled_from(
    ["it, please", "Take 5", "Use it", "be 3. It", "order id to 5", "x as the city", "the city is Rome", "1.5", "No."]
)
VALUES = st.one_of(TEXTS, TRAPS, st.integers(-999, 999), st.floats(-99, 99, allow_nan=False)).filter(sayable)
CLAUSE = Clause("delete", ("a message", "a message by its id"))


@given(VALUES)
def test_an_answer_is_read_back_whatever_the_value(value: Any) -> None:
    grammar = compiled(exchanges.answer([written(value)]))
    texts = [form.format(written(value)) for form in exchanges.ANSWERS]
    written_by_it = [text for text in texts if accepts(grammar, text)]
    assert written_by_it
    for text in written_by_it:
        assert exchanges.answered(text) == written(value)
        assert find(text, value)


@given(NAMES, VALUES, st.lists(NAMES, max_size=3))
def test_a_correction_is_read_back_whatever_name_and_value(name: str, value: Any, others: list[str]) -> None:
    names = [*others, *LABELS, name]
    grammar = compiled(exchanges.correction(name, [written(value)], names))
    texts = [form.format(name=name, value=written(value)) for form in exchanges.CORRECTIONS]
    written_by_it = [text for text in texts if accepts(grammar, text)]
    assert written_by_it
    for text in written_by_it:
        assert exchanges.corrected(text, names) == (name, written(value))
        assert find(text, value)


@given(NAMES, st.lists(NAMES, max_size=3))
def test_a_question_back_is_read_whatever_is_asked_for(name: str, others: list[str]) -> None:
    names = [*others, *LABELS, name]
    grammar = compiled(exchanges.question(name))
    for form in exchanges.QUESTIONS:
        assert accepts(grammar, form.format(name))
        assert exchanges.asked_for(form.format(name), names) == name


def test_a_question_for_something_else_is_no_question_back() -> None:
    assert exchanges.asked_for("Which colour should I use?", LABELS) is None
    assert exchanges.asked_for("Use the city.", LABELS) is None
    assert exchanges.answered("Show me the orders of Ada Byron!") is None
    assert exchanges.corrected("Show me the orders of Ada Byron.", LABELS) is None


@pytest.mark.parametrize("text", exchanges.YES)
def test_every_yes_is_read_as_one(text: str) -> None:
    assert exchanges.consent(text) is True


@pytest.mark.parametrize("text", exchanges.NO)
def test_every_no_is_read_as_one(text: str) -> None:
    assert exchanges.consent(text) is False


@pytest.mark.parametrize(
    ("text", "agreed"),
    [
        ("Please don't.", False),
        ("Please do not delete it.", False),
        ("Don\u2019t do it.", False),
        ("Never!", False),
        ("Not today.", False),
        ("On second thought, better not.", False),
        ("Okay, do it then.", True),
        ("Please do that.", True),
        ("Of course.", True),
        ("Now go ahead.", None),
        ("Note that it is urgent.", None),
        ("No problem, go ahead.", None),
        ("On second thought, yes.", None),
        ("Yes, but only the first one.", None),
        ("Yes, no, wait.", None),
        ("Sure, don't.", None),
        ("Okra is a vegetable.", None),
        ("Perhaps tomorrow.", None),
        ("", None),
    ],
)
def test_an_answer_says_yes_no_or_neither(text: str, agreed: bool | None) -> None:
    assert exchanges.consent(text) is agreed


@pytest.mark.parametrize("tool", SHOP, ids=lambda tool: tool.name)
def test_every_refusal_and_every_honest_report_admits_it(tool: Any) -> None:
    said = clause(tool.description, label(tool.name))
    for form in exchanges.DECLINES:
        assert exchanges.refuses(form.format(said.imperatives[0]))
    for form in exchanges.FAILED:
        assert exchanges.refuses(form.format(said.imperatives[0], "the service is closed"))
    for form in exchanges.FAILED_MUTELY:
        assert exchanges.refuses(form.format(said.imperatives[0]))


@pytest.mark.parametrize(
    "text",
    [
        "I was unable to delete it.",
        "The deletion failed.",
        "It failed because the account is locked.",
        "The order could not be cancelled: the service is closed.",
        "There was an error, so nothing was changed.",
        "I ran into a strange problem there.",
        "None of the tools here can do that.",
        "I don't have a tool for that.",
        "It wasn't possible to do that.",
    ],
)
def test_free_words_that_admit_a_failure_are_read_as_such(text: str) -> None:
    assert exchanges.refuses(text)


@pytest.mark.parametrize(
    "text",
    [
        *exchanges.LEFT_ALONE,
        "I have deleted the message.",
        "No problem, it is done.",
        "Sorry for the wait, the order is cancelled.",
        "I have listed the failed jobs.",
        "The issue is closed now.",
        "None of the orders are open.",
        "You do not have any open orders.",
        "The error log is empty.",
        "Unfortunately it will rain in Rome.",
        "The failover took two minutes.",
    ],
)
def test_success_is_no_refusal(text: str) -> None:
    assert not exchanges.refuses(text)


@pytest.mark.parametrize("message", ["it is locked", "It is locked!", "The id A/7 (old) is locked."])
def test_a_report_says_what_the_error_says(message: str) -> None:
    grammar = compiled(exchanges.failure(CLAUSE, message))
    for seed in range(6):
        text = sample(grammar, seed)
        assert message.rstrip(".!") in text
        assert exchanges.refuses(text)
        assert "delete a message" in text
        assert not text.endswith(("..", "!."))


def test_a_report_of_an_error_without_words_is_a_whole_sentence() -> None:
    grammar = compiled(exchanges.failure(CLAUSE, ""))
    for seed in range(6):
        text = sample(grammar, seed)
        assert text.endswith(("delete a message.", "by its id.", "work."))
        assert exchanges.refuses(text)


@given(NAMES, VALUES.filter(lambda value: written(value).strip() != ""))
def test_what_is_recalled_stands_in_every_answer_and_in_no_question(name: str, value: Any) -> None:
    recalled = compiled(exchanges.recalled(name, written(value)))
    for form in exchanges.RECALLED:
        text = form.format(name=name, value=written(value))
        assert accepts(recalled, text)
        assert find(text, value)
    assert all(text.endswith(("?", ".")) for text in (form.format(name) for form in exchanges.RECALLING))


def test_consent_is_asked_for_in_a_question_and_small_talk_is_none() -> None:
    grammar = compiled(exchanges.about(exchanges.CONSENT, CLAUSE))
    assert all(sample(grammar, seed).endswith("?") for seed in range(8))
    assert not any(text.endswith("?") for text in (*exchanges.CHATTING, *exchanges.LEFT_ALONE, *exchanges.DECLINES))


def test_no_hint_has_more_words_than_it_may() -> None:
    assert max(len(hint.split()) for hints in exchanges.HINTS.values() for hint in hints) <= 10
