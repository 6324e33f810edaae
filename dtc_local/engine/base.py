"""The engine contract: what a stage may ask for and what it gets back.

A stage knows nothing of batching, tokens or llama.cpp. It yields :class:`Request` values; the pipeline submits them,
the engine decodes all open requests together and hands back only *accepted* values: parsed, and validated once
more by an independent validator. `finish` is "accepted", "length" (budget spent: `value` is None) or "cancelled";
everything else is an exception.

What is promised. On a CPU, the bytes of a completion are a function of its request (its seed included), the model file
and the build of llama.cpp with the processor's instruction set. They do not depend on what else is in the batch, on
`width`, on how much is kept or found in the cache of prompts, on the order of submission, on the number of threads, or
on the clock. There is no faster mode without this promise. With layers on a GPU nothing of the kind is promised:
there the bits of a sum depend on the batch.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol

from dtc_local.records.base import Json

if TYPE_CHECKING:
    from outlines.types import CFG, JsonSchema, Regex

    Constraint = JsonSchema | Regex | CFG

Finish = Literal["accepted", "length", "cancelled"]


@dataclass(frozen=True)
class Message:
    """A chat message as prefix parts: each part is tokenised on its own, so equal leading parts share their cache."""

    role: Literal["system", "user", "assistant"]
    parts: tuple[str, ...]


@dataclass(frozen=True)
class Sampling:
    """How candidates are drawn. Temperature 0 is exact argmax; candidate i of n uses stream (seed, i)."""

    temperature: float = 0.7
    top_p: float = 1.0
    min_p: float = 0.05
    seed: int = 1
    n: int = 1


@dataclass(frozen=True)
class Stretch:
    """Free text of at most `budget` drawn tokens, after which one of `literals` must begin."""

    literals: tuple[str, ...]
    """Spellings of one value, the best one first."""
    budget: int


@dataclass(frozen=True)
class Segments:
    """Budgets inside a free text, for models that would ramble past what must be said.

    The constraint says what is allowed; this only says how long the engine waits. When a stretch's budget is spent and
    its literal is not begun, the engine writes the literal, at the end of a word where there is one near, and where
    the constraint allows it. A text whose literal cannot be written there finishes as "length".
    """

    stretches: tuple[Stretch, ...]
    tail: int
    """Drawn tokens after the last literal, before the text is ended."""
    ends: tuple[str, ...] = (".", "!", "?")
    """What may be written to end it."""


@dataclass(frozen=True)
class Request:
    """One prompt, one constraint, n candidates."""

    messages: tuple[Message, ...]
    constraint: Constraint
    sampling: Sampling = Sampling()
    max_tokens: int = 256
    stage: str = ""
    """Label for statistics."""
    segments: Segments | None = None
    enough: int | None = None
    """Stop when so many candidates are good, in candidate order: those after them are cancelled and hold nothing, even
    if they were decoded already, so that which candidates there are depends on no timing."""
    good: Callable[[Json], bool] | None = None
    """What makes an accepted value good for `enough`; None: every accepted value is."""


@dataclass(frozen=True)
class Completion:
    """One candidate. `value` is parsed JSON for JsonSchema constraints and the text itself for Regex and CFG."""

    text: str
    value: Json
    logprob: float
    """Mean log-probability per sampled token under the masked distribution; 0.0 if all tokens were forced."""
    tokens: int
    forced_tokens: int
    finish: Finish


@dataclass
class Usage:
    """Token counters since the engine was made."""

    prompt_tokens: int = 0
    """Prompt tokens asked for."""
    evaluated_tokens: int = 0
    """Prompt tokens really decoded; the rest came from shared prefixes. How many depends on what runs beside."""
    sampled_tokens: int = 0
    forced_tokens: int = 0
    decode_seconds: float = 0.0
    by_stage: dict[str, int] = field(default_factory=dict)
    """Generated tokens by stage label."""


@dataclass(frozen=True)
class ModelInfo:
    """What identifies a model in records: its name, the SHA-256 of its file, its size in parameters."""

    name: str
    sha256: str
    parameters: int
    context_length: int


@dataclass(frozen=True)
class Finished:
    """A request that is done, with its n candidates in candidate order."""

    ticket: int
    completions: tuple[Completion, ...]


class Engine(Protocol):
    """What the pipeline needs. Implemented by `batch.LlamaEngine` (GGUF) and `scripted.ScriptedEngine` (tests)."""

    @property
    def model(self) -> ModelInfo:
        """Identity of the loaded model."""

    @property
    def usage(self) -> Usage:
        """Counters so far."""

    @property
    def width(self) -> int:
        """How many sequences decode together: the pipeline keeps at least this many requests open."""

    def submit(self, request: Request) -> int:
        """Queue a request and return its ticket. Raises ConstraintError if the constraint does not compile.

        Any number may be queued; a waiting request takes four bytes for each token of its prompt, and its grammar.
        """

    def cancel(self, ticket: int) -> None:
        """Forget a request whose answer nobody wants any more; no effect on one that is unknown or handed out."""

    def poll(self) -> Sequence[Finished]:
        """Decode until at least one request is finished and return all finished ones; empty if none is open.

        Raises DecodeError if a value cannot be proved valid.
        """

    def close(self) -> None:
        """Free the model."""
