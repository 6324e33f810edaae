"""ShareGPT rows with tools: `conversations` of `from` and `value`, `system`, and `tools` as a JSON string.

Roles are human, function_call, observation and gpt, strictly in turn, as LLaMA-Factory and APIGen-MT have them: calls
made at once are one function_call that holds a JSON list, and their results one observation that holds the list of
results in the same order. Words beside a call have no place there: a conversation that has some is refused.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import groupby

from dtc_local.export.base import Format, Row, Sample, Written, unfit
from dtc_local.export.dialogue import Call, Message, json_text
from dtc_local.records import Json


def rows(sample: Sample) -> Iterator[Row]:
    """One row: the whole conversation."""
    system = "\n\n".join(one.text for one in sample.dialogue.messages if one.role == "system")
    turns = [one for one in sample.dialogue.messages if one.role != "system"]
    yield {
        "conversations": [{"from": role, "value": text} for role, text in parts(turns)],
        "system": system,
        "tools": json_text([tool["function"] for tool in sample.dialogue.tools]),
    }


def parts(messages: Sequence[Message]) -> Iterator[tuple[str, str]]:
    """Role and text of each message; the results of calls made at once are one observation."""
    for is_result, group in groupby(messages, lambda message: message.role == "tool"):
        listed = list(group)
        if is_result:
            results = [message.text for message in listed]
            yield "observation", results[0] if len(results) == 1 else json_text([value(text) for text in results])
            continue
        for message in listed:
            if message.calls and message.text:
                raise unfit("assistant_text_lost")
            if message.calls:
                yield "function_call", calls_text(message.calls)
            else:
                yield ("human" if message.role == "user" else "gpt"), message.text


def calls_text(calls: Sequence[Call]) -> str:
    """The calls as JSON: one object, or a list of those made at once."""
    written = [{"name": call.name, "arguments": dict(call.arguments)} for call in calls]
    return json_text(written[0] if len(written) == 1 else written)


def value(text: str) -> Json:
    """What the text of a result says as JSON; a text that is none is itself the value."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def snippet(files: Sequence[Written]) -> str:
    """What the rows hold."""
    listed = "\n".join(f"- `{file.path.name}` ({file.split})" for file in files)
    return f"""# ShareGPT rows with tools

{listed}

`conversations` holds `from` and `value`; roles are `human`, `function_call` (JSON: one call, or a list of calls made at
once), `observation` (one result, or the list of them in the same order) and `gpt`. `system` is the system text, `tools`
a JSON string. LLaMA-Factory reads these rows with `--format llama-factory`, which adds its `dataset_info.json`.
"""


FORMAT = Format("sharegpt", "ShareGPT with function_call and observation", rows, snippet)
