"""Schemas of results and of errors as a user gives them, in a file by tool name.

    shop/find_order: {type: object, properties: {order_id: {type: string}}}
    shop/cancel_order:
      error: {type: object, properties: {code: {type: string}, message: {type: string}}}

What is given wins over what the specification declares or a model inferred, and has the last word on generated values.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

from dtc_local.errors import UserError
from dtc_local.records import Json, Schema, Tool
from dtc_local.tools.files.documents import load
from dtc_local.tools.findings import Log
from dtc_local.tools.readers.base import shown
from dtc_local.tools.results.outputs import GIVEN, POINTER, with_output
from dtc_local.tools.schemas.schema import fitted_error, normalise_output
from dtc_local.tools.schemas.spelling import spell

T = TypeVar("T")
ERROR_POINTER = "/error"
GIVEN_ERROR = "error schema given"
_GIVEN_HINT = (
    "The file maps NAMESPACE/TOOL or TOOL to the JSON Schema of its result,"
    ' or to {"output": JSON Schema, "error": JSON Schema}.'
)
PARTS = ("output", "error")


@dataclass(frozen=True)
class Given:
    """What a user says of one tool: the schema of its result, of its error, or both."""

    output: Schema | None = None
    error: Schema | None = None


_NORMALISERS: Mapping[str, Callable[[Schema, str, Log], object]] = {
    "output": normalise_output,
    "error": lambda schema, pointer, log: fitted_error(schema, pointer, log)[0],
}


def with_given(tool: Tool, given: Given, file: str) -> Tool:
    """The tool with the schemas a user gave in a file, whatever it had before; they have the last word."""
    if given.output is not None:
        spelled = spell(given.output, POINTER, Log())
        source = tool.source.model_copy(update={"output": spelled})
        amended = tool.model_copy(update={"source": source})
        tool = with_output(amended, spelled, "given", f"{GIVEN} by {file}")
    return tool if given.error is None else _with_error(tool, given.error, f"{GIVEN_ERROR} by {file}")


def _with_error(tool: Tool, error: Schema, what: str) -> Tool:
    log = Log()
    log.info("output", ERROR_POINTER, what)
    normal, spelled = fitted_error(spell(error, ERROR_POINTER, log), ERROR_POINTER, log)
    kept = tuple(one for one in tool.findings if not one.what.startswith(GIVEN_ERROR))
    source = tool.source.model_copy(update={"error": spelled})
    return tool.model_copy(update={"error": normal, "source": source, "findings": (*kept, *log.result(""))})


def read_given(path: Path) -> dict[str, Given]:
    """The schemas of a file by tool name; :class:`UserError` for whatever is none."""
    value = load(path).value
    if not isinstance(value, dict) or not value:
        raise UserError(f"{path}: {shown(value)} is no object of schemas.", _GIVEN_HINT)
    return {name: _given(schema, f"{path}: {name}") for name, schema in value.items()}


def _given(value: Json, place: str) -> Given:
    """A result's schema, or an object of nothing but the two."""
    if not isinstance(value, dict) or not value:
        raise UserError(f"{place}: {shown(value)} is no JSON Schema object.", _GIVEN_HINT)
    if not value.keys() <= set(PARTS):
        return Given(output=_checked(value, place, normalise_output))
    parts = {key: _checked(value[key], f"{place}: {key}", _NORMALISERS[key]) for key in PARTS if key in value}
    return Given(**parts)


def _checked(schema: Json, place: str, normalise: Callable[[Schema, str, Log], object]) -> Schema:
    if not isinstance(schema, dict) or not schema:
        raise UserError(f"{place}: {shown(schema)} is no JSON Schema object.", _GIVEN_HINT)
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        where = "/".join(map(str, error.absolute_path)) or "top level"
        raise UserError(f"{place}: {where}: {shown(error.message, 120)}.", "Correct the schema.") from None
    if normalise(spell(schema, POINTER, Log()), POINTER, Log()) is None:
        raise UserError(f"{place}: the schema names no field.", 'Add "properties".')
    return schema


def assigned(given: Mapping[str, T], tools: Sequence[Tool], file: str) -> list[tuple[Tool, T]]:
    """What is given by name with its one tool; :class:`UserError` for a name of no tool, or of several."""
    pairs = []
    for name, value in given.items():
        found = [tool for tool in tools if name in (tool.name, f"{tool.namespace}/{tool.name}")]
        if not found:
            raise UserError(f"{file}: there is no tool {name!r}.", "dtc-local tools list shows all names.")
        if len(found) > 1:
            several = ", ".join(f"{tool.namespace}/{tool.name}" for tool in found[:4])
            raise UserError(f"{file}: {name!r} is the name of {len(found)} tools ({several}).", "Add the namespace.")
        pairs.append((found[0], value))
    return pairs
