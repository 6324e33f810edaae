"""One candidate of one request on its way from prompt to proved value.

Knows the matcher's life: forced tokens, acceptance, budget, retry. Does not know lanes, batches or llama.cpp.
Invariant: `finish` is "accepted" only after the matcher was satisfied and the value passed its validator.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from dtc_local.engine.base import Completion, Finish, Request, Sampling
from dtc_local.engine.constraint import Compiled, InvalidValue
from dtc_local.engine.prefix import Tokens
from dtc_local.engine.sampling import Stream
from dtc_local.engine.segments import Guide, Order
from dtc_local.errors import DecodeError
from dtc_local.records.base import Json

ATTEMPTS = 3
"""Tries, each with its own stream, before a request whose values keep breaking their schema is cancelled."""
RETRY_TEMPERATURE = 0.5
"""A greedy request would write the same value again; its retries are drawn at this temperature."""


@dataclass
class Vocabulary:
    """Bytes of tokens, looked up once, tokens of texts, and the tokens that end a text."""

    piece: Callable[[int], bytes]
    tokenize: Callable[[str], list[int]]
    ends: frozenset[int]
    _known: dict[int, bytes] = field(default_factory=dict)

    def bytes_of(self, token: int) -> bytes:
        """Bytes of one token."""
        known = self._known.get(token)
        if known is None:
            known = self._known[token] = self.piece(token)
        return known


@dataclass
class Job:
    """State of one candidate; `begin` starts an attempt, `accept` takes a token, `settle` proves the value."""

    ticket: int
    candidate: int
    request: Request
    compiled: Compiled
    prompt: Tokens
    guide: Guide | None = None
    attempt: int = -1
    matcher: Any = None
    stream: Any = None
    sampling: Sampling = field(default_factory=Sampling)
    pending: list[int] = field(default_factory=list)
    """Tokens to decode before the next one can be drawn."""
    text: bytearray = field(default_factory=bytearray)
    drawn: list[int] = field(default_factory=list)
    """Length of the text after each drawn token."""
    sampled: int = 0
    forced: int = 0
    logprob: float = 0.0
    sampled_ever: int = 0
    forced_ever: int = 0
    finish: Finish | None = None
    value: Json = None

    def begin(self, vocabulary: Vocabulary) -> bool:
        """Start the next attempt; true if the constraint forces the whole text and no model is needed."""
        self.attempt += 1
        self.matcher = self.compiled.matcher()
        self.stream = Stream(self.request.sampling.seed, self.candidate, self.attempt)
        self.sampling = self.request.sampling
        if self.attempt and self.sampling.temperature <= 0:
            self.sampling = replace(self.sampling, temperature=RETRY_TEMPERATURE)
        self.pending = [int(self.prompt[-1])]
        self.text = bytearray()
        self.drawn = []
        self.sampled = self.forced = 0
        self.logprob = 0.0
        self.finish = None
        done = self._advance(vocabulary)
        if done:
            # Wholly forced: another attempt would write the same, so whatever `settle` finds is final.
            self.settle()
        return done

    def accept(self, token: int, logprob: float, vocabulary: Vocabulary) -> bool:
        """Take a drawn token and those it forces; true if the attempt is over."""
        order = self._order(token, vocabulary)
        if order is not None:
            return self._obey(order, vocabulary)
        self.sampled += 1
        self.sampled_ever += 1
        self.logprob += logprob
        if not self.matcher.consume_token(token):
            raise DecodeError(f"The matcher refused a token it had allowed: {self._error()}")
        if token not in vocabulary.ends:
            self.text += vocabulary.bytes_of(token)
            self.pending.append(token)
        self.drawn.append(len(self.text))
        return self._advance(vocabulary)

    def _order(self, token: int, vocabulary: Vocabulary) -> Order | None:
        """What the request's segments want instead of a drawn token."""
        if self.guide is None or token in vocabulary.ends:
            return None
        return self.guide.order(bytes(self.text), self.drawn, vocabulary.bytes_of(token), self.matcher)

    def _obey(self, order: Order, vocabulary: Vocabulary) -> bool:
        self._force(list(order.tokens), vocabulary)
        spent = self.sampled + self.forced > self.request.max_tokens
        if not spent and order.last and self.matcher.is_accepting():
            self.finish = "accepted"
        elif spent or not order.tokens:
            self.finish = "length"
        return self.finish is not None or self._advance(vocabulary)

    def _advance(self, vocabulary: Vocabulary) -> bool:
        """Take what the grammar forces next; true if the text is complete or the budget spent."""
        if not self.matcher.is_stopped():
            forced = self.matcher.compute_ff_tokens()
            if forced:
                self._force([token for token in forced if token not in vocabulary.ends], vocabulary)
        self.healthy()
        if self.sampled + self.forced > self.request.max_tokens:
            self.finish = "length"
        elif self.matcher.is_stopped():
            if not self.matcher.is_accepting():
                raise DecodeError(f"The matcher stopped before the end: {self.matcher.stop_reason()}")
            self.finish = "accepted"
        elif self.sampled + self.forced == self.request.max_tokens:
            self.finish = "length"
        return self.finish is not None

    def _force(self, tokens: list[int], vocabulary: Vocabulary) -> None:
        if not self.matcher.consume_tokens(tokens):
            raise DecodeError(f"The matcher refused its own forced tokens: {self._error()}")
        self.forced += len(tokens)
        self.forced_ever += len(tokens)
        for token in tokens:
            self.text += vocabulary.bytes_of(token)
        self.pending.extend(tokens)

    def healthy(self) -> None:
        """Raise if the matcher is in its error state, in which masks are empty or stale."""
        if self.matcher.is_error():
            raise DecodeError(f"The matcher failed: {self._error()}")

    def settle(self) -> bool:
        """Prove the value of a finished attempt; false if it is invalid and another attempt is left."""
        if self.finish != "accepted":
            return True
        try:
            self.value = self.compiled.value(self._decoded())
        except InvalidValue:
            self.finish, self.value = "cancelled", None
            return self.attempt + 1 >= ATTEMPTS
        return True

    def completion(self) -> Completion:
        """The candidate as the caller sees it."""
        if self.finish is None:
            raise DecodeError("A candidate was filed before it was finished.")
        # A text that was cut may end inside a character.
        text = self.text.decode("utf-8", "ignore")
        mean = self.logprob / self.sampled if self.sampled else 0.0
        return Completion(text, self.value, mean, self.sampled + self.forced, self.forced, self.finish)

    def _decoded(self) -> str:
        try:
            return self.text.decode("utf-8")
        except UnicodeDecodeError as error:
            raise DecodeError("An accepted text is not UTF-8.") from error

    def _error(self) -> str:
        return " ".join(str(self.matcher.get_error()).split())[:200]
