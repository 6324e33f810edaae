"""The engine over a random model: the same bytes whatever is decoded beside them, and nothing unproved comes out."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from outlines.types import CFG, JsonSchema, Regex

from dtc_local.engine import batch, from_gguf
from dtc_local.engine.base import Completion, Message, Request
from dtc_local.engine.batch import LlamaEngine
from dtc_local.engine.failures import ContextOverflow
from dtc_local.errors import ConstraintError, DecodeError, UserError
from tests.engine.conftest import CALL, Load, ask, one, run

LONG = tuple(f"User: please look at order {number} again\n" for number in range(40))


def varied(count: int, **sampling: float) -> list[Request]:
    """Prompts of 100 to 1,200 tokens, some sharing a history, with one to three candidates."""
    return [
        ask(f"Ticket {index}.", history=LONG[: index * 7 % 40], seed=index, n=1 + index % 3, **sampling)
        for index in range(count)
    ]


@pytest.fixture(scope="module")
def alone(load: Load) -> list[tuple[Completion, ...]]:
    """Each request answered by itself on one lane that keeps no prefix, with two threads where the others have one."""
    single = load(1, kept=0, threads=2)
    answers = []
    for request in varied(12):
        answers += run(single, [request])
        single._table.entries[0].length = 0
    return answers


@pytest.mark.parametrize("width", [2, 4, 16])
def test_a_batch_writes_what_each_request_writes_alone(load: Load, alone: list[Any], width: int) -> None:
    assert run(load(width), varied(12)) == alone


def test_the_order_of_submission_changes_nothing(load: Load, alone: list[Any]) -> None:
    assert run(load(8), varied(12)[::-1])[::-1] == alone


def test_cached_prefixes_change_nothing(load: Load, alone: list[Any]) -> None:
    warm = load(3)
    for _ in range(2):
        assert run(warm, varied(12)) == alone
    assert warm.usage.evaluated_tokens < warm.usage.prompt_tokens / 3


def test_requests_that_arrive_late_change_nothing(load: Load, alone: list[Any]) -> None:
    busy = load(4)
    places, answers = {}, {}
    waiting = list(enumerate(varied(12)))
    while waiting or len(answers) < 12:
        for _ in range(min(2, len(waiting))):
            index, request = waiting.pop(0)
            places[busy.submit(request)] = index
        for finished in busy.poll():
            answers[places[finished.ticket]] = finished.completions
    assert [answers[index] for index in range(12)] == alone


def test_greedy_batches_equal_greedy_singles_and_ignore_the_seed(load: Load) -> None:
    requests = [ask(f"Ticket {index}.", temperature=0, seed=index) for index in range(6)]
    batched = run(load(8), requests)
    single = load(1)
    assert [run(single, [ask(f"Ticket {index}.", temperature=0, seed=9)])[0] for index in range(6)] == batched


def test_candidates_are_the_streams_of_one_seed(engine: LlamaEngine) -> None:
    three, five = run(engine, [ask(seed=5, n=3, temperature=2.0), ask(seed=5, n=5, temperature=2.0)])
    assert five[:3] == three
    assert len({completion.text for completion in five}) > 1


@pytest.mark.parametrize("constraint", [JsonSchema(CALL), Regex("[a-z ]{3,9}\\."), CFG('start: "<" /[a-z]{1,5}/ ">"')])
def test_every_accepted_text_obeys_its_constraint(engine: LlamaEngine, constraint: Any) -> None:
    import re

    for (completion,) in run(engine, [ask(str(seed), constraint, seed=seed) for seed in range(8)]):
        assert completion.finish == "accepted"
        if isinstance(constraint, JsonSchema):
            assert completion.value == json.loads(completion.text)
            assert completion.text == json.dumps(completion.value, separators=(",", ":"), ensure_ascii=False)
        else:
            assert re.fullmatch("[a-z ]{3,9}\\.|<[a-z]{1,5}>", completion.value)


def test_forced_tokens_need_no_model_and_change_no_text(engine: LlamaEngine) -> None:
    before = engine.usage.evaluated_tokens
    completion = one(engine, ask("something new", JsonSchema({"const": {"name": "create_ticket", "n": [1, 2]}})))
    assert completion.text == '{"name":"create_ticket","n":[1,2]}'
    assert completion.tokens == completion.forced_tokens > 0
    assert completion.logprob == 0.0
    assert engine.usage.evaluated_tokens == before


def test_forcing_tokens_writes_the_text_that_drawing_them_would(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    choices = Regex("(alpha beta gamma|delta epsilon zeta|eta theta iota)")
    forced = [one(load(2), ask(str(seed), choices, seed=seed, temperature=0)) for seed in range(4)]
    monkeypatch.setattr(batch.Job, "_advance", _without_forcing(batch.Job._advance))
    drawn = [one(load(2), ask(str(seed), choices, seed=seed, temperature=0)) for seed in range(4)]
    assert {completion.text for completion in drawn} <= {"alpha beta gamma", "delta epsilon zeta", "eta theta iota"}
    assert any(completion.forced_tokens for completion in forced)
    assert not any(completion.forced_tokens for completion in drawn)
    assert [completion.text for completion in forced] == [completion.text for completion in drawn]


def _without_forcing(advance: Callable[..., bool]) -> Callable[..., bool]:
    class Unforced:
        def __init__(self, matcher: Any) -> None:
            self._matcher = matcher

        def compute_ff_tokens(self) -> list[int]:
            return []

        def __getattr__(self, name: str) -> Any:
            return getattr(self._matcher, name)

    def patched(job: Any, vocabulary: Any) -> bool:
        own = job.matcher
        job.matcher = Unforced(own)
        try:
            return advance(job, vocabulary)
        finally:
            job.matcher = own

    return patched


def test_a_spent_budget_gives_no_value(engine: LlamaEngine) -> None:
    completion = one(engine, ask(constraint=Regex("[a-z]{500}"), max_tokens=20))
    assert (completion.finish, completion.value) == ("length", None)
    assert completion.tokens <= 20


def test_a_cut_text_never_ends_inside_a_character(engine: LlamaEngine) -> None:
    # This vocabulary has single bytes for most of these characters.
    letters = "é€😀ß中"
    requests = [ask(constraint=Regex(f"[{letters}]{{40}}"), max_tokens=budget, seed=budget) for budget in range(1, 24)]
    texts = [completion.text for (completion,) in run(engine, requests)]
    assert all(set(text) <= set(letters) for text in texts)
    assert sum(map(len, texts)) > 50
    cut = [job_budget for job_budget, text in enumerate(texts, 1) if len(text.encode()) < job_budget]
    assert cut, "some budget ends inside a character"


def test_a_budget_smaller_than_the_forced_text_gives_no_value(engine: LlamaEngine) -> None:
    completion = one(engine, ask(constraint=JsonSchema({"const": "a rather long constant text"}), max_tokens=2))
    assert (completion.finish, completion.value) == ("length", None)


def test_a_prompt_that_cannot_fit_is_refused_before_decoding(engine: LlamaEngine) -> None:
    with pytest.raises(ContextOverflow) as refused:
        engine.submit(ask(history=LONG * 9))
    assert refused.value.prompt_tokens > engine.context
    assert engine.poll() == []


def test_a_constraint_that_does_not_compile_is_refused_at_submission(engine: LlamaEngine) -> None:
    with pytest.raises(ConstraintError):
        engine.submit(ask(constraint=Regex("(")))
    assert engine.poll() == []


def test_the_mean_log_probability_is_that_of_the_sampled_tokens(engine: LlamaEngine) -> None:
    completion = one(engine, ask(constraint=Regex("[ab]"), temperature=0))
    model, prompt = engine._model, engine._chat.encode(ask().messages)
    context = batch.Context(model, 1, 1536, 1)
    last = len(prompt) - 1
    assert 64 <= last < 512
    context.decode(prompt[:last], range(last), [0] * last, ())
    rows = context.decode([prompt[last], 0], [last, last + 1], [0, 0], [0])
    pair = rows[0][[model.tokenize(letter, False)[0] for letter in "ab"]].astype(float)
    assert completion.logprob == pytest.approx(pair.max() - np.logaddexp(*pair), abs=1e-4)
    context.close()


def test_a_value_that_breaks_a_relaxed_keyword_is_tried_again(load: Load) -> None:
    pairs = JsonSchema(
        {"type": "array", "items": {"enum": [1, 2, 3]}, "minItems": 2, "maxItems": 2, "uniqueItems": True}
    )
    answers = run(load(4), [ask(str(seed), pairs, seed=seed, temperature=3.0, min_p=0.0) for seed in range(24)])
    kinds = {completion.finish for (completion,) in answers}
    assert kinds <= {"accepted", "cancelled"}
    assert "accepted" in kinds
    for (completion,) in answers:
        assert completion.value is None or len(set(completion.value)) == 2
        assert (completion.value is None) == (completion.finish == "cancelled")


def test_a_value_that_can_never_be_valid_is_cancelled(engine: LlamaEngine) -> None:
    for schema in ({"enum": ["aa", "bb"], "not": {"type": "string"}}, {"const": "aa", "not": {"type": "string"}}):
        completion = one(engine, ask(constraint=JsonSchema(schema), temperature=0))
        assert (completion.finish, completion.value) == ("cancelled", None)


def test_a_damaged_logit_stops_its_request_and_no_other(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = load(4)
    real = broken._context.decode
    calls = []

    def poisoned(*arguments: Any) -> Any:
        rows = real(*arguments)
        calls.append(len(rows))
        if sum(count > 0 for count in calls) == 5 and len(rows):
            rows[0] = np.nan
        return rows

    monkeypatch.setattr(broken._context, "decode", poisoned)
    requests = [ask(str(seed), seed=seed) for seed in range(4)]
    _one_fails(broken, requests, run(load(4), requests))


def test_a_failing_matcher_stops_its_request_and_no_other(load: Load) -> None:
    broken = load(4)
    requests = [ask(str(seed), seed=seed) for seed in range(4)]
    for request in requests:
        broken.submit(request)
    broken._admit()
    next(iter(broken._lanes.values()))[1].matcher.consume_token(3)
    expected = run(load(4), requests)
    failures, finished = _drain(broken)
    assert len(failures) == 1
    assert "matcher" in failures[0].message
    assert sorted(map(str, finished)) == sorted(map(str, expected[1:]))


def _one_fails(engine: LlamaEngine, requests: list[Request], expected: list[Any]) -> None:
    for request in requests:
        engine.submit(request)
    failures, finished = _drain(engine)
    assert len(failures) == 1
    assert len(finished) == len(requests) - 1
    assert all(completions in expected for completions in finished)


def _drain(engine: LlamaEngine) -> tuple[list[DecodeError], list[Any]]:
    failures, finished = [], []
    for _ in range(100):
        try:
            answers = engine.poll()
        except DecodeError as error:
            failures.append(error)
            continue
        if not answers:
            break
        finished += [answer.completions for answer in answers]
    return failures, finished


def test_a_failed_decode_is_an_error(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = load(1)
    monkeypatch.setattr(broken._context.lib, "llama_decode", lambda context, batch: 1)
    broken.submit(ask())
    with pytest.raises(DecodeError, match="returned 1"):
        broken.poll()


def test_the_counters_add_up(load: Load) -> None:
    fresh = load(4)
    answers = run(fresh, [ask(str(seed), seed=seed, n=2, stage="verify") for seed in range(3)])
    completions = [completion for answer in answers for completion in answer]
    assert fresh.usage.by_stage == {"verify": sum(completion.tokens for completion in completions)}
    assert fresh.usage.forced_tokens == sum(completion.forced_tokens for completion in completions)
    assert fresh.usage.sampled_tokens == fresh.usage.by_stage["verify"] - fresh.usage.forced_tokens
    prompts = [fresh._chat.encode(ask(str(seed)).messages) for seed in range(3)]
    assert fresh.usage.prompt_tokens == 2 * sum(map(len, prompts))
    assert len(prompts[0]) <= fresh.usage.evaluated_tokens < fresh.usage.prompt_tokens / 2
    assert fresh.usage.decode_seconds > 0


def test_the_model_is_identified_by_name_and_hash(engine: LlamaEngine, tiny: Path) -> None:
    import hashlib
    from dataclasses import asdict

    assert asdict(engine.model) == {
        "name": "tiny random model",
        "sha256": hashlib.sha256(tiny.read_bytes()).hexdigest(),
        "parameters": engine._model.parameters,
        "context_length": 2048,
    }


@pytest.mark.parametrize("context", [8, 1 << 20])
def test_an_impossible_context_is_refused(tiny: Path, context: int) -> None:
    with pytest.raises(UserError, match=f"context of {context}"):
        from_gguf(tiny, context=context)


def test_messages_of_one_part_and_of_many_give_the_same_prompt_cache(load: Load) -> None:
    fresh = load(2)
    run(fresh, [Request((Message("user", ("a " * 50, "b")),), Regex("x"), max_tokens=4)])
    run(fresh, [Request((Message("user", ("a " * 50, "c")),), Regex("[xy]"), max_tokens=4)])
    run(fresh, [Request((Message("user", ("a " * 50, "d")),), Regex("[xy]"), max_tokens=4)])
    assert fresh.usage.evaluated_tokens < fresh.usage.prompt_tokens * 0.6
