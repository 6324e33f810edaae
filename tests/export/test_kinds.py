"""Every kind of turn in every format: rows stay sound, wrong attempts are not learned, withheld tools are not shown."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

import pytest

from dtc_local.export import FORMATS, export_lines
from dtc_local.export.dialogue import FAULTS, Faults, call_ids, json_text
from tests.export import kinds
from tests.export.rows import exported, only_row
from tests.samples import conversation

TALKS = kinds.ten()
WITH_MESSAGES = ("openai", "trl", "axolotl", "unsloth", "parquet")
WITHOUT_MASKS = ("trl", "unsloth", "sharegpt", "llama-factory", "llama-factory-openai")
WRONG = ({"order_id": "ORD-91", "refund": True}, {"order_id": "ORD-71"})
"""Arguments of the wrong attempts where they are the first calls of a conversation."""


def messages(*made: kinds.Made, faults: Faults = "mask", name: str = "openai") -> list[dict[str, Any]]:
    """The messages of a row of these turns, without the system's."""
    (row,) = exported(name, kinds.talk(*made), faults)
    listed: list[dict[str, Any]] = row["messages"][1:]
    return listed


def roles(listed: Sequence[dict[str, Any]]) -> str:
    """One letter for each message: user, assistant, its calls, tool."""
    return "".join("c" if "tool_calls" in one else one["role"][0] for one in listed)


@pytest.mark.parametrize(
    ("made", "shown"),
    [
        (kinds.clarify, "uaucta"),
        (kinds.missing_tool, "ua"),
        (kinds.outside, "ua"),
        (kinds.correction, "ucta"),
        (kinds.confirmed, "uaucta"),
        (kinds.refused, "uaua"),
        (kinds.retried, "uctcta"),
        (kinds.repaired, "uctcta"),
        (kinds.reported, "ucta"),
        (kinds.mistaken, "uctcta"),
    ],
)
def test_a_turn_is_shown_message_by_message(made: kinds.Made, shown: str) -> None:
    assert roles(messages(made)) == shown


@pytest.mark.parametrize("faults", FAULTS)
@pytest.mark.parametrize("name", WITH_MESSAGES)
def test_every_result_answers_a_call_of_the_message_before_it(name: str, faults: Faults) -> None:
    for made in TALKS:
        (row,) = exported(name, made, faults)
        open_calls: list[str] = []
        for one in row["messages"]:
            if one["role"] == "tool":
                assert open_calls.pop(0) == one["tool_call_id"]
            else:
                assert not open_calls
                open_calls = [call["id"] for call in one.get("tool_calls", ())]
        assert not open_calls
        assert row["messages"][-1]["role"] == "assistant"


def test_every_attempt_has_an_id_of_its_own_that_mistral_takes() -> None:
    for made in TALKS:
        ids = call_ids(made)
        assert ids.keys() == {call.id for turn in made.turns for call in turn.attempted()}
        assert len(set(ids.values())) == len(ids)
        assert all(re.fullmatch("[A-Za-z0-9]{9}", one) for one in ids.values())


@pytest.mark.parametrize("made", [kinds.mistaken, kinds.repaired])
def test_a_wrong_attempt_is_shown_and_not_learned(made: kinds.Made) -> None:
    assert ["weight" in one for one in messages(made)] == [False, True, False, False, False, False]
    assert [one.get("train") for one in messages(made, name="axolotl")] == [None, False, None, None, None, None]
    (row,) = exported("parquet", kinds.talk(made))
    assert row["trained"] == [False, False, False, False, True, False, True]
    (tagged,) = exported("hermes", kinds.talk(made))
    assert [one.get("train") for one in tagged["conversations"]] == [None, None, False, None, None, None, None]


@pytest.mark.parametrize("made", [kinds.mistaken, kinds.repaired])
def test_no_rendered_character_of_a_wrong_attempt_is_learned(made: kinds.Made) -> None:
    (row,) = exported("text", kinds.talk(made))
    learned = [row["text"][start:end] for start, end in row["spans"]]
    assert len(learned) == 2
    assert not any(json_text(wrong) in text for wrong in WRONG for text in learned)
    assert any(json_text(wrong) in row["text"] for wrong in WRONG)


@pytest.mark.parametrize("made", [kinds.retried, kinds.reported])
def test_a_right_call_that_met_an_error_is_learned(made: kinds.Made) -> None:
    assert not any("weight" in one for one in messages(made))
    assert messages(made) == messages(made, faults="drop")


@pytest.mark.parametrize("name", WITHOUT_MASKS)
def test_a_format_that_cannot_mask_leaves_wrong_attempts_out(name: str) -> None:
    for made in TALKS:
        assert exported(name, made, "mask") == exported(name, made, "drop")
        assert exported(name, made, "keep") != exported(name, made, "drop") or not _has_wrong(made)
    (line,) = export_lines([kinds.talk(kinds.mistaken)], name)
    assert "Read the request once more." not in line


def _has_wrong(made: Any) -> bool:
    return any(turn.kind == "mistake_hint" or turn.outcome == "repair" for turn in made.turns)


def test_kept_attempts_are_learned_and_dropped_ones_are_not_there() -> None:
    assert roles(messages(kinds.mistaken, faults="keep")) == "uctcta"
    assert not any("weight" in one for one in messages(kinds.mistaken, faults="keep"))
    assert roles(messages(kinds.mistaken, faults="drop")) == "ucta"
    assert json.loads(messages(kinds.mistaken, faults="drop")[1]["tool_calls"][0]["function"]["arguments"]) == {
        "order_id": "ORD-91",
        "refund": False,
    }


@pytest.mark.parametrize("faults", FAULTS)
@pytest.mark.parametrize("name", FORMATS)
def test_no_row_shows_a_withheld_tool(name: str, faults: Faults) -> None:
    for made in TALKS:
        assert all(kinds.COURIER.name not in json_text(row) for row in exported(name, made, faults))


@pytest.mark.parametrize("name", ["sharegpt", "llama-factory"])
@pytest.mark.parametrize("faults", FAULTS)
def test_sharegpt_speakers_alternate_whatever_happens(name: str, faults: Faults) -> None:
    for made in TALKS:
        (row,) = exported(name, made, faults)
        speakers = [one["from"] for one in row["conversations"]]
        assert set(speakers[::2]) <= {"human", "observation"}
        assert set(speakers[1::2]) <= {"gpt", "function_call"}
        assert len(speakers) % 2 == 0


def test_no_kind_is_lost_but_to_formats_of_questions_and_pairs() -> None:
    missing = {name for name in FORMATS for made in TALKS if not exported(name, made)}
    assert missing <= {"bfcl", "trl-preference"}


def test_requests_that_no_tool_answers_are_irrelevance_questions_wherever_they_stand() -> None:
    made = kinds.talk(kinds.clarify, kinds.missing_tool, kinds.recall, kinds.outside, index=7)
    found = exported("bfcl", made)
    assert [(row["id"], row["ground_truth"]) for row in found] == [("irrelevance_7-2-0", []), ("irrelevance_7-4-0", [])]
    assert [row["question"][0][0]["content"] for row in found] == [made.turns[2].request, made.turns[4].request]


@pytest.mark.parametrize("made", [kinds.clarify, kinds.confirmed, kinds.refused, kinds.recall])
def test_a_request_that_needs_what_is_not_in_it_is_no_question(made: kinds.Made) -> None:
    assert exported("bfcl", kinds.talk(made)) == []


@pytest.mark.parametrize("made", [kinds.retried, kinds.repaired, kinds.reported, kinds.mistaken])
def test_a_question_is_answered_by_the_right_calls_however_they_came_about(made: kinds.Made) -> None:
    talk = kinds.talk(made, index=3)
    (row,) = exported("bfcl", talk)
    (planned,) = talk.turns[0].plan.calls
    assert row["id"] == "multiple_3"
    assert row["ground_truth"] == [{planned.tool: {name: [value] for name, value in planned.literals()}}]


def test_rows_without_new_kinds_are_what_they_were() -> None:
    for name in (*WITH_MESSAGES, "hermes", "sharegpt"):
        assert exported(name, conversation(), "keep") == exported(name, conversation(), "drop") == [only_row(name)]
