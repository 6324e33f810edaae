"""ShareGPT's rows with calls: `conversations` of `from` and `value`. So are LLaMA-Factory's and APIGen-MT's.

Turns are human, gpt, function_call and observation by any of their names; `system` and `tools` stand beside them, the
tools often as a text. Several calls at once are one function_call that holds a list, and one observation answers them
all, as a list of as many results or as one text. LLaMA-Factory's tags (`role`, `content`) are read too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dtc_local.audit.dialogue import Call, Dialogue, Message, ToolSpec
from dtc_local.audit.readers.base import (
    NoDialogue,
    calls_in,
    listed,
    object_row,
    parsed,
    result,
    role_of,
    text_of,
    tools_of,
)
from dtc_local.audit.readers.openai import row_id, today_in
from dtc_local.audit.readers.python_calls import calls_from
from dtc_local.records import Json

NAME = "sharegpt"
WORDS = "ShareGPT rows with calls, also LLaMA-Factory's and APIGen-MT's: conversations of from and value; system; tools"
KEYS = ("conversations", "conversation")


def matches(row: Json) -> bool:
    """True for a list of turns with speakers."""
    return turns_key(row) is not None


def turns_key(row: Json) -> str | None:
    """The key under which a row has turns with speakers."""
    for key in KEYS if isinstance(row, dict) else ():
        turns = parsed(row.get(key))
        if isinstance(turns, list) and turns and isinstance(turns[0], dict) and {"from", "role"} & turns[0].keys():
            return key
    return None


def read(row: Json, tools: tuple[ToolSpec, ...] | None) -> Dialogue:
    """The conversation of a row."""
    found = object_row(row)
    key = turns_key(row)
    if key is None:
        raise NoDialogue("there are no conversations with speakers")
    system = found.get("system")
    head = [Message("system", system)] if isinstance(system, str) and system.strip() else []
    messages = (*head, *_messages(listed(found, key)))
    own = tools_of(found.get("tools"))
    return Dialogue(messages, own if own is not None else tools, row_id(found), today_in(messages))


def speaker(turn: Mapping[str, Json]) -> str:
    """The role of a turn."""
    return role_of(turn.get("from", turn.get("role")))


def said(turn: Mapping[str, Json]) -> Json:
    """What a turn says."""
    return turn.get("value", turn.get("content"))


def _messages(turns: list[Mapping[str, Json]]) -> Iterator[Message]:
    calls: list[Call] = []
    for turn in turns:
        role, value = speaker(turn), said(turn)
        if role == "call":
            calls = calls_in(value)
            yield Message("assistant", calls=tuple(calls))
        elif role == "tool":
            yield from answers(value, len(calls))
        elif role == "assistant":
            calls = _python_calls(value)
            yield Message("assistant", "" if calls else text_of(value), tuple(calls))
        else:
            yield Message("user" if role == "user" else "system", text_of(value))


def answers(value: Json, calls: int) -> Iterator[Message]:
    """The results in one turn: as many as there were calls where it is a list of so many, else one for them all."""
    read_value = parsed(value)
    if calls > 1 and isinstance(read_value, list) and len(read_value) == calls:
        yield from map(result, read_value)
    else:
        yield result(value, answers_all=calls > 1)


def _python_calls(value: Json) -> list[Call]:
    """Calls that stand in an assistant's words as `[name(argument='value'), ...]` and nothing else."""
    text = value.strip() if isinstance(value, str) else ""
    if not (text.startswith("[") and text.endswith(")]")):
        return []
    found = calls_from(text, None)
    return [] if any(call.fault for call in found) else found
