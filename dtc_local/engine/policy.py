"""How much of a schema its grammar holds: all of it, some of it, or nothing. Decided by the compiler, without a model.

strict: the grammar enforces every keyword. relaxed: some keywords are only checked after a value is written. refused:
the compiler has no grammar for the schema at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from dtc_local.engine.constraint import COMPACT
from dtc_local.engine.relax import strictest

Level = Literal["strict", "relaxed", "refused"]


@dataclass(frozen=True)
class Policy:
    """What became of a schema: `relaxed` names the keywords that only the validator checks."""

    level: Level
    relaxed: tuple[str, ...] = ()
    reason: str = ""
    """The compiler's words, where it refused."""


def policy_of(schema: Any) -> Policy:
    """What the grammar compiler makes of a JSON Schema; about a millisecond, no tokenizer needed."""
    from llguidance import LLMatcher

    compiler: Any = LLMatcher

    def attempt(working: Any, options: dict[str, Any]) -> str:
        return str(compiler.validate_grammar(compiler.grammar_from_json_schema(working, overrides=options)))

    relaxed, refusal = strictest(schema, dict(COMPACT), attempt)
    if refusal:
        return Policy("refused", relaxed, " ".join(refusal.split())[:200])
    return Policy("relaxed" if relaxed else "strict", relaxed)
