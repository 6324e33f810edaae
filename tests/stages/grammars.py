"""Grammars without a model: llguidance's byte tokenizer says what a constraint accepts, and walks it at random."""

from __future__ import annotations

import json
from functools import cache, lru_cache
from random import Random
from typing import Any

import llguidance
import numpy as np
from llguidance.numpy import allocate_token_bitmask, fill_next_token_bitmask

COMPACT = {"whitespace_flexible": False}
CLOSING = frozenset(b'"]}.,:')
"""Bytes that bring a random walk to its end."""


@cache
def tokenizer() -> Any:
    """One byte, one token."""
    return llguidance.LLTokenizer("byte")


def compiled(constraint: str | dict[str, Any]) -> Any:
    """A matcher of a Lark grammar or a JSON Schema, compiled strictly; what the compiler refuses fails the test."""
    lark = isinstance(constraint, str)
    return _compiled(constraint if isinstance(constraint, str) else json.dumps(constraint), lark).deep_copy()


@lru_cache(maxsize=512)
def _compiled(text: str, lark: bool) -> Any:
    """The matcher of a text, once; it is never moved."""
    if lark:
        grammar = llguidance.LLMatcher.grammar_from_lark(text)
    else:
        grammar = llguidance.LLMatcher.grammar_from_json_schema(text, overrides=COMPACT)
    matcher = llguidance.LLMatcher(tokenizer(), grammar, log_level=0)
    assert not matcher.get_error(), matcher.get_error()
    return matcher


def accepts(constraint: str | dict[str, Any] | Any, text: str) -> bool:
    """Whether the whole text, and not just a beginning of it, obeys the constraint."""
    matcher = compiled(constraint) if isinstance(constraint, str | dict) else constraint.deep_copy()
    data = list(text.encode())
    return bool(matcher.validate_tokens(data) == len(data) and matcher.consume_tokens(data) and matcher.is_accepting())


def sample(constraint: str | dict[str, Any] | Any, seed: int, limit: int = 4000) -> str:
    """A text the constraint allows, drawn byte by byte; it ends where it may after half the limit, or fails."""
    matcher = compiled(constraint) if isinstance(constraint, str | dict) else constraint.deep_copy()
    random, data, mask = Random(seed), bytearray(), allocate_token_bitmask(1, tokenizer().vocab_size)
    while not matcher.is_stopped():
        forced = matcher.compute_ff_tokens()
        if forced:
            data += bytes(forced)
            assert matcher.consume_tokens(forced), matcher.get_error()
            continue
        if matcher.is_accepting() and random.random() < (0.3 if len(data) < limit // 2 else 1.0):
            break
        assert len(data) < limit, f"no end in sight: {bytes(data[:200])!r}"
        fill_next_token_bitmask(matcher, mask)
        allowed = set(np.flatnonzero(np.unpackbits(mask.view(np.uint8)[0, :32], bitorder="little")).tolist())
        if not allowed:
            assert matcher.is_accepting(), f"a dead end after {bytes(data)!r}"
            break
        closing = sorted(allowed & CLOSING) if random.random() < 0.7 else []
        data.append(random.choice(closing or sorted(allowed)))
        assert matcher.consume_token(data[-1]), matcher.get_error()
    return data.decode()
