"""What counts as said: any spelling a person would use, but no other number and no other id."""

from __future__ import annotations

from typing import Any

import pytest

from dtc_local.audit.dialogues.said import Said, is_date

HOLDS = [
    ("Send it to Zürich.", "zürich"),
    ("Order ORD-7, please.", "ORD-7"),
    ("in the New-York office", "New York"),
    ("the file report 2024.txt", "report_2024.txt"),
    ("It costs $1,500.", 1500),
    ("It costs 1.5k.", 1500),
    ("about 15 %", 0.15),
    ("fifteen of them", 15),
    ("two dozen", 12),
    ("-5 degrees", -5),
    ("5 degrees below zero", -5),
    ("for 3 nights", 3.0),
    ("the 3rd floor", 3),
    ("at 10am", 10),
    ("12.5 km", 12.50),
    ("exactly 12.4567", 12.46),
    ("anything", True),
    ("anything", None),
    ("anything", ""),
    ("anything", 1),
    ("anything", "."),
    ("tomorrow at noon", "2026-03-03"),
    ("on 9 March", "2026-03-09"),
    ("on the 9th of Mar, 2026", "2026-03-09"),
    ("03/09", "2026-03-09"),
    ("at 2 pm", "14:00"),
    ("in the evening", "19:30"),
    ("I paid in dollars", "USD"),
    ("it is €5", "EUR"),
    ("the meeting was moved because the room is taken", "The room is taken, so the meeting moved"),
    ("please summarise it", "summary"),
    ("phone 0123 456", "0123456"),
    ("in 2026-03-09", 2026),
]
LACKS = [
    ("Order ORD-7, please.", "ORD-71"),
    ("Order ORD-4 and 7 days", "ORD-7"),
    ("15 of them", 5),
    ("it is 15", 16),
    ("it is 12.4", 12.5),
    ("order ORD-21", 21),
    ("on 2026-03-09", 9),
    ("on 9 March", "2026-04-09"),
    ("at 2 pm", "15:00"),
    ("move this order to the last place", "2026-04-09"),
    ("send it to Zurich", "Basel"),
    ("five", 6),
    ("a neural net", "EUR"),
    ("phone 0123456", "0123457"),
    ("Ada Byron", "Ada Lovelace"),
    ("the room is taken", "an invoice for the repair of seven windows, payable at once"),
]


@pytest.mark.parametrize(("text", "value"), HOLDS)
def test_what_was_said_is_found(text: str, value: Any) -> None:
    said = Said()
    said.add(text)
    assert said.holds(value)


@pytest.mark.parametrize(("text", "value"), LACKS)
def test_what_was_not_said_is_not_found(text: str, value: Any) -> None:
    said = Said()
    said.add(text)
    assert not said.holds(value)


def test_results_are_said_with_keys_scalars_and_lengths() -> None:
    said = Said()
    said.add_value({"orders": [{"order_id": "A-1", "total": 12.5}, {}, {}], "hidden.txt": {}})
    assert said.holds("A-1")
    assert said.holds(12.5)
    assert said.holds("hidden.txt")
    assert said.longest_list == 3


@pytest.mark.parametrize("value", [1e400, -1e400, 10**400, float("nan"), "9" * 5000])
def test_odd_values_are_merely_not_said(value: Any) -> None:
    said = Said()
    said.add("Hello, 5 of them.")
    assert not said.holds(value)
    said.add(str(value))


def test_dates_are_dates() -> None:
    assert str(is_date("2026-03-09T10:00:00Z")) == "2026-03-09"
    assert is_date("2026-02-30") is None
    assert is_date("next week") is None
    assert is_date(20260309) is None


def test_values_are_held_by_texts_without_spaces_between_words() -> None:
    said = Said()
    said.add("東京で4人分の席をAda Byronの名前で、2026-05-01に予約してください。")
    assert all(map(said.holds, ("東京", 4, "Ada Byron", "予約")))
    assert not any(map(said.holds, ("大阪", 14, "Grace Hopper")))
