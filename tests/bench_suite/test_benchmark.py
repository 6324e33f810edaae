"""The command line of scripts/bench."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import pytest

from scripts import benchmark
from scripts.bench_suite.plan import Round
from scripts.benchmark import arguments, model_path
from tests.bench_suite.test_report import pretended


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


def test_the_json_file_holds_machine_rates_and_ratios_of_every_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    mine, target = tmp_path / "mine.gguf", tmp_path / "numbers.json"
    mine.write_bytes(b"GGUF")
    monkeypatch.setattr(benchmark, "Round", partial(Round, measure=pretended))
    monkeypatch.setattr(benchmark.llama_sources, "build", lambda: None)
    monkeypatch.setattr("sys.argv", ["bench", "--quick", "--json", str(target), "--models", f"seed,{mine}"])
    benchmark.main()
    written = json.loads(target.read_text())
    assert set(written) == {"machine", "workload", "models"}
    assert set(written["models"]) == {"seed", str(mine)}
    for model in written["models"].values():
        assert {"file", "bytes", "mode", "tokens_per_s", "objects_per_s", "ratios", "ways", "notes"} <= set(model)
        assert {"ours8", "ours1", "outlines", "plain", "raw8", "server8_json"} <= set(model["tokens_per_s"])
        ratios = model["ratios"]
        for name in ("ours8_vs_outlines", "ours8_vs_raw8", "ours8_vs_server"):
            assert ratios[name] > 0
        for name in ("prompt_evaluated_share", "outside_decode_share"):
            assert 0 <= ratios[name] <= 1
    assert "this engine, 8 sequences" in capsys.readouterr().out
