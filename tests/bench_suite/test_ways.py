"""Each way is a process of its own that answers the workload's requests, or says why it cannot."""

from __future__ import annotations

from pathlib import Path

import pytest

from dtc_local.models_file import find_model
from scripts.bench_suite import llama_sources
from scripts.bench_suite.job import Job, WayFailed, measure
from scripts.bench_suite.judged import Judge
from scripts.bench_suite.llama_server import body, spelled
from scripts.bench_suite.plan import shape, whole
from scripts.bench_suite.workload import Asked, drafts, read

SEED = str(find_model(None))


@pytest.fixture(scope="module")
def recorded() -> list[Asked]:
    return [one for draft in drafts(read()[1], 2) for step in draft for one in step]


@pytest.mark.slow
def test_the_engine_finishes_every_closed_request_and_counts_what_it_did() -> None:
    measured = measure("ours", Job(SEED, "closed", 1, 4, profile=True))
    details = measured.details
    assert measured.candidates == measured.objects == sum(map(len, details["lengths"].values()))
    assert measured.tokens == sum(map(sum, details["lengths"].values()))
    assert measured.tokens == details["sampled_tokens"] + details["forced_tokens"]
    assert 0 < details["evaluated_tokens"] < details["prompt_tokens"]
    assert details["decode_seconds"] < measured.seconds
    parts = details["profile"]["parts"]
    assert sum(row["seconds"] for row in parts.values()) == pytest.approx(measured.seconds, rel=0.05)
    assert parts["llama_decode"]["seconds"] == pytest.approx(details["decode_seconds"], rel=0.05)

    raw = measure("raw", Job(SEED, "closed", 1, 8, options=shape(measured)))
    weighed = whole(raw, measured)
    assert weighed.tokens == measured.tokens
    assert 0 < weighed.tokens_per_s < raw.tokens_per_s


def test_a_way_that_cannot_run_says_why_in_one_sentence() -> None:
    with pytest.raises(WayFailed, match=r"missing\.gguf"):
        measure("ours", Job("missing.gguf", "closed", 1))


def test_recorded_answers_obey_their_closed_constraints_and_spoiled_ones_do_not(recorded: list[Asked]) -> None:
    judge = Judge()
    for one in recorded:
        for answer in one.answers:
            assert judge.obeys(one.closed, answer), (one.stage, answer)
            assert not judge.obeys(one.closed, answer[:-1]), (one.stage, answer)


def test_the_server_is_given_tuples_as_it_can_read_them() -> None:
    closed = {"prefixItems": [{"properties": {"items": {"const": 1}}}], "items": False, "minItems": 1}
    assert spelled({"anyOf": [closed]}) == {"anyOf": [{k: v for k, v in closed.items() if k != "items"}]}
    assert spelled({"items": {"type": "string"}, "type": "array"}) == {"items": {"type": "string"}, "type": "array"}


def test_the_server_gets_the_budget_or_the_number_of_tokens_that_the_engine_wrote(recorded: list[Asked]) -> None:
    one = next(one for one in recorded if one.stage == "verify")
    bound = body(Job(SEED, "open", 2, 8), one, 0, [1])
    assert bound["n_predict"] == one.budget("open")
    assert "prefixItems" in bound["json_schema"]
    free = body(Job(SEED, "open", 2, 8, constrained=False, lengths={one.key: [3, 5, 7]}), one, 1, [1])
    assert (free["n_predict"], free["ignore_eos"], "json_schema" in free) == (5, True, False)


def test_llama_cpps_programs_load_the_libraries_that_python_loads() -> None:
    first = Path(llama_sources.environment()["LD_LIBRARY_PATH"].split(":")[0])
    assert first.parent.name == "llama_cpp"
    assert list(first.glob("*llama*"))


def test_a_program_that_is_not_built_is_asked_for_by_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(llama_sources, "ROOT", tmp_path)
    with pytest.raises(llama_sources.NotBuilt, match=r"llama-server is not built: run python -m"):
        llama_sources.tool("llama-server")
