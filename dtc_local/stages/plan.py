"""Plan: the model fills the argument values of a call graph whose shape the scenario has fixed.

True by construction: tool names and call ids are constants, every literal is under its parameter's schema, every
reference is one of those that exist and whose type fits. Checked afterwards: the original schema, repetition, and that
no call names an entity that is gone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dtc_local import prompts
from dtc_local.engine.base import Completion
from dtc_local.errors import StageFailure
from dtc_local.records import (
    Argument,
    CallOutline,
    Json,
    LiteralValue,
    Plan,
    PlannedCall,
    Schema,
    Tool,
    TurnOutline,
)
from dtc_local.stages.base import Desk, Steps, best_first, json_schema
from dtc_local.stages.narrow import Path, narrowed
from dtc_local.validation import is_valid
from dtc_local.words import leaves


def plan(desk: Desk, outline: TurnOutline, hint: str = "") -> Steps[Plan]:
    """The best valid plan of `plan_candidates`; raises StageFailure with the reason the best one was refused for."""
    facts = {
        f"{call.id}.{name}": values
        for call in outline.calls
        for name, values in offered_facts(desk, call).items()
    }
    task = prompts.plan(desk.persona, outline, facts, hint)
    constraint = json_schema(plan_schema(desk, outline))
    budget = 40 + 80 * sum(1 + len(call.literals) for call in outline.calls)
    request = desk.request(
        "plan", prompts.history(desk.turns), task, constraint, n=desk.config.plan_candidates, budget=budget
    )
    (completions,) = yield (request,)
    return _choose(desk, outline, completions)


def _choose(desk: Desk, outline: TurnOutline, completions: Sequence[Completion]) -> Plan:
    reason, hint = "length", "Keep values short."
    chosen = None
    for completion in best_first(completions):
        candidate = read_plan(outline, completion.value)
        fault = find_fault(desk, candidate)
        if fault is None and chosen is None:
            chosen = candidate
            desk.note("plan", completion)
        elif fault is not None:
            reason, hint = fault
            desk.note("plan", completion, reason)
    if chosen is None:
        raise StageFailure("plan", reason, hint)
    return chosen


def offered_facts(desk: Desk, call: CallOutline) -> dict[str, tuple[Json, ...]]:
    """Candidate values by argument name, rotated by the attempt so that another try starts from another fact."""
    facts = desk.scenario.facts.get(call.id, {})
    offered = {}
    for name in call.literals:
        values = tuple(facts.get(name, ()))
        if values:
            turn = desk.attempt % len(values)
            offered[name] = values[turn:] + values[:turn]
    return offered


def plan_schema(desk: Desk, outline: TurnOutline) -> Schema:
    """One position per call, everything fixed but the values."""
    calls = [_call_schema(desk, call) for call in outline.calls]
    return {"type": "array", "prefixItems": calls, "items": False, "minItems": len(calls), "maxItems": len(calls)}


def _call_schema(desk: Desk, call: CallOutline) -> Schema:
    tool = desk.scenario.tool(call.tool)
    facts = offered_facts(desk, call) if desk.facts_only else {}
    arguments = {}
    for name in _argument_order(tool, call):
        if name in call.references:
            arguments[name] = {"enum": [str(reference) for reference in call.references[name]]}
        else:
            arguments[name] = _literal_schema(tool.parameters["properties"][name], facts.get(name, ()))
    return call_schema(call.id, call.tool, arguments, tuple(arguments))


def call_schema(call_id: str, tool: str, arguments: Mapping[str, Schema], required: Sequence[str]) -> Schema:
    """Schema of one written call: id and name constant, arguments as given."""
    return {
        "type": "object",
        "properties": {
            "id": {"const": call_id},
            "name": {"const": tool},
            "arguments": {
                "type": "object",
                "properties": dict(arguments),
                "required": list(required),
                "additionalProperties": False,
            },
        },
        "required": ["id", "name", "arguments"],
        "additionalProperties": False,
    }


def _literal_schema(schema: Schema, facts: Sequence[Json]) -> Schema:
    def choices(path: Path, leaf: Schema) -> Sequence[Json]:
        return facts if not path else ()

    return narrowed(schema, choices)


def _argument_order(tool: Tool, call: CallOutline) -> list[str]:
    return [name for name in tool.parameters["properties"] if name in call.literals or name in call.references]


def read_plan(outline: TurnOutline, value: Sequence[Mapping[str, Json]]) -> Plan:
    """The plan behind the written JSON; the outline says which arguments are references."""
    calls = []
    for call, written in zip(outline.calls, value, strict=True):
        arguments: dict[str, Argument] = {}
        for name, argument in written["arguments"].items():
            choices = {str(reference): reference for reference in call.references.get(name, ())}
            arguments[name] = choices[argument] if choices else LiteralValue(value=argument)
        calls.append(PlannedCall(id=call.id, tool=call.tool, arguments=arguments))
    return Plan(calls=tuple(calls))


def find_fault(desk: Desk, candidate: Plan) -> tuple[str, str] | None:
    """Reason and hint for the first fault of a plan, or None."""
    earlier = {_signature(call) for turn in desk.turns for call in turn.plan.calls}
    for call in candidate.calls:
        tool = desk.scenario.tool(call.tool)
        if _signature(call) in earlier:
            return "repeated_call", "Choose other values than before."
        earlier.add(_signature(call))
        for name, value in call.literals():
            if not is_valid(value, tool.source.parameters.get("properties", {}).get(name, {})):
                return "invalid_value", f"{prompts.worded(name)} must obey its description."
        if desk.ledger.refuses(tool, dict(call.literals())):
            return "contradiction", "Do not use what was deleted."
    if _is_weak(candidate, desk):
        return "weak_plan", "Give each call a value of its own."
    return None


def _is_weak(candidate: Plan, desk: Desk) -> bool:
    """More than one call that says nothing itself though its tool has parameters to say."""
    silent = [
        call
        for call in candidate.calls
        if not any(True for _, value in call.literals() for _ in leaves(value))
        and not any(True for _ in call.references())
        and desk.scenario.tool(call.tool).parameters["properties"]
    ]
    return len(silent) > 1


def _signature(call: PlannedCall) -> str:
    return call.tool + prompts.compact(call.symbolic())
