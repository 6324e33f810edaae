"""The engine's side that Outlines sees: a model that takes output types, and a grammar backend held for its life.

Knows Outlines' class contracts and output types; does not know scheduling. To Outlines this is a model that constrains
itself, so that `outlines.Generator(engine, SomeType)` hands over the type and not a logits processor: its processors
would run in llama.cpp's callback, which fails open, and its default backend knows only some of JSON Schema. Invariant:
a text that did not reach the end of its grammar, or a value that breaks its schema, is an exception, never a result.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from outlines.backends.llguidance import LLGuidanceBackend
from outlines.inputs import Chat
from outlines.models import VLLMOffline

from dtc_local.engine.base import Completion, Message, Sampling
from dtc_local.errors import ConstraintError, DecodeError

if TYPE_CHECKING:
    from dtc_local.engine.base import Constraint


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


class OutlinesModel(VLLMOffline):
    """Base of `LlamaEngine` that lets Outlines generators run on it, in batches.

    Generators know models by a closed list of classes; of those that constrain themselves, this one runs here and
    answers batches. Nothing of it is used.
    """

    def __init__(self) -> None:
        """Nothing of vLLM is made: the engine owns the model."""

    @abstractmethod
    def complete(
        self, prompts: Sequence[tuple[Message, ...]], constraint: Constraint, sampling: Sampling, max_tokens: int
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
        constraint = constraint_of(output_type)
        prompts = [_messages(prompt) for prompt in model_input]
        completions = self.complete(prompts, constraint, Sampling(**sampling), max_tokens)
        for completion in completions:
            if completion.finish == "length":
                raise DecodeError("A text was cut before its end.", "Allow more max_tokens.")
            if completion.finish != "accepted":
                raise DecodeError("No value obeyed its schema.", "Simplify what no grammar can hold, or ask again.")
        return [completion.text for completion in completions]

    def generate_stream(self, *arguments: Any, **options: Any) -> Any:
        """Not offered: a stream would hand out text before it is proved valid."""
        raise NotImplementedError("The engine returns whole, validated texts; use generate or generate_batch.")


def constraint_of(output_type: Any) -> Constraint:
    """The constraint behind anything that Outlines takes for an output type: a pydantic class, a Literal, int ...

    Raises ConstraintError where there is none.
    """
    from outlines.types import CFG, JsonSchema, Regex
    from outlines.types.dsl import python_types_to_terms, to_regex

    if output_type is None:
        raise ConstraintError("The engine answers under a constraint only.", "Give an output type, such as str.")
    try:
        term = python_types_to_terms(output_type)
        return term if isinstance(term, CFG | JsonSchema) else Regex(to_regex(term))
    except (TypeError, RecursionError) as error:
        raise ConstraintError(f"{output_type!r} is not an output type: {error}") from error


def _messages(prompt: Any) -> tuple[Message, ...]:
    if isinstance(prompt, Chat):
        return tuple(Message(message["role"], (message["content"],)) for message in prompt.messages)
    return (Message("user", (str(prompt),)),)
