"""Lists and searches say what is on offer without reading a record, and no word breaks them."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dtc_local.errors import UserError
from dtc_local.store import Store, listing
from tests.samples import CANCEL, FIND, PING, make_tool

INVOICE = make_tool("listInvoices", {"account_id": {"type": "string"}}, namespace="bank").model_copy(
    update={"description": "All invoices of an account, paid or not."}
)


@pytest.fixture
def filled(store: Store) -> Store:
    """A store of four tools in two namespaces."""
    store.add_tools([FIND, CANCEL, PING, INVOICE])
    return store


def found(store: Store, words: str, *namespaces: str) -> list[str]:
    """Names of what a search finds, in order."""
    return [label.name for label in store.search(words, *namespaces)]


def test_a_list_goes_page_by_page(filled: Store) -> None:
    assert filled.require_some() == 4
    assert filled.require_some("shop") == 3
    names = [label.name for label in filled.labels()]
    assert names == ["listInvoices", "cancel_order", "find_order", "ping"]
    assert [label.name for label in filled.labels(limit=2, offset=1)] == names[1:3]
    assert [label.name for label in filled.labels("shop", limit=5, offset=2)] == ["ping"]
    assert filled.labels(offset=4) == ()


def test_a_label_says_what_the_record_says(filled: Store) -> None:
    (label,) = filled.labels("bank")
    assert (label.namespace, label.version, label.description) == ("bank", 1, INVOICE.description)
    assert (label.parameters, label.required) == (("account_id",), ("account_id",))
    assert (label.effect, label.dialect, label.file, label.output) == ("read", "openai", "shop.json", "none")
    assert (label.usable, label.findings) == (True, {"info": 1})


def test_lists_read_no_record(filled: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    with filled._file.transaction() as db:
        db.execute("UPDATE tools SET record = '{}'")
    assert len(filled.labels()) == 4
    assert len(filled.search("order")) == 2
    assert len(filled.findings()) == 4
    assert len(filled.catalogue().entries) == 4


def test_a_search_compares_stems_and_beginnings_and_splits_names(filled: Store) -> None:
    assert found(filled, "invoice") == ["listInvoices"]
    assert found(filled, "accounts paid") == ["listInvoices"]
    assert found(filled, "CANC") == ["cancel_order"]
    assert found(filled, "orders", "bank") == []


def test_names_weigh_more_than_descriptions(store: Store) -> None:
    named = make_tool("refund", {})
    mentioned = make_tool("act", {}).model_copy(update={"description": "May lead to a refund later on, or to nothing."})
    store.add_tools([mentioned, named])
    assert found(store, "refund") == ["refund", "act"]


def test_all_words_come_before_any(filled: Store) -> None:
    assert found(filled, "cancel order") == ["cancel_order"]
    assert found(filled, "please cancel") == ["cancel_order"]
    assert found(filled, "lighthouse") == []


@pytest.mark.parametrize("words", ["", "  ", "%%%", '"', "*", "\x00", "\udc80"])
def test_a_search_without_a_word_is_one_sentence(filled: Store, words: str) -> None:
    with pytest.raises(UserError, match="There is no word to search for"):
        filled.search(words)


PARTS = st.sampled_from([*"ab_%*\"'():^-+{}\\ \x00é名\udc80", " OR ", " NOT ", "NEAR("])
ODD = st.lists(PARTS, max_size=8).map("".join)


@given(ODD)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.parametrize("full_text", [True, False])
def test_no_word_is_an_error_of_sql(filled: Store, full_text: bool, words: str) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(listing, "has_fts5", lambda _: full_text)
        assert "cancel_order" in found(filled, f"cancel order {words}")


def test_without_full_text_search_words_are_looked_for_as_they_stand(
    filled: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "has_fts5", lambda _: False)
    assert found(filled, "ORDER") == ["cancel_order", "find_order"]
    assert found(filled, "invoice account") == ["listInvoices"]
    assert found(filled, "order", "bank") == []


def test_the_index_follows_changes_and_removals(filled: Store) -> None:
    filled.add_tools([PING.model_copy(update={"description": "Rings a bell."})])
    assert found(filled, "bell") == ["ping"]
    filled.remove_tools(name="ping")
    assert found(filled, "bell") == []
    filled._file.db.execute("INSERT INTO offers_fts (offers_fts) VALUES ('integrity-check')")


def test_a_database_that_needs_what_this_sqlite_lacks_is_one_sentence(filled: Store) -> None:
    with pytest.raises(UserError, match="this Python's SQLite has no FTS5"):
        filled._file.rows("CREATE VIRTUAL TABLE other USING absent (a)")


def test_a_tool_is_found_by_name_or_full_name(filled: Store) -> None:
    assert filled.tools_named("ping") == filled.tools_named("shop/ping") == (PING,)
    assert filled.tools_named("ping", "shop") == (PING,)
    with pytest.raises(UserError, match="There is no tool 'ping'"):
        filled.tools_named("ping", "bank")


def test_versions_are_chosen_by_number(filled: Store) -> None:
    for words in ("One.", "Two."):
        filled.add_tools([PING.model_copy(update={"description": words})])
    assert [one.version for one in filled.two_versions("ping")] == [2, 3]
    assert [one.version for one in filled.two_versions("shop/ping", None, 1)] == [1, 3]
    assert [one.version for one in filled.two_versions("ping", "shop", None, 2)] == [1, 2]
    with pytest.raises(UserError, match="shop/ping has no version 4; its versions are 1 to 3"):
        filled.two_versions("ping", None, 1, 4)
    with pytest.raises(UserError, match="There never was a tool 'pong'"):
        filled.two_versions("pong")
    filled.add_tools([PING.model_copy(update={"namespace": "bank"})])
    with pytest.raises(UserError, match="There are several tools 'ping': bank/ping, shop/ping"):
        filled.two_versions("ping")


def test_near_duplicates_are_kept_with_their_tools(filled: Store) -> None:
    again = INVOICE.model_copy(update={"namespace": "shop", "name": "list_invoices"})
    report = filled.add_tools([again])
    assert [(pair.name, pair.other_name) for pair in report.similar] == [("list_invoices", "listInvoices")]
    assert filled.similar("bank") == filled.similar("shop") == filled.similar() == report.similar
    assert [noted.finding.kind for noted in filled.findings("shop")][-1] == "near_duplicate"
    assert [one.kind for one in filled.findings_on(again)] == ["name", "near_duplicate"]
    assert filled.findings_on(INVOICE) == INVOICE.findings
    filled.remove_tools(namespace="bank")
    assert filled.similar() == ()
