"""Lists of a simulated result hold what is known to belong in them."""

from __future__ import annotations

from typing import Any

from dtc_local.stages.narrow import filtered, narrowed, with_members
from dtc_local.validation import is_valid
from tests.shop import STRING, schema_of

TICKETS: dict[str, Any] = {
    "type": "array",
    "items": schema_of({"id": {"type": "integer"}, "title": STRING, "status": STRING}),
}
RESULT = schema_of({"tickets": TICKETS})
KNOWN = ({"id": 7, "title": "Printer"},)


def test_a_written_list_begins_with_the_known_records() -> None:
    schema = with_members(narrowed(RESULT, lambda path, leaf: ()), ("tickets",), KNOWN, TICKETS)
    first = {"id": 7, "title": "Printer", "status": "open"}
    assert is_valid({"tickets": [first]}, schema)
    assert is_valid({"tickets": [first, {"id": 8, "title": "Fax", "status": "open"}]}, schema)
    assert not is_valid({"tickets": [{"id": 8, "title": "Fax", "status": "open"}]}, schema)
    assert not is_valid({"tickets": []}, schema)


def test_offered_lists_are_offered_with_the_known_records_in_them() -> None:
    offered = [{"id": 1, "title": "Fax", "status": "open"}, {"id": 2, "title": "Door", "status": "closed"}]
    whole = narrowed(RESULT, lambda path, leaf: [offered] if path == ("tickets",) else ())
    schema = with_members(whole, ("tickets",), KNOWN, TICKETS)
    (only,) = schema["properties"]["tickets"]["enum"]
    assert only == [{"id": 7, "title": "Printer", "status": "open"}, offered[1]]


def test_a_list_in_a_result_that_has_none_changes_nothing() -> None:
    plain = narrowed(schema_of({"count": {"type": "integer"}}), lambda path, leaf: ())
    assert with_members(plain, ("tickets",), KNOWN, TICKETS) == plain


def test_a_list_holds_what_was_asked_for() -> None:
    closed = {"status": "closed"}
    schema = filtered(narrowed(RESULT, lambda path, leaf: ()), ("tickets",), closed, TICKETS)
    assert is_valid({"tickets": [{"id": 7, "title": "Fax", "status": "closed"}]}, schema)
    assert not is_valid({"tickets": [{"id": 7, "title": "Fax", "status": "open"}]}, schema)
    offered = [{"id": 1, "title": "Fax", "status": "open"}]
    whole = narrowed(RESULT, lambda path, leaf: [offered] if path == ("tickets",) else ())
    listed = filtered(whole, ("tickets",), closed, TICKETS)
    assert listed["properties"]["tickets"]["enum"] == [[{"id": 1, "title": "Fax", "status": "closed"}]]
