"""Axolotl's own strategy reads the rows under the exported configuration and learns the assistant's turns alone."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

from dtc_local.export.dialogue import dialogue
from tests.engine.templates import template
from tests.export.loaders.files import byte_tokenizer, export, loader
from tests.export.rows import rows, sample, with_untaught
from tests.samples import conversation

pytestmark = pytest.mark.filterwarnings("ignore")  # the loaders' own


class Config(SimpleNamespace):
    """What Axolotl asks of a configuration: attributes, and `get`."""

    def get(self, name: str, default: Any = None) -> Any:
        """An attribute or the default."""
        return getattr(self, name, default)


def learned(row: dict[str, Any], config: dict[str, Any]) -> str:
    """The text that Axolotl computes its loss on."""
    strategies = loader("axolotl.prompt_strategies.chat_template")
    tokenizer = byte_tokenizer(template("Qwen-Qwen2.5"))
    run = Config(
        tokenizer_use_mistral_common=False,
        train_on_inputs=False,
        sequence_len=100_000,
        chat_template="tokenizer_default",
    )
    strategy = strategies.load(tokenizer, run, config | {"chat_template": "tokenizer_default"})
    tokens = strategy.tokenize_prompt(row)
    return str(tokenizer.decode([label for label in tokens["labels"] if label != -100]))


def test_every_turn_of_the_assistant_is_learned_with_its_end(tmp_path: Path) -> None:
    loader("axolotl.prompt_strategies.chat_template")
    path = export("axolotl", tmp_path)
    (config,) = yaml.safe_load((tmp_path / "data.axolotl.yaml").read_text())["datasets"]
    for line, made in zip(path.read_text().splitlines(), range(3), strict=True):
        row = json.loads(line)
        text = learned(row, config)
        assert text.count("<|im_end|>") == sum(message["role"] == "assistant" for message in row["messages"]), made
        calls = [call["function"] for message in row["messages"] for call in message.get("tool_calls", ())]
        for call in calls:
            assert f'{{"name": "{call["name"]}", "arguments": {call["arguments"]}}}' in text
        assert not any(message["content"] in text for message in row["messages"] if message["role"] in ("user", "tool"))


def test_a_message_with_train_false_is_not_learned() -> None:
    loader("axolotl.prompt_strategies.chat_template")
    (row,) = rows("axolotl", sample(change=with_untaught(dialogue(conversation()))))
    text = learned(row, {"message_field_training": "train", "roles_to_train": ["assistant"], "train_on_eos": "turn"})
    assert "find_order" not in text.partition("cancel_order")[0]
    assert "Order ORD-000 is cancelled." in text
