"""ToolBench and RapidAPI lists: `api_list` of APIs with required and optional parameters, in query rows or tool files.

Types are RapidAPI's (STRING, NUMBER, ENUM, "DATE (YYYY-MM-DD)" ...). A default is only the value that the web form
starts with: of a required parameter it is an example. Keys that belong to the caller's configuration are left out.
The HTTP method is the effect, `template_response` (field names to type names) the result schema, an example response
a recorded result. Rows of a query file repeat their APIs; each counts once. A tool's APIs share a namespace.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from dtc_local.records import Effect, Json, Recorded
from dtc_local.tools.findings import Log
from dtc_local.tools.readers.base import MalformedTool, RawTool, Skipped, entries, shown, text
from dtc_local.tools.readers.templates import result_schema
from dtc_local.tools.schemas.shape import coerced
from dtc_local.tools.schemas.spelling import fits

NAME = "toolbench"
WORDS = 'ToolBench: {"api_list": [{"tool_name", "api_name", "api_description", "required_parameters", ...}]}'
_PARAMETERS = ("required_parameters", "optional_parameters")
_EFFECTS: dict[str, Effect] = {
    **dict.fromkeys(("GET", "HEAD", "OPTIONS"), "read"),
    **dict.fromkeys(("POST", "PUT", "PATCH"), "write"),
    "DELETE": "destructive",
}
_TYPES: dict[str, tuple[str, dict[str, Json]]] = {
    "string": ("string", {}),
    "number": ("number", {}),
    "integer": ("integer", {}),
    "boolean": ("boolean", {}),
    "array": ("array", {}),
    "object": ("object", {}),
    "map": ("object", {}),
    "json": ("object", {}),
    "enum": ("string", {}),
    "select": ("string", {}),
    "file": ("string", {}),
    "binary": ("string", {}),
    "url": ("string", {"format": "uri"}),
    "email": ("string", {"format": "email"}),
    "date": ("string", {"format": "date"}),
    "time": ("string", {"pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"}),
    "geopoint": ("string", {"pattern": "^-?[0-9]{1,2}(\\.[0-9]+)?, ?-?[0-9]{1,3}(\\.[0-9]+)?$"}),
}
_SECRET = re.compile(r"x?rapidapi(key|host)|\w*apikey|authorization|(access|auth|bearer)token|clientsecret")


def matches(document: Json) -> bool:
    """True if any entry has an `api_list`, or is an API with lists of parameters."""
    return any(_is_list(entry) or _is_api(entry) for _, entry in entries(document))


def read(document: Json) -> Iterator[RawTool | Skipped]:
    """Every distinct API of the document, in order of first mention."""
    seen: set[str] = set()
    for pointer, api, row in _apis(document):
        identity = json.dumps((api, row.get("tool_name") if isinstance(row, dict) else None), sort_keys=True)
        if identity in seen:
            continue
        seen.add(identity)
        if isinstance(api, dict) and not any(key in api for key in _PARAMETERS):
            yield Skipped(pointer, "an API without required_parameters or optional_parameters is only a mention")
        else:
            yield _tool(api, pointer, row)


def _is_list(entry: Json) -> bool:
    return isinstance(entry, dict) and isinstance(entry.get("api_list"), list)


def _is_api(entry: Json) -> bool:
    if not isinstance(entry, dict) or not isinstance(entry.get("api_name", entry.get("name")), str):
        return False
    return any(isinstance(entry.get(key), list) for key in _PARAMETERS)


def _apis(document: Json) -> Iterator[tuple[str, Json, Json]]:
    """Every API with its pointer and the object around its list."""
    for pointer, entry in entries(document):
        if _is_list(entry):
            for position, api in enumerate(entry["api_list"]):
                yield f"{pointer}/api_list/{position}", api, entry
        else:
            yield pointer, entry, {}


def _tool(api: Json, pointer: str, row: dict[str, Json]) -> RawTool:
    if not isinstance(api, dict):
        raise MalformedTool(pointer, f"the API is {shown(api)}, not an object")
    keys = ("api_name", "api_description") if "api_name" in api else ("name", "description")
    name = text(api, keys[0], pointer, needed=True)
    service = text(api, "tool_name", pointer) or text(row, "tool_name", pointer)
    log = Log()
    template = next((key for key in ("template_response", "schema") if isinstance(api.get(key), dict | list)), "")
    method = api.get("method")
    return RawTool(
        dialect=NAME,
        pointer=pointer,
        name=name,
        description=text(api, keys[1], pointer).strip() or (f"{name} of {service}" if service else ""),
        parameters=_parameters(api, pointer, log),
        output=result_schema(api[template]) if template else None,
        output_key=template or "template_response",
        effect=_EFFECTS.get(method.upper()) if isinstance(method, str) else None,
        recorded=_recorded(api.get("test_endpoint")),
        findings=log.result(pointer),
        namespace=service or None,
    )


def _parameters(api: dict[str, Json], pointer: str, log: Log) -> dict[str, Json]:
    properties: dict[str, Json] = {}
    required: list[str] = []
    for key in _PARAMETERS:
        listed = api.get(key) or []
        if not isinstance(listed, list):
            raise MalformedTool(f"{pointer}/{key}", f"{key} is {shown(listed)}, not a list", "List the parameters.")
        for position, parameter in enumerate(listed):
            place = f"{pointer}/{key}/{position}"
            if not isinstance(parameter, dict):
                raise MalformedTool(place, f"the parameter is {shown(parameter)}, not an object")
            name = text(parameter, "name", place, needed=True)
            if _is_secret(name, parameter):
                log.info("security", place, f"{name} belongs to the caller's configuration, left out")
            elif name not in properties:
                properties[name] = _parameter(parameter, place, log, needed=key == _PARAMETERS[0])
                required += [name] if key == _PARAMETERS[0] else []
    return {"type": "object", "properties": properties, "required": required}


def _is_secret(name: str, parameter: dict[str, Json]) -> bool:
    kind = parameter.get("type")
    plain = re.sub(r"[\W_]+", "", name.lower())
    return _SECRET.fullmatch(plain) is not None or (isinstance(kind, str) and kind.upper() == "CREDENTIALS")


def _parameter(parameter: dict[str, Json], pointer: str, log: Log, *, needed: bool) -> dict[str, Json]:
    kind, more = _type(parameter.get("type"), pointer, log)
    schema: dict[str, Any] = {"type": kind, **more}
    words = text(parameter, "description", pointer).strip()
    if words:
        schema["description"] = words
    listed = next((key for key in ("enum", "options") if isinstance(parameter.get(key), list)), "")
    if listed and parameter[listed]:
        schema["enum"] = parameter[listed]
    start = parameter.get("default")
    if start in (None, "", [], {}):
        return schema
    value = start if fits(start, kind) else coerced(start, kind)
    if value is None:
        log.warning("default", f"{pointer}/default", f"default {shown(start)} is no {kind}, dropped", "Correct it.")
    elif needed:
        schema["examples"] = [value]
    else:
        schema["default"] = value
    return schema


def _type(name: Json, pointer: str, log: Log) -> tuple[str, dict[str, Json]]:
    """RapidAPI's type as a JSON type and what else it says: "DATE (YYYY-MM-DD)" is a string of format date."""
    plain = re.split(r"[\s(]", name.strip().lower())[0] if isinstance(name, str) and name.strip() else ""
    if plain in _TYPES:
        kind, more = _TYPES[plain]
        if plain != kind:
            log.translated[f"{plain.upper()} -> {kind}"] += 1
        return kind, more
    log.warning("type", f"{pointer}/type", f"unknown type {shown(name)}, taken as string", "Use a JSON Schema type.")
    return "string", {}


def _recorded(response: Json) -> tuple[Recorded, ...]:
    """The example response of a tool file, unless it only says that the call failed."""
    if not isinstance(response, dict | list) or not response:
        return ()
    failed = isinstance(response, dict) and set(map(str.lower, response)) <= {"message", "messages", "error", "errors"}
    return () if failed else (Recorded(result=response),)
