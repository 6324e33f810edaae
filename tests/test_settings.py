"""Settings are checked when they are made, and say what decides a run's conversations."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dtc_local.errors import UserError
from dtc_local.mixes import IN_ONE_MESSAGE, MIXES
from dtc_local.records import KINDS
from dtc_local.settings import ABLATIONS, POLICY_LENGTH, RunConfig, ablated, read_policy, run_config


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


def test_the_default_mix_is_equal_to_itself_written_out() -> None:
    assert RunConfig().mix == RunConfig(mix=dict(RunConfig().mix)).mix
    assert RunConfig().samplers == RunConfig(samplers=dict(RunConfig().samplers)).samplers


def test_a_mix_may_be_given_as_it_is_written() -> None:
    mix = run_config({"mix": "agentic,clarify=0,chain=9"}).mix
    assert (mix["clarify"], mix["chain"], mix["confirm"]) == (0, 9, MIXES["agentic"]["confirm"])


@pytest.mark.parametrize(("said", "code"), [("de", "de"), ("German", "de"), ("français", "fr"), (" JA ", "ja")])
def test_a_language_is_kept_as_its_code(said: str, code: str) -> None:
    assert RunConfig(language=said).language == code


@pytest.mark.parametrize("name", ABLATIONS)
def test_an_ablation_changes_its_settings_and_the_mix_alone(name: str) -> None:
    before, after = RunConfig(mix=MIXES["agentic"]), ablated(RunConfig(mix=MIXES["agentic"]), name)
    changed = {key for key, value in after.model_dump().items() if getattr(before, key) != value}
    assert changed - {"mix"} == set(ABLATIONS[name].changes)
    assert all(getattr(after, key) == value for key, value in ABLATIONS[name].changes.items())


def test_a_single_turn_is_of_one_message() -> None:
    config = ablated(RunConfig(mix=MIXES["agentic"]), "single_turn")
    assert config.turns == (1, 1)
    assert {kind for kind, weight in config.mix.items() if weight} <= set(IN_ONE_MESSAGE)
    assert config.rules == "", "no consent is asked for where nobody can give it"


def test_a_single_turn_of_nothing_is_refused() -> None:
    with pytest.raises(UserError, match="No kind of turn in follow_up=1,clarify=2 fits a single message"):
        ablated(RunConfig(mix={"clarify": 2, "follow_up": 1}), "single_turn")


def test_a_policy_is_read_without_the_white_space_around_it(tmp_path: Path) -> None:
    path = tmp_path / "rules.txt"
    path.write_bytes("\ufeff\r\nBe kind.\r\nRefunds: at most 30 €.\n\n".encode())
    assert read_policy(path) == "Be kind.\r\nRefunds: at most 30 €."


def test_a_policy_may_have_exactly_as_many_characters_as_are_allowed(tmp_path: Path) -> None:
    path = tmp_path / "rules.txt"
    path.write_text("😀" * POLICY_LENGTH, encoding="utf-8")
    assert len(read_policy(path)) == POLICY_LENGTH
    path.write_text("😀" * POLICY_LENGTH + "a", encoding="utf-8")
    with pytest.raises(UserError, match=f"has more than {POLICY_LENGTH} characters. Shorten it."):
        read_policy(path)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "cannot be read: No such file or directory."),
        (b"", "is empty."),
        (b" \n\t", "is empty."),
        (b"GGUF\x03\x00\x00\x00", "is no text in UTF-8."),
        (b"\xff\xfeB\x00e\x00", "is no text in UTF-8."),
        (b"Be kind\xe9.", "is no text in UTF-8."),
        (b"x" * 1_000_000, "has more than 4000 characters."),
    ],
)
def test_what_is_no_policy_is_one_sentence(tmp_path: Path, content: bytes | None, said: str) -> None:
    path = tmp_path / "rules.txt"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UserError) as error:
        read_policy(path)
    assert str(error.value).startswith(f"The policy {path} {said}")
    assert "\n" not in str(error.value)


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
        ({"mix": {"chain": float("nan")}}, "mix: weights are not negative, and at least one is above 0"),
        ({"mix": "calm,chain=1"}, "mix: 'calm' is no kind of turn"),
        ({"language": "Klingon"}, "language: 'Klingon' is no language we know; there are de (German)"),
        ({"policy": "x" * 4001}, "policy: String should have at most 4000 characters"),
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
