"""Proofs of the kinds of turns that no call graph shows, from the finished conversation alone (METHOD.md section 5).

Each says why an episode does not show its kind, or nothing. They look at structure and values: who called what, what
was told before, which value changed. What the words must do is a rule of its own (:mod:`dtc_local.audit.exchanges`),
since that depends on the language; so is what a failed attempt must look like (:mod:`dtc_local.audit.attempts`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from dtc_local.audit.base import Episode, offered
from dtc_local.audit.spelling import says
from dtc_local.audit.values import Missing, at, equal, json_type, leaves, schemas_at
from dtc_local.records import Conversation, ExecutedCall, Focus, Json, Turn

IN_TWO = ("clarify", "confirm")
"""Kinds of two messages of the user."""
SAYABLE = ("string", "integer", "number")


def unproved(conversation: Conversation, episode: Episode) -> str | None:
    """Why an episode does not show its kind, or None."""
    return PROVED[episode.last.kind](conversation, episode)


def _clarify(conversation: Conversation, episode: Episode) -> str | None:
    """A required value is absent until the answer to a question says it; the call comes after that."""
    focus, closing = episode.last.focus, episode.last
    if len(episode.turns) != 2 or focus is None:
        return "a question and its answer are two turns, on one argument"
    call = _call(closing.executed(), focus.call)
    tool = offered(conversation, call.tool) if call else None
    planned = next((dict(one.literals()) for one in closing.plan.calls if one.id == focus.call), {})
    if call is None or tool is None or focus.argument not in tool.required or focus.argument not in planned:
        return f"{focus.call} is not made, or {focus.argument} is not required of it"
    told = list(_texts(conversation.turns[: episode.first + 1]))
    values = [value for _, value in leaves(planned[focus.argument])]
    enum = any("enum" in schema for schema in schemas_at(tool.parameters, (focus.argument,)))
    if any(says(text, value, enum) for text in told for value in values):
        return f"{focus.argument} was told before the question"
    said = values and all(says(closing.request, value, enum) for value in values)
    return None if said else f"the answer does not say {focus.argument}"


def _missing_tool(conversation: Conversation, episode: Episode) -> str | None:
    """The tools that are asked for are withheld; nothing is called."""
    wanted = {call.tool for call in episode.outline.calls} if episode.outline else set()
    if not wanted or not wanted <= {tool.name for tool in conversation.scenario.withheld}:
        return f"{sorted(wanted)} is not withheld"
    return "something is called" if episode.last.attempted() or episode.last.plan.calls else None


def _no_tool(conversation: Conversation, episode: Episode) -> str | None:
    """Nothing is called; what is recalled stands in an earlier result and in the reply."""
    turn = episode.last
    if turn.attempted() or turn.plan.calls:
        return "something is called"
    if (turn.outcome == "recall") != (turn.focus is not None):
        return "it says neither what is recalled nor that nothing is"
    if turn.focus is None:
        return None
    value = _recalled(conversation.turns[: episode.first], turn.focus)
    if json_type(value) not in SAYABLE:
        return f"no earlier result holds {turn.focus.call} {turn.focus.path}"
    return None if says(turn.reply, value) else f"the reply does not say {value!r}"


def _recalled(earlier: Sequence[Turn], focus: Focus) -> Json:
    """The value of a result at a path, None where there is none."""
    call = _call([one for turn in earlier for one in turn.executed()], focus.call)
    try:
        return at(call.result, focus.path) if call else None
    except Missing:
        return None


def _correction(conversation: Conversation, episode: Episode) -> str | None:
    """The call made before is made again and differs in exactly one value."""
    focus, again = episode.last.focus, episode.last.executed()
    earlier = [call for turn in conversation.turns[: episode.first] for call in turn.executed()]
    before = _call(earlier, focus.call) if focus else None
    if focus is None or before is None or len(again) != 1:
        return "an earlier call is not made again, alone"
    if before.tool != again[0].tool or before.arguments.keys() != again[0].arguments.keys():
        return f"{again[0].id} is another call than {before.id}"
    changed = [name for name, value in again[0].arguments.items() if not equal(value, before.arguments[name])]
    return None if changed == [focus.argument] else f"{changed} differ from {before.id}"


def _confirm(conversation: Conversation, episode: Episode) -> str | None:
    """A destructive call comes after the answer that allows it, or, after the other, not at all."""
    closing, outline = episode.last, episode.outline
    asked = offered(conversation, outline.calls[-1].tool) if outline and outline.calls else None
    if len(episode.turns) != 2 or asked is None or asked.effect != "destructive":
        return "a question and its answer are two turns, on a call that destroys"
    if closing.outcome == "no":
        return "it is done after a no" if closing.attempted() or closing.plan.calls else None
    done = closing.outcome == "yes" and any(call.tool == asked.name for call in closing.executed())
    return None if done else f"{asked.name} is not called after a yes"


def _tool_error(conversation: Conversation, episode: Episode) -> str | None:
    """A call fails; where it is said to ask for what is gone, an earlier call has destroyed just that."""
    turn = episode.last
    failed = next((call for call in turn.attempted() if call.fault == "error"), None)
    if failed is None or turn.outcome not in ("retry", "repair", "report", "gone"):
        return "no call fails"
    if turn.outcome != "gone":
        return None
    value = failed.arguments.get(turn.focus.argument) if turn.focus else None
    ended = [
        call
        for earlier in conversation.turns[: episode.first]
        for call in earlier.executed()
        if (tool := offered(conversation, call.tool)) and tool.effect == "destructive"
    ]
    if any(equal(leaf, value) for call in ended for _, leaf in leaves(call.arguments)):
        return None
    return f"nothing has destroyed {value!r}"


def _mistake_hint(conversation: Conversation, episode: Episode) -> str | None:
    """A call is mistaken; what it and its hint must be like are rules of their own."""
    faults = [call for call in episode.last.attempted() if call.fault == "mistake"]
    return None if faults else "no call is mistaken"


def _call(calls: Sequence[ExecutedCall], call_id: str) -> ExecutedCall | None:
    return next((call for call in calls if call.id == call_id), None)


def _texts(turns: Sequence[Turn]) -> Iterator[str]:
    """What was said and shown in turns."""
    for turn in turns:
        yield turn.request
        yield turn.reply
        yield from (str(leaf) for call in turn.attempted() for _, leaf in leaves(call.result))


PROVED: dict[str, Callable[[Conversation, Episode], str | None]] = {
    "clarify": _clarify,
    "missing_tool": _missing_tool,
    "no_tool": _no_tool,
    "correction": _correction,
    "confirm": _confirm,
    "tool_error": _tool_error,
    "mistake_hint": _mistake_hint,
}
"""For each kind that is no shape, its proof."""
