"""The independent validator judges whole values, and single properties without the rest."""

from __future__ import annotations

from dtc_local.validation import first_error, is_valid, is_valid_property

SCHEMA = {
    "type": "object",
    "properties": {"day": {"$ref": "#/$defs/day"}, "n": {"type": "integer"}},
    "required": ["day", "n"],
    "$defs": {"day": {"type": "string", "format": "date"}},
}


def test_formats_count_and_whole_floats_are_integers() -> None:
    assert is_valid({"day": "2026-03-02", "n": 2.0}, SCHEMA)
    assert not is_valid({"day": "2026-13-02", "n": 2}, SCHEMA)
    assert not is_valid({"day": "2026-03-02", "n": True}, SCHEMA)


def test_a_property_is_judged_without_the_others_and_with_its_references() -> None:
    assert is_valid_property("day", "2026-03-02", SCHEMA)
    assert not is_valid_property("day", "tomorrow", SCHEMA)
    assert not is_valid_property("n", 1.5, SCHEMA)


def test_the_first_error_names_its_place() -> None:
    assert first_error({"day": "2026-03-02", "n": 2}, SCHEMA) is None
    assert first_error({"day": "2026-03-02", "n": "two"}, SCHEMA) == "$.n: 'two' is not of type 'integer'"
