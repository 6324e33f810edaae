"""Outlines generators run on the engine, in batches."""

from __future__ import annotations

from typing import Literal

import outlines
import pytest
from outlines.inputs import Chat
from outlines.types import CFG, Regex
from pydantic import BaseModel, ConfigDict

from dtc_local.engine.batch import LlamaEngine
from dtc_local.errors import ConstraintError, DecodeError
from tests.engine.conftest import ask


class Ticket(BaseModel):
    """A type of an outsider; closed, since noise would go on naming fields for ever."""

    model_config = ConfigDict(extra="forbid")

    title: Literal["Printer offline", "No coffee"]
    priority: Literal[1, 2, 30]


@pytest.mark.filterwarnings("ignore:llama_token_get_attr:DeprecationWarning")
def test_a_generator_answers_a_batch_of_prompts_with_valid_values(engine: LlamaEngine) -> None:
    generator = outlines.Generator(engine, Ticket, backend="llguidance")
    texts = generator.batch([f"Ticket {number}" for number in range(6)], seed=3, temperature=1.0)
    assert len(texts) == 6
    assert all(Ticket.model_validate_json(text) for text in texts)
    assert generator("Ticket 2", seed=3, temperature=1.0) == texts[2]
    assert Ticket.model_validate_json(generator(Chat([{"role": "user", "content": "One."}])))


@pytest.mark.filterwarnings("ignore:llama_token_get_attr:DeprecationWarning")
@pytest.mark.parametrize("kind", [Regex("[ab]{3}"), CFG('start: "a" | "bb"')])
def test_regular_expressions_and_grammars_work_too(engine: LlamaEngine, kind: object) -> None:
    for text in outlines.Generator(engine, kind, backend="llguidance").batch(["x", "y"]):
        assert set(text) <= {"a", "b"}


@pytest.mark.filterwarnings("ignore:llama_token_get_attr:DeprecationWarning")
def test_a_cut_text_is_an_error_and_not_a_result(engine: LlamaEngine) -> None:
    with pytest.raises(DecodeError, match="length"):
        outlines.Generator(engine, Regex("[ab]{30}"), backend="llguidance")("x", max_tokens=3)


def test_without_a_grammar_there_is_no_answer(engine: LlamaEngine) -> None:
    with pytest.raises(ConstraintError, match="llguidance"):
        engine.generate("x", None)
    with pytest.raises(NotImplementedError):
        engine.generate_stream("x")


@pytest.mark.filterwarnings("ignore:llama_token_get_attr:DeprecationWarning")
def test_other_requests_of_the_engine_are_not_lost(engine: LlamaEngine) -> None:
    ticket = engine.submit(ask(constraint=Regex("[ab]")))
    outlines.Generator(engine, Regex("[ab]{12}"), backend="llguidance")("x")
    assert [finished.ticket for finished in engine.poll()] == [ticket]
