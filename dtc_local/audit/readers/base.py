"""What readers share: tools of any dialect, arguments and results that may be texts of JSON, roles by any name.

Spelling is lenient, since what a format writes differently is no defect: `dict` and `FLOAT` are the type names that
they stand for, parameters may come without the object around them. What cannot be understood stays as it is, for the
rules to find.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol

from dtc_local.audit.dialogue import Call, Dialogue, Message, ToolSpec
from dtc_local.audit.files import truncated
from dtc_local.records import Json, Schema

TYPE_NAMES = {
    **dict.fromkeys(("dict", "object", "map", "hashmap", "json"), "object"),
    **dict.fromkeys(("list", "array", "tuple", "set", "arraylist"), "array"),
    **dict.fromkeys(("string", "str", "char", "text"), "string"),
    **dict.fromkeys(("integer", "int", "long", "short", "byte", "bigint"), "integer"),
    **dict.fromkeys(("number", "float", "double", "decimal"), "number"),
    **dict.fromkeys(("boolean", "bool"), "boolean"),
    **dict.fromkeys(("null", "none", "nonetype"), "null"),
}
"""JSON type for each name that dialects write; any other name says nothing."""
OUTPUTS = ("output_parameters", "outputSchema", "output_schema", "returns", "response")
_SCHEMA_MAPS = ("properties", "patternProperties", "$defs", "definitions")
_SCHEMA_LISTS = ("anyOf", "oneOf", "allOf", "prefixItems")
_SCHEMAS = ("items", "additionalProperties", "not", "if", "then", "else", "contains")
_DEEPEST = 50
ROLES = {
    **dict.fromkeys(("system", "developer"), "system"),
    **dict.fromkeys(("user", "human"), "user"),
    **dict.fromkeys(("assistant", "gpt", "model", "bot", "chatgpt"), "assistant"),
    **dict.fromkeys(("tool", "function", "observation", "ipython", "tool_response", "function_response"), "tool"),
    "tool_result": "tool",
    **dict.fromkeys(("function_call", "tool_call", "tool_calls", "function-call"), "call"),
}
"""For each name of a role, what it is; `call` is an assistant's message that calls."""


class NoDialogue(ValueError):
    """A row that is not what its reader reads; the message says what is missing or wrong."""


class Reader(Protocol):
    """What the module of a format offers; `matches` never raises, `read` raises only :class:`NoDialogue`."""

    @property
    def NAME(self) -> str:
        """Short name, for `--format` and reports."""

    @property
    def WORDS(self) -> str:
        """The format in one line, for help and error messages."""

    def matches(self, row: Json) -> bool:
        """Whether a row has the marks of this format."""

    def read(self, row: Json, tools: tuple[ToolSpec, ...] | None) -> Dialogue:
        """The conversation of a row; `tools` are those that the user named, for data that says none."""


def object_row(row: Json) -> Mapping[str, Json]:
    """The row itself, if it is an object."""
    if not isinstance(row, dict):
        raise NoDialogue(f"a row is an object, not {shown(row)}")
    return row


def listed(row: Mapping[str, Json], key: str) -> list[Mapping[str, Json]]:
    """The list of objects under a key, which may be written as a text of JSON."""
    value = parsed(row.get(key))
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise NoDialogue(f"{key} is no list of objects")
    if not value:
        raise NoDialogue(f"{key} is empty")
    return value


def parsed(value: Json) -> Json:
    """The value, or what it says if it is a text of JSON."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value


def role_of(name: Json) -> str:
    """What a role is by its name; an unknown one is refused."""
    role = ROLES.get(name.lower()) if isinstance(name, str) else None
    if role is None:
        raise NoDialogue(f"{shown(name)} is no role known here")
    return role


def text_of(content: Json) -> str:
    """The words of a message: a text, nothing, or parts with texts in them."""
    if content is None:
        return ""
    if isinstance(content, str):
        return content
    if isinstance(content, list) and all(isinstance(part, dict | str) for part in content):
        parts = [part if isinstance(part, str) else part.get("text", part.get("content")) for part in content]
        return "\n".join(part for part in parts if isinstance(part, str))
    return json.dumps(content, ensure_ascii=False)


def call_of(name: Json, arguments: Json, call_id: Json = "") -> Call:
    """A call; arguments may be an object, a text of one, or nothing."""
    tool = name if isinstance(name, str) else ""
    own = str(call_id) if isinstance(call_id, str | int) else ""
    if isinstance(arguments, str):
        if not arguments.strip():
            return Call(tool, {}, own)
        try:
            arguments = json.loads(arguments)
        except json.JSONDecodeError as error:
            return Call(tool, {}, own, f"{error.msg} in {shown(arguments)}", truncated(arguments, error))
        except (ValueError, RecursionError) as error:
            return Call(tool, {}, own, f"{error} in {shown(arguments)}")
    if arguments is None:
        return Call(tool, {}, own)
    if not isinstance(arguments, dict):
        return Call(tool, {}, own, f"{shown(arguments)} is no object")
    return Call(tool, arguments, own)


def call_in(value: Json) -> Call:
    """A call from `{"name", "arguments"}`, with `parameters` for `arguments` and `function` around it where it is."""
    if not isinstance(value, dict):
        return Call("", {}, fault=f"{shown(value)} is no call")
    inner = value["function"] if isinstance(value.get("function"), dict) else value
    arguments = inner.get("arguments", inner.get("parameters"))
    return call_of(inner.get("name"), arguments, value.get("id", value.get("call_id", "")))


def calls_in(value: Json) -> list[Call]:
    """The calls of one turn: an object, a list of them, or a text of either."""
    read_value = parsed(value)
    if isinstance(read_value, str):
        return [Call("", fault=f"no JSON in {shown(value)}", truncated=_is_cut(read_value))]
    return [call_in(one) for one in (read_value if isinstance(read_value, list) else [read_value])]


def _is_cut(text: str) -> bool:
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        return text.strip()[:1] in ("{", "[") and truncated(text, error)
    except (ValueError, RecursionError):
        return False
    return False


def result(content: Json, **more: str | bool) -> Message:
    """A tool's message; a text of JSON is read."""
    text = text_of(content) if isinstance(content, str | list) and not _is_data(content) else _dumped(content)
    value: Json = content if not isinstance(content, str | list) or _is_data(content) else text
    cut = False
    if isinstance(value, str) and value.strip()[:1] in ("{", "["):
        try:
            value = json.loads(value)
        except json.JSONDecodeError as error:
            cut = truncated(value, error)
        except (ValueError, RecursionError):
            pass
    return Message("tool", text, value=value, truncated=cut, **more)  # type: ignore[arg-type]


def _is_data(content: Json) -> bool:
    """Whether a list is a result itself and not the parts of a text."""
    return isinstance(content, list) and not all(
        isinstance(part, dict) and part.get("type") == "text" for part in content
    )


def _dumped(content: Json) -> str:
    return content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)


def tools_of(value: Json) -> tuple[ToolSpec, ...] | None:
    """Tools of a row: a list of functions in any common dialect, a mapping of them, or a text of either."""
    value = parsed(value)
    if isinstance(value, dict):
        value = [value] if isinstance(value.get("name"), str) else list(value.values())
    if not isinstance(value, list):
        return None
    return tuple(_tool(parsed(entry)) for entry in _flat(value))


def _flat(entries: Iterable[Json]) -> Iterator[Json]:
    for entry in entries:
        if isinstance(entry, list):
            yield from entry
        elif isinstance(entry, dict) and isinstance(entry.get("function_declarations"), list):
            yield from entry["function_declarations"]
        else:
            yield entry


def _tool(entry: Json) -> ToolSpec:
    inner = entry.get("function", entry) if isinstance(entry, dict) else {}
    if not isinstance(inner, dict):
        inner = {}
    name, described = inner.get("name"), inner.get("description")
    keys = ("parameters", "input_schema", "inputSchema", "parametersJsonSchema")
    given = next((inner[key] for key in keys if inner.get(key) is not None), None)
    output = next((parsed(inner[key]) for key in OUTPUTS if inner.get(key)), None)
    return ToolSpec(
        name if isinstance(name, str) else "",
        _parameters(parsed(given)),
        _spelled(output) if isinstance(output, dict) and _is_schema(output) else None,
        described if isinstance(described, str) else "",
    )


def _is_schema(value: Mapping[str, Json]) -> bool:
    return bool({"type", "properties", "$ref", "anyOf", "oneOf", "allOf"} & value.keys())


def _parameters(given: Json) -> Schema | bool:
    """The schema of arguments. A mapping of names to schemas is the properties of one; a default makes optional."""
    if given is None or given in ({}, []):
        return {"type": "object", "properties": {}}
    if not isinstance(given, dict):
        return True
    if not _is_schema(given) and all(isinstance(one, dict) for one in given.values()):
        needed = [
            name for name, one in given.items() if "default" not in one and "optional" not in str(one.get("type"))
        ]
        given = {"type": "object", "properties": given, "required": needed}
    spelled = _spelled(given)
    return spelled if isinstance(spelled, dict) else True


def _spelled(schema: Json, depth: int = 0) -> Json:
    if not isinstance(schema, dict) or depth > _DEEPEST:
        return schema
    made = dict(schema)
    if "type" in made:
        made.pop("type")
        found = _types(schema["type"])
        made |= {"type": found} if found else {}
    if made.get("nullable") is True and isinstance(made.get("type"), str):
        made["type"] = [made["type"], "null"]
    if isinstance(made.get("required"), bool):
        made.pop("required")
    for key in _SCHEMA_MAPS:
        if isinstance(made.get(key), dict):
            made[key] = {name: _spelled(child, depth + 1) for name, child in made[key].items() if child is not None}
    for key in _SCHEMA_LISTS:
        if isinstance(made.get(key), list):
            made[key] = [_spelled(child, depth + 1) for child in made[key]]
    for key in _SCHEMAS:
        if isinstance(made.get(key), dict):
            made[key] = _spelled(made[key], depth + 1)
    # Rows that went through a table carry a null for every key that some other row has.
    return {key: value for key, value in made.items() if value is not None or key in ("default", "const")}


def _types(value: Json) -> Json:
    if isinstance(value, list):
        found = [_types(one) for one in value]
        return list(dict.fromkeys(found)) if all(found) else None
    words = value.lower().split(",")[0].strip() if isinstance(value, str) else ""
    return TYPE_NAMES.get(words.partition("[")[0].strip())


def shown(value: Json, limit: int = 60) -> str:
    """A value for a sentence: short, on one line."""
    words = " ".join(repr(value).split())
    return words if len(words) <= limit else words[: limit - 3] + "..."
