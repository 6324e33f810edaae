"""Gemini function declarations: a subset of OpenAPI's schema objects with types in capitals.

Read in the spellings of the REST interface (`functionDeclarations`, `minItems`, "OBJECT"), of the Python SDK
(`function_declarations`, `min_items`, "Type.OBJECT", `type_`) and of dumped constructor calls (`"__call__": "Schema"`).
`parametersJsonSchema` and `responseJsonSchema` are plain JSON Schema already. Built-in tools (`google_search`) are
skipped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from dtc_local.records import Json
from dtc_local.tools.findings import Log
from dtc_local.tools.readers.base import (
    MalformedTool,
    RawTool,
    Skipped,
    entries,
    namespace_in,
    output_of,
    schema_of,
    shown,
    text,
)
from dtc_local.tools.schemas.shape import coerced
from dtc_local.tools.schemas.spelling import escape

NAME = "gemini"
WORDS = 'Gemini: {"function_declarations": [{"name", "description", "parameters": {"type": "OBJECT", ...}}]}'
_LISTS = ("function_declarations", "functionDeclarations")
_PLAIN = ("parametersJsonSchema", "parameters_json_schema", "responseJsonSchema", "response_json_schema")
_TYPE = re.compile(r"(?:\w+\.)*(STRING|NUMBER|INTEGER|BOOLEAN|ARRAY|OBJECT|NULL|TYPE_UNSPECIFIED)")
_COUNTS = ("minItems", "maxItems", "minLength", "maxLength", "minProperties", "maxProperties")
_BOUNDS = ("minimum", "maximum")


def matches(document: Json) -> bool:
    """True if any entry is a list of declarations, or a declaration that could be of no other dialect."""
    return any(_is_list(entry) or _is_declaration(entry) for _, entry in entries(document))


def read(document: Json) -> Iterator[RawTool | Skipped]:
    """Every declaration of the document, in order."""
    for pointer, entry in entries(document):
        if _is_list(entry):
            yield from _declarations(entry, pointer)
        elif isinstance(entry, dict) and "name" not in entry and "parameters" not in entry:
            yield Skipped(pointer, f"{shown(', '.join(entry))} is no function declaration")
        else:
            yield _tool(entry, pointer)


def _is_list(entry: Json) -> bool:
    return isinstance(entry, dict) and any(key in entry for key in _LISTS)


def _is_declaration(entry: Json) -> bool:
    if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
        return False
    if entry.get("__call__") == "FunctionDeclaration" or any(key in entry for key in _PLAIN):
        return True
    parameters = entry.get("parameters")
    kind = parameters.get("type", parameters.get("type_")) if isinstance(parameters, dict) else None
    return isinstance(kind, str) and _TYPE.fullmatch(kind) is not None


def _declarations(entry: dict[str, Json], pointer: str) -> Iterator[RawTool | Skipped]:
    """The declarations of one tool object, which may name built-in tools beside them."""
    for key in _LISTS:
        found = entry.get(key)
        if isinstance(found, list):
            for position, declaration in enumerate(found):
                yield _tool(declaration, f"{pointer}/{key}/{position}")
        elif key in entry:
            yield Skipped(f"{pointer}/{key}", f"{key} is {shown(found)}, no list of declarations")
    for key in entry:
        if key not in _LISTS and isinstance(entry[key], dict):
            yield Skipped(f"{pointer}/{escape(key)}", f"{key} is a built-in tool")


def _tool(entry: Json, pointer: str) -> RawTool:
    if not isinstance(entry, dict):
        raise MalformedTool(pointer, f"the declaration is {shown(entry)}, not an object")
    log = Log()
    parameters_key = next((key for key in _PLAIN[:2] if entry.get(key) is not None), "parameters")
    parameters = schema_of(entry, parameters_key, pointer)
    if parameters_key == "parameters":
        parameters = _schema(parameters, f"{pointer}/parameters", log)
    output_key, output = output_of(entry, ("response", *_PLAIN[2:]))
    if output_key == "response" and output is not None:
        output = _schema(output, f"{pointer}/response", log)
    return RawTool(
        dialect=NAME,
        pointer=pointer,
        name=text(entry, "name", pointer, needed=True),
        description=text(entry, "description", pointer),
        parameters=parameters,
        output=output,
        parameters_key=parameters_key,
        output_key=output_key,
        findings=log.result(pointer),
        namespace=namespace_in(entry),
    )


def _schema(node: Json, pointer: str, log: Log) -> Json:
    """One Gemini schema object, with everything in it, as JSON Schema; what is no object is left for the speller."""
    if not isinstance(node, dict):
        return node
    schema: dict[str, Any] = {_keyword(key): value for key, value in node.items() if key != "__call__"}
    for key in ("properties", "$defs"):
        if isinstance(schema.get(key), dict):
            schema[key] = {
                name: _schema(child, f"{pointer}/{key}/{escape(name)}", log) for name, child in schema[key].items()
            }
    for key in ("anyOf", "oneOf", "allOf", "prefixItems"):
        if isinstance(schema.get(key), list):
            schema[key] = [_schema(child, f"{pointer}/{key}/{i}", log) for i, child in enumerate(schema[key])]
    for key in ("items", "additionalProperties"):
        if key in schema:
            schema[key] = _schema(schema[key], f"{pointer}/{key}", log)
    if isinstance(schema.get("$ref"), str):
        schema["$ref"] = schema["$ref"].replace("#/defs/", "#/$defs/")
    _numbers(schema, pointer, log)
    _type(schema, pointer, log)
    _order(schema)
    _nullable(schema)
    return schema


def _keyword(key: str) -> str:
    """`min_items` and `type_` in JSON Schema's spelling."""
    camel = re.sub(r"_([a-z])", lambda found: found[1].upper(), key.rstrip("_"))
    return {"defs": "$defs", "ref": "$ref"}.get(camel, camel)


def _numbers(schema: dict[str, Any], pointer: str, log: Log) -> None:
    """Protocol buffers write 64-bit numbers as strings: "1" is 1."""
    for key, kind in (*((key, "integer") for key in _COUNTS), *((key, "number") for key in _BOUNDS)):
        number = coerced(schema.get(key), kind) if isinstance(schema.get(key), str) else None
        if number is not None:
            log.info("type", f"{pointer}/{key}", f"{key} {schema[key]!r} spelled {number}")
            schema[key] = number


def _type(schema: dict[str, Any], pointer: str, log: Log) -> None:
    """The bare type name; none where the SDK only says that there are alternatives, or that it does not know."""
    found = _TYPE.fullmatch(schema["type"]) if isinstance(schema.get("type"), str) else None
    if found:
        schema["type"] = found[1]
    if schema.get("type") == "TYPE_UNSPECIFIED":
        del schema["type"]
        log.info("missing_type", f"{pointer}/type", "TYPE_UNSPECIFIED, taken as no type", "Name the type.")
    elif schema.get("type") == "OBJECT" and "anyOf" in schema and "properties" not in schema:
        del schema["type"]
        log.info("union", f"{pointer}/type", "type OBJECT beside anyOf, taken from the alternatives")
    if schema.get("format") == "enum":  # Gemini's mark of a closed list, which `enum` says already
        del schema["format"]


def _order(schema: dict[str, Any]) -> None:
    """Properties in the order that `propertyOrdering` asks for."""
    order = schema.pop("propertyOrdering", None)
    properties = schema.get("properties")
    if isinstance(order, list) and isinstance(properties, dict):
        first = [name for name in order if isinstance(name, str) and name in properties]
        schema["properties"] = {name: properties[name] for name in dict.fromkeys([*first, *properties])}


def _nullable(schema: dict[str, Any]) -> None:
    """`nullable: true` in JSON Schema: null is one more type, one more alternative, one more listed value."""
    if schema.pop("nullable", False) is not True:
        return
    if isinstance(schema.get("anyOf"), list):
        schema["anyOf"] = [*schema["anyOf"], {"type": "null"}]
    elif isinstance(schema.get("type"), str):
        schema["type"] = [schema["type"], "null"]
    if isinstance(schema.get("enum"), list) and None not in schema["enum"]:
        schema["enum"] = [*schema["enum"], None]
