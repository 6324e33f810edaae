"""Output schemas as a model writes them.

A model writes fields, not JSON Schema: a list of name, description, type and the fields inside. That is short, has no
way to be invalid, and is turned into JSON Schema here. The grammar for it is itself a JSON Schema: with free names for
larger models, or with the groups of a sketch (`tools/results/result_fields.py`) of which a small model chooses.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

from dtc_local.engine.policy import policy_of
from dtc_local.records import Json, OutputOrigin, Schema, Tool
from dtc_local.tools.dataflow.slots import STATUS
from dtc_local.tools.findings import Log
from dtc_local.tools.results.recorded import INFERRED
from dtc_local.tools.results.result_fields import NAME, Field, Groups
from dtc_local.tools.schemas.hints import mentioned
from dtc_local.tools.schemas.schema import normalise_output
from dtc_local.tools.words import tokens

POINTER = "/output"
"""Where findings about an inferred or a given output schema point."""
GIVEN = "output schema given"
TYPES = ("string", "integer", "number", "boolean", "array of string")
CONTAINERS = ("object", "array of object")
FORMATS = ("date", "date-time", "email", "uri", "uuid", "none")
MAX_FIELDS = 8
MAX_INNER_FIELDS = 8
_DESCRIPTION: Schema = {"type": "string", "minLength": 3, "maxLength": 80, "pattern": "^[A-Z][A-Za-z0-9 ,.()/'-]*$"}
_VALUES = (
    *("enum", "pattern", "format", "examples", "minLength", "maxLength"),
    *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
)
"""Keywords of a parameter that say which values it takes."""


def grammar(names: Sequence[str] = ()) -> Schema:
    """The schema for schemas: fields with free names, or those in `names`; one level inside objects and lists."""
    name: Schema = {"type": "string", "pattern": f"^{NAME.pattern}$"}
    if names:
        name = {"anyOf": [name, {"enum": list(names)}]}
    plain = _written(name, {"type": {"enum": list(TYPES)}, "format": {"enum": list(FORMATS)}})
    inner = {"type": "array", "minItems": 1, "maxItems": MAX_INNER_FIELDS, "items": plain}
    container = _written(name, {"type": {"enum": list(CONTAINERS)}, "fields": inner})
    fields = {"type": "array", "minItems": 1, "maxItems": MAX_FIELDS, "items": {"anyOf": [plain, container]}}
    return _closed({"fields": fields})


def sketch_grammar(groups: Groups) -> Schema:
    """The schema for schemas where only one field of each group can be written, the groups in their order."""
    return _closed({"fields": _grouped(groups)})


def _written(name: Schema, rest: Mapping[str, Schema]) -> Schema:
    return _closed({"name": name, "description": _DESCRIPTION, **rest, "optional": {"type": "boolean"}})


def _closed(properties: Mapping[str, Schema]) -> Schema:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }


def _grouped(groups: Groups) -> Schema:
    places = [_choice([_chosen(field) for field in group]) for group in groups]
    return {"type": "array", "prefixItems": places, "items": False, "minItems": len(places), "maxItems": len(places)}


def _choice(schemas: Sequence[Schema]) -> Schema:
    return schemas[0] if len(schemas) == 1 else {"anyOf": list(schemas)}


def _chosen(field: Field) -> Schema:
    """The written form of one field, nothing left to choose but the fields inside."""
    inside: dict[str, Schema] = {"fields": _grouped(field.fields)} if field.fields else {}
    kind: dict[str, Schema] = inside or {"format": {"const": field.format or "none"}}
    fixed = {"name": field.name, "description": field.description, "type": field.type}
    constants: dict[str, Schema] = {key: {"const": value} for key, value in fixed.items()}
    return _closed({**constants, **kind, "optional": {"const": False}})


def schema_of(written: Mapping[str, Json]) -> Schema:
    """JSON Schema of what the grammar let a model write."""
    fields = written["fields"]
    return {
        "type": "object",
        "properties": {field["name"]: _property(field) for field in fields},
        "required": [field["name"] for field in fields if not field["optional"]],
        "additionalProperties": False,
    }


def _property(field: Mapping[str, Json]) -> Schema:
    kind = field["type"]
    if kind == "object":
        return {"description": field["description"], **schema_of(field)}
    if kind == "array of object":
        return {"type": "array", "description": field["description"], "items": schema_of(field)}
    if kind == "array of string":
        return {"type": "array", "description": field["description"], "items": {"type": "string"}}
    form = field["format"] if kind == "string" and field["format"] != "none" else None
    return {"type": kind, "description": field["description"], **({"format": form} if form else {})}


def like_parameters(output: Schema, tools: Sequence[Tool]) -> Schema:
    """The schema with its fields held to what parameters of the same name and type accept: an id fits where it goes.

    Of several parameters of one name the first counts: the tool's own, where it comes first in `tools`.
    """
    known: dict[str, Schema] = {}
    for tool in tools:
        for name, schema in tool.parameters["properties"].items():
            known.setdefault(name, schema)
    return _held(output, known)


def _held(schema: Schema, known: Mapping[str, Schema], name: str = "") -> Schema:
    if schema["type"] == "object":
        fields = {key: _held(child, known, key) for key, child in schema["properties"].items()}
        return {**schema, "properties": fields}
    if schema["type"] == "array":
        return {**schema, "items": _held(schema["items"], known)}
    parameter = known.get(name, {})
    if parameter.get("type") != schema["type"]:
        return schema
    taken = {key: parameter[key] for key in _VALUES if key in parameter}
    if mentioned(parameter.get("description", "")):
        taken["description"] = parameter["description"]
    return {**schema, **taken}


def objection(written: Mapping[str, Json], tool: Tool) -> str | None:
    """What is wrong with a written schema, as a hint for the next attempt; None if nothing is."""
    names = [field["name"] for field in written["fields"]]
    for level in (names, *([inner["name"] for inner in field.get("fields", ())] for field in written["fields"])):
        if len(set(level)) < len(level):
            return f"Use each field name once, {next(name for name in level if level.count(name) > 1)} too."
    if tool.effect == "read" and all(STATUS & set(tokens(name)) for name in names):
        return "Name what the tool returns, not only a status."
    if all(field["optional"] for field in written["fields"]):
        return "At least one field is always there."
    try:
        Draft202012Validator.check_schema(schema_of(written))
    except SchemaError as error:
        return f"Write a valid schema: {error.message[:80]}."
    return None if policy_of(schema_of(written)).level == "strict" else "Write a simpler schema."


def with_inferred(tool: Tool, output: Schema, model: str) -> Tool:
    """The tool with a schema that a model wrote; its own source stays without one."""
    return with_output(tool, output, "inferred", f"{INFERRED} by {model}")


def with_output(tool: Tool, output: Schema, origin: OutputOrigin, what: str) -> Tool:
    """The tool with that output schema in normal form and a finding that says where it comes from."""
    log = Log()
    log.info("output", POINTER, what)
    normal = normalise_output(output, POINTER, log)
    if normal is None:
        raise ValueError("the schema names no field")
    kept = tuple(one for one in tool.findings if not (one.kind == "output" and _is_superseded(one.what)))
    update = {"output": normal, "output_origin": origin, "findings": (*kept, *log.result(""))}
    return tool.model_copy(update=update)


def _is_superseded(what: str) -> bool:
    return what.startswith((INFERRED, GIVEN))


def is_plain_name(name: str) -> bool:
    """Whether a larger model could write the name without being given it."""
    return NAME.fullmatch(name) is not None


def suggestions(groups: Groups) -> list[str]:
    """The fields of a sketch in words for a prompt: `flights: list of {flight_id, airline}`."""
    words = []
    for field in (field for group in groups for field in group):
        inside = ", ".join(inner.name for group in field.fields for inner in group)
        words.append(f"{field.name}: list of {{{inside}}}" if inside else field.name)
    return words


def example_text(tool: Tool) -> list[str]:
    """A few example calls of a tool as JSON, for a prompt."""
    calls = [one.arguments for one in tool.recorded if one.arguments]
    return [json.dumps(call, ensure_ascii=False) for call in calls[:2]]
