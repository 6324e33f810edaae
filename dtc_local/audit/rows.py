"""Rules on exported rows in OpenAI's format, ours or anyone's: what a trainer reads, checked without our records."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from dtc_local.audit.base import Violation
from dtc_local.audit.calls import LEGAL_NAME, schema_error
from dtc_local.audit.report import AuditReport, report
from dtc_local.records import Json

Row = dict[str, Json]
RowRule = Callable[[Row], Iterator[str]]

NEXT_ROLES = {
    "start": {"system", "user"},
    "system": {"user"},
    "user": {"calls", "reply"},
    "calls": {"tool"},
    "tool": {"tool", "calls", "reply"},
    "reply": {"user", "end"},
}
"""What may follow what; an assistant message is `calls` or `reply`."""


def role_order(row: Row) -> Iterator[str]:
    """Messages stand in an order that a chat template takes, and the last is a reply."""
    before = "start"
    for number, message in enumerate(row["messages"]):
        now = "calls" if "tool_calls" in message else "reply" if message["role"] == "assistant" else message["role"]
        if now not in NEXT_ROLES.get(before, set()):
            yield f"message {number}: {now} after {before}"
        before = now
    if "end" not in NEXT_ROLES.get(before, set()):
        yield f"the last message is {before}"


def contents(row: Row) -> Iterator[str]:
    """Every message has text, and something in it unless it calls."""
    for number, message in enumerate(row["messages"]):
        content = message.get("content")
        if not isinstance(content, str) or not (content.strip() or message.get("tool_calls")):
            yield f"message {number}: {message['role']} says {content!r}"


def no_empty_calls(row: Row) -> Iterator[str]:
    """`tool_calls` is left out or holds a call; only the assistant calls."""
    for number, message in enumerate(row["messages"]):
        if "tool_calls" in message and (not message["tool_calls"] or message["role"] != "assistant"):
            yield f"message {number}: {message['role']} with tool_calls {message['tool_calls']!r}"


def ids_match(row: Row) -> Iterator[str]:
    """Call ids are unique; every call is answered once, by name, before anyone else speaks; nothing else is."""
    seen: Counter[str] = Counter(call["id"] for call in _calls(row))
    yield from (f"the call id {call} stands {count} times" for call, count in seen.items() if count > 1)
    open_calls: dict[str, str] = {}
    for number, message in enumerate(row["messages"]):
        if message["role"] == "tool":
            name = open_calls.pop(message.get("tool_call_id"), None)
            if name is None or message.get("name", name) != name:
                yield f"message {number} answers {message.get('tool_call_id')!r}, which is no open call of that name"
            continue
        if open_calls:
            yield f"message {number} comes before the answers to {sorted(open_calls)}"
        open_calls = {call["id"]: call["function"]["name"] for call in message.get("tool_calls") or ()}
    if open_calls:
        yield f"no answers to {sorted(open_calls)}"


def arguments_valid(row: Row) -> Iterator[str]:
    """Arguments are a JSON text, and what it says obeys the parameters of the row's own tool of that name."""
    schemas = {tool["function"]["name"]: tool["function"].get("parameters", True) for tool in row["tools"]}
    for call in _calls(row):
        name, text = call["function"]["name"], call["function"]["arguments"]
        if name not in schemas:
            yield f"{call['id']} calls {name}, which the row does not offer"
            continue
        try:
            value = json.loads(text)
        except (TypeError, ValueError):
            yield f"{call['id']} has arguments that are no JSON text: {text!r}"
            continue
        if not isinstance(value, dict):
            yield f"{call['id']} has arguments that are no object: {text}"
        elif error := schema_error(value, schemas[name]):
            yield f"{call['id']} {name}: {error}"


def tools_legal(row: Row) -> Iterator[str]:
    """Tools are functions with legal names, no two alike."""
    names = Counter(tool["function"]["name"] for tool in row["tools"] if tool.get("type") == "function")
    if sum(names.values()) != len(row["tools"]):
        yield "a tool is no function"
    for name, count in names.items():
        if count > 1 or not LEGAL_NAME.fullmatch(name):
            yield f"the tool name {name!r} stands {count} times or is not legal"


ROW_RULES: tuple[RowRule, ...] = (role_order, contents, no_empty_calls, ids_match, arguments_valid, tools_legal)


def audit_rows(path: Path) -> AuditReport:
    """Hold every row rule against the lines of a file. A line that is no such row breaks the rule `row_form`."""
    found: list[Violation] = []
    number = 0
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            found += (one.model_copy(update={"conversation": f"line {number}"}) for one in row_violations(line))
    return report(number, ["row_form", *(rule.__name__ for rule in ROW_RULES)], found)


def row_violations(line: str) -> Iterator[Violation]:
    """All violations in one line."""
    rule_name = "row_form"
    try:
        row = json.loads(line)
        for rule in ROW_RULES:
            for what in rule(row):
                yield Violation(rule=rule.__name__, what=what)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        # Anyone's file may hold anything; a row whose parts are missing is one finding, not a crash.
        yield Violation(rule=rule_name, what=f"the line is no row: {type(error).__name__} {error}")


def _calls(row: Row) -> Iterator[Row]:
    for message in row["messages"]:
        yield from message.get("tool_calls") or ()
