"""A mix is read as it is written, and whatever is wrong with it is said in words."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dtc_local.mixes import MIXES, parsed_mix, written_mix
from dtc_local.records import KINDS, SHAPES, Kind


def test_presets_hold_what_they_say() -> None:
    assert set(MIXES["plain"]) == set(SHAPES)
    assert set(MIXES["bfcl"]) == {*SHAPES, "clarify", "missing_tool", "no_tool"}
    assert set(MIXES["agentic"]) == set(KINDS)
    assert all(weight > 0 for mix in MIXES.values() for weight in mix.values())
    assert sum(MIXES["agentic"][kind] for kind in SHAPES) > sum(MIXES["agentic"].values()) / 2


@pytest.mark.parametrize("name", MIXES)
def test_a_preset_is_named_alone_or_with_changes(name: str) -> None:
    assert parsed_mix(name) == MIXES[name]
    assert parsed_mix(f"{name}, chain=0, clarify=2.5") == {**MIXES[name], "chain": 0, "clarify": 2.5}


@given(st.dictionaries(st.sampled_from(KINDS), st.integers(1, 999).map(lambda n: n / 8), min_size=1))
def test_what_is_written_is_read_back(mix: dict[Kind, float]) -> None:
    assert parsed_mix(written_mix(mix)) == mix


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "'' is no kind of turn; presets are plain, bfcl, agentic, kinds are single,"),
        ("spiral=1", "'spiral' is no kind of turn"),
        ("Plain", "'Plain' is no kind of turn"),
        ("chain=1,agentic", "the preset 'agentic' does not stand first"),
        ("chain", "'chain' has no weight; write chain=1"),
        ("chain=", "the weight in 'chain=' is no number from 0 on"),
        ("chain=many", "the weight in 'chain=many' is no number from 0 on"),
        ("chain=-1", "the weight in 'chain=-1' is no number from 0 on"),
        ("chain=nan", "the weight in 'chain=nan' is no number from 0 on"),
        ("chain=inf", "the weight in 'chain=inf' is no number from 0 on"),
        ("chain=1,", "'' is no kind of turn"),
    ],
)
def test_a_mix_that_cannot_be_read_says_which_part(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(said)}"):
        parsed_mix(text)
