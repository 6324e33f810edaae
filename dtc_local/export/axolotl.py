"""Axolotl's `chat_template` rows: `messages` and `tools`, arguments as strings, `train: false` on what is not learned.

Axolotl parses strings of arguments and of tools back, so that nothing is left to the column types of Arrow.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dtc_local.export.base import Format, Row, Sample, Written
from dtc_local.export.dialogue import json_text
from dtc_local.export.openai import messages


def rows(sample: Sample) -> Iterator[Row]:
    """One row: the whole conversation."""
    yield {
        "messages": messages(sample.dialogue, "string", {"train": False}),
        "tools": json_text(list(sample.dialogue.tools)),
    }


def snippet(files: Sequence[Written]) -> str:
    """The lines of an Axolotl configuration that name the files."""
    training = [file for file in files if file.split not in ("valid", "validation", "test")] or list(files)[:1]
    held = [file for file in files if file.split in ("valid", "validation")]
    lines = ["# Lines for an Axolotl configuration; paths are those of the export.", "datasets:"]
    for file in training:
        lines += _dataset(file)
    if held:
        lines += ["test_datasets:", *(line for file in held for line in _dataset(file, "    split: train"))]
    lines += ["chat_template: tokenizer_default", "train_on_inputs: false"]
    return "\n".join(lines) + "\n"


def _dataset(file: Written, *more: str) -> list[str]:
    return [
        f"  - path: {file.path}",
        "    ds_type: json",
        *more,
        "    type: chat_template",
        "    field_messages: messages",
        "    field_tools: tools",
        "    message_property_mappings:",
        "      role: role",
        "      content: content",
        "    message_field_training: train # false on a message that is not learned",
        "    roles_to_train: [assistant]",
        "    train_on_eos: turn",
    ]


FORMAT = Format(
    "axolotl", "Axolotl, type chat_template: messages, tools, train", rows, snippet, snippet_suffix=".yaml", masks=True
)
