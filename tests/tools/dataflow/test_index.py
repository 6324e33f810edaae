"""What is drawn depends on the tools and their order alone: not on where they are kept, nor on what is loaded."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from dtc_local.examples import paths
from dtc_local.records import Finding, Tool
from dtc_local.stages.scenario import build
from dtc_local.store import Store
from dtc_local.tools import read_files
from dtc_local.tools.dataflow import index
from dtc_local.tools.dataflow.index import Listed, ToolIndex, is_offerable, is_usable
from tests.shop import SHOP, STRING, tool


class Watched:
    """A catalogue that remembers what was loaded."""

    def __init__(self, tools: Sequence[Tool]) -> None:
        self.tools = tuple(tools)
        self.listed = Listed(self.tools)
        self.entries = self.listed.entries
        self.loaded: list[int] = []

    def load(self, positions: Sequence[int]) -> Sequence[Tool]:
        """The tools, noted."""
        self.loaded += positions
        return self.listed.load(positions)


def in_namespaces(number: int) -> list[Tool]:
    """The shop in so many namespaces."""
    return [one.model_copy(update={"namespace": f"shop{copy}"}) for copy in range(number) for one in SHOP]


def test_nothing_is_loaded_before_a_shelf_is_drawn() -> None:
    watched = Watched(in_namespaces(4))
    made = ToolIndex(watched)
    assert [label.usable for label in made.labels] == [len(SHOP)] * 4
    assert watched.loaded == []
    assert [one.namespace for one in made.shelf(2).tools] == ["shop2"] * len(SHOP)
    made.shelf(2)
    assert watched.loaded == list(range(2 * len(SHOP), 3 * len(SHOP)))


def test_shelves_not_asked_for_the_longest_are_put_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "LOADED", 2 * len(SHOP))
    watched = Watched(in_namespaces(3))
    made = ToolIndex(watched)
    for number in (0, 1, 0, 2, 0, 1):
        made.shelf(number)
    assert [position // len(SHOP) for position in watched.loaded[:: len(SHOP)]] == [0, 1, 2, 1]


def test_a_shelf_larger_than_the_memory_is_still_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "LOADED", 1)
    assert len(ToolIndex(SHOP).shelf(0).tools) == len(SHOP)


def test_a_large_namespace_is_cut_into_shelves_of_neighbours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "SHELF", 4)
    made = ToolIndex(SHOP)
    assert [len(label.positions) for label in made.labels] == [3, 4, 4]
    assert [one for number in range(3) for one in made.shelf(number).tools] == list(SHOP)
    whole = len(SHOP) ** 0.5
    assert sum(label.weight for label in made.labels) == pytest.approx(whole)


def test_scenarios_do_not_depend_on_what_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "SHELF", 6)
    tools = in_namespaces(3)
    wide = ToolIndex(tools)
    made = [build(wide, seed=1, index=number, turns=(1, 2)) for number in range(12)]
    monkeypatch.setattr(index, "LOADED", 6)
    narrow = ToolIndex(Watched(tools))
    assert [build(narrow, seed=1, index=number, turns=(1, 2)) for number in reversed(range(12))] == made[::-1]


def test_a_store_gives_the_scenarios_that_its_files_give(tmp_path: Path) -> None:
    files = sorted(paths())
    tools = sorted(read_files(files).tools, key=lambda one: one.namespace)
    with Store(tmp_path / "dtc.db") as store:
        store.add_tools(read_files(reversed(files)).tools)
        from_store = ToolIndex(store.catalogue())
        from_files = ToolIndex(tools)
        assert from_store.labels == from_files.labels
        for number in range(20):
            assert build(from_store, seed=3, index=number) == build(from_files, seed=3, index=number)


def test_a_run_keeps_its_tools_whatever_is_imported_meanwhile(tmp_path: Path) -> None:
    with Store(tmp_path / "dtc.db") as store:
        store.add_tools(SHOP)
        made = ToolIndex(store.catalogue())
        store.add_tools([one.model_copy(update={"description": "Changed."}) for one in SHOP])
        store.remove_tools(namespace="shop")
        assert made.shelf(0).tools == SHOP
        assert ToolIndex(store.catalogue()).labels == ()


def test_of_another_namespace_only_the_distractor_itself_is_loaded() -> None:
    watched = Watched([one.model_copy(update={"name": f"{one.name}_{one.namespace}"}) for one in in_namespaces(50)])
    scenario = build(ToolIndex(watched), seed=1, index=0, turns=(1, 1), distractors=12)
    own = watched.tools[watched.loaded[0]].namespace
    foreign = [one for one in scenario.offer if one.namespace != own]
    assert foreign
    assert len(watched.loaded) == len(SHOP) + len(foreign)


def test_a_tool_with_an_error_is_neither_usable_nor_offered() -> None:
    sound = tool("act", {"city": STRING})
    error = Finding(severity="error", kind="unusable", pointer="", what="nothing obeys the schema")
    assert is_usable(sound)
    assert not is_offerable(sound.model_copy(update={"findings": (error,)}))
    assert not is_usable(sound.model_copy(update={"findings": (error,)}))


def test_a_tool_that_asks_for_too_much_is_only_a_distractor() -> None:
    asking = tool("act", {f"p{number}": STRING for number in range(9)})
    (entry,) = Listed((asking,)).entries
    assert (entry.usable, entry.offerable) == (False, True)
    assert ToolIndex([asking]).sources == ()
