"""The figures of a run are what a recount gives, of the conversations that the run's counts cover."""

from __future__ import annotations

import json
import weakref
from typing import Any

import pytest

from dtc_local.mixes import MIXES
from dtc_local.records import Conversation, Turn, Verdict
from dtc_local.settings import RunConfig
from dtc_local.statistics import run_statistics, tables
from dtc_local.statistics.tables import WIDTH
from dtc_local.store import Run, Store
from tests.audit import sound
from tests.audit.sound import Change, put
from tests.report.runs import NORMAL, mixed_run
from tests.samples import CANCEL, FIND, MODEL, PING, conversation

DROP = Verdict(keep=False, reason="replies_fit", votes=("replies_fit", "sound"), scores={"replies_fit": 0.5})
CONTRADICTION: Change = put("turns", 1, "levels", 0, 0, "result", "status", to="shipped")
"""A second look at an order that was put on hold tells another status."""


def small_run(store: Store, *made: Conversation, **settings: Any) -> Run:
    """A run of these kept conversations, over the tools they were made with."""
    store.add_tools([FIND, CANCEL, PING])
    run = store.open_run(RunConfig(run="r", count=max(1, len(made)), **settings), MODEL)
    for index, one in enumerate(made):
        store.save(run, index, one, (), kept=True)
    return run


def with_verdict(made: Conversation, verdict: Verdict) -> Conversation:
    """The same conversation, judged so."""
    return made.model_copy(update={"verdict": verdict})


def test_figures_are_json_and_cover_what_the_counts_cover(store: Store) -> None:
    run = mixed_run(store)
    figures = run_statistics(store, run)
    assert json.loads(json.dumps(figures, allow_nan=False)) == figures
    counts = store.counts(run)
    assert (figures["yield"]["started"], figures["yield"]["kept"]) == (counts.finished, counts.kept) == (6, 3)
    assert figures["contradictions"]["conversations"] == 3
    kept = [made for _, made in store.kept(run)]
    assert sum(one["turns"] for one in figures["mix"].values()) == sum(len(made.turns) for made in kept)


def test_the_mix_met_is_the_share_of_kept_turns_and_stands_beside_what_was_asked(store: Store) -> None:
    mix = run_statistics(store, small_run(store, conversation(0), conversation(1), mix={"chain": 3, "clarify": 2}))[
        "mix"
    ]
    assert {kind: (one["asked"], one["met"], one["turns"]) for kind, one in mix.items()} == {
        "parallel": (0, 0.5, 2),
        "chain": (0.6, 0.5, 2),
        "clarify": (0.4, 0, 0),
    }
    assert mix["clarify"]["why"]


def test_a_turn_of_two_messages_counts_once(store: Store) -> None:
    opening = Turn(kind="clarify", part="opening", request="Cancel it.", reply="Which one?")
    closing = conversation().turns[0].model_copy(update={"kind": "clarify", "part": "closing"})
    made = conversation().model_copy(update={"turns": (opening, closing)})
    figures = run_statistics(store, small_run(store, made, mix=MIXES["agentic"]))
    assert figures["mix"]["clarify"]["turns"] == 1
    assert figures["coverage"]["kinds"]["touched"] == 1
    assert set(figures["coverage"]["kinds"]["never"]) == set(MIXES["agentic"]) - {"clarify"}


def test_what_was_touched_and_what_never_was_make_up_all_there_is(store: Store) -> None:
    covered = run_statistics(store, small_run(store, conversation()))["coverage"]
    assert covered["tools"] == {"touched": 2, "of": 3, "never": ["shop/ping"]}
    assert covered["required parameters"] == {"touched": 3, "of": 3, "never": []}
    assert covered["listed values"] == {"touched": 1, "of": 2, "never": ["shop/cancel_order.refund=false"]}
    assert covered["dataflow edges"] == {"touched": 1, "of": 1, "never": []}
    for counts in covered.values():
        assert counts["touched"] + len(counts["never"]) == counts["of"]


def test_a_run_that_kept_nothing_has_touched_nothing(store: Store) -> None:
    run = small_run(store)
    store.save(run, 0, None, (), kept=False, reason="no_topology", stage="scenario")
    figures = run_statistics(store, run)
    assert not any(counts["touched"] for counts in figures["coverage"].values())
    assert figures["coverage"]["dataflow edges"]["never"] == ["shop/find_order.order_id -> cancel_order.order_id"]
    assert (figures["solve_rate"]["mean"], figures["judge"]["agreement"]) == (None, None)
    assert figures["yield"]["stages"] == [
        {"stage": "scenario", "lost": {"no_topology": 1}, "written": 0, "accepted": 0, "refused": {}}
    ]
    assert "0 kept of 1 started" in tables(figures)


def test_a_run_without_any_conversation_has_figures_too(store: Store) -> None:
    figures = run_statistics(store, small_run(store))
    assert figures["yield"] == {"started": 0, "kept": 0, "stages": []}
    assert tables(figures)


def test_where_other_tools_are_on_offer_now_only_what_was_touched_is_known(store: Store) -> None:
    run = small_run(store, conversation())
    store.add_tools([FIND.model_copy(update={"name": "find_again"})])
    figures = run_statistics(store, run)
    assert figures["coverage"]["tools"] == {"touched": 2, "of": None, "never": []}
    assert "of an unknown number: other tools are on offer now" in tables(figures)


def test_yield_is_by_stage_and_reason(store: Store) -> None:
    run = mixed_run(store)
    stages = {one["stage"]: one for one in run_statistics(store, run)["yield"]["stages"]}
    assert stages["ask"]["written"] == 2 * 5 + 1
    assert stages["ask"]["refused"] == {"missing_literal": 5, "length": 1}
    assert stages["judge"] == {"stage": "judge", "lost": {}, "written": 1, "accepted": 0, "refused": {"judged": 1}}
    assert stages["unknown"]["lost"] == {"no_topology": 1, "length": 1, "judged": 1}, "no stage was stored"


def test_solve_rates_are_a_histogram_of_turns(store: Store) -> None:
    plain = conversation().turns[1].model_copy(update={"verification": None})
    one = conversation().model_copy(update={"turns": (conversation().turns[0], plain)})
    rate = run_statistics(store, small_run(store, one, conversation()))["solve_rate"]
    assert (rate["mean"], rate["turns"], rate["unverified"]) == (0.8333, 3, 1)
    assert {one["from"]: one["turns"] for one in rate["histogram"] if one["turns"]} == {0.7: 2, 0.9: 1}
    assert rate["histogram"][-1]["to"] == 1


def test_calls_left_unsaid_are_a_share_of_all_calls(store: Store) -> None:
    figures = run_statistics(store, small_run(store, conversation()))
    assert figures["implicit"] == {"calls": 4, "unsaid": 1, "share": 0.25}


def test_a_contradiction_is_counted_for_each_hundred_kept(store: Store) -> None:
    broken, whole = sound.conversation(NORMAL, CONTRADICTION), sound.conversation(NORMAL)
    figures = run_statistics(store, small_run(store, broken, whole, whole, whole))
    found = figures["contradictions"]
    assert found["violations"] == sum(found["rules"].values()) == found["rules"]["facts_stay"] == 1
    assert found["per_100"] == 25
    assert figures["rules"]["facts_stay"] == 1


@pytest.mark.parametrize(
    ("changes", "keep", "place"),
    [
        ((), True, ("kept", "sound")),
        ((CONTRADICTION,), True, ("kept", "unsound")),
        ((), False, ("dropped", "sound")),
        ((CONTRADICTION,), False, ("dropped", "unsound")),
    ],
)
def test_judge_and_rules_are_held_against_each_other(
    store: Store, changes: tuple[Change, ...], keep: bool, place: tuple[str, str]
) -> None:
    made = sound.conversation(NORMAL, *changes)
    run = small_run(store)
    if keep:
        store.save(run, 0, made, (), kept=True)
    else:
        store.save(run, 0, with_verdict(made, DROP), (), kept=False, reason="judged", stage="judge")
    judge = run_statistics(store, run)["judge"]
    cells = {(fate, rules): judge[fate][rules] for fate in ("kept", "dropped") for rules in ("sound", "unsound")}
    assert {cell for cell, number in cells.items() if number} == {place}
    assert judge["agreement"] == (1.0 if keep is (not changes) else 0.0)
    assert judge["judged"] == 1
    if not keep:
        assert (judge["votes"], judge["scores"]) == ({"replies_fit": 1, "sound": 1}, {"replies_fit": 0.5})


@pytest.mark.parametrize(("verify", "agreement"), [("off", 1.0), ("lenient", 0.0)])
def test_a_check_that_was_off_is_no_rule(store: Store, verify: str, agreement: float) -> None:
    def unverified(made: dict[str, Any]) -> None:
        for turn in made["turns"]:
            turn["verification"] = None

    figures = run_statistics(store, small_run(store, sound.conversation(NORMAL, unverified), verify=verify))
    assert figures["judge"]["agreement"] == agreement


def test_no_more_than_one_conversation_is_in_memory(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    run = small_run(store, *(conversation(index) for index in range(12)))
    alive: list[int] = []
    made: list[weakref.ref[Conversation]] = []
    read = store.conversation

    def watched(conversation_id: str) -> Any:
        alive.append(sum(one() is not None for one in made))
        stored = read(conversation_id)
        assert stored.conversation is not None
        made.append(weakref.ref(stored.conversation))
        return stored

    monkeypatch.setattr(store, "conversation", watched)
    run_statistics(store, run)
    assert len(alive) == 12
    assert max(alive) <= 1


def test_tables_say_the_same_in_short_lines(store: Store) -> None:
    figures = run_statistics(store, mixed_run(store))
    shown = tables(figures)
    assert max(map(len, shown.splitlines())) <= WIDTH
    for said in (
        "Yield: 3 kept of 6 started",
        "unknown lost: no_topology 1, length 1, judged 1",
        "ask refused: missing_literal 5, length 1",
        "Contradictions: 0 in 3 kept, 0 in 100",
        *figures["mix"],
    ):
        assert said in shown
