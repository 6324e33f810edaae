"""llama-cpp-python without a constraint, one candidate after the other: what its own loop gives.

It keeps the beginning that a prompt shares with the last one. It writes as many tokens a candidate as the engine did.
"""

from __future__ import annotations

import time

from scripts.bench_suite.job import CONTEXT, Job, Measured, threads
from scripts.bench_suite.judged import encoder


def run(job: Job) -> Measured:
    """Write every candidate's number of tokens."""
    from llama_cpp import Llama

    llama = Llama(
        job.model, n_ctx=CONTEXT, n_threads=threads(), n_threads_batch=threads(), verbose=False, flash_attn=True
    )
    encode = encoder(llama)
    asked = [one for draft in job.work() for step in draft for one in step]
    work = [(encode(one.messages), length) for one in asked for length in job.lengths[one.key]]
    write(llama, encode(asked[0].messages)[:8], 4)
    started, worked = time.perf_counter(), time.process_time()
    for prompt, length in work:
        write(llama, prompt, length)
    seconds, worked = time.perf_counter() - started, time.process_time() - worked
    llama.close()
    return Measured(seconds=seconds, tokens=sum(length for _, length in work), candidates=len(work), worked=worked)


def write(llama: object, prompt: list[int], length: int) -> None:
    """`length` tokens after `prompt`."""
    if length:
        for count, _ in enumerate(llama.generate(prompt, temp=0.7, min_p=0.05), 1):  # type: ignore[attr-defined]
            if count == length:
                return
