"""Tools without their examples, for users whose examples are confidential: no prompt and no conversation sees them.

A schema keeps what validation needs, its titles and its descriptions; every other key goes, whatever it is called. A
`default` is part of the contract: it stays, and is never a source of values.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dtc_local.records import Json, Tool

if TYPE_CHECKING:
    from dtc_local.tools.dataflow.index import Catalogue, Entry

_NAMED = ("properties", "patternProperties", "$defs", "definitions", "dependentSchemas")
_LISTED = ("allOf", "anyOf", "oneOf", "prefixItems")
_SINGLE = (
    *("additionalProperties", "unevaluatedProperties", "unevaluatedItems", "items", "not", "if", "then", "else"),
    *("contains", "propertyNames", "contentSchema"),
)
_CHECKED = frozenset(
    {"$ref", "type", "format", "pattern", "required", "multipleOf", "uniqueItems", "dependentRequired"}
    | {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minLength", "maxLength", "default"}
    | {"minItems", "maxItems", "minProperties", "maxProperties", "minContains", "maxContains", "nullable"}
    | {"readOnly", "writeOnly", "deprecated", "contentEncoding", "contentMediaType"}
)
_WORDS = frozenset({"title", "description", "enum", "const"})


@dataclass(frozen=True)
class Withheld:
    """A catalogue whose tools come without their examples; see :class:`dtc_local.tools.dataflow.index.Catalogue`."""

    catalogue: Catalogue

    @property
    def entries(self) -> Sequence[Entry]:
        """All tools, in order."""
        return self.catalogue.entries

    def load(self, positions: Sequence[int]) -> Sequence[Tool]:
        """The tools at these positions, bare."""
        return tuple(map(without_examples, self.catalogue.load(positions)))


def without_examples(tool: Tool) -> Tool:
    """The tool without anything its user showed as an example: no values, no recordings, no findings about them.

    An inferred output schema keeps its shape alone: its words and listed values may come from examples.
    """
    output = _bare_root(tool.output, words=tool.output_origin != "inferred") if tool.output is not None else None
    source = {"parameters": _bare_root(tool.source.parameters)}
    if tool.source.output is not None:
        source["output"] = _bare_root(tool.source.output)
    findings = tuple(one for one in tool.findings if one.kind != "example")
    return tool.model_copy(
        update={
            "parameters": _bare_root(tool.parameters),
            "output": output,
            "recorded": (),
            "source": tool.source.model_copy(update=source),
            "findings": findings,
        }
    )


def _bare_root(schema: Any, words: bool = True) -> Any:
    """A whole schema made bare; a key of its own that references lead through stays too, without examples in it."""
    bare = _bare(schema, words)
    for reference in _references(schema):
        key = reference.removeprefix("#/").split("/")[0].replace("~1", "/").replace("~0", "~")
        if key in schema and key not in bare:
            bare[key] = _without_keys(schema[key])
    return bare


def _references(value: Json) -> Iterator[str]:
    if isinstance(value, Mapping):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for part in value.values():
            yield from _references(part)
    elif isinstance(value, list):
        for part in value:
            yield from _references(part)


def _without_keys(value: Json) -> Json:
    if isinstance(value, dict):
        return {key: _without_keys(part) for key, part in value.items() if key not in ("example", "examples")}
    return [_without_keys(part) for part in value] if isinstance(value, list) else value


def _bare(schema: Any, words: bool = True) -> Any:
    """A schema reduced to the keywords of JSON Schema that are no examples; without its words and lists if asked."""
    if not isinstance(schema, Mapping):
        return schema
    bare: dict[str, Any] = {}
    for key, value in schema.items():
        if key in _NAMED and isinstance(value, Mapping):
            bare[key] = {name: _bare(child, words) for name, child in value.items()}
        elif key in _LISTED and isinstance(value, list):
            bare[key] = [_bare(child, words) for child in value]
        elif key in _SINGLE:
            bare[key] = _bare(value, words)
        elif key in _CHECKED or (words and key in _WORDS):
            bare[key] = value
    return bare
