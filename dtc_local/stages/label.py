"""Labels: a turn is of a kind only if a rule says so (METHOD.md section 5). No model.

The first six kinds are shapes of the call graph. Of the others, the rules look at what stands in the finished turns:
who asked what, which calls were made, and in which of them what changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from dtc_local import prompts
from dtc_local.records import SHAPES, ExecutedCall, Kind, Plan, Scenario, Turn, TurnOutline
from dtc_local.stages.references import walk
from dtc_local.stages.speech import SPEECH
from dtc_local.words import find, is_question, leaves


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
    shown = [text for turn in (*earlier, opening) for text in _shown(turn)]
    values = list(leaves(dict(call.literals()).get(focus.argument)))
    absent = all(find(text, value) is None for text in shown for value in values)
    told = bool(values) and all(find(closing.request, value) for value in values)
    called = any(call.id == focus.call for call in closing.executed())
    return absent and told and not opening.levels and is_question(opening.reply) and called


def _shown(turn: Turn) -> Iterator[str]:
    """All that a reader of the turn sees as text: words, and the values in results."""
    yield from (turn.request, turn.reply)
    yield from (prompts.written(leaf) for call in turn.attempted() for leaf in leaves(call.result))


def _missing_tool(outline: TurnOutline, earlier: Sequence[Turn], made: Sequence[Turn], scenario: Scenario) -> bool:
    """The needed tool is withheld and was never called; the reply admits it; nothing is called."""
    wanted = {call.tool for call in outline.calls}
    withheld = bool(wanted) and wanted <= {tool.name for tool in scenario.withheld}
    there = {tool.name for tool in scenario.offer}.union(call.tool for turn in earlier for call in turn.attempted())
    return (
        withheld
        and not wanted & there
        and not made[-1].attempted()
        and SPEECH[scenario.language].refuses(made[-1].reply)
    )


def _no_tool(outline: TurnOutline, earlier: Sequence[Turn], made: Sequence[Turn], scenario: Scenario) -> bool:
    """Nothing is called; what is recalled stands in an earlier result and in the reply."""
    if made[-1].attempted():
        return False
    focus = outline.focus
    if focus is None:
        return outline.outcome == "outside"
    shown = [walk(call.result, focus.path) for turn in earlier for call in turn.executed() if call.id == focus.call]
    recalled = [leaf for value in shown for leaf in leaves(value)]
    return bool(recalled) and all(find(made[-1].reply, leaf) for leaf in recalled)


def _correction(outline: TurnOutline, earlier: Sequence[Turn], made: Sequence[Turn], scenario: Scenario) -> bool:
    """The call made before is made again and differs in exactly one value."""
    focus, calls = outline.focus, made[-1].attempted()
    if focus is None or len(calls) != 1 or calls[0].fault:
        return False
    again = calls[0]
    before = next((call for turn in earlier for call in turn.executed() if call.id == focus.call), None)
    if before is None or before.tool != again.tool or before.arguments.keys() != again.arguments.keys():
        return False
    changed = [name for name, value in again.arguments.items() if before.arguments[name] != value]
    return changed == [focus.argument] and all(
        find(made[-1].request, leaf) for leaf in leaves(again.arguments[focus.argument])
    )


def _confirm(outline: TurnOutline, earlier: Sequence[Turn], made: Sequence[Turn], scenario: Scenario) -> bool:
    """A destructive call comes after a question and a yes, or, after a no, not at all."""
    if len(made) != 2 or not outline.calls or scenario.tool(outline.calls[-1].tool).effect != "destructive":
        return False
    opening, closing = made
    asked = not opening.attempted() and is_question(opening.reply)
    agreed = outline.outcome == "yes"
    done = {call.id for call in closing.executed()} == {call.id for call in outline.calls}
    return (
        asked
        and SPEECH[scenario.language].consents(closing.request) is agreed
        and (done if agreed else not closing.attempted())
    )


def _tool_error(outline: TurnOutline, earlier: Sequence[Turn], made: Sequence[Turn], scenario: Scenario) -> bool:
    """One call returned an error; the same call, a mended one, or no call and an honest reply follows."""
    calls = made[-1].attempted()
    faults = [place for place, call in enumerate(calls) if call.fault]
    if len(faults) != 1 or calls[faults[0]].fault != "error" or outline.focus is None:
        return False
    failed = faults[0]
    after = calls[failed + 1 :]
    if outline.outcome in ("report", "gone"):
        return (
            calls[failed].id == outline.focus.call and not after and SPEECH[scenario.language].refuses(made[-1].reply)
        )
    again = after[0] if after else None
    if again is None or again.id != outline.focus.call or again.tool != calls[failed].tool:
        return False
    added = again.arguments.keys() - calls[failed].arguments.keys()
    same = all(again.arguments.get(name) == value for name, value in calls[failed].arguments.items())
    return same and added == ({outline.focus.argument} if outline.outcome == "repair" else set())


def _mistake_hint(outline: TurnOutline, earlier: Sequence[Turn], made: Sequence[Turn], scenario: Scenario) -> bool:
    """A wrong call, then a hint, then the call of the plan; the wrong call is made nowhere else."""
    calls = made[-1].attempted()
    faults = [place for place, call in enumerate(calls) if call.fault]
    wrong = faults[0] if faults else len(calls)
    if len(faults) != 1 or calls[wrong].fault != "mistake" or outline.focus is None or wrong + 1 >= len(calls):
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
