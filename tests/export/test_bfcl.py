"""BFCL's questions and answers: categories, type names, accepted values."""

from __future__ import annotations

import re
from typing import Any

import pytest

from dtc_local.export.base import Unfit
from dtc_local.export.bfcl import parted
from dtc_local.records import Conversation
from tests.export import kinds
from tests.export.kinds import talk
from tests.export.rows import only_row, rows, sample
from tests.samples import CANCEL, FIND, conversation, make_tool


def second_turn(**changes: Any) -> Conversation:
    """The sample's parallel turn alone."""
    made = conversation()
    turn = made.turns[1].model_copy(update=changes)
    return made.model_copy(update={"turns": (turn,)})


def test_a_first_turn_of_several_steps_is_no_single_turn() -> None:
    with pytest.raises(Unfit, match="not_single_turn"):
        only_row("bfcl", conversation())


def test_calls_made_at_once_are_a_parallel_question_with_an_answer_for_each() -> None:
    question, answer = parted(only_row("bfcl", second_turn()))
    assert question["id"] == answer["id"] == "parallel_multiple_0"
    assert question["question"] == [[{"role": "user", "content": "And which orders have Grace Hopper and Zoë Müller?"}]]
    assert answer["ground_truth"] == [
        {"find_order": {"customer": ["Grace Hopper"]}},
        {"find_order": {"customer": ["Zoë Müller"]}},
    ]
    assert "ground_truth" not in question


def test_ids_are_whole_numbers_behind_a_category_as_bfcl_sorts_them() -> None:
    talks = [talk(kinds.single, kinds.missing_tool, kinds.outside, index=index) for index in (0, 12)]
    ids = [row["id"] for made in talks for row in rows("bfcl", sample(made))]
    assert len(set(ids)) == 6
    for one in ids:
        category, _, place = one.rpartition("_")
        assert category in ("multiple", "irrelevance")
        assert re.fullmatch(r"\d+(-\d+-\d+)?", place)


@pytest.mark.parametrize(("offered", "category"), [((FIND,), "simple_python"), ((FIND, CANCEL), "multiple")])
def test_one_call_is_simple_where_one_tool_is_on_offer(offered: tuple[Any, ...], category: str) -> None:
    made = second_turn()
    made = second_turn(levels=(made.turns[0].levels[0][:1],))
    scenario = made.scenario.model_copy(update={"offer": offered})
    assert only_row("bfcl", made.model_copy(update={"scenario": scenario}))["id"] == f"{category}_0"


def test_types_are_spelled_as_bfcl_spells_them_at_every_depth() -> None:
    tool = make_tool(
        "weigh",
        {
            "mass": {"type": "number"},
            "box": {"type": "object", "properties": {"sides": {"type": "array", "items": {"type": "number"}}}},
        },
    )
    made = second_turn(levels=(), kind="missing_tool")
    scenario = made.scenario.model_copy(update={"offer": (tool,)})
    (function,) = only_row("bfcl", made.model_copy(update={"scenario": scenario}))["function"]
    assert function["parameters"]["type"] == "dict"
    assert function["parameters"]["properties"]["mass"] == {"type": "float"}
    assert function["parameters"]["properties"]["box"]["type"] == "dict"
    assert function["parameters"]["properties"]["box"]["properties"]["sides"]["items"] == {"type": "float"}


def test_an_optional_argument_may_be_left_out_or_given_as_its_default() -> None:
    tool = FIND.model_copy(
        update={
            "parameters": FIND.parameters
            | {"properties": FIND.parameters["properties"] | {"limit": {"type": "integer", "default": 5}}}
        }
    )
    made = second_turn()
    scenario = made.scenario.model_copy(update={"offer": (tool,)})
    (first, _) = only_row("bfcl", made.model_copy(update={"scenario": scenario}))["ground_truth"]
    assert first["find_order"] == {"customer": ["Grace Hopper"], "limit": ["", 5]}
