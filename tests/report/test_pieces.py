"""Pieces are the text, whole and in order, and a marked piece is what the mark points to."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from dtc_local.report.pieces import WIDTH, Piece, cut, joined, spelled

TEXTS = st.text(max_size=40)
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=20,
)


def linked(pieces: list[Piece], link: int) -> str:
    """The text that a link points to."""
    return "".join(piece[0] for piece in pieces if isinstance(piece, list) and link in piece[1])


@given(st.data(), TEXTS)
def test_cut_text_is_whole_and_each_mark_covers_its_span(data: st.DataObject, text: str) -> None:
    edges = st.tuples(st.integers(0, len(text)), st.integers(0, len(text)))
    marks = [(*sorted(pair), link) for link, pair in enumerate(data.draw(st.lists(edges, max_size=5)))]
    pieces = cut(text, marks)
    assert joined(pieces) == text
    assert all(linked(pieces, link) == text[start:end] for start, end, link in marks)


def test_a_mark_that_is_not_inside_the_text_is_left_out() -> None:
    assert cut("short", [(3, 9, 0), (-1, 2, 1), (4, 2, 2)]) == ["short"]


def test_a_mark_after_characters_that_take_two_units_in_javascript_stands_where_python_counts() -> None:
    assert cut("😀😀 ORD-7!", [(3, 8, 4)]) == ["😀😀 ", ["ORD-7", [4]], "!"]


@given(JSON_VALUES)
def test_a_spelled_value_reads_back_as_itself(value: Any) -> None:
    assert json.loads(joined(spelled(value, {}))) == value


def test_a_large_number_keeps_all_its_digits() -> None:
    assert joined(spelled({"id": 12345678901234567890}, {})) == '{"id": 12345678901234567890}'


def test_a_place_inside_a_value_is_marked_with_all_links_that_point_to_it_or_around_it() -> None:
    value = {"orders": [{"id": "ORD-1", "total": 5}, {"id": "ORD-2"}]}
    pieces = spelled(value, {"orders.1.id": [3], "orders.0": [4], "orders.0.id": [5]})
    assert json.loads(linked(pieces, 3)) == "ORD-2"
    assert json.loads(linked(pieces, 4)) == {"id": "ORD-1", "total": 5}
    assert json.loads(linked(pieces, 5)) == "ORD-1"


def test_short_values_stand_on_one_line_and_long_ones_on_many() -> None:
    assert joined(spelled([1, {"a": None}], {})) == '[1, {"a": null}]'
    long = {"text": "x" * WIDTH, "more": [1, 2]}
    assert joined(spelled(long, {})) == json.dumps(long, indent=2).replace("[\n    1,\n    2\n  ]", "[1, 2]")
