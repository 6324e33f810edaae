"""OpenAI's fine-tuning rows: `messages` with `tool_calls`, arguments as a JSON string, and `tools`.

The calls of one level of a plan are one assistant message. Call ids are nine letters and digits, because Mistral's chat
template takes no others. A calling message keeps its empty `content`: templates that print it fail without it. No other
empty key is written: Llama's template takes the call branch for a message that has `tool_calls` at all.
"""

from __future__ import annotations

import hashlib
import json
import string
from collections.abc import Iterator, Mapping

from dtc_local.records import Conversation, ExecutedCall, Json, Schema, Tool, Turn

POLICY = (
    "Use the tools to do what the user asks. Take argument values from the conversation and from tool results; "
    "do not make them up. Answer from the results alone."
)
ID_LENGTH = 9
ID_ALPHABET = string.digits + string.ascii_letters
TOP_LEVEL_REFUSED = ("anyOf", "oneOf", "allOf", "enum", "not", "$ref")
"""What OpenAI refuses beside `type: object` at the top of a function's parameters."""

Message = dict[str, Json]


def row(conversation: Conversation, policy: str = "") -> dict[str, Json]:
    """One conversation as `{"messages": [...], "tools": [...]}`; `policy` is the user's own."""
    ids = call_ids(conversation)
    messages = [{"role": "system", "content": system_text(conversation.scenario.date, policy)}]
    for turn in conversation.turns:
        messages.extend(_turn(turn, ids))
    return {"messages": messages, "tools": [tool_json(tool) for tool in conversation.scenario.offer]}


def system_text(date: str, policy: str = "") -> str:
    """What the trained assistant is told before the conversation begins."""
    return f"You are a helpful assistant with access to tools. Today is {date}. {POLICY} {policy}".rstrip()


def tool_json(tool: Tool) -> dict[str, Json]:
    """A tool under its legal name, with its own schema wherever that can stand as it is."""
    function: dict[str, Json] = {"name": tool.name}
    if tool.description:
        function["description"] = tool.description
    original = tool.source.parameters
    function["parameters"] = original if _legal(original, tool.parameters) else tool.parameters
    return {"type": "function", "function": function}


def call_ids(conversation: Conversation) -> dict[str, str]:
    """Exported id for each call id of the conversation: the same each time, and no two alike."""
    ids: dict[str, str] = {}
    for turn in conversation.turns:
        for call in turn.executed():
            attempt, taken = 0, set(ids.values())
            while (made := _nine(f"{conversation.scenario.index}/{call.id}/{attempt}")) in taken:
                attempt += 1
            ids[call.id] = made
    return ids


def json_text(value: Json) -> str:
    """JSON as the chat templates of transformers write it: letters beyond ASCII stay as they are."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _turn(turn: Turn, ids: Mapping[str, str]) -> Iterator[Message]:
    yield {"role": "user", "content": turn.request}
    for level in turn.levels:
        yield {"role": "assistant", "content": "", "tool_calls": [_call(call, ids) for call in level]}
        for call in level:
            yield {
                "role": "tool",
                "tool_call_id": ids[call.id],
                "name": call.tool,
                "content": json_text(call.result),
            }
    yield {"role": "assistant", "content": turn.reply}


def _call(call: ExecutedCall, ids: Mapping[str, str]) -> dict[str, Json]:
    function = {"name": call.tool, "arguments": json_text(call.arguments)}
    return {"id": ids[call.id], "type": "function", "function": function}


def _legal(original: Schema, normalised: Schema) -> bool:
    """Whether OpenAI takes the user's own schema, and our calls, written under the normalised one, fit its names."""
    properties = original.get("properties")
    return (
        original.get("type") == "object"
        and isinstance(properties, dict)
        and not any(keyword in original for keyword in TOP_LEVEL_REFUSED)
        and normalised["properties"].keys() <= properties.keys()
    )


def _nine(text: str) -> str:
    number = int.from_bytes(hashlib.blake2b(text.encode(), digest_size=16).digest(), "big")
    letters = []
    for _ in range(ID_LENGTH):
        number, place = divmod(number, len(ID_ALPHABET))
        letters.append(ID_ALPHABET[place])
    return "".join(letters)
