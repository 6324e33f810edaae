"""Tables align, and say a dash where there is nothing to say."""

from __future__ import annotations

from dtc_local.statistics.tables import percent, table


def test_columns_align_to_the_right_but_for_the_first() -> None:
    assert table(("run", "kept"), [("full", "7"), ("no-ledger", "1234")]) == [
        "run        kept",
        "full          7",
        "no-ledger  1234",
    ]


def test_a_table_without_rows_is_its_header() -> None:
    assert table(("run", "kept"), []) == ["run  kept"]


def test_a_share_of_nothing_is_a_dash() -> None:
    assert [percent(share) for share in (None, 0.0, 0.125, 1.0)] == ["-", "0.0%", "12.5%", "100.0%"]
