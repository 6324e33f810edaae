"""The command line of scripts/bench."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.benchmark import arguments, model_path


def test_all_rivals_and_two_models_are_measured_unless_told_otherwise() -> None:
    options = arguments([])
    assert options.rivals == frozenset("abcde")
    assert options.models == ["seed", "0.5b-q8"]
    assert (options.quick, options.profile, options.repeat, options.json) == (False, False, 1, None)


def test_lists_are_taken_apart_at_commas() -> None:
    options = arguments(["--models", "seed,1.5b-q8", "--rivals", "a,e"])
    assert options.models == ["seed", "1.5b-q8"]
    assert options.rivals == {"a", "e"}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (["--rivals", "a,x"], "no rival 'x': a, b, c, d, e"),
        (["--repeat", "0"], "--repeat must be at least 1"),
        (["--json", "nowhere/numbers.json"], "--json nowhere/numbers.json: there is no such folder"),
    ],
)
def test_what_cannot_be_is_refused(given: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        arguments(given)
    assert refused.value.code == 2
    assert words in capsys.readouterr().err


def test_a_model_is_the_seed_a_file_or_one_that_can_be_written(tmp_path: Path) -> None:
    mine = tmp_path / "mine.gguf"
    mine.touch()
    assert model_path("seed").name == "seed.gguf"
    assert model_path(str(mine)) == mine
    with pytest.raises(SystemExit, match=r"no model '7b': name a GGUF file or one of seed, 0.5b-q8"):
        model_path("7b")
