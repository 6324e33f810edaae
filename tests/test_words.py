"""What stands in a text is found there and offered to a reader; nothing else is."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dtc_local.prompts import written
from dtc_local.stages.references import parse_reference
from dtc_local.words import (
    code_names,
    find,
    is_question,
    leaves,
    numbers,
    sayable,
    shows_call_id,
    shows_name,
    spans,
    without,
    words_of,
)

WORDS = st.text("abcXYZ é北…€ 019.,;:!?'\"#()[]{}/-_%$", min_size=1, max_size=20)
NUMBERS = st.integers(-(10**9), 10**9) | st.floats(-1e6, 1e6, allow_nan=False)
SENTENCES = (
    "Use {} now.",
    "Take {}.",
    "I want {}, please.",
    "Is it ({})?",
    "Do it with {}'s data!",
    "Well: {}; thanks.",
)


@given(st.recursive(WORDS | NUMBERS | st.booleans() | st.none(), lambda items: st.lists(items, max_size=3)))
def test_what_leaves_yield_and_a_sentence_carries_is_found_and_offered(value: object) -> None:
    for leaf in filter(sayable, leaves(value)):
        for frame in SENTENCES:
            text = frame.format(written(leaf))
            span = find(text, leaf)
            if span is not None:
                assert text[slice(*span)] == written(leaf)
                offered = spans(text) if isinstance(leaf, str) else numbers(text)
                assert leaf in offered


@given(WORDS, WORDS)
def test_whatever_is_sayable_is_found_wherever_a_request_may_put_it(before: str, value: str) -> None:
    if sayable(value) and '"' not in before:
        text = f"Ah {before.strip()} ({value}), thanks."
        assert find(text, value) is not None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("I have 15 of them.", 5),
        ("It weighs 5.2 kilos.", 5),
        ("It weighs 1.5 kilos.", 5),
        ("It is -5 degrees.", 5),
        ("It is 5 degrees.", -5),
        ("On 2026-03-02 please.", 2026),
        ("On 2026-03-02 please.", "03"),
        ("At 10:30 please.", 30),
        ("That is 1,000 of them.", 1),
        ("That is 15.", 1.5),
        ("A cat.", "at"),
        ("Lisbon-based people.", "Lisbon"),
        ("room5", 5),
        ("Anything.", ""),
    ],
)
def test_a_value_is_not_found_inside_another(text: str, value: object) -> None:
    assert find(text, value) is None


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        ("Take 5.", 5, "5"),
        ("Take 5, not more.", 5.0, "5"),
        ("Ticket #4821?", 4821, "4821"),
        ("Ticket (4821).", 4821, "4821"),
        ("It is -5 or -6.", -6, "-6"),
        ("Just 1.5e-07 grams.", 1.5e-7, "1.5e-07"),
        ("Lisbon's weather", "Lisbon", "Lisbon"),
        ("Set it to in progress.", "in_progress", "in progress"),
        ("Set it to in_progress.", "in_progress", "in_progress"),
        ("Costs $50 there.", "$50", "$50"),
        ("Post to #general.", "#general", "#general"),
        ("Open /home/ada/a.txt.", "/home/ada/a.txt", "/home/ada/a.txt"),
        ("Call (555) 123-4567.", "(555) 123-4567", "(555) 123-4567"),
        ("Say Hello there.", "Hello there.", "Hello there."),
    ],
)
def test_a_value_is_found_where_it_stands_on_its_own(text: str, value: object, expected: str) -> None:
    span = find(text, value)
    assert span is not None
    assert text[slice(*span)] == expected


def test_enum_values_may_be_spelled_with_spaces_but_other_text_may_not() -> None:
    assert find("Mark it as in progress.", "in_progress")
    assert find("Open my file v2.txt.", "my_file_v2.txt") is None


def test_an_amount_of_money_is_text_and_no_reference() -> None:
    assert parse_reference("$50") is None
    assert parse_reference("$3.items.0.id") == ("$3", ("items", 0, "id"))
    assert list(leaves({"price": "$50"})) == ["$50"]
    assert "$50" in spans("It costs $50, I think.")


def test_spans_end_at_natural_boundaries() -> None:
    offered = set(spans("Book a table for Ada Byron, in Lisbon (Alfama)."))
    assert {"Ada Byron", "Lisbon", "Alfama", "(Alfama)", "Lisbon (Alfama)"} <= offered
    assert offered.isdisjoint({"for Ada Byron", "Ada Byron,", "a table", "table for", "Alfama)", "in Lisbon", ""})


def test_spans_do_not_cross_quotes_or_lines_and_stay_short() -> None:
    offered = set(spans('one "two three"\nfour'))
    assert {"one", "two three", "four"} <= offered
    assert not any("one two" in span or "\n" in span for span in offered)
    assert max(len(span.split()) for span in spans("word " * 40)) == 12


@pytest.mark.parametrize("value", ["the hobbit", "x" + " y" * 12, "Hello,", "to", "", " Ada", "Ada ", 'say "hi"'])
def test_values_no_reader_could_lift_out_are_not_sayable(value: str) -> None:
    assert not sayable(value)


@pytest.mark.parametrize("value", ["World Cup", "Plan A", "-5", 7, -0.25, "Dr. Who", "naïve café", "北京", "a@b.org"])
def test_plain_values_are_sayable(value: object) -> None:
    assert sayable(value)


def test_listed_values_need_not_be_lifted() -> None:
    assert not sayable("to_do to")
    assert sayable("to_do to", lifted=False)


def test_numbers_stand_alone() -> None:
    assert list(numbers("From 3 to -4.5, not v2, 10:30, 1,000 or 2026-03-02.")) == [3, -4.5]


def test_values_are_taken_out_longest_first() -> None:
    assert without("Send Ada Byron to Ada.", ["Ada", "Ada Byron"]).split() == ["Send", "to", "."]


def test_only_code_like_names_are_forbidden() -> None:
    assert code_names(["cd", "weather", "get_order", "ticketId", "sha1", "check-in"]) == (
        "check-in",
        "get_order",
        "sha1",
        "ticketId",
    )
    assert shows_name("Please get_order now.", ["get_order"])
    assert not shows_name("What is the weather?", ["weather"])
    assert shows_call_id("the id from $1")
    assert not shows_call_id("fifty $")


# Texts without spaces between words


@pytest.mark.parametrize(
    ("text", "value", "found"),
    [
        ("東京の天気を教えてください。", "東京", True),
        ("请帮我查一下上海明天的天气。", "上海", True),
        ("注文O-9を3個キャンセルして。", "O-9", True),
        ("注文O-9を3個キャンセルして。", 3, True),
        ("注文O-9を3個キャンセルして。", 9, False),
        ("注文O-91を13個。", "O-9", False),
        ("注文O-91を13個。", 3, False),
        ("Ada Byronさんに2.5キロ送って", "Ada Byron", True),
        ("Ada Byronさんに2.5キロ送って", "Ada", True),
        ("Ada Byronさんに2.5キロ送って", 2.5, True),
        ("Ada Byronさんに2.5キロ送って", 5, False),
        ("「青い本」、お願いします", "青い本", True),
        ("get_orderを使って", "order", False),
    ],
)
def test_a_value_stands_between_characters_of_a_script_without_spaces(text: str, value: Any, found: bool) -> None:
    span = find(text, value)
    assert (span is not None) is found
    if span is not None:
        assert text[slice(*span)] == str(value)
        assert value in (*spans(text), *numbers(text))


def test_spans_of_a_text_without_spaces_bear_no_punctuation_of_it() -> None:
    found = set(spans("「東京」、5人。"))
    assert {"東京", "人"} <= found
    assert not any(span[0] in "「」、。" for span in found)


def test_a_code_name_is_seen_beside_characters_of_any_script() -> None:
    assert shows_name("get_orderを使って", ["get_order"])
    assert not shows_name("注文を使って", ["get_order"])


@given(st.text(alphabet="ab ,.?!'\"$-5", max_size=30))
def test_words_of_a_text_with_spaces_are_what_stands_between_them(text: str) -> None:
    assert words_of(text) == text.split()


def test_words_of_a_text_without_spaces_are_its_latin_ones() -> None:
    assert words_of("注文O-9を3個、Ada Byronさんに。") == ["O-9", "3", "Ada", "Byron"]


@pytest.mark.parametrize(
    ("text", "asks"), [("Which?", True), ("どれですか？", True), ("どれです。", False), ("", False)]
)
def test_a_question_ends_with_a_mark_of_its_script(text: str, asks: bool) -> None:
    assert is_question(text) is asks
