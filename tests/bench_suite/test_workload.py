"""The bench's workload is a recorded run, and its replay keeps the pipeline's order."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dtc_local.prompts import PROMPT_VERSION
from scripts.bench_suite import workload
from scripts.bench_suite.workload import Asked, Draft, Mode, Replay, candidates, drafts, evenly, json_only, read

STAGES = {"plan", "ask", "verify", "execute", "respond", "talk", "error", "mistake", "hint", "judge"}


@pytest.fixture(scope="module")
def recorded() -> list[Asked]:
    return read()[1]


def test_the_record_was_made_with_the_prompts_of_today() -> None:
    assert read()[0]["prompt_version"] == PROMPT_VERSION


def test_the_record_holds_every_stage_of_sixty_four_kept_conversations(recorded: list[Asked]) -> None:
    assert read()[0]["kept"] == 64
    judged = {one.draft for one in recorded if one.stage == "judge"}
    assert len(judged) >= 64
    assert {one.stage for one in recorded} == STAGES


def test_the_record_is_small_enough_to_ship() -> None:
    assert workload.FILE.stat().st_size < 300_000


def test_what_is_written_is_read_again(tmp_path: Path, recorded: list[Asked]) -> None:
    path = tmp_path / "some.jsonl.xz"
    workload.write(path, {"model": "m"}, recorded[:40])
    assert read(path) == ({"model": "m"}, recorded[:40])


@pytest.mark.parametrize("mode", ["closed", "open"])
def test_a_budget_leaves_room_for_the_recorded_answer(recorded: list[Asked], mode: Mode) -> None:
    for one in recorded:
        budget = one.request(mode).max_tokens
        # No vocabulary in use has more than one token for two characters of such answers.
        assert budget == one.max_tokens or budget >= max(map(len, one.answers)) // 2


def test_a_sample_takes_the_first_conversations_whole(recorded: list[Asked]) -> None:
    sample = drafts(recorded, 6)
    assert len(sample) == 6
    for draft in sample:
        whole = [one for one in recorded if one.draft == draft[0][0].draft]
        assert [one for step in draft for one in step] == whole


def test_a_smaller_sample_is_the_beginning_of_a_larger_one(recorded: list[Asked]) -> None:
    assert drafts(recorded, 9)[:4] == drafts(recorded, 4)
    assert drafts(recorded, 4, 3) == [draft[:3] for draft in drafts(recorded, 4)]


@given(total=st.integers(1, 300), count=st.integers(1, 60))
def test_spread_candidates_are_evenly_far_from_each_other(total: int, count: int) -> None:
    chosen: list[int] = evenly(range(total), count)  # type: ignore[arg-type, assignment]
    assert len(chosen) == min(total, count)
    gaps = [after - before for before, after in pairwise(chosen)]
    assert min(gaps, default=1) >= 1
    assert max(gaps, default=1) - min(gaps, default=1) <= 1
    assert evenly(range(total), None) == list(range(total))  # type: ignore[arg-type, comparison-overlap]


def test_json_only_leaves_out_grammars_and_nothing_else(recorded: list[Asked]) -> None:
    work = drafts(recorded, 8)
    kept = [one for draft in json_only(work, "open") for step in draft for one in step]
    everything = [one for draft in work for step in draft for one in step]
    assert kept == [one for one in everything if one.stage not in ("ask", "respond", "talk", "hint")]


def test_candidates_are_the_requests_one_by_one(recorded: list[Asked]) -> None:
    work = drafts(recorded, 3)
    single = list(candidates(work))
    assert all(one.sampling.n == 1 for one in single)
    counted = Counter(one.key for one in single)
    assert counted == {one.key: one.sampling.n for draft in work for step in draft for one in step}


@given(
    shape=st.lists(st.lists(st.integers(1, 3), min_size=1, max_size=4), min_size=1, max_size=7),
    width=st.integers(1, 5),
    order=st.randoms(use_true_random=False),
)
def test_a_step_is_submitted_when_the_one_before_is_answered(shape: list[list[int]], width: int, order: object) -> None:
    work = [draft_of(number, sizes) for number, sizes in enumerate(shape)]
    replay, answered = Replay(work, width), []
    open_requests = replay.start()
    while open_requests:
        assert len({number for number, _ in open_requests}) <= width
        number, one = open_requests.pop(order.randrange(len(open_requests)))  # type: ignore[attr-defined]
        earlier = [other for other in answered if other.draft == one.draft and other.step < one.step]
        assert len(earlier) == sum(shape[one.draft][: one.step])
        answered.append(one)
        open_requests += replay.answered(number)
    assert len(answered) == sum(map(sum, shape))


def draft_of(number: int, sizes: list[int]) -> Draft:
    """A conversation whose steps have as many requests as `sizes` says."""
    plain = read_one()
    return tuple(
        tuple(Asked(number, 0, step, position, *plain) for position in range(size)) for step, size in enumerate(sizes)
    )


def read_one() -> tuple[object, ...]:
    """Fields of a made-up request after its place."""
    from dtc_local.engine.base import Message, Sampling

    constraint = ("JsonSchema", "{}")
    return ("plan", (Message("user", ("x",)),), constraint, constraint, Sampling(), 8, ("{}",))
