"""Tools that say the same in other words are found, tools that differ in what matters are not, at near linear cost."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dtc_local.tools import read_files, similar
from dtc_local.tools.similar import Profile, similar_pairs, with_similar
from tests.tools.specs import function, imported, with_property

CITY = with_property({"type": "string"}, required=True)


def profile(name: str, description: str = "", parameters: tuple[str, ...] = (), effect: str = "read") -> Profile:
    """A tool of the namespace "api"."""
    return Profile("api", name, description, parameters, effect)


FLIGHTS = profile("search_flights", "Search for flights between two cities.", ("origin", "destination", "date"))
API = (
    FLIGHTS,
    profile("get_weather", "Get the current weather for a city.", ("city", "unit")),
    profile("list_invoices", "List the invoices of an account.", ("account_id", "page", "limit")),
    profile("list_orders", "List the orders of an account.", ("account_id", "page", "limit")),
    profile("start_machine", "Start the virtual machine of that id in a zone.", ("machine_id", "zone"), "write"),
    profile("stop_machine", "Stop the virtual machine of that id in a zone.", ("machine_id", "zone"), "write"),
    profile("liter_to_gallon", "Converts a volume from liters to gallons.", ("liter",)),
    profile("gallon_to_liter", "Converts a volume from gallons to liters.", ("gallon",)),
)


def names(*profiles: Profile) -> list[tuple[str, str]]:
    """The pairs among these and the rest of the API."""
    return [(pair.name, pair.other_name) for pair in similar_pairs((*API, *profiles))]


def test_tools_that_differ_in_what_matters_are_not_alike() -> None:
    assert names() == []


@pytest.mark.parametrize(
    "alike",
    [
        profile("find_flights", "Find flights between two cities.", ("origin", "destination", "date")),
        profile("flightSearch", "Look up flights between two cities", ("destination", "origin", "date")),
        profile("search_flights_2", "Search flights between two cities.", ("origin", "destination", "date", "class")),
    ],
)
def test_tools_that_say_the_same_in_other_words_are_alike(alike: Profile) -> None:
    assert names(alike) == [(alike.name, "search_flights")]


def test_tools_of_another_effect_are_not_alike() -> None:
    assert names(replace(FLIGHTS, name="search_flights_2", effect="write")) == []


def test_equal_tools_are_each_paired_with_the_first() -> None:
    copies = [replace(FLIGHTS, namespace=f"api{number}") for number in range(4)]
    pairs = similar_pairs(copies)
    assert [(pair.namespace, pair.other_namespace, pair.score) for pair in pairs] == [
        (f"api{number}", "api0", 1.0) for number in (1, 2, 3)
    ]


def test_the_finding_names_the_other_tool_how_similar_it_is_and_a_way_out() -> None:
    (pair,) = similar_pairs((FLIGHTS, replace(FLIGHTS, name="search_flights_2", description="Search flights.")), 0.5)
    found = pair.finding
    assert (found.severity, found.kind) == ("warning", "near_duplicate")
    assert found.what == f"says nearly the same as api/search_flights (similarity {pair.score:.2f})"
    assert "dtc-local tools remove api/search_flights" in found.way_out


WORDS = st.lists(
    st.sampled_from(["order", "invoice", "city", "find", "list", "cancel", "of", "the", "user"]), max_size=6
)
PROFILES = st.lists(
    st.builds(
        lambda name, words, parameters: profile("_".join(name) or "tool", " ".join(words), tuple(set(parameters))),
        WORDS,
        WORDS,
        WORDS,
    ),
    max_size=12,
)


@given(PROFILES, st.sampled_from([0.6, 0.8, 0.95]))
def test_looking_up_rare_words_finds_every_pair_that_comparing_all_finds(
    found: list[Profile], threshold: float
) -> None:
    firsts = {(one.says, one.takes): position for position, one in reversed(list(enumerate(found)))}
    distinct = [found[position] for position in sorted(firsts.values())]
    said, taken = (similar._Weighed([(one.says, one.takes)[part] for one in distinct]) for part in (0, 1))
    expected = set()
    for later, one in enumerate(distinct):
        for earlier, other in enumerate(distinct[:later]):
            score = said.alike(one.says, other.says) + 0.5 * taken.alike(one.takes, other.takes)
            if score / 1.5 >= threshold + 1e-9:
                expected.add((later, earlier))
    numbered = [replace(one, namespace=str(number)) for number, one in enumerate(distinct)]
    pairs = {(int(pair.namespace), int(pair.other_namespace)) for pair in similar_pairs(numbered, threshold)}
    assert pairs >= expected


def test_words_that_many_tools_say_do_not_make_the_cost_quadratic(monkeypatch: pytest.MonkeyPatch) -> None:
    compared = 0
    real = similar._Weighed.alike

    def counting(self: similar._Weighed, words: frozenset[str], others: frozenset[str]) -> float:
        nonlocal compared
        compared += 1
        return real(self, words, others)

    def comparisons(number: int) -> int:
        nonlocal compared
        compared, rng = 0, random.Random(1)
        similar_pairs(
            [profile(f"act_{rng.random()}", " ".join(rng.sample("abcdefghijklmnop", 5))) for _ in range(number)]
        )
        return compared

    monkeypatch.setattr(similar._Weighed, "alike", counting)
    assert 0 < comparisons(1200) <= 2.5 * comparisons(600)


def test_imported_tools_carry_the_finding(tmp_path: Path) -> None:
    tools = imported(
        tmp_path,
        function("get_weather", CITY, description="Get the current weather for a city."),
        function("fetch_weather", CITY, description="Fetch the current weather of a city."),
    )
    first, second = with_similar(tools)
    assert first.findings == tools[0].findings
    assert [found.kind for found in second.findings if found not in tools[1].findings] == ["near_duplicate"]


def test_duplicates_and_overloads_are_findings_of_their_own_kinds(tmp_path: Path) -> None:
    wide = {"type": "object", "properties": {"city": {"type": "string"}, "zip": {"type": "string"}}}
    path = tmp_path / "shop.json"
    path.write_text(json.dumps([function("ship", CITY), function("ship", CITY), function("ship", wide)]))
    result = read_files([path])
    assert [noted.finding.kind for noted in result.findings] == ["duplicate"]
    (overload,) = [found for tool in result.tools for found in tool.findings if found.kind == "overload"]
    assert overload.what == "another tool of the namespace is called ship, this one becomes ship_2"
    assert overload.severity == "warning"
    assert overload.way_out
