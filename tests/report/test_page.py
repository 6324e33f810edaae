"""One file, and nobody's text breaks out of it: the elements are ours, and the data reads back as it went in."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser

import pytest

from dtc_local.report import ReportData, report_data, report_page
from dtc_local.report.page import HERE, SCRIPTS, STYLES, printable, scripts, styles, unpacked
from dtc_local.store import Store
from tests.report.runs import HOSTILE, hostile_run, mixed_run
from tests.samples import MODEL

VOID = {"meta", "input"}


class Page(HTMLParser):
    """The elements in order with the text right inside each, and those still open at the end."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.open: list[int] = []
        self.comments: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the element."""
        if tag not in VOID:
            self.open.append(len(self.elements))
        self.elements.append((tag, dict(attrs)))
        self.texts.append("")

    def handle_endtag(self, tag: str) -> None:
        """Elements are closed in the order in which they were opened."""
        assert self.elements[self.open.pop()][0] == tag

    def handle_data(self, data: str) -> None:
        """Text of the innermost element."""
        if self.open:
            self.texts[self.open[-1]] += data

    def handle_comment(self, data: str) -> None:
        """A comment is none of ours."""
        self.comments.append(data)

    def found(self, tag: str, **attributes: str) -> list[str]:
        """The texts of the elements with these attributes, and with none besides where none is given."""
        wanted = {name.rstrip("_"): value for name, value in attributes.items()}
        return [
            text
            for (name, has), text in zip(self.elements, self.texts, strict=True)
            if name == tag and (wanted.items() <= has.items() if wanted else not has)
        ]

    def element(self, tag: str, **attributes: str) -> str:
        """The text of the one such element."""
        (text,) = self.found(tag, **attributes)
        return text


@pytest.fixture
def hostile(store: Store) -> ReportData:
    """The report of the hostile run."""
    return report_data(store, hostile_run(store))


def test_hostile_text_adds_no_element_and_the_data_reads_back_as_it_went_in(store: Store, hostile: ReportData) -> None:
    assert any(HOSTILE in tool["description"] for tool in hostile.head["tools"])
    page = Page(report_page(hostile))
    tame = Page(report_page(report_data(store, mixed_run(store))))
    assert page.open == tame.open == []
    assert page.comments == []
    assert [name for name, _ in page.elements] == [name for name, _ in tame.elements]
    assert json.loads(page.element("script", id="head")) == json.loads(json.dumps(hostile.head))
    assert unpacked(page.element("script", class_="part")) == json.loads(json.dumps(hostile.parts[0]))


def test_no_markup_stands_in_the_file_but_ours(hostile: ReportData) -> None:
    text = report_page(hostile).replace(scripts(), "").replace(styles(), "")
    assert text.count("<") == len(re.findall(r"<(?:/?[a-z0-9]+|![a-z]+)[^<>]*>", text))
    assert set(re.findall(r"<([a-z0-9]+)", text)) == set(re.findall(r"<([a-z0-9]+)", (HERE / "page.html").read_text()))
    assert not set(text) & set("\u202e\u2028\x00\x1b")


def test_halves_of_characters_and_hostile_names_pass_through_the_head(store: Store) -> None:
    data = report_data(store, mixed_run(store))
    odd = ReportData(
        data.head | {"run": data.head["run"] | {"name": f"a\ud83d{HOSTILE}", "model": HOSTILE}}, data.parts
    )
    text = report_page(odd)
    assert not set(text.encode("utf-8").decode("utf-8")) & set("\u202e\u2028\x00\x1b")
    page = Page(text)
    assert json.loads(page.element("script", id="head"))["run"]["name"] == f"a\ud83d{HOSTILE}"
    assert page.element("title").startswith("a </script><script>")


def test_the_policy_allows_our_script_and_style_by_their_hash_and_nothing_else(hostile: ReportData) -> None:
    text = report_page(hostile)
    page = Page(text)
    policy = next(has["content"] for name, has in page.elements if has.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None
    allowed = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert allowed["default-src"] == allowed["base-uri"] == allowed["form-action"] == "'none'"
    for name, inside in (("script-src", page.element("script")), ("style-src", page.element("style"))):
        digest = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
        assert allowed[name] == f"'sha256-{digest}'"
    assert "unsafe" not in policy
    assert policy in [has.get("content") for _, has in page.elements[:4]], "it stands before anything it governs"


def test_nothing_in_the_file_points_outside_it(hostile: ReportData) -> None:
    page = Page(report_page(hostile))
    for name, has in page.elements:
        assert not {"src", "srcset", "action", "style", "formaction", "onclick", "onload"} & has.keys(), name
        assert (has.get("href") or "#").startswith("#")
    assert "@import" not in styles()
    assert "url(" not in styles()
    for banned in (
        "fetch(",
        "XMLHttpRequest",
        "import(",
        "innerHTML",
        "outerHTML",
        "document.write",
        "eval(",
        "WebSocket",
    ):
        assert banned not in scripts(), banned
    assert set(re.findall(r"https?://[^\"\s]+", scripts())) == {"http://www.w3.org/2000/svg"}


def test_our_own_sources_end_no_element_and_are_all_used_and_short() -> None:
    assert not re.search(r"</|<!--", scripts() + styles())
    for folder, names, suffix in (("styles", STYLES, "css"), ("scripts", SCRIPTS, "js")):
        assert {path.name for path in (HERE / folder).iterdir()} == {f"{name}.{suffix}" for name in names}
        assert all(len((HERE / folder / f"{name}.{suffix}").read_text().splitlines()) < 400 for name in names)


def test_what_does_not_print_becomes_a_blank() -> None:
    assert printable("a\u202eb\x00c\ud83dé") == "a b c é"


def test_the_same_run_gives_the_same_file(store: Store) -> None:
    run = mixed_run(store)
    assert report_page(report_data(store, run)) == report_page(report_data(store, run))
    assert MODEL.name in report_page(report_data(store, run))
