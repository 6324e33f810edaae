"""A tool without an error schema is the tool it was before there were any: same text, same digest."""

from __future__ import annotations

import json

from dtc_local.records import Tool
from dtc_local.store.digest import record_digest
from tests.samples import FIND

FAULT = {"type": "object", "properties": {"code": {"type": "string"}}}


def with_error(tool: Tool) -> Tool:
    """The tool with an error schema, as read and as normalised."""
    return tool.model_copy(update={"error": FAULT, "source": tool.source.model_copy(update={"error": FAULT})})


def test_what_is_absent_is_not_written() -> None:
    written = json.loads(FIND.model_dump_json())
    assert "error" not in written
    assert "error" not in written["source"]
    assert "error" not in FIND.model_dump()


def test_records_without_the_field_are_read_back_with_the_same_digest() -> None:
    old = FIND.model_dump_json()
    assert Tool.model_validate_json(old) == FIND
    assert record_digest(Tool.model_validate_json(old)) == record_digest(FIND)


def test_an_error_schema_is_kept_and_counts() -> None:
    failing = with_error(FIND)
    assert Tool.model_validate_json(failing.model_dump_json()) == failing
    assert record_digest(failing) != record_digest(FIND)
