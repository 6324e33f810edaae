"""Rules on attempts that fail: errors of a tool and what follows them, mistakes and the hints they get.

An attempt before a call has the call's id and a mark (`$3~1`) and a level of its own; an error that is only reported
has the id of the plan. What an environment tells of a mistake must not give the right call away.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dtc_local.audit.base import Placed, Violation, attempted_calls
from dtc_local.audit.calls import schema_error
from dtc_local.audit.spelling import says
from dtc_local.audit.values import equal, leaves
from dtc_local.audit.wording import shown_names
from dtc_local.records import Conversation, ExecutedCall, Json, Schema, Tool, Turn

TEXT: Schema = {"type": "string", "minLength": 1}
ERROR: Schema = {
    "type": "object",
    "properties": {
        "error": {
            "type": "object",
            "properties": {"code": TEXT, "message": TEXT},
            "required": ["code", "message"],
            "additionalProperties": False,
        }
    },
    "required": ["error"],
    "additionalProperties": False,
}
"""How a tool fails whose specification does not say how."""
FAULTS = {"tool_error": "error", "mistake_hint": "mistake"}
"""Kinds in which something fails, once, and how."""
REPORTED = ("report", "gone")
"""Outcomes of an error after which nothing is called."""
HINT_WORDS = 10


def attempts(conversation: Conversation) -> Iterator[Violation]:
    """Calls fail in turns of the kinds that say so, once, alone, right before the right call or at the end."""
    for place in _failed(conversation):
        turn = conversation.turns[place.turn]
        others = [call for call in turn.attempted() if call.fault and call is not place.executed]
        if others or FAULTS.get(turn.kind) != place.executed.fault:
            yield place.violation(f"a call fails, in a turn of the kind {turn.kind}")
        elif not _in_place(turn, place):
            yield place.violation("stands neither alone, right before its call, nor at the end and reported")


def _in_place(turn: Turn, place: Placed) -> bool:
    alone = len(turn.levels[place.level]) == 1
    call, _, mark = place.executed.id.partition("~")
    if turn.outcome in REPORTED:
        at_end = place.level == len(turn.levels) - 1 and turn.plan.calls[-1:] != ()
        return alone and at_end and not mark and call == turn.plan.calls[-1].id
    following = turn.levels[place.level + 1] if place.level + 1 < len(turn.levels) else ()
    marked = bool(mark) and turn.focus is not None and call == turn.focus.call
    return alone and marked and call in [one.id for one in following]


def errors(conversation: Conversation) -> Iterator[Violation]:
    """What a failed call returns obeys its tool's error schema, or else the plain shape with a code and a message."""
    for place in _failed(conversation, "error"):
        if error := schema_error(place.executed.result, _error_of(place.tool)):
            yield place.violation(f"{place.executed.tool} failed with {error}")


def _error_of(tool: Tool | None) -> Schema:
    """What a tool says of its errors: in its own words, in ours, or nothing."""
    given = (tool.source.error, tool.error) if tool else ()
    return next((schema for schema in given if schema is not None), ERROR)


def after_errors(conversation: Conversation) -> Iterator[Violation]:
    """After an error comes what the outcome says: the same call, the call with the argument that it lacked, nothing."""
    for place in _failed(conversation, "error"):
        turn = conversation.turns[place.turn]
        again = _next(turn, place.executed)
        if turn.outcome in REPORTED:
            if again is not None:
                yield place.violation(f"is reported, and {again.id} is called after it")
        elif again is None or again.tool != place.executed.tool:
            yield place.violation("is followed by no call of the same tool")
        elif not _mends(turn, place, again):
            arguments = f"{place.executed.arguments} and then {again.arguments}"
            yield place.violation(f"the outcome is {turn.outcome!r}, but the arguments are {arguments}")


def _next(turn: Turn, failed: ExecutedCall) -> ExecutedCall | None:
    calls = turn.attempted()
    return next(iter(calls[calls.index(failed) + 1 :]), None)


def _mends(turn: Turn, place: Placed, again: ExecutedCall) -> bool:
    """Whether the later call is the same, or has exactly the argument besides that the turn is about."""
    before, after = place.executed.arguments, again.arguments
    added = after.keys() - before.keys()
    same = all(name in after and equal(value, after[name]) for name, value in before.items())
    if turn.outcome == "repair":
        return same and turn.focus is not None and added == {turn.focus.argument}
    return same and not added


def mistakes(conversation: Conversation) -> Iterator[Violation]:
    """A mistaken call differs from every call that succeeds up to the end of its turn."""
    for place in _failed(conversation, "mistake"):
        wrong = place.executed
        for turn in conversation.turns[: place.turn + 1]:
            for call in turn.executed():
                if call.tool == wrong.tool and equal(_telling(place.tool, call), _telling(place.tool, wrong)):
                    yield place.violation(f"is said to be mistaken, but is the call {call.id}")


def _telling(tool: Tool | None, call: ExecutedCall) -> Mapping[str, Json]:
    """The arguments but for optional ones that are what they are by default."""
    fields: Mapping[str, Json] = tool.parameters["properties"] if tool else {}
    optional = {
        name: schema["default"]
        for name, schema in fields.items()
        if isinstance(schema, dict) and "default" in schema and tool and name not in tool.required
    }
    return {
        name: value
        for name, value in call.arguments.items()
        if name not in optional or not equal(optional[name], value)
    }


def hints(conversation: Conversation) -> Iterator[Violation]:
    """What a mistake returns is a hint of one to ten words, with no name of a tool or parameter and no value in it."""
    for place in _failed(conversation, "mistake"):
        result = place.executed.result
        hint = result.get("hint") if isinstance(result, dict) and len(result) == 1 else None
        if not isinstance(hint, str) or not 1 <= len(hint.split()) <= HINT_WORDS:
            yield place.violation(f"returns {result!r}, which is no hint of one to {HINT_WORDS} words")
            continue
        yield from (place.violation(f"the hint shows the name {name}") for name in shown_names(conversation, hint))
        right = _next(conversation.turns[place.turn], place.executed)
        for value in _values(place.executed, *([right] if right else [])):
            if says(hint, value):
                yield place.violation(f"the hint says {value!r}")


def _values(*calls: ExecutedCall) -> list[Json]:
    values = [leaf for call in calls for _, leaf in leaves(call.arguments)]
    return [value for value in values if value is not None and not isinstance(value, bool)]


def _failed(conversation: Conversation, fault: str = "") -> Iterator[Placed]:
    """Attempts that failed in a way, or in any."""
    for place in attempted_calls(conversation):
        if place.executed.fault and fault in ("", place.executed.fault):
            yield place
