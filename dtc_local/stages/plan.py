"""Plan: the model fills the argument values of a call graph whose shape the scenario has fixed.

True by construction: tool names and call ids are constants, every literal is under its parameter's schema, every
reference is one of those that exist and whose type fits. Checked afterwards: the original schema, repetition, and that
no call names an entity that is gone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

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
from dtc_local.stages.base import Desk, Steps, json_schema
from dtc_local.stages.narrow import Path, narrowed
from dtc_local.validation import is_valid, is_valid_property
from dtc_local.words import leaves, sayable

Complete = Callable[[Plan], Plan]


def plan(desk: Desk, outline: TurnOutline, hint: str = "", complete: Complete = lambda written: written) -> Steps[Plan]:
    """The best valid plan of `plan_candidates`; raises StageFailure with the reason the best one was refused for.

    `complete` makes the plan of what the model has written, where the outline leaves something out.
    """
    facts = {
        f"{call.id}.{name}": values for call in outline.calls for name, values in offered_facts(desk, call).items()
    }
    task = prompts.plan(desk.persona, outline, facts, hint)
    constraint = json_schema(plan_schema(desk, outline))
    budget = 40 + 80 * sum(1 + len(call.literals) for call in outline.calls)

    def good(value: Json) -> bool:
        return find_fault(desk, complete(read_plan(outline, value))) is None

    n = desk.candidates_for("plan", desk.config.plan_candidates)
    request = desk.request("plan", prompts.history(desk.turns), task, constraint, n=n, budget=budget, good=good)
    (completions,) = yield (request,)
    return _choose(desk, outline, completions, complete)


def _choose(desk: Desk, outline: TurnOutline, completions: Sequence[Completion], complete: Complete) -> Plan:
    good: list[Plan] = []
    faults: list[tuple[str, str]] = []
    for completion in desk.accepted("plan", completions):
        candidate = complete(read_plan(outline, completion.value))
        fault = find_fault(desk, candidate)
        desk.note("plan", completion, fault[0] if fault else "")
        if fault:
            faults.append(fault)
        else:
            good.append(candidate)
    if not good:
        raise StageFailure("plan", *(faults[0] if faults else ("length", "Keep values short.")))
    return good[0]


def offered_facts(desk: Desk, call: CallOutline) -> dict[str, tuple[Json, ...]]:
    """Candidate values by argument name, rotated by the attempt so that another try starts from another fact."""
    facts = desk.scenario.facts.get(call.id, {})
    properties = desk.scenario.tool(call.tool).parameters["properties"]
    offered = {}
    for name in call.literals:
        bare = [without_final_mark(value) for value in facts.get(name, ())]
        values = tuple(value for value in bare if _sayable(value, properties[name]))
        if values:
            turn = desk.attempt % len(values)
            offered[name] = values[turn:] + values[:turn]
    return offered


def without_final_mark(value: Json) -> Json:
    """A sentence given as a fact loses its full stop: the request's own comes right after it."""
    return value.rstrip(".!?") if isinstance(value, str) else value


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
        invalid = _invalid_argument(tool, call)
        if invalid is not None:
            return "invalid_value", f"{prompts.worded(invalid)} must obey its description."
        if not all(_sayable(value, tool.parameters["properties"][name]) for name, value in call.literals()):
            return "weak_plan", "Use short plain values."
        if desk.config.ledger and desk.ledger.refuses(tool, dict(call.literals())):
            return "contradiction", "Do not use what was deleted."
    if _is_weak(candidate, desk):
        return "weak_plan", "Give each call a value of its own."
    return None


def _invalid_argument(tool: Tool, call: PlannedCall) -> str | None:
    """The first literal that breaks the tool's original schema; the whole call is judged once it has all its values."""
    original = tool.source.parameters
    for name, value in call.literals():
        if not is_valid_property(name, value, original):
            return name
    complete = not any(True for _ in call.references())
    return next(iter(call.arguments), tool.name) if complete and not is_valid(call.symbolic(), original) else None


def _sayable(value: Json, schema: Schema | bool) -> bool:
    """Whether a request can carry the value; what is no listed value must also be taken out of it whole."""
    if isinstance(value, dict):
        properties = schema.get("properties", {}) if isinstance(schema, dict) else {}
        return all(_sayable(item, properties.get(name, True)) for name, item in value.items())
    if isinstance(value, list):
        items = schema.get("items", True) if isinstance(schema, dict) else True
        return all(_sayable(item, items) for item in value)
    listed = isinstance(schema, dict) and ("enum" in schema or "const" in schema)
    return all(sayable(leaf, lifted=not listed) for leaf in leaves(value))


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
