"""Meaning has a say in scores: by the formula, and never against types or good sense."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from dtc_local.engine.embedding import Embedder
from dtc_local.tools.dataflow.graph import Graph
from dtc_local.tools.dataflow.semantics import similar_graph, text_of
from dtc_local.tools.dataflow.slots import parameter_slots
from tests.engine.tiny_model import write
from tests.tools.dataflow.test_entities import fields
from tests.tools.specs import function, imported


def by_theme(**themes: str) -> Callable[[Sequence[str]], NDArray[np.float32]]:
    """An embedding where texts that hold a word are as one, by word=theme; every other text is alone on its axis."""
    axes: dict[str, int] = {}

    def embed(texts: Sequence[str]) -> NDArray[np.float32]:
        rows = np.zeros((len(texts), 32), np.float32)
        for row, text in zip(rows, texts, strict=True):
            theme = next((theme for word, theme in themes.items() if word in text), text)
            row[axes.setdefault(theme, len(axes))] = 1
        return rows

    return embed


def test_a_text_is_the_name_in_words_and_the_description(tmp_path: Path) -> None:
    described = {"type": "string", "description": "The order to cancel."}
    (tool,) = imported(tmp_path, function("act", fields(orderId=described, city="string")))
    assert [text_of(slot) for slot in parameter_slots(tool)] == ["order id: The order to cancel.", "city:"]


def test_the_score_is_six_tenths_words_and_four_tenths_meaning(tmp_path: Path) -> None:
    tools = imported(
        tmp_path,
        function("measure", fields(word="string"), fields(distance="number", weight="number")),
        function("plan", fields(distance="number", weight="number")),
    )
    plain = {edge.parameter: edge.score for edge in Graph(tools).edges}
    blended = similar_graph(tools, by_theme()).edges
    assert {edge.parameter for edge in blended} == {"distance", "weight"}
    for edge in blended:  # equal texts are as similar as can be
        assert edge.score == pytest.approx(0.6 * plain[edge.parameter] + 0.4, abs=1e-3)
        assert edge.reason.endswith("similarity 1.00")


def test_words_that_mean_something_else_count_for_less(tmp_path: Path) -> None:
    money = {"type": "string", "description": "Money."}
    river = {"type": "string", "description": "River."}
    tools = imported(
        tmp_path,
        function("show", fields(word="string"), fields(bank=money)),
        function("cross", fields(bank=river)),
    )
    (plain,) = Graph(tools).edges
    (blended,) = similar_graph(tools, by_theme(Money="money", River="river")).edges
    assert blended.score == pytest.approx(0.6 * plain.score, abs=1e-3)


def test_meaning_alone_makes_an_edge_only_of_texts_that_are_as_one(tmp_path: Path) -> None:
    tools = imported(
        tmp_path,
        function("show", fields(word="string"), fields(hair="string", age="integer")),
        function("dye", fields(tint="string")),
    )
    assert not Graph(tools).edges
    assert not similar_graph(tools, by_theme()).edges
    (edge,) = similar_graph(tools, by_theme(hair="colour", tint="colour", age="colour")).edges
    assert (edge.path, edge.parameter, edge.score) == (("hair",), "tint", 0.4)


def test_meaning_never_overrules_good_sense(tmp_path: Path) -> None:
    tools = imported(
        tmp_path,
        function("show", fields(word="string"), fields(user="string")),
        function("act", fields(token="string", query="string")),
    )
    assert not similar_graph(tools, by_theme(user="one", token="one", query="one")).edges


def test_a_real_model_gives_the_same_graph_twice(tmp_path: Path) -> None:
    tools = imported(
        tmp_path,
        function("find_order", fields(word="string"), fields(order_id="string", city="string")),
        function("track_order", fields(order_id="string", town="string")),
    )
    path = write(tmp_path / "embedding.gguf", qwen2__pooling_type=1)
    with Embedder(path) as embedder:
        first = similar_graph(tools, embedder.embed).edges
    with Embedder(path) as embedder:
        assert similar_graph(tools, embedder.embed).edges == first
    assert ("order_id",) in {edge.path for edge in first}


def test_tools_without_results_have_no_edges_and_no_error(tmp_path: Path) -> None:
    assert not similar_graph(imported(tmp_path, function("act", fields(a="string"))), by_theme()).edges
