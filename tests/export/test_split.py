"""Splits share no tool set and no request, come near to their shares, and do not depend on chance."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dtc_local.errors import UserError
from dtc_local.export.duplicates import shingles
from dtc_local.export.select import Outline, outline
from dtc_local.export.split import assign, parse_split
from tests.export import kinds

TOOLS = st.frozensets(st.sampled_from("abcdef").map(lambda name: ("shop", name)), min_size=1, max_size=2)
REQUEST = st.sampled_from(range(40)).map(lambda k: f"Please find the order {k} of my customer number {k} now")
OUTLINES = st.lists(st.tuples(TOOLS, st.lists(REQUEST, max_size=2)), min_size=30, max_size=60).map(
    lambda drawn: [Outline(2 * k, tools, tuple(map(shingles, asked))) for k, (tools, asked) in enumerate(drawn)]
)


def plain(count: int, sets: int) -> list[Outline]:
    """Outlines with this many different tool sets and no requests."""
    return [Outline(k, frozenset({("shop", str(k % sets))}), ()) for k in range(count)]


@given(OUTLINES)
def test_no_tool_set_and_no_request_is_in_two_splits(outlines: list[Outline]) -> None:
    try:
        found = assign(outlines, {"train": 0.7, "test": 0.3}, 1)
    except UserError:
        return  # all of them hang together
    assert found.keys() == {one.index for one in outlines}
    assert set(found.values()) == {"train", "test"}
    for one in outlines:
        for other in outlines:
            shared = {text.tobytes() for text in one.requests} & {text.tobytes() for text in other.requests}
            if one.called == other.called or shared:
                assert found[one.index] == found[other.index]


def test_sizes_come_near_to_the_shares() -> None:
    found = list(assign(plain(1000, 100), {"train": 0.9, "valid": 0.05, "test": 0.05}, 1).values())
    assert [found.count(name) for name in ("train", "valid", "test")] == [900, 50, 50]


def test_equal_seeds_give_equal_splits_and_others_do_not() -> None:
    shares = {"train": 0.5, "test": 0.5}
    assert assign(plain(50, 50), shares, 1) == assign(plain(50, 50), shares, 1)
    assert assign(plain(50, 50), shares, 1) != assign(plain(50, 50), shares, 2)


def test_every_split_gets_a_group_however_small_its_share() -> None:
    found = assign(plain(3, 3), {"train": 0.98, "valid": 0.01, "test": 0.01}, 1)
    assert set(found.values()) == {"train", "valid", "test"}


def test_fewer_groups_than_splits_is_one_sentence() -> None:
    with pytest.raises(UserError, match="no request is 1 for 9"):
        assign(plain(9, 1), {"train": 0.5, "test": 0.5}, 1)


def test_shares_are_read_in_order() -> None:
    assert parse_split("train=0.9, valid=0.05,test=0.05") == {"train": 0.9, "valid": 0.05, "test": 0.05}


@pytest.mark.parametrize(
    "text", ["train", "train=much", "train=0.5", "a=0.5,a=0.5", "../x=1", "=1", "a=0,b=1", "a=1.5", "a=nan", ""]
)
def test_shares_that_cannot_be_meant_are_one_sentence(text: str) -> None:
    with pytest.raises(UserError, match="split") as refused:
        parse_split(text)
    assert "\n" not in str(refused.value)


def test_small_talk_and_a_bare_yes_hold_no_conversations_together() -> None:
    made = [kinds.outside, kinds.confirmed, kinds.recall]
    talks = [kinds.talk(kinds.missing_tool, *made), kinds.talk(kinds.single, kinds.outside)]
    first, second = (outline(index, talk) for index, talk in enumerate(talks))
    assert [len(first.requests), len(second.requests)] == [2, 1]
    assert set(assign([first, second], {"train": 0.5, "test": 0.5}, 1).values()) == {"train", "test"}


def test_conversations_that_call_nothing_belong_together_if_they_ask_for_the_same_missing_tool() -> None:
    missing = [Outline(k, frozenset(), (), frozenset({("shop", str(k % 2))})) for k in range(6)]
    nothing = [Outline(k, frozenset(), ()) for k in range(6, 9)]
    found = assign([*missing, *nothing], {"train": 0.5, "test": 0.5}, 1)
    assert len({found[k] for k in (0, 2, 4)}) == len({found[k] for k in (1, 3, 5)}) == 1
    assert len(set(assign(nothing, {"a": 0.4, "b": 0.3, "c": 0.3}, 1).values())) == 3


def test_a_tool_that_was_called_by_mistake_is_no_tool_of_the_conversation() -> None:
    talk = kinds.talk(kinds.mistaken)
    wrong, right = talk.turns[0].levels
    other = wrong[0].model_copy(update={"tool": "find_order", "arguments": {"customer": "Ada Byron"}})
    turn = talk.turns[0].model_copy(update={"levels": ((other,), right)})
    assert outline(0, talk.model_copy(update={"turns": (turn,)})).called == {("shop", "cancel_order")}
