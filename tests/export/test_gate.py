"""The gate: what a template loses is refused with its reason, in the order of the samples, in a process of its own."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from dtc_local.errors import UserError
from dtc_local.export import gate
from dtc_local.export.base import Sample
from dtc_local.export.gate import Refused, Template, read_template, survivors
from dtc_local.export.rendering import Judge
from dtc_local.export.shape import Shape
from tests.engine import tiny_model
from tests.export import kinds
from tests.export.rows import CHATML, sample
from tests.samples import conversation

LOSSES = {
    "template_raised": "{{ raise_exception('No tools here.') }}",
    "request_lost": CHATML.replace("{{ m.content }}", "{{ m.content if m.role != 'user' }}"),
    "tool_lost": CHATML.replace("tools or []", "[]"),
    "tool_result_lost": CHATML.replace("{{ m.content }}", "{{ m.content if m.role != 'tool' }}"),
    "call_not_found": CHATML.replace("m.tool_calls or []", "[]"),
    "arguments_differ": CHATML.replace("call.function.arguments | tojson", "dict(customer='Ada') | tojson"),
    "assistant_text_lost": CHATML.replace("{{ m.content }}", "{{ m.content if m.role != 'assistant' }}"),
}
"""A template for each thing that one can lose."""


def verdict(source: str, text: bool = False, given: Sample | None = None) -> dict[str, object]:
    """What this process's own judge says of a sample."""
    return Judge(source, "", "", text).verdict((given or sample()).dialogue)


def test_a_template_that_shows_everything_lets_pass() -> None:
    assert verdict(CHATML) == {"shape": Shape()}


@pytest.mark.parametrize("reason", LOSSES)
def test_a_template_that_loses_something_is_told_what(reason: str) -> None:
    assert verdict(LOSSES[reason])["reason"] == reason


def test_what_the_template_says_itself_is_passed_on() -> None:
    assert verdict(LOSSES["template_raised"])["said"] == "No tools here."


@pytest.mark.parametrize(
    ("source", "shape"),
    [
        (CHATML.replace(" | tojson }}}\n</tool", " }}}\n</tool"), Shape("string")),
        (CHATML.replace("m.tool_calls or []", "(m.tool_calls or [])[:1]"), Shape(split_calls=True)),
        (
            "{% if messages[0].role == 'system' %}{{ raise_exception('No.') }}{% endif %}" + CHATML,
            Shape(folded_system=True),
        ),
        ("<|tool_call|>" + CHATML.replace("m.tool_calls or []", "[]"), Shape(written_calls=True)),
    ],
    ids=["strings", "one call a message", "no system role", "calls as text"],
)
def test_the_shape_is_the_plainest_that_survives(source: str, shape: Shape) -> None:
    assert verdict(source) == {"shape": shape}


STRICT = (
    "{% for m in messages %}{% if m.role in ('user', 'assistant') and m.tool_calls is not defined and loop.previtem is "
    "defined and loop.previtem.role == m.role %}{{ raise_exception('Roles must alternate.') }}{% endif %}{% endfor %}"
)
"""Refuses two messages of one speaker in a row."""
CALLS_ONLY = (
    "{% for m in messages %}{% if m.role == 'user' and loop.nextitem is defined and not loop.nextitem.tool_calls %}"
    "{{ raise_exception('Every request needs a call.') }}{% endif %}{% endfor %}"
)


@pytest.mark.parametrize("made", kinds.EVERY)
def test_a_turn_of_any_kind_passes_where_speakers_must_alternate(made: kinds.Made) -> None:
    talk = kinds.talk(kinds.single, made)
    assert verdict(STRICT + CHATML, given=sample(talk)) == {"shape": Shape()}
    assert verdict(STRICT + CHATML, text=True, given=sample(talk))["text"] != ""


def test_a_template_that_wants_a_call_after_every_request_refuses_the_kinds_without_one() -> None:
    refused = [made for made in kinds.EVERY if "reason" in verdict(CALLS_ONLY + CHATML, given=sample(kinds.talk(made)))]
    assert refused == [
        kinds.clarify, kinds.missing_tool, kinds.recall, kinds.outside, kinds.confirmed, kinds.refused
    ]  # fmt: skip
    found = verdict(CALLS_ONLY + CHATML, given=sample(kinds.talk(kinds.outside)))
    assert found == {"reason": "template_raised", "said": "Every request needs a call."}


def test_a_template_that_turns_messages_round_is_refused() -> None:
    assert verdict(CHATML.replace("for m in messages", "for m in messages | reverse"))["reason"] == "tool_result_lost"


def test_text_that_looks_like_a_mark_is_only_text() -> None:
    made = conversation()
    turn = made.turns[0].model_copy(update={"request": "Cancel dtcMark1a and dtcMark0b of Ada Byron."})
    given = sample(made.model_copy(update={"turns": (turn, *made.turns[1:])}))
    assert verdict(CHATML, given=given) == {"shape": Shape()}


def test_a_text_that_depends_on_a_content_s_form_cannot_be_relied_on() -> None:
    source = CHATML.replace("{{ m.content }}", "{{ m.content }}{{ '!' if 'dtcMark' in m.content }}")
    assert verdict(source, text=True)["reason"] == "unstable_text"


def test_samples_come_out_in_order_with_text_and_shape(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "BATCH", 3)
    given = [replace(sample(conversation(index)), id=str(index)) for index in range(5)]
    source = CHATML.replace(
        "{% for m",
        "{% if 'ORD-001' in messages | map(attribute='content') | join %}{{ raise_exception('One') }}{% endif %}"
        "{% for m",
        1,
    )
    found = list(survivors(given, Template("t", source), want_text=True))
    names = [one.sample.id if isinstance(one, Refused) else one.id for one in found]
    assert names == ["0", "1", "2", "3", "4"]
    assert [isinstance(one, Refused) for one in found] == [False, True, False, False, False]
    assert isinstance(found[4], Sample)
    assert found[4].rendered is not None
    assert "ORD-004" in found[4].rendered.text
    assert found[4].shape == Shape()


def test_an_answer_that_is_too_long_for_one_child_is_asked_for_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "BATCH_CHARACTERS", 1)
    given = [replace(sample(conversation(index)), id=str(index)) for index in range(3)]
    found = list(survivors(given, Template("t", CHATML), want_text=False))
    assert [one.id for one in found if isinstance(one, Sample)] == ["0", "1", "2"]


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("{% for %}", "not valid Jinja"),
        ("{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}", "processor time"),
    ],
    ids=["no Jinja", "endless"],
)
def test_a_template_that_is_broken_or_hostile_is_one_sentence(
    source: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "LIMITS", replace(gate.LIMITS, cpu=1))
    with pytest.raises(UserError, match=said) as refused:
        list(survivors([sample()], Template("t", source), want_text=False))
    assert "\n" not in str(refused.value)


def test_a_jinja_file_takes_its_tokens_from_the_tokenizer_config_beside_it(tmp_path: Path) -> None:
    (tmp_path / "chat_template.jinja").write_text(CHATML)
    assert read_template(tmp_path / "chat_template.jinja") == Template(str(tmp_path / "chat_template.jinja"), CHATML)
    config = {"bos_token": "<s>", "eos_token": {"content": "</s>"}}
    (tmp_path / "tokenizer_config.json").write_text(json.dumps(config))
    found = read_template(tmp_path)
    assert (found.source, found.bos, found.eos) == (CHATML, "<s>", "</s>")


def test_of_several_templates_in_a_tokenizer_config_the_one_for_tools_is_taken(tmp_path: Path) -> None:
    listed = [{"name": "default", "template": "a"}, {"name": "tool_use", "template": CHATML}]
    path = tmp_path / "tokenizer_config.json"
    path.write_text(json.dumps({"chat_template": listed}))
    assert read_template(path).source == CHATML


@pytest.mark.parametrize(
    ("name", "content"),
    [("absent.jinja", None), ("empty.jinja", b""), ("no.json", b"{"), ("list.json", b"[]"), ("bytes.jinja", b"\xff"),
     ("broken.gguf", b"GGUF"), ("other.json", b"{}")],
)  # fmt: skip
def test_a_file_without_a_template_is_one_sentence(name: str, content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UserError) as refused:
        read_template(path)
    assert name in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_folder_without_a_template_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="holds no chat template"):
        read_template(tmp_path)


def test_a_gguf_gives_its_template_and_the_texts_of_its_tokens(tmp_path: Path) -> None:
    found = read_template(tiny_model.write(tmp_path / "tiny.gguf", template=CHATML))
    assert (found.source, found.eos) == (CHATML, "<|im_end|>")
    with pytest.raises(UserError, match="holds no chat template"):
        read_template(tiny_model.write(tmp_path / "bare.gguf", template=None))
