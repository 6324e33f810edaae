"""Facts: candidate values for a call's literals and for the fields of its result, before a model runs.

Values come from examples and recordings where a tool has them, else from the world. A call draws a recording at most
once: its arguments take a recorded call's values as they are in half of the calls that can, and its result takes the
fields of one recorded result, the same call's where its arguments were taken. So what belongs together stays together.
Facts remain candidates: whatever the conversation has established (the ledger) or repeats (echoed arguments) wins.

A recording is used once in a conversation; when none is left, its values stay in the mix as examples.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dtc_local import world
from dtc_local.coverage import Worth
from dtc_local.coverage.tally import listed_values
from dtc_local.prompts import written
from dtc_local.records import CallOutline, Json, Recorded, Schema, Tool, TurnOutline
from dtc_local.tools.dataflow.entities import result_identity
from dtc_local.tools.dataflow.slots import reports_on_call
from dtc_local.tools.schemas.leaves import leaves
from dtc_local.tools.schemas.schema import ASSUMED_OUTPUT
from dtc_local.tools.words import tokens
from dtc_local.validation import is_valid
from dtc_local.words import leaves as scalars
from dtc_local.words import sayable
from dtc_local.world.examples import spread_all, with_examples
from dtc_local.world.wholes import at, fitted, made_lists, recorded_lists

if TYPE_CHECKING:
    from numpy.random import Generator

Path = tuple[str | int, ...]
Facts = dict[str, tuple[Json, ...]]

OUTPUT_FACT = "->"
CANDIDATES = 3
MAX_FACT_LEAVES = 24
_CLOSED = frozenset(("enum", "const", "format", "pattern", "examples"))
"""What a schema says of a text that the world need not guess."""
_CALCULATING = frozenset(("calculate", "compute", "evaluate", "solve", "count"))
_HOW = frozenset(("by", "for", "with", "from", "of", "in", "on", "at", "to", "via", "using", "per"))
"""Verbs whose text is a number; words after which a tool's name says how, and no more what."""
RECORDED_SHARE = 1 / 2
"""Share of the calls whose arguments are those of a recorded call, among the calls that could have them."""


@dataclass
class Used:
    """What a conversation has used so far, by tool name, and what values are worth to the run."""

    arguments: dict[str, list[Json]] = field(default_factory=dict)
    recordings: dict[str, set[int]] = field(default_factory=dict)
    worth: Worth = field(default_factory=Worth)


def facts_of(
    tools: Mapping[str, Tool], outlines: Sequence[TurnOutline], today: str, rng: Generator, worth: Worth | None = None
) -> dict[str, Facts]:
    """Facts of every call of a conversation by call id; see `stages/scenario.py` for their spelling.

    Of the values that a parameter lists, those that the run has said least, by `worth`, come first.
    """
    used, needed = Used(worth=worth or Worth()), _needed(outlines)
    facts: dict[str, Facts] = {}
    for outline in outlines:
        for call in outline.calls:
            tool = tools[call.tool]
            drawn = _drawn_recording(tool, call, used, rng)
            arguments = (drawn.arguments if drawn is not None else None) or {}
            facts[call.id] = {
                **_argument_facts(tool, call, arguments, used, today, rng),
                **_result_facts(tool, drawn, needed.get(call.id, ()), today, rng),
            }
    return facts


def _drawn_recording(tool: Tool, call: CallOutline, used: Used, rng: Generator) -> Recorded | None:
    """A recording not used before, with those arguments the call takes from it; None if none is left."""
    taken = used.recordings.setdefault(tool.name, set())
    left = [position for position in range(len(tool.recorded)) if position not in taken]
    if not left:
        return None
    position = left[int(rng.integers(len(left)))]
    taken.add(position)
    recorded = tool.recorded[position]
    known = recorded.arguments or {}
    said = {name: value for name, value in known.items() if name in call.literals}
    if not all(sayable(leaf) for value in said.values() for leaf in scalars(value)) or rng.random() >= RECORDED_SHARE:
        said = {}
    return Recorded(arguments=said, result=_without(known.keys() - said.keys(), recorded.result))


def _without(names: Set[str], value: Json) -> Json:
    """The result without the fields of those names, at any depth: they repeat arguments that this call has not."""
    if isinstance(value, dict):
        return {name: _without(names, part) for name, part in value.items() if name not in names}
    return [_without(names, part) for part in value] if isinstance(value, list) else value


def _argument_facts(
    tool: Tool, call: CallOutline, recorded: Mapping[str, Json], used: Used, today: str, rng: Generator
) -> Facts:
    """Values for each literal, other than earlier arguments and calls of the tool had, as long as there are any."""
    facts = {}
    said = used.arguments.setdefault(tool.name, [])
    for name in call.literals:
        schema = tool.parameters["properties"][name]
        if name in recorded and is_valid(recorded[name], schema):
            facts[name] = (recorded[name],)
            said.append(recorded[name])
            continue
        shown = with_examples(_without_default(schema), _recorded_arguments(tool, name, schema))
        number = len(listed_values(shown)) or CANDIDATES + min(len(said), 12)
        drawn = world.candidates(name, shown, tool.name, rng, number, today)
        if listed_values(shown):
            drawn = used.worth.rarest_first(tool, name, drawn)
        fresh = tuple(value for value in drawn if value not in said)[:CANDIDATES] or drawn[:CANDIDATES]
        said.extend(fresh)
        if fresh:
            facts[name] = fresh
    return facts


def _recorded_arguments(tool: Tool, name: str, schema: Schema) -> list[Json]:
    values = [one.arguments[name] for one in tool.recorded if one.arguments is not None and name in one.arguments]
    return [value for value in values if is_valid(value, schema)]


def _without_default(schema: Schema) -> Schema:
    """The schema without the default among its listed values: only what differs from it is worth saying."""
    if "default" not in schema or len(schema.get("enum", ())) < 2:
        return schema
    return {**schema, "enum": [value for value in schema["enum"] if value != schema["default"]]}


def _result_facts(tool: Tool, recorded: Recorded | None, needed: Sequence[Path], today: str, rng: Generator) -> Facts:
    """Values for the leaves of the result; lists of records have whole values, under the list's own path."""
    output = tool.output if tool.output is not None else ASSUMED_OUTPUT
    result = recorded.result if recorded is not None else None
    if not tool.recorded and output.get("examples"):
        result = output["examples"][int(rng.integers(len(output["examples"])))]
    output = with_examples(output, [one.result for one in tool.recorded])
    whole = dict(recorded_lists(output, result, needed)) or dict(made_lists(tool, output, needed, today, rng))
    facts: Facts = {_key(path): values for path, values in whole.items()}
    if output.get("type") in ("string", "integer", "number"):
        facts[_key(())] = _bare_values(output, tool, result, today, rng)
    inside: Path | None = None
    for number, (path, schema, owners) in enumerate(leaves(spread_all(output))):
        if number >= MAX_FACT_LEAVES:
            break
        if (inside is not None and path == (*inside, 0)) or any(path[: len(taken)] == taken for taken in whole):
            continue  # the list itself has its facts
        inside = path if schema["type"] == "array" else None
        values = _leaf_values(path, schema, owners, tool, at(result, path), today, rng)
        if values:
            facts[_key(path)] = values
    return facts


def _bare_values(schema: Schema, tool: Tool, recorded: Json, today: str, rng: Generator) -> tuple[Json, ...]:
    """Values of a result that is one bare value: what the tool's name asks for, or word that the call went well."""
    shown = fitted(schema, recorded)
    if shown is not None:
        return (shown,)
    name = _asked_for(tool)
    if schema["type"] == "string" and not name and not _CLOSED & schema.keys():
        if not _CALCULATING.isdisjoint(tokens(tool.name)):
            made = world.candidates("value", {"type": "number"}, tool.name, rng, CANDIDATES, today)
            return tuple(written(value) for value in made if is_valid(written(value), schema))
        return tuple(text for text in world.outcomes(tool.effect, rng, CANDIDATES) if is_valid(text, schema))
    return world.candidates(name or "value", schema, tool.name, rng, CANDIDATES, today)


def _asked_for(tool: Tool) -> str:
    """What a read returns, as its name says: "user id" for `find_user_id_by_email`; "" if it names nothing."""
    if tool.effect != "read":
        return ""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])|[^A-Za-z]+", " ", tool.name).lower().split()
    cut = next((place for place, word in enumerate(words) if place and word in _HOW), len(words))
    return " ".join(word for word in words[1:cut] if word not in ("all", "the", "a", "my", "current"))


def _key(path: Path) -> str:
    return OUTPUT_FACT + ".".join(map(str, path))


def _leaf_values(
    path: Path, schema: Schema, owners: Sequence[str], tool: Tool, recorded: Json, today: str, rng: Generator
) -> tuple[Json, ...]:
    """What the recorded result holds at a leaf; an id is only its first choice: other things have others."""
    name = next((part for part in reversed(path) if isinstance(part, str)), "value")
    shown = fitted(schema, recorded)
    identity = result_identity(tool, path, schema)
    if shown is not None and (identity is None or not identity.is_key):
        return (shown,)
    if schema["type"] == "string" and not _CLOSED & schema.keys() and reports_on_call(name, schema, tool):
        return world.outcomes(tool.effect, rng, CANDIDATES)
    drawn = world.candidates(name, schema, f"{tool.name} {' '.join(owners)}", rng, CANDIDATES, today)
    if shown is None:
        return drawn
    return (shown, *(value for value in drawn if value != shown))[:CANDIDATES]


def _needed(outlines: Sequence[TurnOutline]) -> dict[str, list[Path]]:
    """Result paths by call id that some later call may refer to."""
    needed: dict[str, list[Path]] = {}
    for outline in outlines:
        for call in outline.calls:
            for reference in (one for choices in call.references.values() for one in choices):
                needed.setdefault(reference.call, []).append(reference.path)
    return needed
