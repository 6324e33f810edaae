"""Rules on calls against the tools on offer: JSON Schema 2020-12, formats on, and no schema is ever fetched."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError, best_match
from referencing import Registry
from referencing.exceptions import Unresolvable

from dtc_local.audit.calls import LEGAL_NAME
from dtc_local.audit.defects import Defect
from dtc_local.audit.dialogue import Dialogue, Step, ToolSpec
from dtc_local.audit.dialogues.base import at
from dtc_local.audit.readers.base import shown
from dtc_local.records import Json

_OPEN = ("allOf", "anyOf", "oneOf", "$ref", "patternProperties", "if", "dependentSchemas")
"""Keywords with which a schema may name arguments elsewhere than under its properties."""


class Wrong(NamedTuple):
    """What is wrong with the arguments of a call."""

    missing: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    broken: str | None = None
    """The most telling of the other violations."""

    @property
    def weight(self) -> int:
        """How much is wrong, to choose among the tools that share a name."""
        return len(self.missing) + len(self.unknown) + (self.broken is not None)


def tool_spec(dialogue: Dialogue) -> Iterator[Defect]:
    """Tools on offer have names, no two are the same, and their parameters are a JSON Schema."""
    names = Counter((tool.name, tool.parameters_text) for tool in dialogue.tools or ())
    for (name, _), count in names.items():
        if count > 1:
            yield Defect(f"{count} tools on offer are {name} with the same parameters")
    for tool in dialogue.tools or ():
        if not tool.name:
            yield Defect("a tool on offer has no name")
        if fault := _fault(tool.parameters_text):
            yield Defect(f"the parameters of {tool.name} are no JSON Schema: {fault}")


def illegal_name(dialogue: Dialogue) -> Iterator[Defect]:
    """Names of tools are what OpenAI's API takes: 1 to 64 letters, digits, underscores and hyphens."""
    for name in dict.fromkeys(tool.name for tool in dialogue.tools or () if tool.name):
        if not LEGAL_NAME.fullmatch(name):
            yield Defect(f"the tool name {shown(name)} is not legal")


def unknown_tool(dialogue: Dialogue) -> Iterator[Defect]:
    """Every call is of a tool on offer in its turn."""
    for step in dialogue.steps:
        if not dialogue.offered(step.call.tool, step.turn) and not (step.call.fault and not step.call.tool):
            later = dialogue.offered(step.call.tool, len(dialogue.messages))
            yield at(step, f"{step.call.tool or 'a tool without a name'} is not on offer{' yet' if later else ''}")


def missing_argument(dialogue: Dialogue) -> Iterator[Defect]:
    """Every call has the arguments that its tool requires."""
    for step, wrong in _wrongs(dialogue):
        yield from (at(step, f"{step.call.tool} requires {name}") for name in wrong.missing)


def unknown_argument(dialogue: Dialogue) -> Iterator[Defect]:
    """No call has an argument that its tool does not know."""
    for step, wrong in _wrongs(dialogue):
        yield from (at(step, f"{step.call.tool} has no parameter {name}") for name in wrong.unknown)


def schema(dialogue: Dialogue) -> Iterator[Defect]:
    """Arguments obey their tool's schema: types, enums, patterns, bounds, formats."""
    for step, wrong in _wrongs(dialogue):
        if wrong.broken is not None:
            yield at(step, f"{step.call.tool}: {wrong.broken}")


def result_schema(dialogue: Dialogue) -> Iterator[Defect]:
    """Results obey the output schema of their tool, where it has one; errors and hints need not."""
    for step in dialogue.steps:
        specs = [tool for tool in dialogue.offered(step.call.tool, step.turn) if tool.output is not None]
        if step.answer is None or not specs or step.failed or step.answer.truncated:
            continue
        errors = [_violations(step.answer.value, tool.output_text).broken for tool in specs]
        if all(errors):
            yield at(step, f"{step.call.tool} returned {errors[0]}")


def _wrongs(dialogue: Dialogue) -> Iterator[tuple[Step, Wrong]]:
    """Calls whose tool is known with what is wrong with them; of overloads that count which fits best."""
    for step in dialogue.steps:
        specs = dialogue.offered(step.call.tool, step.turn)
        if specs and not step.call.fault and not dialogue.symbolic:
            yield step, min((_of_call(step, tool) for tool in specs), key=lambda wrong: wrong.weight)


def _of_call(step: Step, tool: ToolSpec) -> Wrong:
    wrong = _violations(dict(step.call.arguments), tool.parameters_text)
    return wrong._replace(unknown=tuple(dict.fromkeys((*wrong.unknown, *_undeclared(step.call.arguments, tool)))))


def _undeclared(names: object, tool: ToolSpec) -> Sequence[str]:
    """Arguments that a schema which says nothing of further ones does not name."""
    parameters = tool.parameters
    if not isinstance(parameters, dict) or any(key in parameters for key in _OPEN):
        return ()
    if "additionalProperties" in parameters or not isinstance(parameters.get("properties", {}), dict):
        return ()
    if "properties" not in parameters and "type" not in parameters:
        return ()
    declared = parameters.get("properties", {})
    return [name for name in names if name not in declared]  # type: ignore[attr-defined]


def _violations(value: Json, schema: str) -> Wrong:
    if _fault(schema):
        return Wrong()
    try:
        errors = list(_validator(schema).iter_errors(value))
    except Unresolvable:
        return Wrong()
    missing = [name for error in errors if _at_top(error, "required") for name in _lacking(error)]
    unknown = [name for error in errors if _at_top(error, "additionalProperties") for name in _extras(error)]
    others = [
        error for error in errors if not _at_top(error, "required") and not _at_top(error, "additionalProperties")
    ]
    worst = best_match(others)
    broken = None if worst is None else f"{worst.json_path}: {shown(worst.message, 160).strip(chr(34))}"
    return Wrong(tuple(dict.fromkeys(missing)), tuple(dict.fromkeys(unknown)), broken)


def _at_top(error: Json, keyword: str) -> bool:
    return bool(error.validator == keyword and not error.path and len(error.schema_path) == 1)


def _lacking(error: Json) -> list[str]:
    return [name for name in error.validator_value if name not in error.instance]


def _extras(error: Json) -> list[str]:
    declared = error.schema.get("properties", {})
    return [name for name in error.instance if name not in declared]


@lru_cache(maxsize=4096)
def _fault(schema: str) -> str | None:
    """Why a schema is none, or None."""
    try:
        loaded = json.loads(schema)
        Draft202012Validator.check_schema(loaded)
        # A reference to nowhere, or a pattern of another language, shows only in use.
        list(_validator(schema).iter_errors({}))
    except SchemaError as error:
        return shown(error.message)
    except Unresolvable as error:
        return f"nothing is at {error.ref}"
    except Exception as error:
        return f"{type(error).__name__} {shown(str(error))}"
    return None


@lru_cache(maxsize=4096)
def _validator(schema: str) -> Draft202012Validator:
    checker = Draft202012Validator.FORMAT_CHECKER
    return Draft202012Validator(json.loads(schema), format_checker=checker, registry=Registry())
