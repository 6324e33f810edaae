"""What `scripts/bench` writes: the same keys for every model, ratios that are what they say, a table with every way."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from scripts.bench_suite.job import Job, Measured, WayFailed
from scripts.bench_suite.plan import Round, Size, middle, size_of
from scripts.bench_suite.report import machine, model_result, model_table, table
from scripts.bench_suite.workload import candidates, drafts, read

OURS = Measured(
    seconds=10.0,
    tokens=1000,
    candidates=20,
    objects=18,
    wrong=0,
    worked=20.0,
    details={
        "prompt_tokens": 20_000,
        "evaluated_tokens": 2_000,
        "decode_seconds": 9.0,
        "sampled_tokens": 700,
        "forced_tokens": 300,
        "lengths": {"0/0/0": [50] * 20},
    },
)
RATES = {"prompt_per_s": 500.0, "generated_per_s": 100.0}
ANSWERS = {
    "ours": OURS,
    "outlines": Measured(20.0, 500, 10, objects=5, wrong=1, worked=80.0),
    "plain": Measured(10.0, 480, 10),
    "raw": Measured(5.0, 500, 8, details=RATES),
    "batched_bench": Measured(5.0, 500, 8, details=RATES),
    "server": Measured(40.0, 1000, 20, objects=10, wrong=0, worked=80.0),
}


def pretended(way: str, job: Job) -> Measured:
    """A measurement without a model."""
    if way == "batched_bench":
        raise WayFailed("it is not built")
    answer = ANSWERS[way]
    return replace(answer, details=dict(answer.details), objects=answer.objects if job.constrained else None)


def result(rivals: str = "abcde") -> dict[str, object]:
    """The numbers of a model that was never there."""
    found, notes = Round(
        Path("m.gguf"),
        "open",
        Size((4, None), (1, 2), (3, 2), 6, (1, 16)),
        frozenset(rivals),
        measure=pretended,
        say=lambda text: None,
    ).run()
    return model_result(found, notes, {"file": "m.gguf", "bytes": 5, "mode": "open", "conversations": 4, "steps": None})


def test_every_way_has_tokens_a_second_and_constrained_ones_objects() -> None:
    made = result()
    ways = {"ours1", "ours8", "ours16", "outlines", "plain", "raw8", "raw8_generation", "server8_free"}
    assert set(made["tokens_per_s"]) == ways | {"ours8_json", "server8_json"}  # type: ignore[call-overload]
    bound = {"ours1", "ours8", "ours16", "outlines", "ours8_json", "server8_json"}
    assert set(made["objects_per_s"]) == bound  # type: ignore[call-overload]
    assert made["objects_per_s"]["outlines"] == 0.25  # type: ignore[index]


def test_ratios_are_what_their_names_say() -> None:
    ratios = result()["ratios"]
    # 2,000 prompt tokens at 500 a second and 1,000 generated ones at 100 a second take llama.cpp 14 seconds.
    assert ratios == {
        "ours8_vs_outlines": 4.0,
        "ours8_vs_raw8": 1.4,
        "ours8_vs_server": 4.0,
        "ours8_vs_outlines_objects": 7.2,
        "ours8_vs_server_objects": 7.2,
        # 20 processor seconds of the engine are 1,000 tokens, 80 of Outlines are 500.
        "worked_ours8_vs_outlines": 8.0,
        "worked_ours8_vs_raw8": None,
        "worked_ours8_vs_server": 4.0,
        "raw8_vs_batched_bench8": None,
        "prompt_evaluated_share": 0.1,
        "outside_decode_share": 0.1,
        "forced_share": 0.3,
    }


def test_a_way_that_fails_is_named_with_its_reason() -> None:
    assert result()["notes"] == ["batched_bench8 is missing: it is not built"]


def test_rivals_that_are_not_asked_for_are_not_run() -> None:
    assert set(result("ad")["tokens_per_s"]) == {"ours8", "ours1", "ours16", "outlines"}  # type: ignore[call-overload]


def test_the_numbers_are_json() -> None:
    whole = {"machine": machine(), "models": {"m": result()}}
    assert json.loads(json.dumps(whole)) == whole
    assert {"cpu", "flags", "cores", "llama_cpp_build", "versions", "load"} <= set(whole["machine"])


def test_the_table_names_every_way_and_the_machine() -> None:
    text = table({"machine": machine(), "models": {"m": result()}})
    for words in ("Outlines", "llama-server", "this engine, 16 sequences", "ours8_vs_raw8 1.4", "llguidance"):
        assert words in text


def test_a_profile_is_printed_with_shares_of_the_whole() -> None:
    parts = {"llama_decode": {"seconds": 9.0, "cpu_seconds": 18.0, "calls": 100}}
    made = result() | {"profile": {"seconds": 10.0, "parts": parts, "decoded_tokens": 4000, "missing": []}}
    lines = [line.split() for line in model_table("m", made)]
    assert ["llama_decode", "9.00", "s", "90.0%", "18.00", "s", "worked", "180000", "us", "x", "100"] in lines
    assert lines[-1] == [
        "llama_decode",
        "was",
        "given",
        "4000",
        "tokens;",
        "3000",
        "were",
        "prompt",
        "or",
        "generated,",
        "the",
        "rest",
        "is",
        "padding",
    ]


def test_of_several_rounds_the_middle_one_is_reported_with_the_spread() -> None:
    rounds = [{"ours8": Measured(seconds, 100, 1)} for seconds in (1.0, 4.0, 2.0)]
    chosen = middle(rounds)["ours8"]
    assert chosen.tokens_per_s == 50
    assert chosen.details["spread"] == pytest.approx(1.5)


def test_a_quick_run_asks_for_less() -> None:
    for name in ("seed", "0.5b-q8", "1.5b-q4", "mine.gguf"):
        quick, full = size_of(name, quick=True), size_of(name, quick=False)
        assert quick.spread < full.spread
        assert work(quick.batched) < work(full.batched)
        assert work(quick.served) < work(full.served)


def work(part: tuple[int, int | None]) -> int:
    """Candidates in a part of the work."""
    return sum(1 for _ in candidates(drafts(read()[1], *part)))


def test_every_way_is_given_its_part_of_the_work() -> None:
    size = Size((4, None), (1, 2), (3, 2), 6, (1, 16))
    jobs: dict[str, list[Job]] = {}

    def noted(way: str, job: Job) -> Measured:
        jobs.setdefault(way, []).append(job)
        return pretended(way, job)

    Round(Path("m.gguf"), "open", size, frozenset("abcde"), measure=noted, say=lambda text: None).run()
    parts = {
        way: [(job.conversations, job.steps, job.spread, job.width, job.json_only) for job in asked]
        for way, asked in jobs.items()
    }
    assert parts == {
        "ours": [(4, None, None, 8, False), (1, 2, None, 1, False), (4, None, None, 16, False), (3, 2, None, 8, True)],
        "outlines": [(4, None, 6, 1, False)],
        "plain": [(1, 2, None, 1, False)],
        "raw": [(4, None, None, 8, False)],
        "batched_bench": [(4, None, None, 8, False)],
        "server": [(3, 2, None, 8, True), (3, 2, None, 8, True)],
    }
