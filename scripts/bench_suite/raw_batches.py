"""llama.cpp's batches without a constraint, a sampler or a prompt of sense: the ceiling that the machine sets.

The loop is that of llama.cpp's own `llama-batched-bench -pps`: one shared prompt of random tokens, then `width`
sequences that grow by one random token a pass; its two rates are those of evaluating a prompt and of generating. Where
that tool could be built (`batched_bench`), both are measured, and the table shows how well they agree.
"""

from __future__ import annotations

import random
import time
from typing import Any

from scripts.bench_suite.job import Job, Measured, threads
from scripts.bench_suite.weights import silence

BATCH, UBATCH = 2048, 512


def run(job: Job) -> Measured:
    """Generate `options["length"]` tokens in each of `width` sequences after a prompt of `options["prompt"]`."""
    prompt, length = job.options["prompt"], job.options["length"]
    loop = Loop(job.model, job.width, prompt, length, job.options.get("unified", False))
    loop.feed(range(16), [0] * 16)
    loop.clear()
    started = clocks()
    loop.feed(range(prompt), [0] * prompt)
    evaluated = clocks()
    loop.share(prompt)
    begun = clocks()
    for step in range(length):
        loop.feed([prompt + step] * job.width, range(job.width), all_logits=True)
    ended = clocks()
    made = job.width * length
    details = {}
    for clock, suffix in enumerate(("per_s", "per_worked_s")):
        details[f"prompt_{suffix}"] = prompt / (evaluated[clock] - started[clock])
        details[f"generated_{suffix}"] = made / (ended[clock] - begun[clock])
    return Measured(ended[0] - begun[0], made, job.width, worked=ended[1] - begun[1], details=details)


def clocks() -> tuple[float, float]:
    """Seconds of the wall, and of all threads of this process."""
    return time.perf_counter(), time.process_time()


class Loop:
    """A model and context as llama.cpp makes them by default, and one batch."""

    def __init__(self, model: str, width: int, prompt: int, length: int, unified: bool) -> None:
        from llama_cpp import llama_cpp as lib

        self.lib, self.width = lib, width
        silence(lib)
        lib.llama_backend_init()
        self._model = lib.llama_model_load_from_file(model.encode(), lib.llama_model_default_params())
        self._size = lib.llama_vocab_n_tokens(lib.llama_model_get_vocab(self._model))
        params = lib.llama_context_default_params()
        params.n_seq_max, params.kv_unified = width, unified
        params.n_ctx = (prompt if unified else width * prompt) + width * (length + 256)
        params.n_batch, params.n_ubatch = BATCH, UBATCH
        params.n_threads = params.n_threads_batch = threads()
        params.flash_attn_type = 1
        self._context = lib.llama_init_from_model(self._model, params)
        self._memory = lib.llama_get_memory(self._context)
        self._batch: Any = lib.llama_batch_init(BATCH, 0, 1)
        self._random = random.Random(1)

    def feed(self, places: Any, sequences: Any, all_logits: bool = False) -> None:
        """Decode random tokens at these positions of these sequences; wait until it is done."""
        pairs = list(zip(places, sequences, strict=True))
        for first in range(0, len(pairs), BATCH):
            piece = pairs[first : first + BATCH]
            batch = self._batch
            batch.n_tokens = len(piece)
            for index, (place, sequence) in enumerate(piece):
                batch.token[index] = self._random.randrange(self._size)
                batch.pos[index] = place
                batch.n_seq_id[index] = 1
                batch.seq_id[index][0] = sequence
                batch.logits[index] = all_logits or first + index == len(pairs) - 1
            if self.lib.llama_decode(self._context, batch):
                raise RuntimeError(f"llama_decode failed on a batch of {len(piece)} tokens")
            self.lib.llama_synchronize(self._context)

    def share(self, prompt: int) -> None:
        """Give the first sequence's prompt to all; a dummy token makes llama.cpp copy it now, as in its own tool."""
        for sequence in range(1, self.width):
            self.lib.llama_memory_seq_cp(self._memory, 0, sequence, -1, -1)
        self.feed([prompt], [0])
        self.lib.llama_memory_seq_rm(self._memory, 0, prompt, -1)

    def clear(self) -> None:
        """Forget everything."""
        self.lib.llama_memory_clear(self._memory, False)
