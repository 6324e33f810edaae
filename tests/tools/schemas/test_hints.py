"""What a description spells out is taken for values; remarks on spelling are not."""

from __future__ import annotations

from dtc_local.tools.schemas.hints import listed, mentioned


def test_a_lone_sign_in_quotes_is_no_example() -> None:
    text = "The order id, such as '#W0000000'. Be careful there is a '#' symbol at the beginning."
    assert mentioned(text) == ("#W0000000",)


def test_signs_that_are_listed_are_values() -> None:
    assert listed("One of: '+', '-'") == mentioned("One of: '+', '-'") == ("+", "-")
