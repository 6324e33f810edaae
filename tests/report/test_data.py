"""Figures of a report agree with the store: sums are the counts, and a recount gives the same."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dtc_local.errors import DROP_REASONS
from dtc_local.records import KINDS, SHAPES, Candidate, Json
from dtc_local.report import PART, ReportData, report_data
from dtc_local.report.case import Case, ToolNumbers
from dtc_local.report.dataflow import _depths
from dtc_local.report.funnel import GIVEN_BY, STAGES, Funnel, lost_at
from dtc_local.report.lengths import MOST_BINS, Lengths, _histogram, _share_histogram
from dtc_local.report.page import packed, unpacked
from dtc_local.report.pieces import joined
from dtc_local.report.viewed import viewed
from dtc_local.settings import RunConfig
from dtc_local.store import Run, Store, Stored
from tests.audit import exchanged, sound
from tests.report.runs import every_kind_run, mixed_run, refused
from tests.report.test_pieces import linked
from tests.samples import MODEL, candidates, conversation


@pytest.fixture
def run(store: Store) -> Run:
    """The mixed run."""
    return mixed_run(store)


@pytest.fixture
def data(store: Store, run: Run) -> ReportData:
    """Its report."""
    return report_data(store, run)


def viewed_of(data: ReportData) -> dict[str, Json]:
    """The conversations of the viewer by id."""
    return {one["id"]: one for part in data.parts for one in part}


CANDIDATES = st.builds(
    Candidate,
    stage=st.sampled_from(STAGES[1:]),
    turn=st.integers(0, 2),
    attempt=st.integers(0, 2),
    text=st.text(max_size=5),
    logprob=st.floats(-3, 0),
    accepted=st.booleans(),
    reason=st.sampled_from(["", *DROP_REASONS]),
)
CASES = st.builds(
    lambda reason, candidates: Case(
        Stored("r-0", 0, "dropped" if reason else "kept", reason, conversation()), tuple(candidates)
    ),
    st.none() | st.sampled_from(list(DROP_REASONS)),
    st.lists(CANDIDATES, max_size=6),
)


@given(st.lists(CASES, max_size=8))
def test_the_funnel_sums_to_the_counts(cases: list[Case]) -> None:
    funnel = Funnel()
    for case in cases:
        funnel.add(case)
    result = funnel.result()
    assert result["started"] == len(cases)
    assert result["kept"] == sum(case.kept for case in cases)
    lost = Counter(reason for stage in result["stages"] for reason in Counter(stage["lost"]).elements())
    assert lost == Counter(case.stored.reason for case in cases if not case.kept)
    left = result["started"]
    for stage in result["stages"]:
        left -= sum(stage["lost"].values())
        assert stage["left"] == left
        assert stage["accepted"] + sum(stage["refused"].values()) == stage["written"]
        assert 0 <= stage["wasted"] <= stage["characters"]
    written = Counter(one.stage for case in cases for one in case.candidates)
    assert {stage["stage"]: stage["written"] for stage in result["stages"] if stage["written"]} == written


def test_a_conversation_is_lost_where_its_reason_was_given() -> None:
    def at(reason: str, *candidates: Candidate) -> str:
        return lost_at(Case(Stored("r-0", 0, "dropped", reason, None), candidates))

    passed = refused("judge", "").model_copy(update={"accepted": True})
    assert at("not_verified", refused("ask", "length")) == "verify"
    assert at("length", refused("ask", "length"), passed) == "ask"
    assert at("length", passed) == "judge"
    assert at("length") == "scenario"
    assert GIVEN_BY.keys() <= DROP_REASONS.keys()
    assert set(GIVEN_BY.values()) <= set(STAGES)


def test_a_report_covers_what_the_counts_of_the_run_cover(store: Store, run: Run, data: ReportData) -> None:
    counts = store.counts(run)
    assert data.head["run"]["kept"] == data.head["funnel"]["kept"] == counts.kept == 3
    assert data.head["funnel"]["started"] == counts.finished == 6
    assert data.head["run"]["beyond"] == 2
    assert [line["id"] for line in data.head["index"]] == [f"mixed-{index}" for index in range(6)]
    assert list(viewed_of(data)) == [line["id"] for line in data.head["index"]]
    stages = {stage["stage"]: stage["lost"] for stage in data.head["funnel"]["stages"] if stage["lost"]}
    assert stages == {"scenario": {"no_topology": 1}, "ask": {"length": 1}, "judge": {"judged": 1}}


def test_coverage_equals_a_recount(store: Store, run: Run, data: ReportData) -> None:
    calls: Counter[tuple[str, str]] = Counter()
    filled: dict[str, set[str]] = {}
    for _, made in store.kept(run):
        for turn in made.turns:
            for call in turn.executed():
                calls[call.tool, turn.kind] += 1
                filled.setdefault(call.tool, set()).update(call.arguments)
    coverage, tools = data.head["coverage"], data.head["tools"]
    shown = {
        (tools[row["tool"]]["name"], kind): number
        for row in coverage["rows"]
        for (kind, _), number in zip(coverage["kinds"], row["calls"], strict=True)
        if number
    }
    assert shown == calls
    assert sum(sum(row["calls"]) for row in coverage["rows"]) == data.head["lengths"]["calls"] == calls.total()
    assert {tools[row["tool"]]["name"]: row["filled"] for row in coverage["rows"] if row["filled"]} == {
        name: len(names) for name, names in filled.items() if names
    }
    assert {tools[row["tool"]]["name"] for row in coverage["rows"]} == {one["name"] for one in sound.OFFER}
    assert Counter(dict(coverage["kinds"])) == Counter(turn.kind for _, made in store.kept(run) for turn in made.turns)
    assert [kind for kind, _ in coverage["kinds"]] == list(KINDS), "a kind that nobody made is a gap that shows"


def test_a_question_back_is_one_turn_and_what_came_to_nothing_is_counted_apart(store: Store) -> None:
    data = report_data(store, every_kind_run(store))
    coverage, tools = data.head["coverage"], data.head["tools"]
    assert Counter(dict(coverage["kinds"])) == Counter(
        [*SHAPES, "clarify", "missing_tool", "no_tool", "no_tool", "correction", "mistake_hint"]
        + ["confirm"] * 2
        + ["tool_error"] * 4
    )
    in_vain = {
        (tools[row["tool"]]["name"], kind): number
        for row in coverage["rows"]
        for (kind, _), number in zip(coverage["kinds"], row["in_vain"], strict=True)
        if number
    }
    assert in_vain == {
        ("track_parcel", "missing_tool"): 1,
        ("delete_order", "confirm"): 1,
        ("hold_order", "tool_error"): 1,
        ("get_order", "tool_error"): 1,
    }
    made = exchanged.conversation()
    assert sum(sum(row["calls"]) for row in coverage["rows"]) == sum(
        len(turn.executed()) for one in (sound.conversation(), made) for turn in one.turns
    )
    assert data.head["index"][1]["kinds"] == [outline.kind for outline in made.scenario.turns]


def test_the_viewer_tells_part_outcome_failures_and_withheld_tools(store: Store) -> None:
    data = report_data(store, every_kind_run(store))
    shown, names = viewed_of(data)["every-1"], [one["name"] for one in data.head["tools"]]
    made = exchanged.conversation().turns
    assert [(one["kind"], one["part"], one["outcome"]) for one in shown["turns"]] == [
        (one.kind, one.part, one.outcome) for one in made
    ]
    faults = [(call["id"], call["fault"]) for one in shown["turns"] for level in one["levels"] for call in level]
    assert faults == [(call.id, call.fault) for one in made for call in one.attempted()]
    assert [names[tool] for tool in shown["frame"]["withheld"]] == ["track_parcel"]
    assert shown["frame"]["verdict"] == ["sound", ["sound"], {"calls_fit": 1.0}]


def test_a_failed_attempt_makes_no_turn_deeper(store: Store) -> None:
    lengths = Lengths()
    lengths.add(Case(Stored("r-0", 0, "kept", None, exchanged.conversation()), ()))
    assert max(lengths.depths) == 1
    assert max(lengths.calls) == 1


def test_tools_on_offer_that_no_conversation_offered_are_rows_without_calls(store: Store) -> None:
    store.add_tools(conversation().scenario.offer)
    run = store.open_run(RunConfig(run="short", count=1), MODEL)
    coverage = report_data(store, run).head["coverage"]
    assert [(sum(row["calls"]), row["offered"]) for row in coverage["rows"]] == [(0, 0)] * 3


def test_used_edges_equal_a_recount_of_the_references(store: Store, run: Run, data: ReportData) -> None:
    references: Counter[str] = Counter()
    for _, made in store.kept(run):
        tools = {call.id: call.tool for turn in made.turns for call in turn.plan.calls}
        for turn in made.turns:
            for call in turn.plan.calls:
                for name, one in call.references():
                    references[f"{tools[one.call]}.{'.'.join(map(str, one.path))} -> {call.tool}.{name}"] += 1
    names = [tool["name"] for tool in data.head["tools"]]
    edges = data.head["dataflow"]["edges"]
    used = {f"{names[a]}.{path} -> {names[b]}.{name}": uses for a, path, b, name, _, uses, _ in edges if uses}
    assert used == references
    across = {(names[a], names[b]): across for a, _, b, _, _, uses, across in edges if uses}
    assert across["find_order", "get_order"] == 3, "the follow-up of each kept conversation"
    assert across["find_order", "hold_order"] == 0
    assert data.head["dataflow"]["possible"] >= data.head["dataflow"]["used"] > 0


def test_positions_of_a_list_are_one_edge_and_circles_end(store: Store) -> None:
    assert _depths([(0, "a", 1, "x"), (1, "b", 2, "y"), (2, "c", 0, "z"), (3, "d", 3, "w")], 4) == [0, 1, 2, 0]
    assert _depths([(0, "a", 2, "x"), (0, "a", 1, "x"), (1, "b", 2, "y")], 3) == [0, 1, 2]


@pytest.mark.parametrize("index", [0, 2, 3])
def test_what_lights_up_is_what_the_provenance_says(store: Store, data: ReportData, index: int) -> None:
    made = store.conversation(f"mixed-{index}").conversation
    assert made is not None
    shown = viewed_of(data)[f"mixed-{index}"]
    calls = {call["id"]: call for turn in shown["turns"] for level in turn["levels"] for call in level}
    results = {call.id: call.result for turn in made.turns for call in turn.executed()}
    origins = [origin for turn in made.turns for origin in turn.provenance]
    assert len(shown["origins"]) == len(origins) > 0
    for link, origin in enumerate(origins):
        values = dict(calls[origin.call]["arguments"])
        place = linked(values[origin.argument.split(".")[0]], link)
        assert place, "the place in the arguments is marked"
        if origin.span is not None and origin.turn is not None:
            request = made.turns[origin.turn].request
            assert 0 <= origin.span[0] < origin.span[1] <= len(request)
            assert linked(shown["turns"][origin.turn]["request"], link) == request[slice(*origin.span)]
        if origin.path is not None:
            call, _, field = origin.path.partition(".")
            assert json.loads(linked(calls[call]["result"], link)) == results[call][field] == json.loads(place)


def test_the_viewer_shows_every_word_argument_and_result(store: Store, data: ReportData) -> None:
    for conversation_id, shown in viewed_of(data).items():
        made = store.conversation(conversation_id).conversation
        for turn, drawn in zip(made.turns if made else (), shown["turns"], strict=True):
            assert joined(drawn["request"]) == turn.request
            assert drawn["reply"] == turn.reply
            executed = [call for level in drawn["levels"] for call in level]
            assert [json.loads(joined(call["result"])) for call in executed] == [one.result for one in turn.executed()]
            assert [{name: json.loads(joined(value)) for name, value in call["arguments"]} for call in executed] == [
                one.arguments for one in turn.executed()
            ]
            assert [call["id"] for call in executed if call["implicit"]] == sorted(turn.implicit)


def test_a_dropped_conversation_shows_what_was_refused_and_its_last_attempt(data: ReportData) -> None:
    shown = viewed_of(data)
    assert [entry[3] for entry in shown["mixed-2"]["written"]] == ["missing_literal", "not_verified", "length"]
    assert shown["mixed-1"] == {"id": "mixed-1", "frame": None, "turns": [], "origins": [], "written": []}
    passed = refused("ask", "", 0, 2).model_copy(update={"accepted": True, "logprob": float("-inf")})
    case = Case(Stored("r-0", 0, "dropped", "length", None), (*candidates(), passed))
    written = viewed(case, ToolNumbers())["written"]
    assert [(entry[2], entry[3], entry[4]) for entry in written] == [(0, "missing_literal", -1.5), (2, None, None)]
    assert [entry[3] for entry in shown["mixed-0"]["written"]] == ["missing_literal"], "of a kept one the refused only"


def test_cost_holds_sessions_tokens_and_tokens_by_stage(data: ReportData) -> None:
    cost = data.head["cost"]
    assert cost["seconds"] == 12.5
    assert cost["tokens"] == {"prompt": 900, "evaluated": 300, "sampled": 60, "forced": 40}
    assert cost["stages"] == {"ask": 100}
    assert len(cost["sessions"]) == 1


@given(st.lists(st.integers(0, 40)))
def test_a_histogram_of_whole_numbers_holds_each_once(values: list[int]) -> None:
    made = _histogram("Turns", "turns", values)
    assert sum(number for _, number in made["bins"]) == len(values)
    assert len(made["bins"]) <= MOST_BINS


@given(st.lists(st.floats(0, 1)))
def test_a_histogram_of_shares_holds_each_once_with_none_and_all_apart(values: list[float]) -> None:
    bins = dict(map(tuple, _share_histogram("Share", "turns", values)["bins"]))
    assert sum(bins.values()) == len(values)
    assert bins.get("0%", 0) == sum(value == 0 for value in values)
    assert bins.get("100%", 0) == sum(value == 1 for value in values)


def test_dropped_conversations_are_in_no_histogram() -> None:
    lengths = Lengths()
    lengths.add(Case(Stored("r-0", 0, "dropped", "judged", conversation()), ()))
    assert lengths.result()["calls"] == 0
    lengths.add(Case(Stored("r-1", 1, "kept", None, conversation()), ()))
    assert lengths.result() | {"histograms": []} == {"calls": 4, "unsaid": 1, "histograms": []}


def test_parts_are_full_but_for_the_last_and_unpack_to_what_went_in(store: Store) -> None:
    run = store.open_run(RunConfig(run="long", count=PART + 3), MODEL)
    for index in range(PART + 3):
        store.save(run, index, conversation(index), (), kept=True)
    parts = report_data(store, run).parts
    assert [len(part) for part in parts] == [PART, 3]
    assert all(unpacked(packed(part)) == part for part in parts)


def test_a_run_without_conversations_has_a_report(store: Store) -> None:
    run = store.open_run(RunConfig(run="empty"), MODEL)
    data = report_data(store, run)
    assert data.head["index"] == []
    assert data.parts == ()
    assert data.head["funnel"] == {"started": 0, "kept": 0, "stages": []}
