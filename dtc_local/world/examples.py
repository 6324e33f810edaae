"""Examples of a specification as values: which of them can be said, and how a container's examples reach its parts.

Of the draws for a field with examples two thirds take one of them, and half of those give an id-like one other digits;
the last third is what the field would get without examples (for an id-like one: other digits). So data looks like the
examples without being the same few values again and again.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from dtc_local.records import Json, Schema

PLAIN_SHARE = 1 / 3
"""Share of the draws that leave the examples aside."""
VARIED_SHARE = 1 / 2
"""Share of the examples drawn whose digits are replaced, where they are id-like."""
MAX_EXAMPLES = 8
MAX_TEXT = 80
"""Longest example in characters: what is longer cannot be said in one sentence."""
MAX_JSON = 240


def sayable_examples(schema: Schema) -> list[Json]:
    """The examples of one schema node that can stand in a sentence, in JSON and in a grammar."""
    return [value for value in schema.get("examples", ()) if is_plain(value)]


def is_plain(value: Json) -> bool:
    """Whether every text in the value is on one line, short, and free of quotes and backslashes."""
    if isinstance(value, dict):
        return len(json.dumps(value)) <= MAX_JSON and all(is_plain(part) for part in value.values())
    if isinstance(value, list):
        return len(json.dumps(value)) <= MAX_JSON and all(map(is_plain, value))
    return value is not None and (not isinstance(value, str) or is_plain_text(value))


def is_plain_text(text: str) -> bool:
    """The same of one text."""
    clean = bool(text) and text == text.strip() and len(text) <= MAX_TEXT
    return clean and not any(char in '"\\' or ord(char) < 32 for char in text)


def spread(schema: Schema) -> Schema:
    """The schema with its own examples handed one level down: each part gets what the examples hold at its place.

    `examples` on an object go to its properties, on an array to its items; a part's own examples come first.
    """
    shown = schema.get("examples")
    if not shown or schema.get("type") not in ("object", "array"):
        return schema
    rest = {key: value for key, value in schema.items() if key != "examples"}
    if schema["type"] == "object":
        objects = [value for value in shown if isinstance(value, dict)]
        parts = {
            name: with_examples(child, [value[name] for value in objects if name in value])
            for name, child in schema.get("properties", {}).items()
        }
        return {**rest, "properties": parts}
    if isinstance(schema.get("items"), dict):
        lists = [value for value in shown if isinstance(value, list)]
        longest = max(map(len, lists), default=0)
        elements = [value[place] for place in range(longest) for value in lists if place < len(value)]
        return {**rest, "items": with_examples(schema["items"], elements)}
    return rest


def spread_all(schema: Schema) -> Schema:
    """The same down to the leaves; the containers keep nothing."""
    schema = spread(schema)
    if schema.get("properties"):
        return {**schema, "properties": {name: spread_all(child) for name, child in schema["properties"].items()}}
    if isinstance(schema.get("items"), dict) and schema["items"].get("type") in ("object", "array"):
        return {**schema, "items": spread_all(schema["items"])}
    return schema


def with_examples(schema: Schema, values: Sequence[Json]) -> Schema:
    """The schema with these examples after its own, the same one once, at most `MAX_EXAMPLES`."""
    known = {json.dumps(value, sort_keys=True): value for value in (*schema.get("examples", ()), *values)}
    kept = [value for value in known.values() if value is not None][:MAX_EXAMPLES]
    return {**schema, "examples": kept} if kept else schema
