"""OpenAI's rows: `messages` with `tool_calls`, and `tools`; also the older `functions` and `function_call`.

So are TRL's, Axolotl's and LLaMA-Factory's `openai` rows: arguments are objects or texts, and whole columns may be
texts of JSON. A call may stand without `function` around it, or be the content of a message of its own. A trajectory
under `traj` is read like `messages`; of a preference, what was chosen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dtc_local.audit.dialogue import Call, Dialogue, Message, ToolSpec, stated_date
from dtc_local.audit.readers.base import (
    NoDialogue,
    call_in,
    calls_in,
    listed,
    object_row,
    parsed,
    result,
    role_of,
    shown,
    text_of,
    tools_of,
)
from dtc_local.records import Json

NAME = "openai"
WORDS = "OpenAI rows, also TRL's and Axolotl's: messages with role, content and tool_calls; tools"
KEYS = ("messages", "traj", "prompt")


def matches(row: Json) -> bool:
    """True for a list of messages with roles."""
    return key_of(row) is not None


def key_of(row: Json) -> str | None:
    """The key under which a row has messages with roles."""
    for key in KEYS if isinstance(row, dict) else ():
        messages = parsed(row.get(key))
        if isinstance(messages, list) and messages and isinstance(messages[0], dict) and "role" in messages[0]:
            return key
    return None


def read(row: Json, tools: tuple[ToolSpec, ...] | None) -> Dialogue:
    """The conversation of a row."""
    found = object_row(row)
    key = key_of(row)
    if key is None:
        raise NoDialogue("there are no messages with roles")
    said = listed(found, key)
    if key == "prompt":  # a preference: what was chosen goes on from the prompt
        chosen = parsed(found.get("chosen"))
        said = [*said, *(chosen if isinstance(chosen, list) else [])]
    messages = tuple(message for one in said for message in message_of(one))
    own = tools_of(found.get("tools")) if found.get("tools") is not None else tools_of(found.get("functions"))
    return Dialogue(messages, own if own is not None else tools, row_id(found), today_in(messages))


def row_id(row: Mapping[str, Json]) -> str:
    """What a row calls itself."""
    keys = ("id", "conversation_id", "uuid")
    value = next((row[key] for key in keys if isinstance(row.get(key), str | int)), "")
    return str(value)


def today_in(messages: tuple[Message, ...]) -> Json:
    """The date that the system text says it is; None where it says none."""
    return next((day for one in messages if one.role == "system" if (day := stated_date(one.text))), None)


def message_of(message: Mapping[str, Json]) -> Iterator[Message]:
    """One message, or nothing for one that is empty by its role."""
    if not isinstance(message, dict):
        raise NoDialogue(f"a message is an object, not {shown(message)}")
    role = role_of(message.get("role"))
    content = message.get("content")
    if role == "tool":
        answers = message.get("tool_call_id", message.get("id"))
        name = message.get("name")
        yield result(
            content,
            answers=str(answers) if isinstance(answers, str | int) else "",
            tool=name if isinstance(name, str) else "",
        )
    elif role == "call":
        yield Message("assistant", calls=tuple(calls_in(content)))
    elif role == "assistant":
        yield Message("assistant", text_of(content), tuple(_calls(message)))
    else:
        yield Message("user" if role == "user" else "system", text_of(content))


def _calls(message: Mapping[str, Json]) -> Iterator[Call]:
    called = parsed(message.get("tool_calls"))
    yield from map(call_in, called if isinstance(called, list) else [] if called is None else [called])
    single = parsed(message.get("function_call"))
    if isinstance(single, dict):
        yield call_in(single)
