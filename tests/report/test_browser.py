"""The page in a real browser: it draws itself, the keyboard moves it, and hostile text stays text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dtc_local.records import KINDS
from dtc_local.report import report_data, report_page
from dtc_local.store import Run, Store
from tests.audit import exchanged, sound
from tests.report.chromium import BROWSER, Browser
from tests.report.runs import every_kind_run, hostile_run, mixed_run

pytestmark = pytest.mark.skipif(
    BROWSER is None, reason="no Chromium on this machine: the page was not tried in a browser"
)
TEXT = "document.querySelector('main').innerText"
SHOWN = "document.querySelector('#conversation h2')?.textContent"
FOCUS = "document.activeElement.id || document.activeElement.name || document.activeElement.className"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """One browser for the tests of this module."""
    opened = Browser(tmp_path_factory.mktemp("profile"))
    yield opened
    opened.close()


def written(store: Store, folder: Path, make: Callable[[Store], Run]) -> Path:
    """The report of a run, as a file."""
    page = folder / "report.html"
    page.write_text(report_page(report_data(store, make(store))), encoding="utf-8")
    return page


@pytest.fixture
def mixed(store: Store, tmp_path: Path) -> Path:
    """The report of the mixed run."""
    return written(store, tmp_path, mixed_run)


def test_the_overview_draws_itself_with_a_clean_console(browser: Browser, mixed: Path) -> None:
    browser.open(mixed)
    titles = browser.evaluate("[...document.querySelectorAll('h2')].map((one) => one.textContent)")
    assert titles[:7] == ["Yield", "What each stage wrote", "Cost", "Shapes", "Coverage", "Dataflow", "Settings"]
    assert browser.evaluate("document.querySelectorAll('.histogram svg').length") == 5
    assert browser.evaluate("document.querySelectorAll('.arcs path.used').length") > 3
    assert "2 conversations beyond the last one wanted are not counted." in browser.evaluate(TEXT)
    assert browser.console == []


def test_a_conversation_is_shown_at_its_address_with_unsaid_calls_and_origins(browser: Browser, mixed: Path) -> None:
    browser.open(mixed, "#conversations/mixed-0")
    browser.until(f"{SHOWN} === 'mixed-0'")
    assert browser.evaluate("document.querySelectorAll('.call.unsaid').length") == 3
    origins = sum(len(turn.provenance) for turn in sound.conversation().turns)
    assert browser.evaluate("document.querySelectorAll('.origin').length") == origins
    assert browser.evaluate("document.querySelectorAll('.row').length") == 6
    assert browser.console == []


def test_failures_parts_outcomes_and_what_is_withheld_are_shown(browser: Browser, store: Store, tmp_path: Path) -> None:
    browser.open(written(store, tmp_path, every_kind_run), "#conversations/every-1")
    browser.until(f"{SHOWN} === 'every-1'")
    failed = "[...document.querySelectorAll('.call.failed .fault')].map((one) => one.textContent)"
    assert browser.evaluate(failed) == ["failed", "failed", "failed", "mistake", "failed"]
    headings = browser.evaluate("[...document.querySelectorAll('.turn > h3')].map((one) => one.textContent)")
    assert len(headings) == len(exchanged.conversation().turns)
    assert "the assistant asks back" in headings[0]
    assert "the user says no, nothing is done" in headings[13]
    assert "deleted, and that is reported" in headings[14]
    text = browser.evaluate(TEXT)
    assert "Look at what was really asked for." in text
    assert "Tools withheld" in text
    assert "calls fit 100%" in text
    assert browser.console == []


def test_the_heat_map_has_every_kind_and_leads_to_what_was_asked_in_vain(
    browser: Browser, store: Store, tmp_path: Path
) -> None:
    browser.open(written(store, tmp_path, every_kind_run))
    assert browser.evaluate("document.querySelectorAll('.heat thead th.kind').length") == len(KINDS)
    turns = "[...document.querySelectorAll('.heat tr.turns td.kind')].map((one) => Number(one.textContent))"
    assert sum(browser.evaluate(turns)) == len(sound.conversation().turns) + 12
    browser.evaluate("document.querySelector('.heat button[aria-label*=\"track_parcel\"]').click()")
    browser.until("document.getElementById('found').textContent === '1 of 2 conversations'")
    assert browser.console == []


def test_the_source_of_an_argument_lights_up_with_it(browser: Browser, mixed: Path) -> None:
    browser.open(mixed, "#conversations/mixed-0")
    browser.until(f"{SHOWN} === 'mixed-0'")
    lit = "[...document.querySelectorAll('mark.lit')].map((one) => one.textContent)"
    browser.evaluate("document.querySelectorAll('.origin')[0].focus()")
    assert browser.evaluate(lit) == ["Ada Byron", '"Ada Byron"']
    browser.press("Tab")
    assert browser.evaluate(lit) == ['"ORD-7"', '"ORD-7"'], "the field of the result, and the argument"
    browser.evaluate("document.activeElement.blur()")
    assert browser.evaluate(lit) == []
    browser.evaluate(
        "document.querySelector('.said mark').dispatchEvent(new MouseEvent('mouseover', { bubbles: true }))"
    )
    assert browser.evaluate(lit) == ["Ada Byron", '"Ada Byron"'], "and the other way round"


def test_the_keyboard_goes_through_views_list_search_and_conversation(browser: Browser, mixed: Path) -> None:
    browser.open(mixed)
    browser.press("2")
    browser.until(f"{SHOWN} === 'mixed-0'")
    for key, expected in (("j", 1), ("j", 2), ("ArrowDown", 3), ("k", 2), ("End", 5), ("ArrowUp", 4)):
        browser.press(key)
        browser.until(f"{SHOWN} === 'mixed-{expected}'")
    browser.press("Enter")
    assert browser.evaluate(FOCUS) == "conversation"
    browser.press("Escape")
    assert browser.evaluate(FOCUS) == "list"
    browser.press("/")
    browser.until(f"({FOCUS}) === 'words'")
    browser.press(*"marks", " ", *"mixed-3")
    browser.until("document.getElementById('found').textContent === '0 of 6 conversations'")
    assert "No conversation matches." in browser.evaluate(TEXT)
    browser.press("Escape", "?")
    assert browser.evaluate("document.getElementById('keys').open")
    browser.press("Escape", "1")
    browser.until("!document.getElementById('overview-view').hidden")
    assert browser.console == []


def test_search_looks_into_arguments_and_results(browser: Browser, mixed: Path) -> None:
    browser.open(mixed, "#conversations")
    browser.press("/")
    browser.until(f"({FOCUS}) === 'words'")
    browser.press(*"RANK")
    # "rank" stands in a result of the fourth turn, which the unfinished conversation lacks.
    browser.until("document.getElementById('found').textContent === '4 of 6 conversations'")
    browser.press("Enter")
    browser.until(f"({FOCUS}) === 'list' && {SHOWN} === 'mixed-0'")


def test_figures_lead_to_their_conversations(browser: Browser, mixed: Path) -> None:
    browser.open(mixed)
    browser.evaluate(
        "[...document.querySelectorAll('.funnel button')].find((one) => /judged/.test(one.textContent)).click()"
    )
    browser.until("document.getElementById('found').textContent === '1 of 6 conversations'")
    browser.press("ArrowDown")
    browser.until(f"{SHOWN} === 'mixed-4'")
    assert "the judge did not find the conversation sound" in browser.evaluate(TEXT)
    browser.press("1")
    browser.evaluate("document.querySelector('.heat button[aria-label*=\"rate_order\"]').click()")
    browser.until("document.getElementById('found').textContent === '2 of 6 conversations'")


def test_a_dropped_conversation_says_why_and_shows_what_was_refused(browser: Browser, mixed: Path) -> None:
    browser.open(mixed, "#conversations/mixed-2")
    browser.until(f"{SHOWN} === 'mixed-2'")
    text = browser.evaluate(TEXT)
    assert "Dropped, length: a value was cut at its token budget. 1 turn of 6 planned" in text
    assert "3 refused candidates" in text
    assert "verify, turn 2, attempt 1: not verified" in text


def test_an_address_of_no_conversation_is_said(browser: Browser, mixed: Path) -> None:
    browser.open(mixed, "#conversations/other-9")
    browser.until(f"{TEXT}.includes('This report has no such conversation.')")


def test_hostile_text_stays_text_and_shows_its_hidden_characters(
    browser: Browser, store: Store, tmp_path: Path
) -> None:
    page = written(store, tmp_path, hostile_run)
    for fragment in ("", "#conversations/hostile-1", "#conversations/hostile-0"):
        browser.open(page, fragment)
        browser.until("document.querySelector('main').textContent.includes('<img src=x onerror=alert(1)>')")
        assert browser.evaluate("document.title") == "hostile: 1 conversations"
        assert browser.evaluate("document.querySelectorAll('img').length") == 0
        assert not set(browser.evaluate("document.querySelector('main').outerHTML")) & set("\u202e\u202c\x1b\x00")
        assert browser.console == []
    assert "U+202Egnp.exeU+202C U+001B[31m U+0000" in browser.evaluate(TEXT)


def test_a_script_that_is_not_ours_does_not_run(browser: Browser, mixed: Path) -> None:
    text = mixed.read_text(encoding="utf-8")
    mixed.write_text(text.replace("</body>", "<script>document.title = 'owned'</script></body>"), encoding="utf-8")
    browser.open(mixed)
    assert browser.evaluate("document.title") == "mixed: 3 conversations"
    assert any("Content Security Policy" in line for line in browser.console)
