"""An engine without a model: it plays texts that a test wrote, and holds them to the constraint like the real one.

Knows the contract and the constraint compiler (over bytes instead of a vocabulary). Does not sample. Invariant: a
completion is "accepted" only if its text obeys the whole constraint; a text that breaks it is an error of the script.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from dtc_local.engine.base import Completion, Finished, ModelInfo, Request, Usage
from dtc_local.engine.candidates import padded, wanted
from dtc_local.engine.constraint import Compiled, Compiler, InvalidValue
from dtc_local.errors import DecodeError

Answer = Callable[[Request], Sequence[str]]


class ScriptedEngine:
    """Answers requests from `script`: a function of the request, or texts by stage played in turn.

    A text cut at the request's `max_tokens` (here: bytes) finishes as "length". `requests` records what was asked.
    """

    def __init__(self, script: Answer | Mapping[str, Sequence[str]], width: int = 4) -> None:
        self._answer = script if callable(script) else _in_turn(script)
        self._width = width
        self._usage = Usage()
        self._queue: deque[tuple[int, Request]] = deque()
        self._tickets = 0
        self._compiler = byte_compiler()
        self.requests: list[Request] = []

    @property
    def model(self) -> ModelInfo:
        """A made-up identity."""
        return ModelInfo("scripted", "0" * 64, 0, 4096)

    @property
    def usage(self) -> Usage:
        """Counters so far; a byte counts as a token."""
        return self._usage

    @property
    def width(self) -> int:
        """How many requests a poll answers."""
        return self._width

    def submit(self, request: Request) -> int:
        """Queue a request; raises ConstraintError if the constraint does not compile."""
        self._compiler.compile(request.constraint)
        self._tickets += 1
        self._queue.append((self._tickets, request))
        self.requests.append(request)
        size = sum(len(part.encode()) for message in request.messages for part in message.parts)
        self._usage.prompt_tokens += size
        self._usage.evaluated_tokens += size
        return self._tickets

    def cancel(self, ticket: int) -> None:
        """Forget a request."""
        self._queue = deque(waiting for waiting in self._queue if waiting[0] != ticket)

    def poll(self) -> Sequence[Finished]:
        """Answer up to `width` requests, the latest first: a caller that relies on the order is wrong."""
        count = min(self._width, len(self._queue))
        return [self._finish(*self._queue.popleft()) for _ in range(count)][::-1]

    def close(self) -> None:
        """Nothing to free."""

    def _finish(self, ticket: int, request: Request) -> Finished:
        texts = list(self._answer(request))
        if len(texts) != request.sampling.n:
            raise ValueError(f"stage {request.stage!r} wants {request.sampling.n} texts; the script has {len(texts)}")
        compiled = self._compiler.compile(request.constraint)
        made = [self._complete(request, compiled, text) for text in texts]
        return Finished(ticket, padded(made[: wanted(request, made)], len(made)))

    def _complete(self, request: Request, compiled: Compiled, text: str) -> Completion:
        data = text.encode()
        count = min(len(data), request.max_tokens)
        usage = self._usage
        usage.sampled_tokens += count
        usage.by_stage[request.stage] = usage.by_stage.get(request.stage, 0) + count
        if len(data) > request.max_tokens:
            return Completion(data[:count].decode("utf-8", "ignore"), None, -1.0, count, 0, "length")
        check_text(compiled, text)
        try:
            return Completion(text, compiled.value(text), -1.0, count, 0, "accepted")
        except InvalidValue:
            return Completion(text, None, -1.0, count, 0, "cancelled")


def byte_compiler() -> Compiler:
    """A constraint compiler whose tokens are bytes: it needs no model."""
    from llguidance import LLTokenizer

    from dtc_local.engine.outlines_model import Backend

    return Compiler(Backend(LLTokenizer("byte")))


def check_text(compiled: Compiled, text: str) -> None:
    """Raise DecodeError unless `text` is a whole sentence of the grammar; for a byte compiler's constraints."""
    matcher: Any = compiled.matcher()
    data = list(text.encode())
    taken = matcher.try_consume_tokens(data)
    if taken < len(data):
        raise DecodeError(f"A scripted text breaks its grammar at byte {taken}: {text[:taken]!r} then {text[taken:]!r}")
    if not matcher.is_accepting():
        raise DecodeError(f"A scripted text ends before its grammar does: {text!r}")


def _in_turn(script: Mapping[str, Sequence[str]]) -> Answer:
    left: dict[str, Iterator[str]] = {stage: iter(texts) for stage, texts in script.items()}

    def answer(request: Request) -> Sequence[str]:
        texts = left.get(request.stage, iter(()))
        return [text for _, text in zip(range(request.sampling.n), texts, strict=False)]

    return answer
