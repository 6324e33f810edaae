"""Rules on single calls: names, ids, schemas of arguments and results."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from dtc_local.audit.base import Violation, attempted_calls, episodes, placed_calls, planned_calls
from dtc_local.records import Conversation, Json, Schema, Tool

LEGAL_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")


def offer(conversation: Conversation) -> Iterator[Violation]:
    """Tools on offer have legal names, no two alike."""
    for name, count in Counter(tool.name for tool in conversation.scenario.offer).items():
        if count > 1:
            yield Violation(what=f"{count} tools on offer are called {name}")
        if not LEGAL_NAME.fullmatch(name):
            yield Violation(what=f"the tool name {name!r} is not legal")


def known_tool(conversation: Conversation) -> Iterator[Violation]:
    """Every planned and every attempted call is of a tool on offer."""
    names = {tool.name for tool in conversation.scenario.offer}
    for turn, call in planned_calls(conversation):
        if call.tool not in names:
            yield Violation(what=f"{call.tool} is planned but not on offer", turn=turn, call=call.id)
    for place in attempted_calls(conversation):
        if place.executed.tool not in names:
            yield place.violation(f"{place.executed.tool} is called but not on offer")


def withheld(conversation: Conversation) -> Iterator[Violation]:
    """No tool that is withheld is on offer, and nobody calls it."""
    names = {tool.name for tool in conversation.scenario.withheld}
    for tool in conversation.scenario.offer:
        if tool.name in names:
            yield Violation(what=f"{tool.name} is withheld and on offer")
    for place in attempted_calls(conversation):
        if place.executed.tool in names:
            yield place.violation(f"{place.executed.tool} is withheld and called")


def call_ids(conversation: Conversation) -> Iterator[Violation]:
    """Planned calls are numbered $1, $2 ... through the whole conversation; calls that come to no plan count too."""
    number = 0
    for episode in episodes(conversation):
        planned = [
            (episode.first + place, call) for place, turn in enumerate(episode.turns) for call in turn.plan.calls
        ]
        for turn, call in planned:
            number += 1
            if call.id != f"${number}":
                what = f"call {number} of the conversation has the id {call.id}"
                yield Violation(what=what, turn=turn, call=call.id)
        number += len(episode.outline.calls) if episode.outline and not planned else 0


def arguments_schema(conversation: Conversation) -> Iterator[Violation]:
    """The arguments of every call, a mistaken one too, obey the tool's original schema."""
    for place in attempted_calls(conversation):
        if place.tool and (error := schema_error(place.executed.arguments, place.tool.source.parameters)):
            yield place.violation(f"{place.executed.tool}: {error}")


def argument_names(conversation: Conversation) -> Iterator[Violation]:
    """No call has an argument that its tool does not declare, even where the original schema would let it pass."""
    for place in attempted_calls(conversation):
        declared = place.tool.parameters.get("properties", {}) if place.tool else place.executed.arguments
        for name in place.executed.arguments:
            if name not in declared:
                yield place.violation(f"{place.executed.tool} has no parameter {name}")


def result_schema(conversation: Conversation) -> Iterator[Violation]:
    """Every result obeys the tool's original output schema, or else the one that was inferred for it."""
    for place in placed_calls(conversation):
        contract = promised(place.tool)
        if contract is not None and (error := schema_error(place.executed.result, contract)):
            yield place.violation(f"{place.executed.tool} returned {error}")


def promised(tool: Tool | None) -> Schema | None:
    """What a tool says of its results: its own schema, or one inferred for it; None if there is neither."""
    if tool is None:
        return None
    return tool.source.output if tool.source.output is not None else tool.output


def schema_error(value: Json, schema: Schema | bool) -> str | None:
    """The most telling way in which a value breaks a schema, formats included; None if it obeys."""
    error = best_match(_validator(json.dumps(schema)).iter_errors(value))
    return None if error is None else f"{error.json_path}: {error.message}"


@lru_cache(maxsize=2048)
def _validator(schema: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads(schema), format_checker=Draft202012Validator.FORMAT_CHECKER)
