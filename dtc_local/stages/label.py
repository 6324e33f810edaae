"""Labels: a turn is of a kind only if a rule says so (METHOD.md section 5). No model.

The first six kinds are shapes of the call graph. Of the others, the rules look at what stands in the finished turns:
who asked what, which calls were made, and in which of them what changed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from dtc_local.records import SHAPES, ExecutedCall, Kind, Plan, Scenario, Turn, TurnOutline
from dtc_local.stages import exchanges
from dtc_local.words import find, leaves


def unproved(outline: TurnOutline, earlier: Sequence[Turn], made: Sequence[Turn], scenario: Scenario) -> bool:
    """Whether the turns made of an outline, after the earlier ones, fail to show its kind."""
    if outline.kind in SHAPES:
        return not has_kind(made[-1].plan, outline.kind)
    return not _RULES[outline.kind](outline, earlier, made, scenario)


def has_kind(plan: Plan, kind: Kind) -> bool:
    """Whether the plan proves the label (METHOD.md section 5)."""
    parents = plan.parents()
    degrees = [len(ids) for ids in parents.values()]
    own = set(parents)
    follows = any(reference.call not in own for call in plan.calls for _, reference in call.references())
    if kind == "follow_up":
        return follows
    if follows:
        return False
    sources = degrees.count(0)
    if kind == "single":
        return len(degrees) == 1
    if kind == "parallel":
        return len(degrees) >= 2 and sources == len(degrees)
    if kind == "chain":
        return len(degrees) >= 2 and degrees == [0] + [1] * (len(degrees) - 1) and _is_path(plan)
    if kind == "fan_in":
        return len(degrees) >= 3 and degrees[-1] >= 2 and sources == len(degrees) - 1 == degrees[-1]
    return len(degrees) >= 3 and sources == 1 and len({ids for ids in parents.values() if ids}) == 1


def _is_path(plan: Plan) -> bool:
    parents = plan.parents()
    return all(parents[call.id] == (before.id,) for before, call in zip(plan.calls, plan.calls[1:], strict=False))


def _clarify(outline: TurnOutline, earlier: Sequence[Turn], made: Sequence[Turn], scenario: Scenario) -> bool:
    """A required value is absent until the answer to a question says it; the call comes after that."""
    if len(made) != 2 or outline.focus is None:
        return False
    opening, closing = made
    focus = outline.focus
    call = next((call for call in closing.plan.calls if call.id == focus.call), None)
    if call is None or focus.argument not in scenario.tool(call.tool).required:
        return False
    said = [*(turn.request for turn in earlier), opening.request]
    values = list(leaves(dict(call.literals()).get(focus.argument)))
    absent = all(find(text, value) is None for text in said for value in values)
    told = bool(values) and all(find(closing.request, value) for value in values)
    return absent and told and not opening.levels and opening.reply.endswith("?") and bool(closing.levels)


def _missing_tool(outline: TurnOutline, earlier: Sequence[Turn], made: Sequence[Turn], scenario: Scenario) -> bool:
    """The needed tool is withheld; the reply admits it; nothing is called."""
    wanted = {call.tool for call in outline.calls}
    withheld = wanted <= {tool.name for tool in scenario.withheld}
    offered = wanted & {tool.name for tool in scenario.offer}
    return withheld and not offered and not made[-1].attempted() and exchanges.refuses(made[-1].reply)


def _no_tool(outline: TurnOutline, earlier: Sequence[Turn], made: Sequence[Turn], scenario: Scenario) -> bool:
    """Nothing is called; what is recalled stands in an earlier result and in the reply."""
    if made[-1].attempted():
        return False
    if outline.focus is None:
        return True
    shown = [
        leaf
        for turn in earlier
        for call in turn.executed()
        if call.id == outline.focus.call
        for leaf in leaves(call.result)
    ]
    return any(find(made[-1].reply, leaf) for leaf in shown)


def _correction(outline: TurnOutline, earlier: Sequence[Turn], made: Sequence[Turn], scenario: Scenario) -> bool:
    """The call made before is made again and differs in exactly one value."""
    if outline.focus is None or len(made[-1].executed()) != 1:
        return False
    again = made[-1].executed()[0]
    before = next((call for turn in earlier for call in turn.executed() if call.id == outline.focus.call), None)
    if before is None or before.tool != again.tool or before.arguments.keys() != again.arguments.keys():
        return False
    return [name for name, value in again.arguments.items() if before.arguments[name] != value] == [
        outline.focus.argument
    ]


def _confirm(outline: TurnOutline, earlier: Sequence[Turn], made: Sequence[Turn], scenario: Scenario) -> bool:
    """A destructive call comes after a question and a yes, or, after a no, not at all."""
    if len(made) != 2 or any(scenario.tool(call.tool).effect != "destructive" for call in outline.calls[-1:]):
        return False
    opening, closing = made
    asked = not opening.attempted() and opening.reply.endswith("?")
    agreed = outline.outcome == "yes"
    return asked and exchanges.consent(closing.request) is agreed and bool(closing.executed()) is agreed


def _tool_error(outline: TurnOutline, earlier: Sequence[Turn], made: Sequence[Turn], scenario: Scenario) -> bool:
    """One call returned an error; the same call, a mended one, or no call and an honest reply follows."""
    calls = made[-1].attempted()
    failed = next((place for place, call in enumerate(calls) if call.fault == "error"), None)
    if failed is None or outline.focus is None:
        return False
    after = calls[failed + 1 :]
    if outline.outcome in ("report", "gone"):
        return not after and exchanges.refuses(made[-1].reply)
    again = after[0] if after else None
    if again is None or again.fault or again.tool != calls[failed].tool:
        return False
    added = again.arguments.keys() - calls[failed].arguments.keys()
    same = all(again.arguments.get(name) == value for name, value in calls[failed].arguments.items())
    return same and added == ({outline.focus.argument} if outline.outcome == "repair" else set())


def _mistake_hint(outline: TurnOutline, earlier: Sequence[Turn], made: Sequence[Turn], scenario: Scenario) -> bool:
    """A wrong call, then a hint, then the call of the plan; the wrong call is made nowhere else."""
    calls = made[-1].attempted()
    wrong = next((place for place, call in enumerate(calls) if call.fault == "mistake"), None)
    if wrong is None or outline.focus is None or wrong + 1 >= len(calls):
        return False
    others = [call for turn in (*earlier, *made) for call in turn.executed()]
    return calls[wrong + 1].id == outline.focus.call and all(_differ(calls[wrong], call) for call in others)


def _differ(one: ExecutedCall, other: ExecutedCall) -> bool:
    return (one.tool, one.arguments) != (other.tool, other.arguments)


_Rule = Callable[[TurnOutline, Sequence[Turn], Sequence[Turn], Scenario], bool]
_RULES: dict[Kind, _Rule] = {
    "clarify": _clarify,
    "missing_tool": _missing_tool,
    "no_tool": _no_tool,
    "correction": _correction,
    "confirm": _confirm,
    "tool_error": _tool_error,
    "mistake_hint": _mistake_hint,
}
