"""The engine's side that Outlines sees: a steerable model and a grammar backend held for the model's life.

Knows Outlines' class contracts; does not know scheduling. `outlines.Generator(engine, SomeType, backend="llguidance")`
hands its processor to `generate_batch`, which takes the grammar out of it and uses nothing else of it: an Outlines
processor in llama.cpp's callback fails open. Invariant: a text that did not reach the end of its grammar is an
exception, never a result.
"""

from __future__ import annotations

import json
from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

from outlines.backends.llguidance import LLGuidanceBackend
from outlines.inputs import Chat
from outlines.models import LlamaCpp

from dtc_local.engine.base import Completion, Message, ModelInfo, Sampling
from dtc_local.errors import ConstraintError, DecodeError


class LoadedModel(ModelInfo):
    """Identity of a model, and its pointer, where Outlines' backends look for it: at `engine.model.model`."""

    def loaded(self, pointer: int) -> LoadedModel:
        """Remember the pointer; it is no field, so that it never gets into records."""
        object.__setattr__(self, "model", pointer)
        return self


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

    def __init__(self) -> None:
        """Nothing of `LlamaCpp` is wanted but its type: the engine owns model and tokenizer."""

    @abstractmethod
    def complete(
        self, prompts: Sequence[tuple[Message, ...]], grammar: str, sampling: Sampling, max_tokens: int
    ) -> list[Completion]:
        """Answer all prompts together."""

    def generate(self, model_input: Any, output_type: Any = None, **options: Any) -> str:
        """One answer; see `generate_batch`."""
        return self.generate_batch([model_input], output_type, **options)[0]

    def generate_batch(
        self,
        model_input: Sequence[Any],
        output_type: Any = None,
        max_tokens: int = 512,
        **sampling: Any,
    ) -> list[str]:
        """Answers to all prompts, decoded together; options are `max_tokens` and the fields of `Sampling` but n."""
        grammar = getattr(output_type, "grammar", None)
        if grammar is None:
            raise ConstraintError(
                "The engine needs an output type compiled by llguidance.",
                'Use outlines.Generator(engine, SomeType, backend="llguidance").',
            )
        prompts = [_messages(prompt) for prompt in model_input]
        completions = self.complete(prompts, grammar, Sampling(**sampling), max_tokens)
        for completion in completions:
            if completion.finish != "accepted":
                raise DecodeError(f"A text ended with {completion.finish!r}.", "Allow more max_tokens.")
        return [completion.text for completion in completions]

    def generate_stream(self, *arguments: Any, **options: Any) -> Any:
        """Not offered: a stream would hand out text before it is proved valid."""
        raise NotImplementedError("The engine returns whole, validated texts; use generate or generate_batch.")


def schema_of(grammar: str) -> str | None:
    """The JSON Schema text inside a grammar that Outlines made from one."""
    try:
        parts = json.loads(grammar)["grammars"]
        schema = parts[0]["json_schema"] if len(parts) == 1 else None
    except (ValueError, KeyError, TypeError, IndexError):
        return None
    return None if schema is None else json.dumps(schema, ensure_ascii=False)


def _messages(prompt: Any) -> tuple[Message, ...]:
    if isinstance(prompt, Chat):
        return tuple(Message(message["role"], (message["content"],)) for message in prompt.messages)
    return (Message("user", (str(prompt),)),)
