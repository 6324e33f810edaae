"""The prefix table: the best start for a prompt, what is kept, and what is given up."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dtc_local.engine.prefix import WORTH, Placement, PrefixTable, Tokens


def prompt(*parts: tuple[int, int]) -> Tokens:
    """Concatenation of (token, count) runs."""
    return np.concatenate([np.full(count, token, np.int32) for token, count in parts])


def served(table: PrefixTable, tokens: Tokens) -> Placement:
    """Place, evaluate and release."""
    placement = table.place(tokens)
    assert placement is not None
    placement.target.length = len(tokens)
    table.release(placement.target)
    return placement


def test_the_same_prompt_stays_where_it_is() -> None:
    table = PrefixTable(2, 0, 400)
    first = served(table, prompt((1, 100)))
    again = served(table, prompt((1, 100)))
    assert (first.length, again.length) == (0, 100)
    assert again.target is first.target
    assert again.source is None


def test_a_shared_beginning_is_copied_and_the_other_prompt_survives() -> None:
    table = PrefixTable(2, 0, 400)
    first = served(table, prompt((1, 100), (2, 50)))
    second = served(table, prompt((1, 100), (3, 50)))
    assert second.length == 100
    assert second.source is first.target
    assert second.target is not first.target
    assert served(table, prompt((1, 100), (2, 50))).length == 150


def test_a_prefix_of_a_sequence_at_work_can_be_used() -> None:
    table = PrefixTable(2, 0, 400)
    busy = table.place(prompt((1, 80), (2, 9)))
    assert busy is not None
    busy.target.length = 40
    second = table.place(prompt((1, 80), (3, 9)))
    assert second is not None
    assert (second.source, second.length) == (busy.target, 40)
    assert table.place(prompt((1, 80))) is None


def test_prompts_without_lanes_move_to_the_keepers_and_the_oldest_go_first() -> None:
    table = PrefixTable(1, 2, 400)
    prompts = [prompt((number, 60)) for number in range(1, 5)]
    for tokens in prompts:
        served(table, tokens)
    assert served(table, prompts[2]).length == 60
    assert served(table, prompts[3]).length == 60
    assert served(table, prompts[0]).length == 0


def test_short_remainders_are_not_kept() -> None:
    table = PrefixTable(1, 1, 400)
    served(table, prompt((1, 100), (2, WORTH - 1)))
    second = served(table, prompt((1, 100), (3, 5)))
    assert (second.length, second.saved, second.source) == (100, None, None)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.integers(0, 2), min_size=1, max_size=6), min_size=1, max_size=40), st.integers(0, 3))
def test_what_a_placement_promises_is_really_there(runs: list[list[int]], keepers: int) -> None:
    table = PrefixTable(2, keepers, 400)
    held: dict[int, list[int]] = {entry.sequence: [] for entry in table.entries}
    for run in runs:
        tokens = prompt(*((token, 40) for token in run))
        placement = table.place(tokens)
        assert placement is not None
        if placement.saved is not None:
            held[placement.saved.sequence] = list(held[placement.target.sequence])
        if placement.source is not None:
            held[placement.target.sequence] = list(held[placement.source.sequence])
        assert held[placement.target.sequence][: placement.length] == tokens[: placement.length].tolist()
        held[placement.target.sequence] = tokens.tolist()
        placement.target.length = len(tokens)
        table.release(placement.target)
        for entry in table.entries:
            assert held[entry.sequence][: entry.length] == entry.prompt[: entry.length].tolist()
