"""Real chat templates: rows survive those that know tools, in the shape each needs; the others are refused by name."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

import pytest

from dtc_local.export.dialogue import FAULTS, Dialogue, Message, dialogue, trained
from dtc_local.export.rendering import Judge
from dtc_local.export.shape import Shape
from tests.engine.templates import NAMES, template
from tests.export import kinds
from tests.export.matrix import outcome
from tests.samples import conversation

ROWS = [dialogue(conversation(index)) for index in (0, 3)]
KINDS = [dialogue(kinds.talk(*kinds.EVERY), faults=faults) for faults in FAULTS]
"""A conversation of every kind of turn, its wrong attempts learned, shown, or left out."""
LOSE = {
    "CohereForAI-c4ai-command-r-plus": "template_raised",  # a parameter without a description
    "HuggingFaceTB-SmolLM3": "tool_lost",
    "Kimi-K2-Instruct": "template_raised",  # changes a list, which transformers' sandbox forbids too
    "Kimi-K2-Thinking": "template_raised",
    "LFM2-8B": "call_not_found",
    "LFM2.5-Instruct": "call_not_found",
    "deepseek-ai-DeepSeek-R1-Distill": "tool_lost",
    "deepseek-ai-DeepSeek-V3.1": "tool_lost",
    "fireworks-ai-llama-3-firefunction": "template_raised",
    "google-gemma-2-2b": "template_raised",
    "llama-cpp-deepseek-r1": "template_raised",
    "llama-cpp-rwkv": "tool_result_lost",
    "microsoft-Phi-3.5": "tool_result_lost",
}
"""Templates, by the beginning of their names, that cannot show a conversation with tools, and what they lose first."""
NEED = {
    "meta-llama-Llama-3.1": "object, split calls",
    "meta-llama-Llama-3.2": "object, split calls",
    "openai-gpt-oss": "object, split calls",
    "mistralai-Mistral-Nemo": "object, folded system",
    "ibm-granite-granite-3.3": "object, written calls",
    "ibm-granite-granite-4.0": "object",
    "meetkai-functionary-medium-v3.2": "string",
    "Qwen-Qwen2.5": "object",
    "Qwen3-Coder": "object",
    "GLM-4.6": "object",
}
"""What some of the others need."""


@pytest.mark.parametrize("name", NAMES)
def test_a_real_template_shows_everything_or_is_refused_for_what_it_loses(name: str) -> None:
    expected = next((reason for start, reason in LOSE.items() if name.startswith(start)), "")
    reasons, shapes = outcome(template(name), ROWS)
    assert reasons == {expected: len(ROWS)}
    needed = next((shape for start, shape in NEED.items() if name.startswith(start)), None)
    assert needed is None or shapes == {needed: len(ROWS)}


@pytest.mark.parametrize("name", NAMES)
def test_turns_of_every_kind_survive_where_calls_and_results_do(name: str) -> None:
    expected = next((reason for start, reason in LOSE.items() if name.startswith(start)), "")
    reasons, _ = outcome(template(name), KINDS)
    assert reasons == {expected: len(KINDS)}


@pytest.mark.parametrize("name", NAMES)
def test_no_wrong_attempt_is_among_what_is_trained_on(name: str) -> None:
    verdict = Judge(template(name), "<bos>", "<eos>", want_text=True).verdict(KINDS[FAULTS.index("mask")])
    if "spans" not in verdict:
        pytest.skip(f"{name} cannot show a conversation with tools")
    taught = [verdict["text"][start:end] for start, end in verdict["spans"]]
    assert len(taught) == sum(map(trained, _shown(verdict, KINDS[FAULTS.index("mask")])))
    for words in ("Which order id is it?", "Sorry, I am not able to book a courier.", "this account has no permission"):
        assert any(words in text for text in taught)
    for words in ("Read the request once more.", "It's ORD-24.", "the refund is needed for this"):
        assert words in verdict["text"]
        assert not any(words in text for text in taught)


def _shown(verdict: dict[str, Any], given: Dialogue) -> tuple[Message, ...]:
    return Shape(*verdict["shape"]).of(given).messages


@pytest.mark.parametrize("name", NAMES)
def test_what_is_trained_on_holds_every_word_of_the_assistant_and_none_of_the_others(name: str) -> None:
    verdict = Judge(template(name), "<bos>", "<eos>", want_text=True).verdict(ROWS[1])
    if "spans" not in verdict:
        pytest.skip(f"{name} cannot show a conversation with tools")
    taught = [verdict["text"][start:end] for start, end in verdict["spans"]]
    said = re.sub(r"\\u00(..)", lambda code: chr(int(code[1], 16)), " ".join(taught))
    for words in ("Ada Byron", "cancel_order", "Order ORD-003 is cancelled.", "Zoë Müller", "has ORD-90"):
        assert words in said
    for words in ("Please cancel", "And which orders", 'order_id": "ORD-9', "status", "Full name"):
        assert words not in said
    assert all(first[1] <= second[0] for first, second in pairwise(verdict["spans"]))
