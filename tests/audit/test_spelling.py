"""What stands alone in a text, and what is only part of something else."""

from __future__ import annotations

from typing import Any

import pytest

from dtc_local.audit.spelling import says, without

SAID: list[tuple[Any, str]] = [
    (5, "Take 5."),
    (5, "It costs $5, no more."),
    (5, "(5)"),
    (5, "item #5 please"),
    (-5, "It is -5 outside."),
    (1500, "Pay 1,500 now."),
    (12.5, "Pay 12.50 now."),
    (12.0, "Pay 12 now."),
    (0.00001, "Set it to 0.00001."),
    ("Ada Byron", "Find Ada Byron's order."),
    ("report.pdf", "Open report.pdf."),
    ("/home/ada", "Go to /home/ada, then stop."),
    ("12:30", "Meet at 12:30."),
]
NOT_SAID: list[tuple[Any, str]] = [
    (5, "Take 15."),
    (5, "Take 50."),
    (5, "It is -5 outside."),
    (5, "Pay 5.2 now."),
    (5, "Pay 1,5 now."),
    (500, "Pay 1,500 now."),
    (5, "Send ORD-5."),
    (5, "Open file_5."),
    (5, "Meet at 5:30."),
    (30, "Meet at 5:30."),
    (12.5, "Pay 12.51 now."),
    ("5", "It is -5 outside."),
    ("report", "Open report.pdf."),
    ("Ada", "Ask Adam."),
    ("ORD-1", "Send ORD-12."),
    ("ORD-1", "Send ORD-1-b."),
    ("ada", "Ask Ada."),
    ("", "Anything."),
]


@pytest.mark.parametrize(("value", "text"), SAID)
def test_a_value_that_stands_alone_is_found(value: Any, text: str) -> None:
    assert says(text, value)


@pytest.mark.parametrize(("value", "text"), NOT_SAID)
def test_a_value_inside_another_is_not_found(value: Any, text: str) -> None:
    assert not says(text, value)


def test_only_a_choice_may_be_said_in_other_letters() -> None:
    assert says("On hold, please.", "on_hold", enum=True)
    assert not says("On hold, please.", "on_hold")


def test_longer_values_are_blotted_out_first() -> None:
    assert without("Ask Ada Byron and Ada.", ["Ada", "Ada Byron"]) == "Ask v and v."


@pytest.mark.parametrize(
    ("value", "text", "said"),
    [
        (3, "注文を3個ください。", True),
        (3, "注文を13個ください。", False),
        (2.5, "送料は2.5ユーロです。", True),
        ("O-9", "注文O-9を取り消す。", True),
        ("O-9", "注文O-91を取り消す。", False),
        ("東京", "東京の天気", True),
        ("Ada Byron", "Ada Byronさん、", True),
    ],
)
def test_where_no_spaces_part_words_a_value_stands_between_letters(value: Any, text: str, said: bool) -> None:
    assert says(text, value) is said
    if isinstance(value, str):
        assert (value not in without(text, [value])) is said
