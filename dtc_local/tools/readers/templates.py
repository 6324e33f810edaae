"""Response templates, in which a type's name stands where a value would be, as JSON Schema.

{"id": "int", "tags": ["list of str with length 3"], "rows": [{"name": "str", "_list_length": 20}]}
"""

from __future__ import annotations

import re

from dtc_local.records import Json
from dtc_local.tools.schemas.spelling import json_type_of

_TYPES: dict[str, dict[str, Json]] = {
    "str": {"type": "string"},
    "int": {"type": "integer"},
    "float": {"type": "number"},
    "bool": {"type": "boolean"},
    "dict": {"type": "object"},
    "list": {"type": "array"},
    "nonetype": {"type": ["string", "null"]},
    "none": {"type": ["string", "null"]},
}
_LIST = re.compile(r"(?:empty )?list(?: of (\w+))?(?: with length \d+)?")


def result_schema(given: Json) -> dict[str, Json]:
    """The schema of a result that is described by a template, or by a JSON Schema already."""
    is_schema = isinstance(given, dict) and ("$schema" in given or isinstance(given.get("properties"), dict))
    return given if is_schema else template_schema(given)


def template_schema(template: Json) -> dict[str, Json]:
    """The schema of the results that a template describes; a real value in it stands for its type."""
    if isinstance(template, dict):
        fields = {name: template_schema(value) for name, value in template.items() if name != "_list_length"}
        return {"type": "object", "properties": fields}
    if isinstance(template, list):
        return _list_schema(template)
    if isinstance(template, str):
        return _named(template)
    return {"type": json_type_of(template)}


def _list_schema(template: list[Json]) -> dict[str, Json]:
    """A list shows its first element, or says in words what is in it."""
    if not template:
        return {"type": "array"}
    words = _LIST.fullmatch(template[0].strip().lower()) if isinstance(template[0], str) else None
    return _named(template[0]) if words else {"type": "array", "items": template_schema(template[0])}


def _named(words: str) -> dict[str, Json]:
    plain = words.strip().lower()
    listed = _LIST.fullmatch(plain)
    if listed and plain != "list":
        return {"type": "array", "items": _named(listed[1])} if listed[1] else {"type": "array"}
    return dict(_TYPES.get(plain, {"type": "string"}))
