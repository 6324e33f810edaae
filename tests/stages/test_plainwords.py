"""Small models write with plain words: what that lets through and what it does not."""

from __future__ import annotations

import pytest
from llguidance import LLMatcher, LLTokenizer

from dtc_local.stages.plainwords import EVERYDAY, OUTCOME, forms, reply_grammar, request_grammar, words_of

TOKENIZER = LLTokenizer("byte")
WORDS = EVERYDAY | OUTCOME | words_of(["Closes a ticket.", "ticket id", "status"])


def accepts(grammar: str, text: str) -> bool:
    matcher = LLMatcher(TOKENIZER, LLMatcher.grammar_from_lark(grammar))
    assert not matcher.get_error()
    tokens = TOKENIZER.tokenize_str(text)
    return matcher.try_consume_tokens(tokens) == len(tokens) and matcher.is_accepting()


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("closes", {"close", "closed"}),
        ("copies", {"copy", "copied"}),
        ("sending", {"send", "sent"}),
        ("find", {"find", "found"}),
    ],
)
def test_a_word_brings_the_forms_a_speaker_would_use(word: str, expected: set[str]) -> None:
    assert expected <= forms(word)


@pytest.mark.parametrize(
    ("text", "accepted"),
    [
        ("Please close the ticket with ticket id 4821, and tell Karen Ford.", True),
        ("Could you close ticket #4821? Then tell Karen Ford's colleague.", True),
        ("Please close the ticket with ticket id 4821.", False),
        ("Please tell Karen Ford that ticket 4821 is closed.", False),
        ("Please close the vacationock 4821 for Karen Ford.", False),
        ("Please close ticket 4821 and 17 for Karen Ford.", False),
        ("please close ticket 4821 for Karen Ford.", False),
        ("Please close ticket 4821 for Karen Ford", False),
        ("Close " + "the " * 40 + "ticket 4821 for Karen Ford.", False),
    ],
)
def test_a_plain_request_says_all_values_in_order_in_known_words_within_its_budget(text: str, accepted: bool) -> None:
    assert accepts(request_grammar([("4821",), ("Karen Ford",)], WORDS), text) is accepted


@pytest.mark.parametrize(
    ("text", "accepted"),
    [
        ("Ticket 4821 is closed.", True),
        ("All done, ticket 4821 is now closed. The status is Solved!", True),
        ("The total is $17.5 and 20% of it.", True),
        ("Ticket 4822 is closed.", False),
        ("Is ticket 4821 closed?", False),
        ("Ticket 4821 is zorbed.", False),
        ("Done. Ticket closed. Now closed. Then closed.", False),
    ],
)
def test_a_plain_reply_is_one_to_three_sentences_of_known_and_visible_words(text: str, accepted: bool) -> None:
    assert accepts(reply_grammar({"4821", "Solved", "17.5", "20"}, WORDS), text) is accepted


def test_a_request_without_values_is_a_sentence_of_plain_words() -> None:
    assert accepts(request_grammar([], WORDS), "Show me the ticket, please.")
