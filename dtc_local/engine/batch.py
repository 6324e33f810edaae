"""The engine: continuous batching of constrained generations over one llama.cpp context.

Knows the schedule: which jobs have a lane, which decode, when one is done. Does not know pointers (`binding`), how
tokens are packed into passes (`passes`), the order of the queue (`waiting`), the meaning of constraints (`constraint`)
or prompts (`chat`). A lane that comes free takes the next job at once and evaluates its prompt, then all lanes decode
together.

Invariant: what a job generates is a function of its request, the model and the build, on a CPU (see `base`).
"""

from __future__ import annotations

import hashlib
import os
import warnings
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from dtc_local.engine import memory
from dtc_local.engine.base import Completion, Finished, Message, ModelInfo, Request, Sampling, Usage
from dtc_local.engine.binding import Context, Model
from dtc_local.engine.candidates import padded, wanted
from dtc_local.engine.chat import Chat
from dtc_local.engine.constraint import Compiler
from dtc_local.engine.failures import ContextOverflow
from dtc_local.engine.job import Job, Vocabulary
from dtc_local.engine.outlines_model import Backend, OutlinesModel
from dtc_local.engine.passes import SPARE, Passes, runs
from dtc_local.engine.prefix import Entry, PrefixTable
from dtc_local.engine.sampling import choose
from dtc_local.engine.segments import Guide
from dtc_local.engine.waiting import Waiting
from dtc_local.errors import EngineError, UserError

if TYPE_CHECKING:
    from dtc_local.engine.base import Constraint


class LlamaEngine(OutlinesModel):
    """A GGUF model that answers requests; see `base.Engine`.

    `width` sequences of `context` tokens decode together; `kept` more only keep prompts (None: as many as are of use
    and fit into half of the memory that is free). `threads` None: one for each processor.
    """

    def __init__(
        self,
        path: str | Path,
        width: int = memory.WIDTH,
        context: int | None = None,
        threads: int | None = None,
        gpu_layers: int = 0,
        kept: int | None = None,
    ) -> None:
        from llguidance import LLExecutor

        from dtc_local.engine.header import check

        self.path = Path(path)
        header = check(self.path)
        self.context = _context(context, header.number("context_length"))
        self._width = width
        if kept is None:
            kept = memory.kept(header, width, self.context, memory.free_memory())
        self._model = Model(self.path, gpu_layers, kinds=header.kinds)
        super().__init__()
        threads = threads or os.cpu_count() or 1
        self._usage = Usage()
        self._context = Context(self._model, width + kept, self.context + SPARE, threads, gpu_layers != 0)
        self._passes = Passes(self._context, self._usage)
        self._table = PrefixTable(width, kept, self.context)
        self.compiler = Compiler(Backend(_tokenizer(self._model)))
        self._vocabulary = Vocabulary(self._model.piece, self._plain_tokens, frozenset(self._model.end_ids))
        self._executor = LLExecutor(num_threads=threads)
        self._masks = np.zeros((width, (self._model.vocabulary_size + 31) // 32), np.int32)
        self._space = np.empty(self._model.vocabulary_size, np.float32)
        self._chat = _chat(self._model)
        self._waiting = Waiting()
        self._lanes: dict[int, tuple[Entry, Job]] = {}
        self._open: dict[int, tuple[Request, list[Completion | None]]] = {}
        self._finished: list[Finished] = []
        self._tickets = 0
        self.name = header.name or self.path.stem

    # --- contract -------------------------------------------------------------------------------------------------

    @cached_property
    def model(self) -> ModelInfo:
        """Identity of the loaded model; hashes its file once."""
        digest = hashlib.sha256()
        with self.path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
        return ModelInfo(self.name, digest.hexdigest(), self._model.parameters, self._model.context_length)

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
        compiled = self.compiler.compile(request.constraint)
        prompt = np.array(self._chat.encode(request.messages), np.int32)
        if len(prompt) + request.max_tokens > self.context:
            raise ContextOverflow(len(prompt), request.max_tokens, self.context)
        self._tickets += 1
        count = request.sampling.n
        self._open[self._tickets] = request, [None] * count
        for index in range(count):
            guide = Guide(request.segments, self._plain_tokens) if request.segments else None
            self._waiting.add(Job(self._tickets, index, request, compiled, prompt, guide))
        self._usage.prompt_tokens += len(prompt) * count
        return self._tickets

    def cancel(self, ticket: int) -> None:
        """Forget a request and free its lanes."""
        self._give_up(lambda job: job.ticket == ticket)
        self._open.pop(ticket, None)
        self._finished = [finished for finished in self._finished if finished.ticket != ticket]

    def poll(self) -> Sequence[Finished]:
        """Decode until a request is finished. A failed request leaves the engine before its DecodeError is raised."""
        while self._open and not self._finished:
            self._admit()
            for span in runs(sorted(self._lanes)):
                self._decode(span)
        finished, self._finished = self._finished, []
        return finished

    def complete(
        self, prompts: Sequence[tuple[Message, ...]], constraint: Constraint, sampling: Sampling, max_tokens: int
    ) -> list[Completion]:
        """Answer all prompts under one constraint; other open requests go on meanwhile."""
        tickets = [self.submit(Request(messages, constraint, sampling, max_tokens)) for messages in prompts]
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
        while self._waiting and len(self._lanes) < self._width:
            job = self._waiting.next(lambda job: int(self._table.shares(job.prompt[:-1]).max()))
            try:
                done = job.begin(self._vocabulary)
            except EngineError:
                self.cancel(job.ticket)
                raise
            if done:
                self._close(job)
            else:
                self._enter(job)

    def _enter(self, job: Job) -> None:
        lead = job.prompt[:-1]
        placement = self._table.place(lead)
        assert placement is not None
        entry = placement.target
        if placement.saved is not None:
            self._context.copy(entry.sequence, placement.saved.sequence)
        if placement.source is not None:
            self._context.copy(placement.source.sequence, entry.sequence)
        self._context.truncate(entry.sequence, entry.length)
        self._lanes[entry.sequence] = (entry, job)
        self._passes.prefill(entry, lead)

    def _decode(self, span: range) -> None:
        """One pass over the lanes of `span`, then one token for every lane whose pending tokens are spent."""
        work = [self._lanes.get(lane) for lane in span]
        pending = [one[1].pending if one else [] for one in work]
        if not any(pending):
            return  # all of them were given up on account of a candidate in a span before
        done, logits = self._passes.plain([self._table.entries[lane] for lane in span], pending)
        ready = [one for place in done if (one := work[place])]
        if ready:
            self._sample(ready, logits)

    def _sample(self, ready: list[tuple[Entry, Job]], logits: Any) -> None:
        """One token for each job that has logits; row i of `logits` belongs to job i."""
        from llguidance.numpy import fill_next_token_bitmask_par

        matchers = [(job.matcher, row) for row, (_, job) in enumerate(ready)]
        fill_next_token_bitmask_par(self._executor, matchers, self._masks)
        failure: EngineError | None = None
        for row, (entry, job) in enumerate(ready):
            if entry.sequence not in self._lanes:
                continue  # given up on account of another candidate
            try:
                done = self._take(entry, job, logits[row], self._masks[row])
            except EngineError as error:
                # The other jobs must still take their tokens: these logits do not come again.
                failure = failure or error
                self.cancel(job.ticket)
                continue
            if done:
                self._release(entry)
                self._close(job)
        if failure is not None:
            raise failure

    def _take(self, entry: Entry, job: Job, logits: Any, mask: Any) -> bool:
        job.healthy()
        token, logprob = choose(logits, mask, job.sampling, job.stream, self._space)
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

    def _give_up(self, unwanted: Callable[[Job], bool]) -> None:
        """Take unfinished jobs out of the engine."""
        self._waiting.drop(unwanted)
        for entry, job in list(self._lanes.values()):
            if unwanted(job):
                self._count(job)
                self._release(entry)

    def _release(self, entry: Entry) -> None:
        del self._lanes[entry.sequence]
        self._table.release(entry)
        self._context.truncate(entry.sequence, entry.length)

    def _close(self, job: Job) -> None:
        """File a finished candidate; the request is finished with the last one that is wanted."""
        self._count(job)
        ticket = job.ticket
        request, candidates = self._open[ticket]
        candidates[job.candidate] = job.completion()
        count = wanted(request, candidates)
        if count < len(candidates):
            self._give_up(lambda job: job.ticket == ticket and job.candidate >= count)
        made = [candidate for candidate in candidates[:count] if candidate is not None]
        if len(made) == count:
            del self._open[ticket]
            self._finished.append(Finished(ticket, padded(made, len(candidates))))

    def _count(self, job: Job) -> None:
        usage, stage = self._usage, job.request.stage
        usage.sampled_tokens += job.sampled_ever
        usage.forced_tokens += job.forced_ever
        usage.by_stage[stage] = usage.by_stage.get(stage, 0) + job.sampled_ever + job.forced_ever

    def _plain_tokens(self, text: str) -> list[int]:
        return self._model.tokenize(text, False)


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
