"""Hermes rows: ShareGPT's `conversations` with the tools in the system text and calls in `<tool_call>` tags.

Everything a model of this family reads is in the words themselves, so that any trainer that knows ChatML can use the
rows. Each call is one JSON object in its own pair of tags; results come back in `<tool_response>` tags, those of calls
made at once in one message of the role `tool`. What is not learned has `train: false`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from dtc_local.export.base import Format, Row, Sample, Written
from dtc_local.export.dialogue import Message, json_text, trained
from dtc_local.export.sharegpt import value
from dtc_local.records import Json

SYSTEM = """You are a function calling AI model. You are provided with function signatures within <tools> </tools> XML \
tags. You may call one or more functions to assist with the user query. Don't make assumptions about what values to \
plug into functions.
<tools>
{tools}
</tools>
For each function call return a JSON object, with the following pydantic model json schema for each:
{schema}
Each function call should be enclosed within <tool_call> </tool_call> XML tags. Example:
<tool_call>
{example}
</tool_call>"""
CALL_SCHEMA: dict[str, Json] = {
    "title": "FunctionCall",
    "type": "object",
    "properties": {
        "name": {"title": "Name", "type": "string"},
        "arguments": {"title": "Arguments", "type": "object"},
    },
    "required": ["name", "arguments"],
}
EXAMPLE = '{"name": <function-name>, "arguments": <args-dict>}'


def rows(sample: Sample) -> Iterator[Row]:
    """One row: the whole conversation."""
    tools = "\n".join(json_text(tool) for tool in sample.dialogue.tools)
    told = SYSTEM.format(tools=tools, schema=json_text(CALL_SCHEMA), example=EXAMPLE)
    own = [one.text for one in sample.dialogue.messages if one.role == "system"]
    talk = [one for one in sample.dialogue.messages if one.role != "system"]
    first = {"from": "system", "value": "\n\n".join([*own, told])}
    yield {"conversations": [first, *_parts(talk)]}


def _parts(messages: Sequence[Message]) -> Iterator[Row]:
    for is_result, group in groupby(messages, lambda message: message.role == "tool"):
        if is_result:
            results = (f"<tool_response>\n{_result(message)}\n</tool_response>" for message in group)
            yield {"from": "tool", "value": "\n".join(results)}
            continue
        for message in group:
            if message.role == "user":
                yield {"from": "human", "value": message.text}
            else:
                yield {"from": "gpt", "value": _said(message)} | ({} if trained(message) else {"train": False})


def _result(message: Message) -> str:
    return json_text({"tool_call_id": message.call_id, "name": message.name, "content": value(message.text)})


def _said(message: Message) -> str:
    calls = [json_text({"name": call.name, "arguments": dict(call.arguments)}) for call in message.calls]
    tagged = [f"<tool_call>\n{call}\n</tool_call>" for call in calls]
    return "\n".join([*([message.text] if message.text else []), *tagged])


def snippet(files: Sequence[Written]) -> str:
    """How the rows are read."""
    listed = "\n".join(f"- `{file.path.name}` ({file.split})" for file in files)
    return f"""# Hermes rows

{listed}

`conversations` holds `from` (system, human, gpt, tool) and `value`. Tools stand in the system text between `<tools>`
tags; calls are JSON objects between `<tool_call>` tags. Train with a ChatML template on the turns of `gpt` alone:

```yaml
# Axolotl
datasets:
  - path: {files[0].path}
    ds_type: json
    type: chat_template
    field_messages: conversations
    message_property_mappings:
      role: from
      content: value
    message_field_training: train # false on a message that is not learned
    roles_to_train: [gpt]
    train_on_eos: turn
chat_template: chatml
```
"""


FORMAT = Format("hermes", "Hermes: <tools> in the system text, <tool_call> tags", rows, snippet, masks=True)
