"""Execute: simulated results, level by level; no tool is ever called.

True by construction: a result obeys its tool's output schema, repeats the arguments it echoes and the facts the ledger
knows, and holds the fields later calls refer to. Checked afterwards: the substituted call under the tool's original
parameters, the result under its original output schema, and the ledger for contradictions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dtc_local import prompts
from dtc_local.engine.base import Completion, Request
from dtc_local.errors import StageFailure
from dtc_local.ledger import Ledger
from dtc_local.records import ExecutedCall, Json, Plan, PlannedCall, Reference, Schema, Tool
from dtc_local.stages.base import Desk, Steps, json_schema
from dtc_local.stages.detours import FINAL, Detour, Scene, attempted
from dtc_local.stages.narrow import Path, filtered, fixed, narrowed, with_members
from dtc_local.stages.plan import without_final_mark
from dtc_local.stages.references import output_of, value_at
from dtc_local.stages.verify import executed_results
from dtc_local.validation import is_valid
from dtc_local.world.arithmetic import computed
from dtc_local.world.wholes import list_places

Levels = tuple[tuple[ExecutedCall, ...], ...]
OUTPUT_FACT = "->"
"""Facts for result fields are kept under this mark and the dotted path: "->items.0.price"."""


def execute(desk: Desk, plan: Plan, request: str, detour: Detour | None = None) -> Steps[tuple[Levels, Ledger]]:
    """Executed calls by level and the ledger after them; raises StageFailure if a result cannot be made sound.

    A detour adds an attempt that fails, as a level of its own before its call; one that is only reported ends the turn.
    """
    results = executed_results(desk.turns)
    ledger = desk.ledger
    levels: list[tuple[ExecutedCall, ...]] = []
    for level in plan.levels():
        gone = detour is not None and detour.outcome == "gone"
        calls = [(call, substituted(desk, call, results, Ledger() if gone else ledger)) for call in level]
        if detour and detour.call in {call.id for call in level}:
            call, arguments = next(pair for pair in calls if pair[0].id == detour.call)
            scene = Scene(plan, request, tuple(levels))
            failed = yield from attempted(desk, scene, detour, desk.scenario.tool(call.tool), arguments)
            levels.append((failed,))
            if detour.outcome in FINAL:
                break
        history = (*prompts.history(desk.turns), prompts.said(request), *map(prompts.called, levels))
        answers = yield [_simulation(desk, history, call, arguments, ledger) for call, arguments in calls]
        done: list[ExecutedCall] = []
        for (call, arguments), completions in zip(calls, answers, strict=True):
            executed, ledger = _accept(desk, call, arguments, completions, ledger)
            done.append(executed)
            results[call.id] = executed.result
        levels.append(tuple(done))
    return tuple(levels), ledger


def substituted(desk: Desk, call: PlannedCall, results: Mapping[str, Json], ledger: Ledger) -> dict[str, Json]:
    """Arguments with references replaced by values, valid under the tool's original parameters."""
    arguments = {
        name: value_at(results, argument) if isinstance(argument, Reference) else argument.value
        for name, argument in call.arguments.items()
    }
    tool = desk.scenario.tool(call.tool)
    if not is_valid(arguments, tool.source.parameters):
        raise StageFailure("execute", "invalid_value", "The values found must fit the next call.")
    if desk.config.ledger and ledger.refuses(tool, arguments):
        raise StageFailure("execute", "contradiction", "Do not use what was deleted.")
    return arguments


def _with_output(desk: Desk, call: PlannedCall) -> Tool:
    tool = desk.scenario.tool(call.tool)
    return tool if tool.output is not None else tool.model_copy(update={"output": output_of(tool)})


def _simulation(
    desk: Desk,
    history: Sequence[str],
    call: PlannedCall,
    arguments: Mapping[str, Json],
    ledger: Ledger,
) -> Request:
    tool = _with_output(desk, call)
    pinned = computed(tool, arguments) | (ledger.pinned(tool, arguments) if desk.config.ledger else {})
    facts = {path: values for path, values in output_facts(desk, call.id).items() if path not in pinned}
    known = ledger.known(tool, arguments) if desk.config.ledger else ()
    task = prompts.execute(call.id, arguments, tool, known, facts)
    schema = result_schema(tool, pinned, facts if desk.facts_only else {}, needed_paths(desk, call.id))
    for path, listed in list_places(output_of(tool)) if tool.effect == "read" else ():
        schema = filtered(schema, path, _asked_of(listed["items"], arguments), listed)
    for path, members in ledger.members(tool, arguments).items() if desk.config.ledger else ():
        schema = with_members(schema, path, members, list_at(output_of(tool), path))
    return desk.request("execute", history, task, json_schema(schema), n=1, budget=400, key=call.id)


def output_facts(desk: Desk, call_id: str) -> dict[str, tuple[Json, ...]]:
    """Candidate values for result fields by dotted path, rotated by the attempt."""
    offered = {}
    for key, values in desk.scenario.facts.get(call_id, {}).items():
        if key.startswith(OUTPUT_FACT) and values:
            turn = desk.attempt % len(values)
            bare = [without_final_mark(value) for value in values]
            offered[key.removeprefix(OUTPUT_FACT)] = (*bare[turn:], *bare[:turn])
    return offered


def needed_paths(desk: Desk, call_id: str) -> frozenset[Path]:
    """Output paths of a call that this or a later turn may refer to, or recall."""
    referred = {
        reference.path
        for turn in desk.scenario.turns
        for outline in turn.calls
        for choices in outline.references.values()
        for reference in choices
        if reference.call == call_id
    }
    recalled = {
        turn.focus.path
        for turn in desk.scenario.turns
        if turn.kind == "no_tool" and turn.focus and turn.focus.call == call_id
    }
    return frozenset(referred | recalled)


def result_schema(
    tool: Tool, pinned: Mapping[str, Json], facts: Mapping[str, Sequence[Json]], needed: frozenset[Path]
) -> Schema:
    """The output schema narrowed: pinned fields constant, needed ones present, leaves limited to the facts if given."""

    def choices(path: Path, leaf: Schema) -> Sequence[Json]:
        return facts.get(".".join(map(str, path)), ())

    return fixed(narrowed(output_of(tool), choices, needed=needed), pinned)


def _asked_of(item: Schema, arguments: Mapping[str, Json]) -> dict[str, Json]:
    """Arguments that say which records are wanted: those with the name of a field, and a value that it may have."""
    fields = item["properties"]
    return {
        name: value
        for name, value in arguments.items()
        if name in fields and not isinstance(value, list | dict) and is_valid(value, fields[name])
    }


def list_at(schema: Schema, path: Path) -> Schema:
    """The schema of the list of records at a path of a result."""
    return next(found for place, found in list_places(schema) if place == path)


def _accept(
    desk: Desk, call: PlannedCall, arguments: dict[str, Json], completions: Sequence[Completion], ledger: Ledger
) -> tuple[ExecutedCall, Ledger]:
    tool = _with_output(desk, call)
    reason = "length"
    for completion in desk.accepted("execute", completions):
        executed = ExecutedCall(id=call.id, tool=call.tool, arguments=arguments, result=completion.value)
        original = tool.source.output if tool.source.output is not None else output_of(tool)
        if not is_valid(completion.value, original):
            reason = "invalid_value"
        elif desk.config.ledger and ledger.contradicts(executed, tool):
            reason = "contradiction"
        else:
            desk.note("execute", completion)
            return executed, ledger.after(executed, tool)
        desk.note("execute", completion, reason)
    raise StageFailure("execute", reason, "Keep to what is known.")
