"""Outlines on llama-cpp-python with llguidance, one candidate after the other: what one had without this engine.

Used as well as one can: the backend with its tokenizer is built once before the clock (Outlines itself builds one for
every constraint), flash attention is on, all cores are used, and free white space is turned off (with it, small models
write nothing but white space until their budget is spent). As with the engine, constraints are compiled inside the
measured time. Outlines forgets the prompt after each answer, so each prompt is evaluated anew, and candidates evenly
spread over the work give the rate of all of it.
"""

from __future__ import annotations

import json
import time
from typing import Any

from scripts.bench_suite.job import CONTEXT, Job, Measured, threads
from scripts.bench_suite.judged import Judge
from scripts.bench_suite.workload import Asked, candidates, evenly


def run(job: Job) -> Measured:
    """Answer the candidates of the job's work."""
    import outlines
    from llama_cpp import Llama
    from outlines.backends.llguidance import LLGuidanceBackend

    llama = Llama(
        job.model, n_ctx=CONTEXT, n_threads=threads(), n_threads_batch=threads(), verbose=False, flash_attn=True
    )
    model = outlines.from_llamacpp(llama)
    backend = LLGuidanceBackend(model)
    model("Say a number.", max_tokens=4, seed=1)
    work, texts = evenly(list(candidates(job.work())), job.spread), []
    told = overheard(llama)
    started, worked = time.perf_counter(), time.process_time()
    for one in work:
        texts.append(answer(model, backend, one, job))
    seconds, worked = time.perf_counter() - started, time.process_time() - worked
    llama.close()
    ended = [completion["choices"][0]["finish_reason"] == "stop" for completion in told]
    given = [(one.constraint(job.mode), text, whole) for one, text, whole in zip(work, texts, ended, strict=True)]
    objects, wrong = Judge().count(given)
    tokens = sum(completion["usage"]["completion_tokens"] for completion in told)
    return Measured(seconds=seconds, tokens=tokens, candidates=len(work), objects=objects, wrong=wrong, worked=worked)


def overheard(llama: Any) -> list[Any]:
    """What llama-cpp-python tells Outlines from now on: Outlines hands on neither token counts nor why a text ended."""
    told: list[Any] = []
    create = llama.create_chat_completion

    def creating(*arguments: Any, **named: Any) -> Any:
        told.append(create(*arguments, **named))
        return told[-1]

    llama.create_chat_completion = creating
    return told


def answer(model: Any, backend: Any, one: Asked, job: Job) -> str:
    """One candidate's text."""
    from outlines.generator import SteerableGenerator
    from outlines.inputs import Chat

    kind, definition = one.constraint(job.mode)
    if kind == "CFG":
        processor = backend.get_cfg_logits_processor(definition)
    else:
        compact = json.loads(definition) | {"x-guidance": {"whitespace_flexible": False}}
        processor = backend.get_json_schema_logits_processor(json.dumps(compact))
    generator = SteerableGenerator.from_processor(model, processor)
    chat = Chat([{"role": message.role, "content": "".join(message.parts)} for message in one.messages])
    sampling = one.sampling
    text: str = generator(
        chat,
        max_tokens=one.budget(job.mode),
        temperature=sampling.temperature,
        min_p=sampling.min_p,
        seed=sampling.seed % 2**31,
    )
    return text
