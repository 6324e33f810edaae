"""Settings are checked when they are made, and say what decides a run's conversations."""

from __future__ import annotations

from typing import Any

import pytest

from dtc_local.errors import UserError
from dtc_local.records import KINDS
from dtc_local.settings import RunConfig, run_config


def test_name_count_and_limit_do_not_change_what_a_run_is() -> None:
    assert RunConfig(run="a", count=1, limit=2).identity() == RunConfig(run="b", count=3).identity()


@pytest.mark.parametrize(
    "change",
    [{"seed": 2}, {"turns_max": 4}, {"mix": {"chain": 1}}, {"samplers": {"random": 1}}, {"policy": "Be kind."}],
)
def test_everything_else_does(change: dict[str, Any]) -> None:
    assert RunConfig(**change).identity() != RunConfig().identity()


def test_a_mix_names_every_kind_so_that_equal_mixes_are_equal() -> None:
    mix = RunConfig(mix={"fan_in": 1, "chain": 2}).mix
    assert list(mix) == list(KINDS)
    assert mix == RunConfig(mix={"chain": 2.0, "fan_in": 1.0, "single": 0.0}).mix


def test_the_limit_is_twenty_for_each_wanted_unless_it_is_given() -> None:
    assert RunConfig(count=5).start_limit == 100
    assert RunConfig(count=5, limit=7).start_limit == 7


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"seed": -1}, "seed: Input should be greater than or equal to 0"),
        ({"turns_min": 3, "turns_max": 2}, "settings: turns_min 3 is above turns_max 2"),
        ({"mix": {"spiral": 1}}, "mix.spiral.[key]: Input should be 'single'"),
        ({"samplers": {"near": 1}}, "samplers.near.[key]: Input should be 'neighbour'"),
        ({"samplers": {"random": 0}}, "samplers: weights are not negative, and at least one is above 0"),
        ({"run": "../x", "retries": 99}, "run: a run name is"),
        ({"speed": 1}, "speed: Extra inputs are not permitted"),
    ],
)
def test_bad_settings_are_one_sentence_that_names_them(values: dict[str, Any], said: str) -> None:
    with pytest.raises(UserError) as error:
        run_config(values)
    assert str(error.value).startswith(f"Unusable settings: {said}")
    assert "\n" not in str(error.value)
