"""What is trained on is what the model would write: no more of the prompt, and the mark that ends its turn."""

from __future__ import annotations

from typing import Any

from dtc_local.export.dialogue import Dialogue, dialogue
from dtc_local.export.rendering import Judge
from tests.export.rows import CHATML, with_untaught
from tests.samples import conversation

CALL = '<tool_call>\n{"name": "find_order", "arguments": {"customer": "%s"}}\n</tool_call>'
TURNS = [
    f"{CALL % 'Ada Byron'}<|im_end|>",
    '<tool_call>\n{"name": "cancel_order", "arguments": {"order_id": "ORD-000", "refund": true}}\n</tool_call>'
    "<|im_end|>",
    "Order ORD-000 is cancelled.<|im_end|>",
    f"{CALL % 'Grace Hopper'}{CALL % 'Zoë Müller'}<|im_end|>",
    "Grace Hopper has ORD-90 and Zoë Müller has ORD-91.<|im_end|>",
]


def taught(source: str, shown: Dialogue | None = None) -> list[str]:
    """The trained parts of the rendered sample."""
    found: dict[str, Any] = Judge(source, "<s>", "</s>", True).verdict(shown or dialogue(conversation()))
    return [found["text"][start:end] for start, end in found["spans"]]


def test_spans_hold_the_assistant_s_words_and_the_end_of_its_turn() -> None:
    assert taught(CHATML) == TURNS


def test_a_message_that_must_not_be_learned_has_no_span() -> None:
    assert taught(CHATML, with_untaught(dialogue(conversation()))) == TURNS[1:]


def test_what_a_template_marks_for_training_is_taken() -> None:
    source = (
        "{% for tool in tools %}{{ tool | tojson }}{% endfor %}{% for m in messages %}{% if m.role == 'assistant' %}"
        "{% generation %}{{ m.content }}{% for call in m.tool_calls or [] %}"
        '{"name": "{{ call.function.name }}", "arguments": {{ call.function.arguments | tojson }}}{% endfor %}!'
        "{% endgeneration %}{% else %}{{ m.content }}{% endif %}\n{% endfor %}"
    )
    assert taught(source)[2] == "Order ORD-000 is cancelled.!"
    assert all(part.endswith("!") for part in taught(source))


def test_a_thought_that_the_prompt_does_not_open_is_learned_and_one_that_it_opens_is_not() -> None:
    opened = CHATML.replace("assistant\n{% endif %}", "assistant\n<think>\n{% endif %}")
    thinking = "{{ '<think>\n</think>\n' if m.role == 'assistant' }}{{ m.content }}"
    assert taught(opened.replace("{{ m.content }}", thinking)) == [f"</think>\n{turn}" for turn in TURNS]
    assert taught(CHATML.replace("{{ m.content }}", thinking)) == [f"<think>\n</think>\n{turn}" for turn in TURNS]


def test_another_mark_at_the_very_end_changes_nothing_before_it() -> None:
    ended = CHATML.replace(
        "<|im_end|>\n{% endfor %}", "{{ '<|return|>' if loop.last else '<|im_end|>\n' }}{% endfor %}"
    )
    assert taught(ended) == [*TURNS[:-1], TURNS[-1].replace("<|im_end|>", "<|return|>")]


def test_a_template_without_a_generation_prompt_trains_from_the_words_on() -> None:
    bare = (
        "{% for tool in tools %}{{ tool | tojson }}{% endfor %}{% for m in messages %}"
        "{% if m.role == 'assistant' %}{% for call in m.tool_calls or [] %}[TOOL_CALLS]"
        "{{ call.function.name }}[ARGS]{{ call.function.arguments | tojson }}{% endfor %}{{ m.content }}{{ eos_token }}"
        "{% else %}[INST]{{ m.content }}[/INST]{% endif %}{% endfor %}"
    )
    parts = taught(bare)
    assert parts[0] == '[TOOL_CALLS]find_order[ARGS]{"customer": "Ada Byron"}</s>'
    assert parts[2] == "Order ORD-000 is cancelled.</s>"
