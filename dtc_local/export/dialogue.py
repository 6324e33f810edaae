"""A conversation as a trained assistant sees it: messages, calls with their exported ids, tools in the order shown.

Formats are written from this and know nothing of plans or stages. The calls of one level of a plan are one assistant
message; a failed attempt is a message of its own, with an id of its own. Call ids are nine letters and digits, because
Mistral's chat template takes no others. `trained` alone decides what a loss may be computed on: the assistant's words
and calls, but for attempts that were wrong. A call that was right and met an error is right.
"""

from __future__ import annotations

import hashlib
import json
import string
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from dtc_local.records import Conversation, ExecutedCall, Json, Schema, Tool, Turn

POLICY = (
    "Use the tools to do what the user asks. Take argument values from the conversation and from tool results; "
    "do not make them up. Answer from the results alone."
)
ID_LENGTH = 9
ID_ALPHABET = string.digits + string.ascii_letters
TOP_LEVEL_REFUSED = ("anyOf", "oneOf", "allOf", "enum", "not", "$ref")
"""What OpenAI refuses beside `type: object` at the top of a function's parameters."""
Role = Literal["system", "user", "assistant", "tool"]
Spelling = Literal["object", "string"]
"""How a row spells the arguments of a call: as a JSON object, or as a string that holds one."""
Faults = Literal["keep", "mask", "drop"]
"""What becomes of wrong attempts: learned like everything else, shown and not learned, or left out."""
FAULTS: tuple[Faults, ...] = get_args(Faults)
Levels = tuple[tuple[ExecutedCall, ...], ...]


@dataclass(frozen=True)
class Call:
    """A call under its exported id, every reference replaced by its value."""

    id: str
    name: str
    arguments: Mapping[str, Json]


@dataclass(frozen=True)
class Message:
    """One message. `call_id` and `name` say which call a tool message answers; only the assistant has calls."""

    role: Role
    text: str = ""
    calls: tuple[Call, ...] = ()
    call_id: str = ""
    name: str = ""
    taught: bool = True
    """False for words that stand in the conversation and must not be learned."""
    thought: str = ""
    """What the assistant considers before its calls."""
    written: str = ""
    """The calls as text, for a template that shows no `tool_calls`."""


@dataclass(frozen=True)
class Dialogue:
    """The messages of a conversation and the tools on offer, as function objects."""

    messages: tuple[Message, ...]
    tools: tuple[dict[str, Json], ...]
    date: str = ""
    """The day on which it takes place, ISO 8601."""


def dialogue(
    conversation: Conversation, policy: str = "", order: Sequence[int] | None = None, faults: Faults = "mask"
) -> Dialogue:
    """The conversation in messages; `policy` is that of the run, `order` the positions of the tools on offer."""
    ids = call_ids(conversation)
    messages = [Message("system", system_text(conversation.scenario.date, policy))]
    for turn in conversation.turns:
        messages += turn_messages(turn, ids, faults)
    offer = conversation.scenario.offer
    shown = offer if order is None else [offer[position] for position in order]
    return Dialogue(tuple(messages), tuple(tool_json(tool) for tool in shown), conversation.scenario.date)


def turn_messages(
    turn: Turn, ids: Mapping[str, str], faults: Faults = "mask", *, thoughts: bool = True
) -> Iterator[Message]:
    """The user's request, then each level's calls and results, then the reply; a turn may call nothing.

    A thought stands with the turn's first calls.
    """
    yield Message("user", turn.request)
    thought = turn.thought if thoughts else ""
    for level in _levels(turn, lambda call: faults != "drop" or not is_wrong(turn, call)):
        calls = tuple(Call(ids[call.id], call.tool, call.arguments) for call in level)
        taught = faults == "keep" or not any(is_wrong(turn, call) for call in level)
        yield Message("assistant", calls=calls, taught=taught, thought=thought)
        thought = ""
        for call in level:
            yield Message("tool", json_text(call.result), call_id=ids[call.id], name=call.tool)
    yield Message("assistant", turn.reply)


def is_wrong(turn: Turn, call: ExecutedCall) -> bool:
    """Whether an attempt must not be learned: a mistake, or a call that was mended after its error."""
    return call.fault == "mistake" or (call.fault == "error" and turn.outcome == "repair")


def planned_levels(turn: Turn) -> Levels:
    """The levels without attempts that another call made good: every planned call that was made, once."""
    planned = {call.id for call in turn.plan.calls}
    return tuple(_levels(turn, lambda call: not call.fault or call.id in planned))


def _levels(turn: Turn, shown: Callable[[ExecutedCall], bool]) -> Iterator[tuple[ExecutedCall, ...]]:
    for level in turn.levels:
        kept = tuple(call for call in level if shown(call))
        if kept:
            yield kept


def trained(message: Message) -> bool:
    """Whether a trainer may compute its loss on the message: the assistant's words, unless they are marked."""
    return message.role == "assistant" and message.taught


def message_json(message: Message, spelling: Spelling) -> dict[str, Json]:
    """One message as OpenAI's API and the chat templates of transformers spell it.

    A calling message keeps its empty `content`: templates that print it fail without it. No other empty key is
    written: Llama's template takes the call branch for a message that has `tool_calls` at all. A thought is
    `reasoning_content`, as most templates and servers call it.
    """
    if message.role == "tool":
        return {"role": "tool", "tool_call_id": message.call_id, "name": message.name, "content": message.text}
    shown: dict[str, Json] = {"role": message.role, "content": message.text}
    if message.thought:
        shown["reasoning_content"] = message.thought
    if message.written:
        shown["content"] += message.written
    elif message.calls:
        shown["tool_calls"] = [_call(call, spelling) for call in message.calls]
    return shown


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
    """Exported id for each call id of the conversation, attempts too: the same each time, and no two alike."""
    ids: dict[str, str] = {}
    for turn in conversation.turns:
        for call in turn.attempted():
            attempt, taken = 0, set(ids.values())
            while (made := nine(f"{conversation.scenario.index}/{call.id}/{attempt}")) in taken:
                attempt += 1
            ids[call.id] = made
    return ids


def json_text(value: Json) -> str:
    """JSON as the chat templates of transformers write it: letters beyond ASCII stay as they are."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def same_value(one: Json, other: Json) -> bool:
    """Whether two JSON values are equal: 5 is 5.0, and true is not 1."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same_value(value, other[name]) for name, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same_value, one, other))
    return bool(one == other)


def nine(text: str) -> str:
    """Nine letters and digits that stand for `text`."""
    number = int.from_bytes(hashlib.blake2b(text.encode(), digest_size=16).digest(), "big")
    letters = []
    for _ in range(ID_LENGTH):
        number, place = divmod(number, len(ID_ALPHABET))
        letters.append(ID_ALPHABET[place])
    return "".join(letters)


def _call(call: Call, spelling: Spelling) -> dict[str, Json]:
    arguments = dict(call.arguments) if spelling == "object" else json_text(dict(call.arguments))
    return {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": arguments}}


def _legal(original: Schema, normalised: Schema) -> bool:
    """Whether OpenAI takes the user's own schema, and our calls, written under the normalised one, fit its names."""
    properties = original.get("properties")
    return (
        original.get("type") == "object"
        and isinstance(properties, dict)
        and not any(keyword in original for keyword in TOP_LEVEL_REFUSED)
        and normalised["properties"].keys() <= properties.keys()
    )
