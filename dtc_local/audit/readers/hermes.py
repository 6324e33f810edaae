"""Hermes: calls as `<tool_call>{...}</tool_call>` inside texts, tools in the system text between `<tools>` marks.

Speakers come as `role` and `content`, as `from` and `value`, or inside one rendered text in ChatML. Results stand in a
tool's turn, or in a user's, between `<tool_response>` marks; several may stand in one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

from dtc_local.audit.dialogue import Call, Dialogue, Message, ToolSpec
from dtc_local.audit.files import truncated
from dtc_local.audit.readers import openai, sharegpt
from dtc_local.audit.readers.base import (
    NoDialogue,
    call_in,
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

NAME = "hermes"
WORDS = "Hermes rows: <tool_call> in the assistant's words, <tools> in the system text; also rendered as ChatML"
_CALL = re.compile(r"<tool_call>\s*(.*?)\s*</tool_call>", re.DOTALL)
_CUT_CALL = re.compile(r"<tool_call>\s*((?:(?!</tool_call>).)*)\Z", re.DOTALL)
_RESPONSE = re.compile(r"<tool_response>\s*(.*?)\s*</tool_response>", re.DOTALL)
_TOOLS = re.compile(r"<tools>\s*(.*?)\s*</tools>", re.DOTALL)
_XML_CALL = re.compile(r"\A<function=([^>\s]+)>\s*(.*?)\s*</function>\Z", re.DOTALL)
_XML_ARGUMENT = re.compile(r"<parameter=([^>\s]+)>\n?(.*?)\n?</parameter>", re.DOTALL)
_CHATML = re.compile(r"<\|im_start\|>(\w+)\n(.*?)(?:<\|im_end\|>|\Z)", re.DOTALL)
_THOUGHT = re.compile(r"<think>.*?</think>|<scratch_pad>.*?</scratch_pad>", re.DOTALL)
_MARKS = ("<tool_call>", "<tools>", "<tool_response>")


def matches(row: Json) -> bool:
    """True where a text of the conversation shows the marks."""
    try:
        turns = _turns(row)
    except NoDialogue:
        return False
    own = [text for _, text, turn in turns if not isinstance(turn.get("tool_calls"), list)]
    return any(mark in text for text in own for mark in _MARKS)


def read(row: Json, tools: tuple[ToolSpec, ...] | None) -> Dialogue:
    """The conversation of a row."""
    messages: list[Message] = []
    own: tuple[ToolSpec, ...] = ()
    for role, text, turn in _turns(row):
        if role == "system":
            own += tuple(tool for found in _TOOLS.findall(text) for tool in _tools(found))
            messages.append(Message("system", _TOOLS.sub("", text)))
        elif role in ("tool", "user") and ("<tool_response>" in text or role == "tool"):
            messages += _results(text, turn)
        elif role in ("assistant", "call"):
            messages.append(_assistant(text, turn))
        else:
            messages.append(Message("user", text))
    found = tuple(messages)
    given = tools_of(row.get("tools")) if not own and row.get("tools") else None
    return Dialogue(found, own or given or tools, openai.row_id(row), openai.today_in(found))


def _turns(row: Json) -> list[tuple[str, str, Mapping[str, Json]]]:
    """Role, text and turn of everything said."""
    found = object_row(row)
    if isinstance(found.get("text"), str) and "<|im_start|>" in found["text"]:
        return [(role_of(role), text.strip(), {}) for role, text in _CHATML.findall(found["text"])]
    key = openai.key_of(row) or sharegpt.turns_key(row)
    if key is None:
        raise NoDialogue("there is no conversation")
    head = found.get("system")
    first: list[tuple[str, str, Mapping[str, Json]]] = [("system", head, {})] if isinstance(head, str) and head else []
    turns = [(sharegpt.speaker(turn), text_of(sharegpt.said(turn)), turn) for turn in listed(found, key)]
    return [*first, *turns]


def _tools(text: str) -> tuple[ToolSpec, ...]:
    """Tools as a list, or one a line."""
    whole = parsed(text)
    if not isinstance(whole, str):
        return tools_of(whole) or ()
    lines = [parsed(line) for line in text.splitlines() if line.strip()]
    return tools_of([line for line in lines if isinstance(line, dict)]) or ()


def _results(text: str, turn: Mapping[str, Json]) -> Iterator[Message]:
    answers = turn.get("tool_call_id")
    for found in _RESPONSE.findall(text) or [text]:
        value = parsed(found)
        named = value.get("name") if isinstance(value, dict) else None
        wrapped = isinstance(value, dict) and isinstance(named, str) and "content" in value and len(value) <= 3
        yield result(
            value["content"] if wrapped else found,
            tool=named if wrapped and isinstance(named, str) else "",
            answers=answers if isinstance(answers, str) else "",
        )


def _assistant(text: str, turn: Mapping[str, Json]) -> Message:
    spoken = _THOUGHT.sub("", text)
    calls = [_call(found) for found in _CALL.findall(spoken)]
    spoken = _CALL.sub("", spoken)
    if cut := _CUT_CALL.search(spoken):
        calls.append(Call(_name_in(cut[1]), fault=f"<tool_call> is not closed in {shown(cut[0])}", truncated=True))
        spoken = spoken[: cut.start()]
    if not calls and isinstance(turn.get("tool_calls"), list):
        return next(openai.message_of(turn))
    return Message("assistant", spoken.strip(), tuple(calls))


def _call(text: str) -> Call:
    if xml := _XML_CALL.match(text):
        return Call(xml[1], {name: parsed(value) for name, value in _XML_ARGUMENT.findall(xml[2])})
    try:
        return call_in(json.loads(text))
    except json.JSONDecodeError as error:
        return Call(_name_in(text), fault=f"{error.msg} in {shown(text)}", truncated=truncated(text, error))
    except (ValueError, RecursionError) as error:
        return Call(_name_in(text), fault=f"{error} in {shown(text)}")


def _name_in(text: str) -> str:
    found = re.search(r'"name"\s*:\s*"([^"]*)"', text)
    return found[1] if found else ""
