"""tau2 tasks: what the simulated user is told, and the actions that a right conversation comes to.

A task is no conversation: it is read as one request (all that the user is told) and the expected actions of the
assistant as its calls, without results. Calls that only read are often left out of them, so that nobody can say where
an argument comes from. Actions of the user's own tools are passed over.
"""

from __future__ import annotations

from collections.abc import Iterator

from dtc_local.audit.dialogue import Call, Dialogue, Message, ToolSpec
from dtc_local.audit.readers.base import NoDialogue, call_of, object_row
from dtc_local.records import Json

NAME = "tau2"
WORDS = "tau2 tasks: user_scenario and evaluation_criteria with actions; tools beside them"


def matches(row: Json) -> bool:
    """True for a scenario of a user."""
    return isinstance(row, dict) and "user_scenario" in row and isinstance(row.get("evaluation_criteria"), dict | None)


def read(row: Json, tools: tuple[ToolSpec, ...] | None) -> Dialogue:
    """The task as one turn."""
    found = object_row(row)
    criteria = found.get("evaluation_criteria") or {}
    if "user_scenario" not in found or not isinstance(criteria, dict):
        raise NoDialogue("there is no user_scenario, or evaluation_criteria is no object")
    told = "\n".join(_texts(found.get("user_scenario")))
    calls = tuple(_actions(criteria.get("actions")))
    messages = [Message("user", told), *([Message("assistant", calls=calls)] if calls else [])]
    return Dialogue(
        tuple(messages),
        tools,
        str(found.get("id", "")),
        results=False,
        replies=False,
        all_calls=False,
    )


def _actions(actions: Json) -> Iterator[Call]:
    for action in actions if isinstance(actions, list) else ():
        if isinstance(action, dict) and action.get("requestor", "assistant") == "assistant":
            yield call_of(action.get("name"), action.get("arguments"))


def _texts(value: Json) -> Iterator[str]:
    """Every text inside a value, in order."""
    if isinstance(value, str):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _texts(inner)
