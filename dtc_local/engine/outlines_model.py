"""The engine's side that Outlines sees: a steerable model and a grammar backend held for the model's life.

Knows Outlines' class contracts; does not know scheduling. `outlines.Generator(engine, SomeType, backend="llguidance")`
hands its processor's grammar to `generate_batch`; only the grammar is used, never the processor's masks.
Invariant: a text that did not reach the end of its grammar is an exception, never a result.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from outlines.backends.llguidance import LLGuidanceBackend
from outlines.models import LlamaCpp


class Backend(LLGuidanceBackend):
    """Outlines' llguidance backend with all end tokens known, and JSON without white space."""

    def __init__(self, tokenizer: Any) -> None:
        import llguidance

        self.llg = llguidance
        self.tensor_library_name = "numpy"
        self.llg_tokenizer = tokenizer

    def json_schema_grammar(self, schema: Any, options: dict[str, Any]) -> str:
        """Grammar of a schema given as an object."""
        return str(self.llg.LLMatcher.grammar_from_json_schema(schema, overrides=options))


class OutlinesModel(LlamaCpp):
    """Base of `LlamaEngine` that lets Outlines generators run on it, in batches."""

    tensor_library_name = "numpy"

    def __init__(self, pointer: Any) -> None:
        # Outlines' backend reaches for `model.model.model`, the raw pointer, to read the vocabulary.
        self.model_handle = SimpleNamespace(model=pointer)
