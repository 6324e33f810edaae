"""Outlines generators run on the engine, in batches, for the types that Outlines takes."""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import Enum
from typing import Any, Literal

import outlines
import pytest
from outlines.inputs import Chat
from outlines.types import CFG, JsonSchema, Regex
from pydantic import BaseModel, ConfigDict, Field

from dtc_local.engine.batch import LlamaEngine
from dtc_local.errors import ConstraintError, DecodeError
from tests.engine.conftest import ask


class Ticket(BaseModel):
    """A type of an outsider."""

    model_config = ConfigDict(extra="forbid")
    title: Literal["Printer offline", "No coffee"]
    priority: int = Field(ge=1, le=30)


class Colour(Enum):
    """Another one."""

    RED = "red"
    BLUE = "blue"


KINDS: dict[str, tuple[Any, Callable[[str], Any]]] = {
    "a pydantic class": (Ticket, Ticket.model_validate_json),
    "a Literal": (Literal["yes", "no"], lambda text: text in ("yes", "no")),
    "an Enum": (Colour, Colour),
    "int": (int, lambda text: re.fullmatch(r"[+-]?\d+", text)),
    "bool": (bool, lambda text: text in ("True", "False")),
    "a regular expression": (Regex("[ab]{3}"), lambda text: re.fullmatch("[ab]{3}", text)),
    "a grammar": (CFG('start: "a" | "bb"'), lambda text: text in ("a", "bb")),
    "a schema": (JsonSchema({"enum": [1, "x"]}), lambda text: text in ("1", '"x"')),
}


@pytest.mark.parametrize("name", KINDS)
def test_an_output_type_is_all_that_a_generator_needs(engine: LlamaEngine, name: str) -> None:
    kind, valid = KINDS[name]
    texts = outlines.Generator(engine, kind).batch(["One", "Two", "Three"], seed=3, temperature=3.0, min_p=0.0)
    assert len(texts) == 3
    assert all(valid(text) for text in texts)
    assert engine("Two", kind, seed=3, temperature=3.0, min_p=0.0) == texts[1]


def test_a_generator_answers_a_batch_as_it_answers_each_prompt(engine: LlamaEngine) -> None:
    generator = outlines.Generator(engine, Ticket)
    texts = generator.batch([f"Ticket {number}" for number in range(6)], seed=3, temperature=3.0, min_p=0.0)
    assert generator("Ticket 2", seed=3, temperature=3.0, min_p=0.0) == texts[2]
    assert Ticket.model_validate_json(generator(Chat([{"role": "user", "content": "One."}])))


def test_a_value_is_held_to_what_no_grammar_can_hold(engine: LlamaEngine) -> None:
    pair = JsonSchema({"type": "array", "items": {"enum": [1, 2]}, "minItems": 2, "maxItems": 2, "uniqueItems": True})
    generator = outlines.Generator(engine, pair)
    texts = generator.batch(["x", "y"], seed=3, temperature=3.0, min_p=0.0)
    assert set(texts) <= {"[1,2]", "[2,1]"}
    impossible = JsonSchema({"enum": ["aa", "bb"], "not": {"type": "string"}})
    with pytest.raises(DecodeError, match="obeyed"):
        outlines.Generator(engine, impossible)("x")


def test_a_cut_text_is_an_error_and_not_a_result(engine: LlamaEngine) -> None:
    with pytest.raises(DecodeError, match="cut"):
        outlines.Generator(engine, Regex("[ab]{30}"))("x", max_tokens=3)


def test_without_a_type_there_is_no_answer(engine: LlamaEngine) -> None:
    with pytest.raises(ConstraintError, match="constraint"):
        engine.generate("x", None)
    with pytest.raises(ConstraintError, match="output type"):
        engine.generate("x", object())
    with pytest.raises(NotImplementedError):
        engine.generate_stream("x")


def test_other_requests_of_the_engine_are_not_lost(engine: LlamaEngine) -> None:
    ticket = engine.submit(ask(constraint=Regex("[ab]")))
    outlines.Generator(engine, Regex("[ab]{12}"))("x")
    assert [finished.ticket for finished in engine.poll()] == [ticket]
