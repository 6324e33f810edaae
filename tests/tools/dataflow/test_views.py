"""Views of the graph: text, JSON, DOT that Graphviz reads, and a page that hostile names cannot break out of."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dtc_local.examples import paths
from dtc_local.records import Tool
from dtc_local.tools import read_files
from dtc_local.tools.dataflow.graph import Edge
from dtc_local.tools.dataflow.views import Shown, as_json, dot, lines, page, shown_edges
from dtc_local.tools.dataflow.views.dot import quoted
from dtc_local.tools.dataflow.views.page import MOST, script_json
from tests.shop import STRING, tool

HOSTILE = "</script><script>alert(1)</script><!-- \" ' & \\ \u2028 \ud83d \N{SNOWMAN} {{ 7 * 7 }}"


@pytest.fixture(scope="module")
def tools() -> tuple[Tool, ...]:
    """The example tools, three namespaces of them."""
    return read_files(paths()).tools


def hostile() -> tuple[tuple[Tool, ...], list[Shown]]:
    """Two tools and an edge whose every text tries to break out."""
    maker = tool("make", {}, {"id": STRING}).model_copy(update={"namespace": HOSTILE, "description": HOSTILE})
    user = tool("use", {"id": STRING}).model_copy(update={"namespace": HOSTILE})
    edge = Edge("make", (HOSTILE, 0), "string", "use", HOSTILE, 1.0, HOSTILE)
    return (maker, user), [Shown(HOSTILE, edge)]


class Page(HTMLParser):
    """Elements, their attributes, and the text inside each script."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.texts: list[str] = []
        self._inside = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the element."""
        self.elements.append((tag, dict(attrs)))
        self._inside = tag
        if tag == "script":
            self.scripts.append("")

    def handle_endtag(self, tag: str) -> None:
        """Nothing is inside any more."""
        self._inside = ""

    def handle_data(self, data: str) -> None:
        """Note the text."""
        if self._inside == "script":
            self.scripts[-1] += data
        else:
            self.texts.append(data)

    @property
    def data(self) -> dict[str, list[dict[str, object]]]:
        """What the page shows."""
        read: dict[str, list[dict[str, object]]] = json.loads(self.scripts[0])
        return read


def test_edges_are_shown_the_surest_first_and_can_be_asked_for_by_tool_and_score(tools: tuple[Tool, ...]) -> None:
    every = shown_edges(tools)
    assert [shown.edge.score for shown in every] == sorted((shown.edge.score for shown in every), reverse=True)
    assert {shown.namespace for shown in every} == {tool.namespace for tool in tools}
    name = f"{every[0].namespace}/{every[0].edge.consumer}"
    of_one = shown_edges(tools, [name])
    assert of_one == [shown for shown in every if name.split("/")[1] in (shown.edge.producer, shown.edge.consumer)]
    assert shown_edges(tools, least=0.97) == [shown for shown in every if shown.edge.score >= 0.97] != every


def test_text_has_a_line_and_json_an_object_for_each_edge(tools: tuple[Tool, ...]) -> None:
    edges = shown_edges(tools)[:3]
    assert list(lines(edges)) == [f"{shown.namespace}: {shown.edge}" for shown in edges]
    first = as_json(edges)[0]
    assert first["path"] == list(edges[0].edge.path)
    assert first["score"] == edges[0].edge.score


TOKEN = re.compile(r'\s*("(?:[^"\\]|\\.)*"|->|[A-Za-z_][A-Za-z0-9_]*|-?[0-9.]+|[{}\[\]=;,])', re.DOTALL)


def dot_statements(text: str) -> list[list[str]]:
    """The statements of a DOT file as tokens; fails where a character belongs to no token of the language."""
    tokens, at = [], 0
    while text[at:].strip():
        found = TOKEN.match(text, at)
        assert found, text[at : at + 60]
        tokens.append(found[1])
        at = found.end()
    statements: list[list[str]] = [[]]
    for token in tokens:
        if token in (";", "{", "}"):
            statements.append([])
        else:
            statements[-1].append(token)
    assert tokens.count("{") == tokens.count("}")
    return [statement for statement in statements if statement]


def test_dot_is_made_of_its_own_tokens_with_a_node_for_each_end(tools: tuple[Tool, ...]) -> None:
    edges = shown_edges(tools)
    statements = dot_statements(dot(tools, edges))
    nodes = {statement[0] for statement in statements if statement[1:2] == ["["]}
    drawn = [statement for statement in statements if statement[1:2] == ["->"]]
    assert len(drawn) == len(edges)
    assert {end for statement in drawn for end in (statement[0], statement[2])} == nodes - {"node"}


def test_dot_of_hostile_names_stays_one_edge() -> None:
    statements = dot_statements(dot(*hostile()))
    assert len([statement for statement in statements if "->" in statement]) == 1
    assert not any(statement[0].startswith("script") for statement in statements)


@given(st.text())
def test_a_quoted_text_is_one_dot_string_on_one_line(text: str) -> None:
    made = quoted(text)
    assert re.fullmatch(r'"(?:[^"\\]|\\["\\])*"', made)
    assert made.isprintable()
    plain = "".join(char if char.isprintable() else " " for char in text)
    assert re.sub(r"\\(.)", r"\1", made[1:-1]) == plain


@given(st.text())
def test_json_for_a_script_is_ascii_and_cannot_end_it(text: str) -> None:
    made = script_json({text: [text]})
    assert made.isascii()
    assert not set("<>&") & set(made)
    assert json.loads(made) == {text: [text]}


def test_a_page_shows_hostile_text_as_text() -> None:
    tools, edges = hostile()
    plain, shown = Page(page((), [])), Page(page(tools, edges, title=HOSTILE.replace("\ud83d", "")))
    assert [tag for tag, _ in shown.elements] == [tag for tag, _ in plain.elements]
    assert shown.scripts[1] == plain.scripts[1]
    assert shown.data["edges"][0]["reason"] == HOSTILE
    assert shown.data["tools"][0]["description"] == HOSTILE
    assert "alert(1)" in "".join(shown.texts)
    assert "49" not in "".join(shown.texts)


def test_a_page_fetches_nothing_and_forbids_itself_to(tools: tuple[Tool, ...]) -> None:
    shown = Page(page(tools, shown_edges(tools)))
    for tag, attributes in shown.elements:
        assert tag not in ("link", "img", "iframe", "object", "embed", "base")
        assert not {"src", "href", "action"} & attributes.keys()
        assert not any(name.startswith("on") for name in attributes)
    (policy,) = (attributes["content"] for _, attributes in shown.elements if "http-equiv" in attributes)
    assert policy is not None
    assert policy.startswith("default-src 'none'")
    script = shown.scripts[1].replace("http://www.w3.org/2000/svg", "")
    for word in ("http", "fetch(", "XMLHttpRequest", "import(", "innerHTML", "outerHTML", "document.write", "eval("):
        assert word not in script


def test_a_page_can_be_used_by_keyboard_and_in_the_dark(tools: tuple[Tool, ...]) -> None:
    text = page(tools, shown_edges(tools))
    shown = Page(text)
    assert {"input", "select", "button", "table", "svg"} <= {tag for tag, _ in shown.elements}
    assert "prefers-color-scheme: dark" in text
    for word in ("Escape", '"/"', "tabindex", "aria-label", "focus-visible"):
        assert word in text
    assert ("html", {"lang": "en"}) in shown.elements


def test_a_page_holds_thousands_of_edges_and_says_how_many_it_left_out() -> None:
    (maker, user), _ = hostile()
    edges = [Shown(HOSTILE, Edge("make", ("id",), "string", "use", "id", 0.5, f"{n}")) for n in range(MOST + 7)]
    shown = Page(page((maker, user), edges))
    assert len(shown.data["edges"]) == MOST
    assert "7 less sure edges were left out" in "".join(shown.texts)
    assert "left out" not in "".join(Page(page((maker, user), edges[:2000])).texts)
