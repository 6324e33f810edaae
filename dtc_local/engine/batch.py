"""The engine: continuous batching of constrained generations over one llama.cpp context.

Knows the schedule: which jobs decode, how many tokens a pass, when a job is done. Does not know pointers
(`binding`), the meaning of constraints (`constraint`) or prompts (`chat`). One pass is one `llama_decode` over a run
of neighbouring lanes with the same number of tokens each; shorter lanes and gaps are padded, and the padding is
forgotten again.

Invariant: what a job generates is a function of its request, the model and the build, on a CPU. For that, a pass never
has 64 tokens or more of one sequence and never is a single token (see `binding.Context`).
"""

from __future__ import annotations

import hashlib
import os
import time
import warnings
from collections import deque
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from dtc_local.engine.base import Completion, Finished, Message, Request, Sampling, Usage
from dtc_local.engine.binding import UBATCH, Context, Model
from dtc_local.engine.chat import Chat
from dtc_local.engine.constraint import Compiled, Compiler
from dtc_local.engine.failures import ContextOverflow
from dtc_local.engine.job import Job, Vocabulary
from dtc_local.engine.outlines_model import Backend, LoadedModel, OutlinesModel, schema_of
from dtc_local.engine.prefix import Entry, PrefixTable
from dtc_local.engine.sampling import choose
from dtc_local.errors import EngineError, UserError

CHUNK = 63
"""Prompt tokens of one sequence in one pass; from 64 on llama.cpp's attention is tiled and its sums differ."""
SPARE = 64
"""Cells of a sequence beyond its context, for padding."""
GAP = 3
"""Idle lanes that are cheaper to pad than to split a run at."""
PASS_COST = 3.0
"""Cost of a pass apart from its tokens, in tokens: weights are read once a pass."""
MAX_STEP = 32


class LlamaEngine(OutlinesModel):
    """A GGUF model that answers requests; see `base.Engine`."""

    def __init__(
        self,
        path: str | Path,
        width: int = 16,
        context: int | None = None,
        threads: int | None = None,
        gpu_layers: int = 0,
        cache_bytes: int = 1 << 30,
    ) -> None:
        from llguidance import LLExecutor

        from dtc_local.engine.header import check

        self.path = Path(path)
        header = check(self.path)
        self._model = Model(self.path, gpu_layers)
        super().__init__()
        self.context = _context(context, header.number("context_length"))
        self._width = width
        threads = threads or os.cpu_count() or 1
        kept = min(2 * width, cache_bytes // header.cache_bytes(self.context + SPARE))
        self._context = Context(self._model, width + kept, self.context + SPARE, threads, gpu_layers != 0)
        self._table = PrefixTable(width, kept)
        self.compiler = Compiler(Backend(_tokenizer(self._model)))
        self._vocabulary = Vocabulary(self._model.piece, frozenset(self._model.end_ids))
        self._executor = LLExecutor(num_threads=threads)
        self._masks = np.zeros((width, (self._model.vocabulary_size + 31) // 32), np.int32)
        self._chat = _chat(self._model)
        self._queue: deque[Job] = deque()
        self._lanes: dict[int, tuple[Entry, Job]] = {}
        self._open: dict[int, list[Completion | None]] = {}
        self._finished: list[Finished] = []
        self._tickets = 0
        self._usage = Usage()
        self.name = header.name or self.path.stem

    # --- contract -------------------------------------------------------------------------------------------------

    @cached_property
    def model(self) -> LoadedModel:  # type: ignore[override]
        """Identity of the loaded model; hashes its file once."""
        digest = hashlib.sha256()
        with self.path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
        info = LoadedModel(self.name, digest.hexdigest(), self._model.parameters, self._model.context_length)
        return info.loaded(self._model.pointer)

    @property
    def usage(self) -> Usage:
        """Counters so far."""
        return self._usage

    @property
    def width(self) -> int:
        """How many sequences decode together."""
        return self._width

    def submit(self, request: Request) -> int:
        """Queue a request; raises ConstraintError, or ContextOverflow before anything is decoded."""
        return self._enqueue(request, self.compiler.compile(request.constraint))

    def _enqueue(self, request: Request, compiled: Compiled) -> int:
        prompt = np.array(self._chat.encode(request.messages), np.int32)
        if len(prompt) + request.max_tokens > self.context:
            raise ContextOverflow(len(prompt), request.max_tokens, self.context)
        self._tickets += 1
        count = request.sampling.n
        self._open[self._tickets] = [None] * count
        self._queue.extend(Job(self._tickets, index, request, compiled, prompt) for index in range(count))
        self._usage.prompt_tokens += len(prompt) * count
        return self._tickets

    def poll(self) -> Sequence[Finished]:
        """Decode until a request is finished. A failed request leaves the engine before its DecodeError is raised."""
        while self._open and not self._finished:
            self._admit()
            for run in self._runs():
                self._decode(run)
        finished, self._finished = self._finished, []
        return finished

    def complete(
        self, prompts: Sequence[tuple[Message, ...]], grammar: str, sampling: Sampling, max_tokens: int
    ) -> list[Completion]:
        """Answer all prompts under one llguidance grammar; other open requests go on meanwhile."""
        from outlines.types import CFG, JsonSchema

        schema = schema_of(grammar)
        constraint = CFG(grammar) if schema is None else JsonSchema(schema)
        compiled = self.compiler.compile(constraint) if schema is not None else self.compiler.compile_grammar(grammar)
        requests = [Request(messages, constraint, sampling, max_tokens) for messages in prompts]
        tickets = [self._enqueue(request, compiled) for request in requests]
        done: dict[int, Finished] = {}
        while not all(ticket in done for ticket in tickets):
            done |= {finished.ticket: finished for finished in self.poll()}
        own = [done.pop(ticket).completions[0] for ticket in tickets]
        self._finished.extend(done.values())
        return own

    def close(self) -> None:
        """Free context and model."""
        self._context.close()
        self._model.close()

    def __enter__(self) -> LlamaEngine:
        return self

    def __exit__(self, *details: object) -> None:
        self.close()

    # --- schedule -------------------------------------------------------------------------------------------------

    def _admit(self) -> None:
        """Give free lanes to waiting jobs and evaluate their prompts but for the last token."""
        while self._queue and len(self._lanes) < self._width:
            job = self._queue.popleft()
            try:
                done = job.begin(self._vocabulary)
            except EngineError:
                self._drop(job.ticket)
                raise
            if done:
                self._close(job)
                continue
            placement = self._table.place(job.prompt)
            assert placement is not None
            entry = placement.target
            if placement.saved is not None:
                self._context.copy(entry.sequence, placement.saved.sequence)
            if placement.source is not None:
                self._context.copy(placement.source.sequence, entry.sequence)
            entry.length = min(placement.length, len(job.prompt) - 1)
            self._context.truncate(entry.sequence, entry.length)
            self._lanes[entry.sequence] = (entry, job)
            self._prefill(entry, job)

    def _prefill(self, entry: Entry, job: Job) -> None:
        last = len(job.prompt) - 1
        self._usage.evaluated_tokens += last + 1 - entry.length
        while entry.length < last:
            tokens = job.prompt[entry.length : min(entry.length + CHUNK, last)].tolist()
            self._pass([entry], [tokens], max(2, len(tokens)))

    def _runs(self) -> list[list[int]]:
        """Lanes at work, grouped so that a group is decoded in one pass with the gaps in it padded."""
        runs: list[list[int]] = []
        for lane in sorted(self._lanes):
            if runs and lane - runs[-1][-1] <= GAP + 1:
                runs[-1].append(lane)
            else:
                runs.append([lane])
        return runs

    def _decode(self, run: list[int]) -> None:
        """One pass over the lanes of `run`, then one token for every lane whose pending tokens are spent."""
        span = range(run[0], run[-1] + 1)
        work = {lane: self._lanes[lane] for lane in run}
        step = _step([len(job.pending) for _, job in work.values()], len(span))
        entries = [self._table.entries[lane] for lane in span]
        tokens = [work[lane][1].pending[:step] if lane in work else [] for lane in span]
        ready = [(lane, *work[lane]) for lane in run if len(work[lane][1].pending) <= step]
        wanted = [(lane - span[0]) * step + len(job.pending) - 1 for lane, _, job in ready]
        logits = self._pass(entries, tokens, step, wanted)
        for _, job in work.values():
            del job.pending[:step]
        if ready:
            self._sample([(entry, job) for _, entry, job in ready], logits)

    def _pass(self, entries: list[Entry], tokens: list[list[int]], step: int, wanted: Sequence[int] = ()) -> Any:
        """Decode `step` tokens of each entry, padding what is missing, and forget the padding."""
        flat: list[int] = []
        places: list[int] = []
        for entry, own in zip(entries, tokens, strict=True):
            flat += own
            flat += [0] * (step - len(own))
            places += range(entry.length, entry.length + step)
        sequences = [entry.sequence for entry in entries for _ in range(step)]
        started = time.perf_counter()
        logits = self._context.decode(flat, places, sequences, wanted)
        self._usage.decode_seconds += time.perf_counter() - started
        for entry, own in zip(entries, tokens, strict=True):
            entry.length += len(own)
            if len(own) < step:
                self._context.truncate(entry.sequence, entry.length)
        return logits

    def _sample(self, ready: list[tuple[Entry, Job]], logits: Any) -> None:
        """One token for each job that has logits; row i of `logits` belongs to job i."""
        from llguidance.numpy import fill_next_token_bitmask_par

        matchers = [(job.matcher, row) for row, (_, job) in enumerate(ready)]
        fill_next_token_bitmask_par(self._executor, matchers, self._masks)
        failure: EngineError | None = None
        for row, (entry, job) in enumerate(ready):
            if job.ticket not in self._open:
                continue
            try:
                done = self._take(entry, job, logits[row], self._masks[row])
            except EngineError as error:
                # The other jobs must still take their tokens: these logits do not come again.
                failure = failure or error
                self._drop(job.ticket)
                continue
            if done:
                self._release(entry)
                self._close(job)
        if failure is not None:
            raise failure

    def _take(self, entry: Entry, job: Job, logits: Any, mask: Any) -> bool:
        job.healthy()
        token, logprob = choose(logits, mask, job.sampling, job.stream)
        if not job.accept(token, logprob, self._vocabulary):
            return False
        if job.settle():
            return True
        # The value broke its schema: the same prompt again, with the next stream.
        job.begin(self._vocabulary)
        entry.length = len(job.prompt) - 1
        self._context.truncate(entry.sequence, entry.length)
        return False

    # --- ends -----------------------------------------------------------------------------------------------------

    def _drop(self, ticket: int) -> None:
        """Take a failed request out of the engine, with all its candidates."""
        self._open.pop(ticket, None)
        self._queue = deque(job for job in self._queue if job.ticket != ticket)
        for entry, job in list(self._lanes.values()):
            if job.ticket == ticket:
                self._release(entry)

    def _release(self, entry: Entry) -> None:
        del self._lanes[entry.sequence]
        self._table.release(entry)
        self._context.truncate(entry.sequence, entry.length)

    def _close(self, job: Job) -> None:
        """File a finished candidate; the request is finished with its last one."""
        completion = job.completion()
        usage, stage = self._usage, job.request.stage
        usage.sampled_tokens += job.sampled_ever
        usage.forced_tokens += job.forced_ever
        usage.by_stage[stage] = usage.by_stage.get(stage, 0) + job.sampled_ever + job.forced_ever
        candidates = self._open[job.ticket]
        candidates[job.candidate] = completion
        done = [candidate for candidate in candidates if candidate is not None]
        if len(done) == len(candidates):
            del self._open[job.ticket]
            self._finished.append(Finished(job.ticket, tuple(done)))


def _step(pending: list[int], lanes: int) -> int:
    """Tokens a lane in the next pass: the most useful tokens for its cost, and never a single token in all."""
    least = 2 if lanes == 1 else 1
    most = max(least, min(max(pending), MAX_STEP, UBATCH // lanes))
    return max(
        range(least, most + 1),
        key=lambda step: (sum(min(count, step) for count in pending) / (PASS_COST + lanes * step), -step),
    )


def _context(asked: int | None, limit: int) -> int:
    if asked is not None and not 64 <= asked <= limit:
        raise UserError(f"A context of {asked} tokens was asked for.", f"This model allows 64 to {limit}.")
    return asked or min(limit, 4096)


def _tokenizer(model: Model) -> Any:
    from llguidance.llamacpp import lltokenizer_from_vocab

    with warnings.catch_warnings():
        # llguidance asks for token attributes by a name that llama-cpp-python calls deprecated, once a token.
        warnings.simplefilter("ignore", DeprecationWarning)
        return lltokenizer_from_vocab(model.vocab, eos_token=list(model.end_ids))


def _chat(model: Model) -> Chat:
    lib, vocab = model.lib, model.vocab
    return Chat(
        model.tokenize,
        model.metadata("tokenizer.chat_template"),
        bos=model.control_text(lib.llama_vocab_bos(vocab)),
        eos=model.control_text(lib.llama_vocab_eos(vocab)),
        add_bos=model.bos() is not None,
        chatml=len(model.tokenize("<|im_start|>", True)) == 1,
    )
