"""Random answers under a constraint: whatever is drawn, the grammar allows it."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from seed_model.drawing import Open, sentence, value

from dtc_local.engine.scripted import byte_compiler, check_text
from dtc_local.stages import exchanges
from dtc_local.stages.base import lark
from dtc_local.stages.phrasebook import Phrase, clause, reply_grammar, request_grammar

GRAMMARS = (
    exchanges.one_of(exchanges.CHATTING),
    exchanges.question("start date"),
    exchanges.answer(["3.5 (net)"]),
    exchanges.about(exchanges.DECLINES, clause("Closes a ticket by its id.", "close ticket")),
    request_grammar(
        [Phrase(clause("Closes a ticket.", "close"), (("id", ("A|B?", "x/y")),), ("owner",))], [("day", ("4",))]
    ),
    reply_grammar([(clause("Gets the price.", "get price"), [("price", ("$4.50",)), ("unit", ("kg",))])]),
)


@given(grammar=st.sampled_from(GRAMMARS), seed=st.integers(0, 10_000))
def test_a_drawn_sentence_is_one_of_the_grammar(grammar: str, seed: int) -> None:
    check_text(byte_compiler().compile(lark(grammar)), sentence(grammar, random.Random(seed)))


def test_every_alternative_can_be_drawn() -> None:
    drawn = {sentence("start: T\nT: /a(b|c\\|)?[.]|d/\n", random.Random(seed)) for seed in range(200)}
    assert drawn == {"a.", "ab.", "ac|.", "d"}


def test_an_unbalanced_pattern_is_refused() -> None:
    with pytest.raises(ValueError, match="unbalanced pattern at 1"):
        sentence("start: T\nT: /a)b/\n", random.Random(1))


def test_a_value_takes_constants_choices_and_lists_as_the_schema_offers_them() -> None:
    schema = {
        "type": "object",
        "properties": {
            "id": {"const": "$1"},
            "tags": {"type": "array", "items": {"enum": ["a", "b"]}, "minItems": 2, "maxItems": 3},
            "pair": {"prefixItems": [{"const": 1}, {"anyOf": [{"const": 2}, {"const": 3}]}], "type": "array"},
            "on": {"type": "boolean"},
            "count": {"type": "integer"},
        },
    }
    for seed in range(50):
        drawn = value(schema, random.Random(seed))
        assert drawn["id"] == "$1"
        assert 2 <= len(drawn["tags"]) <= 3
        assert set(drawn["tags"]) <= {"a", "b"}
        assert drawn["pair"] in ([1, 2], [1, 3])
        assert isinstance(drawn["on"], bool)
        assert 1 <= drawn["count"] <= 9


def test_a_text_that_is_left_free_is_not_made_up() -> None:
    with pytest.raises(Open):
        value({"type": "string"}, random.Random(1))
