"""What fms-dgt writes: its final data with `steps`, and its formatted rows, whose calls stand in `content`.

In steps a call and its result carry an id, and the tools and the date are a step of their own; the calls that a request
leaves unsaid are known. An injected mistake is a call without an id, answered by a hint. Formatted rows have a message
for each call and results in order; in single-turn rows the assistant's content is a list of calls whose references are
meant to stay (`$1.id`), so that these are calls of one plan without results.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date

from dtc_local.audit.dialogue import Call, Dialogue, Message, ToolSpec, stated_date
from dtc_local.audit.readers.base import NoDialogue, call_in, listed, object_row, parsed, result, text_of, tools_of
from dtc_local.audit.readers.openai import row_id
from dtc_local.records import Json

NAME = "fms-dgt"
WORDS = "fms-dgt's output: rows with steps, or formatted rows whose calls are an assistant's content"


def matches(row: Json) -> bool:
    """True for steps with roles, and for messages whose content is a call."""
    if not isinstance(row, dict):
        return False
    steps, messages = row.get("steps"), row.get("messages")
    if isinstance(steps, list) and steps and all(isinstance(one, dict) and "role" in one for one in steps):
        return True
    return isinstance(messages, list) and any(
        isinstance(one, dict) and one.get("role") in ("assistant", "tool_call") and _calls(one.get("content"))
        for one in messages
    )


def read(row: Json, tools: tuple[ToolSpec, ...] | None) -> Dialogue:
    """The conversation of a row."""
    found = object_row(row)
    if isinstance(found.get("steps"), list):
        return _from_steps(found, listed(found, "steps"), tools)
    messages = tuple(message for one in listed(found, "messages") for message in _formatted(one))
    own = tools_of(found.get("tools"))
    executed = any(message.role == "tool" for message in messages)
    given = own if own is not None else tools
    return Dialogue(messages, given, row_id(found), results=executed, replies=executed, symbolic=not executed)


def _from_steps(
    row: Mapping[str, Json], steps: list[Mapping[str, Json]], tools: tuple[ToolSpec, ...] | None
) -> Dialogue:
    own, today, hidden = tools, None, 0
    messages: list[Message] = []
    for step in steps:
        if str(step.get("role", "")).endswith("sampler"):
            content = step.get("content") if isinstance(step.get("content"), dict) else step
            given = tools_of(content.get("tools") if isinstance(content, dict) else None)
            own = given if given is not None else own
            today = _date(step) or today
        unsaid = step.get("hidden_set")
        hidden += len(unsaid) if isinstance(unsaid, list) else 0
        messages += _step(step)
    if not messages:
        raise NoDialogue("no step is a request, a call, a result or a reply")
    return Dialogue(tuple(messages), own, row_id(row), today, implicit=hidden)


def _date(step: Mapping[str, Json]) -> date | None:
    content = step.get("content") if isinstance(step.get("content"), dict) else step
    value = content.get("date") if isinstance(content, dict) else None
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return stated_date(f"Today is {value}")


def _step(step: Mapping[str, Json]) -> Iterator[Message]:
    role, content = str(step.get("role", "")), step.get("content")
    if role in ("tc/user", "user"):
        yield Message("user", text_of(content))
    elif role == "assistant":
        yield Message("assistant", text_of(content))
    elif role == "tool_call":
        call = call_in(content if isinstance(content, dict) else step)
        yield Message("assistant", calls=(replace(call, mistaken=not call.id),))
    elif role in ("tool_result", "tool"):
        # The step is the result object itself, or holds it under content.
        inner = content if isinstance(content, dict) and "result" in content else step
        value = inner.get("result", inner.get("error", content))
        name = inner.get("name")
        yield result(value, answers=str(inner.get("id") or ""), tool=name if isinstance(name, str) else "")


def _formatted(message: Mapping[str, Json]) -> Iterator[Message]:
    role, content = message.get("role"), message.get("content")
    if role in ("tool", "tool_result"):
        yield result(content)
    elif role in ("assistant", "tool_call"):
        calls = _calls(content)
        yield Message("assistant", "" if calls else text_of(content), tuple(calls))
    elif role in ("user", "system"):
        yield Message(role, text_of(content))
    else:
        raise NoDialogue(f"{role!r} is no role of a formatted row")


def _calls(content: Json) -> list[Call]:
    """The calls that a content is: an object with a name and arguments, or a list of such."""
    value = parsed(content) if isinstance(content, str) and content.lstrip()[:1] in ("{", "[") else content
    several = value if isinstance(value, list) else [value]
    if not several or not all(isinstance(one, dict) and {"name", "arguments"} <= one.keys() for one in several):
        return []
    return [call_in(one) for one in several]
