"""Versions are added and never changed, amendments survive re-imports, and what did not change is not written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dtc_local.errors import UserError
from dtc_local.records import Finding, Recorded, Schema, Tool
from dtc_local.settings import RunConfig
from dtc_local.store import Store
from dtc_local.store.digest import digest, record_digest
from dtc_local.store.rows import tool_row
from dtc_local.store.schema import migrations
from tests.samples import CANCEL, FIND, MODEL, PING, make_tool

CUSTOMER: Schema = {"customer": {"type": "string"}}
OUTPUT: Schema = {
    "type": "object",
    "properties": {"order_id": {"type": "string"}, "state": {"type": "string"}},
    "required": ["order_id"],
}
PLAIN = make_tool("find_order", CUSTOMER)


def described(tool: Tool, words: str) -> Tool:
    """The tool as a specification with another description gives it."""
    return tool.model_copy(update={"description": words})


def with_output(tool: Tool, origin: str) -> Tool:
    """The tool with an output schema that its specification does not have."""
    source = tool.source.model_copy(update={"output": OUTPUT})
    return tool.model_copy(update={"output": OUTPUT, "output_origin": origin, "source": source})


def contents(store: Store) -> list[str]:
    """Everything in the file, as SQL."""
    return list(store._file.db.conn.iterdump())


def only(store: Store) -> Tool:
    """The one tool on offer."""
    (tool,) = store.tools()
    return tool


def test_importing_the_same_again_writes_nothing(store: Store) -> None:
    store.add_tools([FIND, CANCEL, PING])
    store.amend_tool(with_output(CANCEL, "inferred"), "inferred by a model")
    before = contents(store)
    report = store.add_tools([FIND, CANCEL, PING])
    assert report.unchanged == ("shop/find_order", "shop/cancel_order", "shop/ping")
    assert (report.new, report.changed, report.changes, report.gone) == ((), (), (), ())
    assert contents(store) == before


def test_every_change_is_a_version_of_its_own(store: Store) -> None:
    for tool in (PLAIN, described(PLAIN, "Find it."), PLAIN):
        store.add_tools([tool])
    history = store.history("shop", "find_order")
    assert [(one.version, one.reason, one.on_offer) for one in history] == [
        (1, "imported", False),
        (2, "imported", False),
        (3, "imported", True),
    ]
    assert history[0].digest == history[2].digest != history[1].digest
    assert [store.tool_version(one).description for one in history] == ["Find order.", "Find it.", "Find order."]
    assert store.history("shop", "lose_order") == ()


def test_a_changed_tool_is_reported_with_what_changed(store: Store) -> None:
    store.add_tools([PLAIN, PING])
    report = store.add_tools([make_tool("find_order", {**CUSTOMER, "year": {"type": "integer"}}), PING])
    ((changed),) = report.changes
    assert changed.tool == "shop/find_order"
    assert [change.what for change in changed.changes] == ["parameter year added (required, integer)"]


def test_the_same_tool_from_another_path_or_place_is_unchanged_and_runs_go_on(store: Store) -> None:
    store.add_tools([FIND, CANCEL])
    run = store.open_run(RunConfig(run="r"), MODEL)
    moved = [
        tool.model_copy(
            update={
                "source": tool.source.model_copy(update={"file": "new/shop.json"}),
                "findings": (Finding(severity="info", kind="name", pointer="/7/name", what="the name is short"),),
            }
        )
        for tool in (FIND, CANCEL)
    ]
    assert store.add_tools(moved).unchanged == ("shop/find_order", "shop/cancel_order")
    assert {label.file for label in store.labels()} == {"new/shop.json"}
    assert {found.finding.pointer for found in store.findings()} == {"/7/name"}
    assert store.open_run(RunConfig(run="r"), MODEL).id == run.id


def test_a_tool_that_its_file_lost_is_reported_and_stays_on_offer(store: Store) -> None:
    store.add_tools([FIND, CANCEL])
    elsewhere = make_tool("find_order", {}, namespace="bank")
    report = store.add_tools([FIND, elsewhere])
    assert [(gone.tool, gone.file) for gone in report.gone] == [("shop/cancel_order", "shop.json")]
    assert CANCEL in store.tools()


def test_a_removed_tool_is_off_offer_and_keeps_its_history(store: Store) -> None:
    store.add_tools([FIND, CANCEL])
    store.amend_tool(with_output(CANCEL, "given"), "output given")
    assert store.remove_tools(name="cancel_order") == ("shop/cancel_order",)
    assert store.tools() == (FIND,)
    assert [one.on_offer for one in store.history("shop", "cancel_order")] == [False, False]
    assert store.add_tools([CANCEL]).new == ("shop/cancel_order",)
    assert [one.on_offer for one in store.history("shop", "cancel_order")] == [False, True]
    assert store.tools()[0].output_origin == "given"


@pytest.mark.parametrize(
    ("asked", "removed"),
    [
        ({"namespace": "bank"}, ("bank/find_order",)),
        ({"file": "shop.json"}, ("bank/find_order", "shop/cancel_order", "shop/find_order")),
        ({"name": "find_order"}, ("bank/find_order", "shop/find_order")),
        ({"name": "shop/find_order"}, ("shop/find_order",)),
        ({"name": "find_order", "namespace": "bank"}, ("bank/find_order",)),
    ],
)
def test_tools_are_removed_by_name_namespace_or_file(
    store: Store, asked: dict[str, str], removed: tuple[str, ...]
) -> None:
    store.add_tools([FIND, CANCEL, make_tool("find_order", {}, namespace="bank")])
    assert store.remove_tools(**asked) == removed


@pytest.mark.parametrize("asked", [{"name": "lose_order"}, {"namespace": "bank"}, {"file": "bank.json"}])
def test_removing_what_is_not_there_is_one_sentence(store: Store, asked: dict[str, str]) -> None:
    store.add_tools([FIND])
    with pytest.raises(UserError, match=r"No tool on offer .*(lose_order|bank)"):
        store.remove_tools(**asked)
    with pytest.raises(ValueError):
        store.remove_tools()
    assert store.tools() == (FIND,)


def test_tools_of_a_store_made_before_versions_become_version_one_and_their_runs_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "dtc.db"
    monkeypatch.setattr(migrations, "_migrations", list(migrations._migrations)[:2])
    with Store(path) as store, store._file.transaction() as db:
        for tool in (CANCEL, FIND):
            key = record_digest(tool)
            db.table("tools").insert(tool_row(tool, key))
            offered = {"namespace": "shop", "name": tool.name, "tool": key, "imported_at": "2026-01-01T00:00:00+00:00"}
            db.table("offers").insert(offered)
            db.table("findings").insert_all(
                {"tool": key, "position": place, **one.model_dump()} for place, one in enumerate(tool.findings)
            )
    monkeypatch.undo()
    with Store(path) as store:
        assert store.tools() == (CANCEL, FIND)
        (version,) = store.history("shop", "find_order")
        assert (version.version, version.made_at, version.on_offer) == (1, "2026-01-01T00:00:00+00:00", True)
        assert [label.findings for label in store.labels()] == [{"info": 1}, {"info": 1}]
        assert {label.name for label in store.search("order")} == {"cancel_order", "find_order"}
        assert store.tools_digest() == digest([record_digest(tool) for tool in (CANCEL, FIND)])
        assert store.add_tools([FIND, CANCEL]).unchanged == ("shop/find_order", "shop/cancel_order")


def test_findings_without_a_kind_get_one_when_an_older_store_is_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "dtc.db"
    monkeypatch.setattr(migrations, "_migrations", list(migrations._migrations)[:1])
    record = json.loads(FIND.model_dump_json())
    for finding in record["findings"]:
        del finding["kind"], finding["why"]
    with Store(path) as store, store._file.transaction() as db:
        row = {"digest": "old", "namespace": "shop", "name": "find_order", "record": json.dumps(record)}
        db.table("tools").insert(row)
        offered = {"namespace": "shop", "name": "find_order", "tool": "old", "imported_at": "2026-01-01T00:00:00+00:00"}
        db.table("offers").insert(offered)
    monkeypatch.undo()
    with Store(path) as store:
        assert [finding.kind for finding in only(store).findings] == ["malformed"] * len(record["findings"])


# Amendments


def test_an_amendment_is_a_version_with_its_reason(store: Store) -> None:
    store.add_tools([PLAIN])
    store.amend_tool(with_output(PLAIN, "inferred"), "output schema inferred by tiny")
    store.amend_tool(with_output(PLAIN, "inferred"), "output schema inferred by tiny")
    first, second = store.history("shop", "find_order")
    assert second.reason == "output schema inferred by tiny"
    assert second.base == first.digest != second.digest
    assert only(store) == with_output(PLAIN, "inferred")


def test_many_amendments_are_all_or_nothing(store: Store) -> None:
    store.add_tools([PLAIN, PING])
    with pytest.raises(UserError, match="There is no tool shop/lose_order on offer"):
        store.amend_tools([with_output(PLAIN, "given"), make_tool("lose_order", {})], "given")
    assert len(store.history("shop", "find_order")) == 1
    assert store.amend_tools([with_output(PLAIN, "given"), PING], "given") == ("shop/find_order",)


def test_an_amendment_of_an_outdated_specification_is_refused(store: Store) -> None:
    store.add_tools([PLAIN])
    store.add_tools([described(PLAIN, "Find it.")])
    with pytest.raises(UserError, match="The specification of shop/find_order has changed meanwhile"):
        store.amend_tool(with_output(PLAIN, "inferred"), "inferred")


def test_an_unchanged_specification_leaves_amendments_alone(store: Store) -> None:
    store.add_tools([PLAIN])
    amended = with_output(PLAIN, "inferred").model_copy(update={"entities": {"customer": "person"}})
    store.amend_tool(amended, "inferred")
    store.add_tools([PLAIN])
    assert only(store) == amended


def test_a_changed_specification_drops_an_inferred_output_and_keeps_a_given_one(store: Store) -> None:
    store.add_tools([PLAIN])
    store.amend_tool(with_output(PLAIN, "inferred"), "inferred")
    report = store.add_tools([described(PLAIN, "Find it.")])
    assert only(store) == described(PLAIN, "Find it.")
    assert "output schema removed" in [change.what for change in report.changes[0].changes]
    store.amend_tool(with_output(only(store), "given"), "given")
    store.add_tools([described(PLAIN, "Find that.")])
    assert only(store) == with_output(described(PLAIN, "Find that."), "given")


def test_entities_carry_over_where_their_parameter_or_field_is_still_there(store: Store) -> None:
    store.add_tools([make_tool("find_order", {**CUSTOMER, "year": {"type": "integer"}})])
    entities = {"customer": "person", "year": "", "->order_id": "order", "->total": "money"}
    given = with_output(only(store), "given").model_copy(update={"entities": entities})
    store.amend_tool(given, "entities set")
    store.add_tools([PLAIN])
    assert only(store).entities == {"customer": "person", "->order_id": "order"}


def test_recordings_carry_over_where_they_still_obey_the_schemas(store: Store) -> None:
    store.add_tools([PLAIN])
    text, number, unknown = (
        Recorded(arguments=arguments, result={"order_id": "A-1"})
        for arguments in ({"customer": "Ada"}, {"customer": 7}, None)
    )
    wrong = Recorded(arguments={"customer": "Bob"}, result={"state": "open"})
    amended = with_output(PLAIN, "given").model_copy(update={"recorded": (text, number, unknown, wrong)})
    store.amend_tool(amended, "recorded")
    store.add_tools([described(PLAIN, "Find it.")])
    assert only(store).recorded == (text, unknown)


def test_a_finding_and_an_effect_that_came_with_an_amendment_carry_over(store: Store) -> None:
    store.add_tools([PLAIN])
    noted = Finding(severity="warning", kind="output", pointer="", what="the schema was guessed")
    store.amend_tool(PLAIN.model_copy(update={"effect": "write", "findings": (*PLAIN.findings, noted)}), "looked at")
    before = contents(store)
    store.add_tools([PLAIN])
    assert contents(store) == before
    store.add_tools([described(PLAIN, "Find it.")])
    assert only(store).effect == "write"
    assert [found.finding for found in store.findings()] == [*PLAIN.findings, noted]


def test_a_record_of_an_older_version_of_the_program_is_no_change(store: Store, tmp_path: Path) -> None:
    store.add_tools([PLAIN])
    with store._file.transaction() as db:
        record = PLAIN.model_dump_json(exclude={"entities", "recorded"})
        db.execute("UPDATE tools SET record = ?", [record])
        db.execute("PRAGMA defer_foreign_keys = ON")
        for table, column in (("tools", "digest"), ("offers", "tool"), ("versions", "tool"), ("versions", "base")):
            db.execute(f"UPDATE {table} SET {column} = 'older'")
    assert store.add_tools([PLAIN]).unchanged == ("shop/find_order",)
    assert store.history("shop", "find_order")[0].digest == "older"


def with_error(tool: Tool) -> Tool:
    """The tool with an error schema that its specification does not have."""
    source = tool.source.model_copy(update={"error": OUTPUT})
    return tool.model_copy(update={"error": OUTPUT, "source": source})


def test_an_error_schema_that_was_given_survives_a_changed_specification(store: Store) -> None:
    store.add_tools([PLAIN])
    store.amend_tool(with_error(PLAIN), "error given")
    assert only(store) == with_error(PLAIN)
    report = store.add_tools([described(PLAIN, "Find it.")])
    assert report.changed == ("shop/find_order",)
    assert only(store) == with_error(described(PLAIN, "Find it."))


def test_a_specification_that_now_says_how_a_tool_fails_makes_a_version(store: Store) -> None:
    store.add_tools([PLAIN])
    (changes,) = store.add_tools([with_error(PLAIN)]).changes
    assert [change.what for change in changes.changes] == ["error schema added"]
    assert only(store).error == OUTPUT
