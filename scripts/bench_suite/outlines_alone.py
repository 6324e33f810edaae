"""Outlines on llama-cpp-python with llguidance, one candidate after the other: what one had without this engine.

Used as well as one can: the backend with its tokenizer is built once before the clock (Outlines itself builds one for
every constraint), flash attention is on, all cores are used. As with the engine, constraints are compiled inside the
measured time. Outlines forgets the prompt after each answer, so each prompt is evaluated anew.
"""

from __future__ import annotations

import time
from typing import Any

from scripts.bench_suite.job import CONTEXT, Job, Measured, threads
from scripts.bench_suite.judged import Judge
from scripts.bench_suite.workload import Asked, candidates


def run(job: Job) -> Measured:
    """Answer every candidate of the job's work."""
    import outlines
    from llama_cpp import Llama
    from outlines.backends.llguidance import LLGuidanceBackend

    llama = Llama(
        job.model, n_ctx=CONTEXT, n_threads=threads(), n_threads_batch=threads(), verbose=False, flash_attn=True
    )
    model = outlines.from_llamacpp(llama)
    backend = LLGuidanceBackend(model)
    model("Say a number.", max_tokens=4, seed=1)
    work, texts = list(candidates(job.work())), []
    started = time.perf_counter()
    for one in work:
        texts.append(answer(model, backend, one, job))
    seconds = time.perf_counter() - started
    lengths = [len(llama.tokenize(text.encode(), add_bos=False, special=True)) for text in texts]
    # Outlines does not say why a text ended: one shorter than its budget did so by itself.
    whole = [length < one.budget(job.mode) for one, length in zip(work, lengths, strict=True)]
    given = [(one.constraint(job.mode), text, ended) for one, text, ended in zip(work, texts, whole, strict=True)]
    objects, wrong = Judge().count(given)
    llama.close()
    return Measured(seconds=seconds, tokens=sum(lengths), candidates=len(work), objects=objects, wrong=wrong)


def answer(model: Any, backend: Any, one: Asked, job: Job) -> str:
    """One candidate's text."""
    from outlines.generator import SteerableGenerator
    from outlines.inputs import Chat

    kind, definition = one.constraint(job.mode)
    make = backend.get_cfg_logits_processor if kind == "CFG" else backend.get_json_schema_logits_processor
    generator = SteerableGenerator.from_processor(model, make(definition))
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
