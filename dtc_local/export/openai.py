"""OpenAI's fine-tuning rows: `messages` with `tool_calls`, arguments as a JSON string, and `tools`.

A message that must not be trained on has `weight` 0; OpenAI trains on every other message of the assistant.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dtc_local.export.base import Format, Row, Sample, Written
from dtc_local.export.dialogue import Dialogue, Message, Spelling, message_json, trained
from dtc_local.records import Json


def messages(dialogue: Dialogue, spelling: Spelling, untrained: dict[str, Json] | None = None) -> list[Row]:
    """The messages; `untrained` is added to those of the assistant that must not be trained on."""
    return [message_json(one, spelling) | _mark(one, untrained) for one in dialogue.messages]


def rows(sample: Sample) -> Iterator[Row]:
    """One row: the whole conversation."""
    yield {
        "messages": messages(sample.dialogue, "string", {"weight": 0}),
        "tools": list(sample.dialogue.tools),
    }


def _mark(message: Message, untrained: dict[str, Json] | None) -> dict[str, Json]:
    return dict(untrained or {}) if message.role == "assistant" and not trained(message) else {}


def snippet(files: Sequence[Written]) -> str:
    """How to check and upload the files."""
    listed = "\n".join(f"- `{file.path.name}` ({file.split})" for file in files)
    return f"""# OpenAI fine-tuning rows

{listed}

One JSON object a line: `messages` and `tools`; arguments are JSON strings; `weight: 0` marks a message of the assistant
that is not trained on. Servers with OpenAI's fine-tuning API take the files as they are: upload one with
`purpose="fine-tune"` and name it as `training_file`, with `method: {{"type": "supervised"}}`.
"""


FORMAT = Format("openai", "OpenAI's fine-tuning API: messages, tool_calls, tools", rows, snippet, masks=True)
