"""Tools as short TypeScript-like signatures: what a model needs to know, in few tokens.

    // Create a ticket and queue it.
    create_ticket(title: string, priority?: integer /* 1 to 5 */) -> {id: integer, status: string}

Words that all offered tools of a namespace begin with ("This tool belongs to ...") are said by none of them.
"""

from __future__ import annotations

import json
import os
import re
from collections import defaultdict
from collections.abc import Sequence

from dtc_local.records import Schema, Tool

DESCRIPTION_CHARS = 120
COMMENT_CHARS = 60
SHARED_PREFIX_CHARS = 24
"""A common beginning shorter than this is coincidence ("Get the "), not boilerplate."""


def signatures(tools: Sequence[Tool]) -> str:
    """All tools, one blank-free block each, in the given order."""
    briefs = brief_descriptions(tools)
    return "\n".join(signature(tool, briefs[tool.name]) for tool in tools)


def signature(tool: Tool, brief: str) -> str:
    """One tool: its brief description as a comment line, then name, parameters and result."""
    head = f"// {brief}\n" if brief else ""
    result = f" -> {type_words(tool.output)}" if tool.output is not None else ""
    return f"{head}{tool.name}({parameters(tool)}){result}"


def parameters(tool: Tool) -> str:
    """The parameter list between the brackets; optional parameters carry a question mark."""
    needed = set(tool.required)
    words = []
    for name, schema in tool.parameters["properties"].items():
        comment = shorten(schema.get("description", ""), COMMENT_CHARS) if isinstance(schema, dict) else ""
        mark = "" if name in needed else "?"
        words.append(f"{name}{mark}: {type_words(schema)}" + (f" /* {comment} */" if comment else ""))
    return ", ".join(words)


def type_words(schema: Schema | bool | None, depth: int = 2) -> str:
    """A schema as a TypeScript-like type, nested objects to `depth` levels."""
    if not isinstance(schema, dict):
        return "any"
    if "const" in schema:
        return json.dumps(schema["const"], ensure_ascii=False)
    if "enum" in schema:
        return " | ".join(json.dumps(value, ensure_ascii=False) for value in schema["enum"][:12])
    kind = schema.get("type", "any")
    if isinstance(kind, list):
        return " | ".join(type_words({**schema, "type": one}, depth) for one in kind)
    if kind == "array":
        return f"{type_words(schema.get('items'), depth - 1)}[]"
    if kind == "object" and schema.get("properties") and depth > 0:
        fields = (f"{name}: {type_words(field, depth - 1)}" for name, field in schema["properties"].items())
        return "{" + ", ".join(fields) + "}"
    if kind == "string" and schema.get("format") in ("date", "date-time", "time", "email", "uri", "uuid"):
        return str(schema["format"])
    return str(kind)


def brief_descriptions(tools: Sequence[Tool]) -> dict[str, str]:
    """Tool name -> description without its namespace's common beginning, cut to a sentence or two."""
    groups: dict[str, list[Tool]] = defaultdict(list)
    for tool in tools:
        groups[tool.namespace].append(tool)
    briefs = {}
    for group in groups.values():
        shared = _shared_prefix([_one_line(tool.description) for tool in group])
        for tool in group:
            briefs[tool.name] = shorten(_one_line(tool.description)[shared:], DESCRIPTION_CHARS)
    return briefs


def shorten(text: str, limit: int) -> str:
    """At most `limit` characters on one line, ending at a sentence where one ends in time, else at a word."""
    text = _one_line(text)
    if len(text) <= limit:
        return text
    sentence = re.match(rf".{{10,{limit - 1}}}[.!?](?= [A-Z])", text)
    return sentence.group() if sentence else text[:limit].rsplit(" ", 1)[0].rstrip(",;:- ")


def _one_line(text: str) -> str:
    return " ".join(str(text).split())


def _shared_prefix(texts: Sequence[str]) -> int:
    """Length of the beginning that all of at least two texts share, cut back to a sentence or colon."""
    if len(texts) < 2:
        return 0
    common = os.path.commonprefix(list(texts))
    cut = max(common.rfind(". "), common.rfind(": ")) + 2
    return cut if cut >= SHARED_PREFIX_CHARS else 0
