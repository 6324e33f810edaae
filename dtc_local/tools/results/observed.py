"""A JSON Schema from values: types merged, required what all have, formats and short closed lists recognised.

    observed_schema([{"id": 1, "day": "2024-05-01"}, {"id": 2}])
        ->  {"type": "object", "properties": {"id": {"type": "integer"},
                                              "day": {"type": "string", "format": "date"}}, "required": ["id"]}

Every value it was made from obeys it. Where values are of several types, `type` is a list, and the rules for a type
speak of the values of that type alone. Written here and not taken from a library (genson, say) because formats, bounds
and closed lists are what makes a simulated result look like a real one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from dtc_local.records import Json, Schema
from dtc_local.tools.schemas.spelling import json_type_of
from dtc_local.validation import is_valid

FORMATS = ("date-time", "date", "time", "uuid", "email", "uri", "ipv4")
"""Formats looked for, the stricter first."""
MIN_SAMPLES = 12
MAX_LISTED = 6
MAX_LISTED_SHARE = 1 / 4
"""A field has a closed list of values where at least so many samples show at most so many, each seen often."""
MAX_LISTED_CHARS = 32
MAX_DEPTH = 12
_DIGIT = re.compile(r"\d")
_URI = re.compile(r"[a-z][a-z0-9+.-]*://\S+")
_ISO_TIME = re.compile(r"\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


def observed_schema(values: Sequence[Json], depth: int = 0) -> Schema:
    """The schema of all the values, at least one; below `MAX_DEPTH` levels anything is allowed."""
    if depth > MAX_DEPTH:
        return {}
    groups: dict[str, list[Any]] = {}
    for value in values:
        groups.setdefault(json_type_of(value), []).append(value)
    if "number" in groups and "integer" in groups:
        groups["number"] += groups.pop("integer")
    kinds = sorted(groups, key=lambda kind: -len(groups[kind]))
    schema: Schema = {"type": kinds[0] if len(kinds) == 1 else kinds}
    if "object" in groups:
        schema |= _object(groups["object"], depth)
    if groups.get("array"):
        items = [item for value in groups["array"] for item in value]
        schema |= {"items": observed_schema(items, depth + 1)} if items else {}
    if "string" in groups:
        schema |= _string(groups["string"], alone=set(kinds) <= {"string"})
    if kinds in (["integer"], ["number"]) and len(values) >= MIN_SAMPLES and min(values) >= 0:
        schema["minimum"] = 0
    return schema


def _object(objects: Sequence[dict[str, Json]], depth: int) -> Schema:
    """Properties in order of first appearance; required what every object has."""
    names = dict.fromkeys(name for value in objects for name in value)
    return {
        "properties": {
            name: observed_schema([value[name] for value in objects if name in value], depth + 1) for name in names
        },
        "required": [name for name in names if all(name in value for value in objects)],
    }


def _string(texts: Sequence[str], *, alone: bool) -> Schema:
    form = next((name for name in FORMATS if all(_has_format(text, name) for text in texts)), None)
    if form is not None:
        return {"format": form}
    listed = _closed_list(texts) if alone else ()
    return {"enum": list(listed)} if listed else {}


def _has_format(text: str, form: str) -> bool:
    if form == "uri" and not _URI.fullmatch(text):
        return False  # "x:y" is a URI too, and nobody means it as one
    if form == "time" and not _ISO_TIME.fullmatch(text):
        return False
    return bool(text) and is_valid(text, {"type": "string", "format": form})


def _closed_list(texts: Iterable[str]) -> tuple[str, ...]:
    """The distinct values where there are few of many samples and each looks like a word, not like an id or a name."""
    counts: dict[str, int] = {}
    for text in texts:
        counts[text] = counts.get(text, 0) + 1
    total = sum(counts.values())
    few = total >= MIN_SAMPLES and 2 <= len(counts) <= min(MAX_LISTED, total * MAX_LISTED_SHARE)
    words = all(text and len(text) <= MAX_LISTED_CHARS and not _DIGIT.search(text) for text in counts)
    return tuple(sorted(counts)) if few and words and min(counts.values()) > 1 else ()
