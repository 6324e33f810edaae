"""Takes out of a JSON Schema what the grammar compiler refuses, and nothing else.

Knows the compiler's refusals and where in a schema keywords may stand: a *property* called "not" is no keyword.
Does not compile or validate. Invariant: the relaxed schema allows every value the original allows.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

_NAMED = {"properties", "patternProperties", "$defs", "definitions", "dependentSchemas"}
"""Keywords whose keys are names, and whose values are schemas."""
_DATA = {"enum", "const", "default", "examples", "required"}
"""Keywords whose values are data."""

Keep = Callable[[str, Any], bool]
Attempt = Callable[[Any, dict[str, Any]], str]
"""Tries to compile a schema under compiler options; gives the refusal, or the empty string."""
ROUNDS = 12
"""A schema is relaxed at most so often: each time one kind of refusal is answered."""


def strictest(schema: Any, options: dict[str, Any], attempt: Attempt) -> tuple[tuple[str, ...], str]:
    """Relax `schema` until `attempt` takes it: the keywords given up, and the last refusal ("" where it was taken)."""
    relaxed: list[str] = []
    working = relax(schema, "x-guidance", [], options)
    refusal = ""
    for _ in range(ROUNDS):
        refusal = attempt(working, options)
        if not refusal:
            break
        smaller = relax(working, refusal, relaxed, options)
        if smaller == working and "coerce_one_of" not in refusal:
            break
        working = smaller
    return tuple(dict.fromkeys(relaxed)), refusal


def relax(schema: Any, refusal: str, relaxed: list[str], options: dict[str, Any]) -> Any:
    """`schema` without what `refusal` names; its names go to `relaxed`, compiler options to `options`."""
    if refusal == "x-guidance":
        # Instructions to the compiler have no place in a user's schema.
        return _without(schema, lambda key, value: key != "x-guidance")
    if "Unimplemented keys:" in refusal:
        names = set(json.loads(refusal[refusal.index("[") : refusal.index("]") + 1]))
        relaxed.extend(sorted(names))
        return _without(schema, lambda key, value: key not in names)
    if "Unknown format:" in refusal:
        name = refusal.split("Unknown format:")[1].split("\n")[0].strip()
        relaxed.append(f"format: {name}")
        return _without(schema, lambda key, value: not (key == "format" and value == name))
    if "min/maxProperties only supported" in refusal:
        relaxed.extend(["minProperties", "maxProperties"])
        return _without(schema, lambda key, value: key not in ("minProperties", "maxProperties"))
    if "oneOf constraints are not supported" in refusal:
        relaxed.append("oneOf")
        options["coerce_one_of"] = True
        return schema
    if "regex" in refusal.lower():
        return _without_patterns(schema, relaxed)
    return schema


def _without_patterns(schema: Any, relaxed: list[str]) -> Any:
    smaller = _without(schema, lambda key, value: key != "pattern" or _compiles(value))
    if smaller != schema:
        relaxed.append("pattern")
        return smaller
    relaxed.append("patternProperties")
    return _without(schema, lambda key, value: key != "patternProperties")


def _compiles(pattern: Any) -> bool:
    from llguidance import LLMatcher

    grammar = LLMatcher.grammar_from_json_schema({"type": "string", "pattern": pattern})
    return not LLMatcher.validate_grammar(grammar)


def _without(schema: Any, keep: Keep) -> Any:
    """A copy of `schema` with only the keywords that `keep` wants."""
    if isinstance(schema, list):
        return [_without(item, keep) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return {key: _inner(key, value, keep) for key, value in schema.items() if keep(key, value)}


def _inner(key: str, value: Any, keep: Keep) -> Any:
    if key in _DATA:
        return value
    if key in _NAMED and isinstance(value, dict):
        return {name: _without(inner, keep) for name, inner in value.items()}
    return _without(value, keep)
