"""A conversation is shown with all that happened in it: questions back, failed attempts, hints, tools withheld."""

from __future__ import annotations

import json

from dtc_local.records import Conversation, ExecutedCall, Focus, Turn
from dtc_local.show import OUTCOMES, WIDTH, as_json, readable
from dtc_local.store import Stored
from tests.samples import PING, candidates, conversation

FAILED = ExecutedCall(
    id="$2~1", tool="cancel_order", arguments={"order_id": "ORD-1"}, result={"error": "timeout"}, fault="error"
)
MISTAKEN = FAILED.model_copy(update={"id": "$2~2", "fault": "mistake", "result": {"hint": "Say whether to refund."}})


def exchanged() -> Conversation:
    """A clarification, a call that fails twice before it succeeds, a refusal, and a tool that is withheld."""
    made = conversation()
    cancel = made.turns[0]
    opening = Turn(
        kind="clarify",
        part="opening",
        focus=Focus(call="$2", argument="refund"),
        request="Cancel her order.",
        reply="Shall it be refunded?",
    )
    closing = opening.model_copy(update={"part": "closing", "request": "Yes.", "reply": "It is done."})
    detoured = cancel.model_copy(
        update={
            "kind": "tool_error",
            "outcome": "retry",
            "levels": (cancel.levels[0], (FAILED,), (MISTAKEN,), cancel.levels[1]),
        }
    )
    no = Turn(kind="confirm", part="closing", outcome="no", request="No.", reply="Nothing was done.")
    return made.model_copy(
        update={
            "turns": (opening, closing, detoured, no),
            "scenario": made.scenario.model_copy(update={"withheld": (PING.model_copy(update={"name": "pong"}),)}),
        }
    )


def shown() -> str:
    """It, as a person reads it."""
    return readable(Stored("r-0", 0, "kept", None, exchanged()))


def test_a_turn_says_its_part_and_what_it_turned_on() -> None:
    text = shown()
    for words in (
        "Turn 1: clarify, opening, about refund",
        "  Call      none",
        "  Assistant Shall it be refunded?",
        "Turn 2: clarify, closing, about refund",
        "Turn 3: tool_error, the same call again, 3 of 4 blind readers right",
        "Turn 4: confirm, closing, the user declines",
        "  Withheld  pong",
    ):
        assert words in text
    assert max(map(len, text.splitlines())) <= WIDTH


def test_failed_attempts_and_hints_stand_where_they_were_made_under_words_of_their_own() -> None:
    lines = [line[:20] for line in shown().splitlines() if "$2" in line]
    assert [line.split()[:2] for line in lines] == [
        ["Failed", "$2~1"],
        ["Error", "$2~1"],
        ["Mistake", "$2~2"],
        ["Hint", "$2~2"],
        ["Call", "$2"],
        ["Result", "$2"],
    ]
    assert "  Hint      $2~2 Say whether to refund." in shown()


def test_every_outcome_has_words() -> None:
    from typing import get_args

    from dtc_local.records import Outcome

    assert set(OUTCOMES) == set(get_args(Outcome)) - {""}


def test_json_holds_the_record_and_each_turn_in_short() -> None:
    made = exchanged()
    told = json.loads(json.dumps(as_json(Stored("r-0", 0, "dropped", "judged", made, "judge"), candidates())))
    assert Conversation.model_validate(told["conversation"]) == made
    assert (told["stage"], told["reason"], len(told["candidates"])) == ("judge", "judged", 2)
    assert [(one["kind"], one["part"], one["outcome"]) for one in told["turns"]] == [
        ("clarify", "opening", ""),
        ("clarify", "closing", ""),
        ("tool_error", "whole", "retry"),
        ("confirm", "closing", "no"),
    ]
    assert told["turns"][0]["focus"] == {"call": "$2", "argument": "refund", "path": []}
    detoured = told["turns"][2]
    assert (detoured["explicit"], detoured["implicit"]) == (["$2"], ["$1"])
    assert detoured["faults"] == {"$2~1": "error", "$2~2": "mistake"}
    assert detoured["provenance"] == {"$1.customer": "request", "$2.order_id": "$1.order_id", "$2.refund": "inferred"}


def test_a_conversation_dropped_before_it_had_a_scenario_says_so() -> None:
    stored = Stored("r-0", 0, "dropped", "no_topology", None, "scenario")
    assert "Dropped in scenario: no_topology: the tools on offer cannot form the asked call graph." in readable(stored)
    assert as_json(stored, ())["turns"] == []
