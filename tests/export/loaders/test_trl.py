"""TRL renders exported rows as the gate rendered them, and its training template learns the same words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dtc_local.export.gate import Template
from dtc_local.records import Candidate
from tests.engine.templates import template
from tests.export.loaders.files import byte_tokenizer, export, loader, snippet_code
from tests.export.rows import read, sample
from tests.export.rows import rows as rows_of
from tests.samples import conversation

pytestmark = pytest.mark.filterwarnings("ignore")  # the loaders' own


@pytest.fixture
def qwen() -> str:
    """The template of Qwen2.5, which wants arguments as objects."""
    return template("Qwen-Qwen2.5")


def loaded(name: str, path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The data set that a format's own snippet loads, as far as its first mention of a model."""
    loader("datasets")
    monkeypatch.chdir(path.parent)
    monkeypatch.setenv("HF_DATASETS_CACHE", str(path.parent / "cache"))
    code = "\n".join(line for line in snippet_code(name, path).splitlines() if "trl" not in line).partition("config =")[
        0
    ]
    names: dict[str, Any] = {}
    exec(code.partition("trainer =")[0], names)
    return names["data"]["train"]


def test_the_snippet_s_rows_are_rendered_as_the_gate_rendered_them(
    qwen: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    utils = loader("trl.data_utils")
    data = loaded("trl", export("trl", tmp_path, template=Template("t", qwen)), monkeypatch)
    (tmp_path / "text").mkdir()
    texts = export("text", tmp_path / "text", template=Template("t", qwen)).read_text().splitlines()
    tokenizer = byte_tokenizer(qwen)
    for row, line in zip(data, texts, strict=True):
        assert utils.is_conversational(row)
        messages = {"messages": row["messages"]}
        assert (
            utils.apply_chat_template(messages, tokenizer, tools=json.loads(row["tools"]))["text"]
            == json.loads(line)["text"]
        )


def test_trl_s_training_template_learns_exactly_the_spans_of_the_text_format(
    qwen: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    patched = loader("trl.chat_template_utils").get_training_chat_template(byte_tokenizer(qwen))
    if patched is None:
        pytest.skip("this TRL has no training template for Qwen2.5")
    tokenizer = byte_tokenizer(patched)
    data = loaded("trl", export("trl", tmp_path), monkeypatch)
    (tmp_path / "text").mkdir()
    texts = [json.loads(line) for line in export("text", tmp_path / "text", template=Template("t", patched)).open()]
    for row, rendered in zip(data, texts, strict=True):
        encoded = tokenizer.apply_chat_template(
            row["messages"],
            tools=json.loads(row["tools"]),
            return_assistant_tokens_mask=True,
            return_dict=True,
        )
        pairs = zip(encoded["input_ids"], encoded["assistant_masks"], strict=True)
        learned = tokenizer.decode([token for token, mask in pairs if mask])
        assert learned == "".join(rendered["text"][start:end] for start, end in rendered["spans"])


def test_preference_pairs_are_rendered_with_their_calls(qwen: str, tmp_path: Path) -> None:
    utils = loader("trl.data_utils")
    wrong = [{"id": "$1", "name": "find_order", "arguments": {"customer": "Ada"}}]
    refused = Candidate(
        stage="verify", turn=0, attempt=0, text=json.dumps(wrong), logprob=-1, accepted=False, reason="not_verified"
    )
    (row,) = rows_of("trl-preference", sample(read(conversation(), [refused]), [refused]))
    spoken = {key: row[key] for key in ("prompt", "chosen", "rejected")}
    shown = utils.apply_chat_template(spoken, byte_tokenizer(qwen), tools=json.loads(row["tools"]))
    assert '{"name": "find_order", "arguments": {"customer": "Ada Byron"}}' in shown["chosen"]
    assert '{"name": "find_order", "arguments": {"customer": "Ada"}}' in shown["rejected"]
    assert shown["prompt"].endswith("<|im_start|>assistant\n")
