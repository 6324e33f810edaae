"""Tools by namespace with what sampling needs to know of each: made once, asked for every conversation."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import cached_property, lru_cache

from dtc_local import world
from dtc_local.randomness import stream
from dtc_local.records import Schema, Tool
from dtc_local.tools.graph import Edge, Graph
from dtc_local.tools.schema import is_free_form

MAX_REQUIRED = 6
"""A tool that requires more literals than this is only ever a distractor: nobody says so much in one sentence."""
MAX_PATH = 3
"""Longest reference path: `$1.items.0.id`. Deeper ones are hard to see in a signature."""
_LIMITS = frozenset(
    {
        "pattern",
        "format",
        "minLength",
        "maxLength",
        "minItems",
        "maxItems",
        "multipleOf",
        "items",
        "properties",
        "prefixItems",
    }
    | {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"}
)
_SCALARS = ("string", "integer", "number")


class Shelf:
    """The tools of one namespace and the dataflow among them."""

    def __init__(self, namespace: str, tools: Sequence[Tool]) -> None:
        self.namespace = namespace
        self.tools = tuple(tools)
        self.by_name = {tool.name: tool for tool in self.tools}

    @cached_property
    def usable(self) -> tuple[Tool, ...]:
        """Tools that can be called with values a person would say."""
        return tuple(tool for tool in self.offerable if is_usable(tool))

    @cached_property
    def offerable(self) -> tuple[Tool, ...]:
        """Tools all of whose parameters have a value at all: others could not be called, whatever the model wrote."""
        return tuple(tool for tool in self.tools if is_offerable(tool))

    @cached_property
    def edges(self) -> tuple[Edge, ...]:
        """Dataflow edges between usable tools whose path is short enough to be written."""
        return tuple(edge for edge in Graph(self.usable).edges if len(edge.path) <= MAX_PATH)

    @cached_property
    def between(self) -> dict[tuple[str, str], tuple[Edge, ...]]:
        """Edges by (producer, consumer)."""
        return _grouped(self.edges, lambda edge: (edge.producer, edge.consumer))

    @cached_property
    def out_of(self) -> dict[tuple[str, str], tuple[Edge, ...]]:
        """Edges by (producer, "")."""
        return _grouped(self.edges, lambda edge: (edge.producer, ""))

    @cached_property
    def into(self) -> dict[tuple[str, str], tuple[Edge, ...]]:
        """Edges by (consumer, parameter)."""
        return _grouped(self.edges, lambda edge: (edge.consumer, edge.parameter))

    @cached_property
    def fan_in(self) -> tuple[str, ...]:
        """Consumers with at least two parameters that edges can fill."""
        fed: dict[str, set[str]] = {}
        for edge in self.edges:
            fed.setdefault(edge.consumer, set()).add(edge.parameter)
        return tuple(tool.name for tool in self.usable if len(fed.get(tool.name, ())) > 1)

    @cached_property
    def fan_out(self) -> tuple[str, ...]:
        """Producers that feed at least two other tools with something new."""
        fed: dict[str, set[str]] = {}
        for edge in self.edges:
            if not edge.echo:
                fed.setdefault(edge.producer, set()).add(edge.consumer)
        return tuple(tool.name for tool in self.usable if len(fed.get(tool.name, set()) - {tool.name}) > 1)


class ToolIndex:
    """All tools, shelved by namespace in order of first appearance."""

    def __init__(self, tools: Sequence[Tool]) -> None:
        groups: dict[str, list[Tool]] = {}
        for tool in tools:
            groups.setdefault(tool.namespace, []).append(tool)
        self.shelves = {namespace: Shelf(namespace, group) for namespace, group in groups.items()}

    @cached_property
    def sources(self) -> tuple[Shelf, ...]:
        """Shelves with at least one usable tool."""
        return tuple(shelf for shelf in self.shelves.values() if shelf.usable)


def is_offerable(tool: Tool) -> bool:
    """Whether the tool could be called at all: its spec has no error, and every parameter has a value or a default."""
    return not tool.unusable and all(
        "default" in schema or has_value(name, schema) for name, schema in tool.parameters["properties"].items()
    )


def is_usable(tool: Tool) -> bool:
    """Whether all required parameters are of a kind that a person could give values for."""
    properties = tool.parameters["properties"]
    return len(tool.required) <= MAX_REQUIRED and all(
        is_sayable(properties[name]) and has_value(name, properties[name]) for name in tool.required
    )


def is_sayable(schema: Schema, depth: int = 2) -> bool:
    """Whether a value of this schema can be put in words: scalars, short lists of them, small objects."""
    kind = schema.get("type")
    if kind == "array":
        items = schema.get("items")
        return isinstance(items, dict) and schema.get("minItems", 0) <= 4 and depth > 0 and is_sayable(items, depth - 1)
    if kind == "object":
        children = [schema["properties"][name] for name in schema.get("required", ())] or list(
            schema["properties"].values()
        )
        small = len(children) <= MAX_REQUIRED
        return depth > 0 and small and all(is_sayable(child, depth - 1) for child in children)
    return kind != "null"


def has_value(name: str, schema: Schema) -> bool:
    """Whether a value of this schema can be found: bounds may contradict each other, a pattern may be too hard."""
    return _LIMITS.isdisjoint(schema) or _has_value(name, json.dumps(schema))


@lru_cache(maxsize=65536)
def _has_value(name: str, schema: str) -> bool:
    return bool(world.candidates(name, json.loads(schema), "", stream(0, 0, "has_value"), 1))


def optional_names(tool: Tool) -> tuple[str, ...]:
    """Optional parameters that a call may give a value to."""
    return tuple(
        name
        for name, schema in tool.parameters["properties"].items()
        if name not in tool.required and is_simple(schema) and has_value(name, schema)
    )


def is_simple(schema: Schema) -> bool:
    """A scalar that is no boolean, or a list of such: what an optional argument may be filled with."""
    if schema.get("type") == "array":
        items = schema.get("items")
        return isinstance(items, dict) and items.get("type") in _SCALARS and schema.get("maxItems") != 0
    return schema.get("type") in _SCALARS and "const" not in schema


def saying_cost(tool: Tool) -> float:
    """How readily a tool is drawn, 0 to 1: objects and free-form values among the required ones make it rare."""
    weight = 1.0
    for name in tool.required:
        schema = tool.parameters["properties"][name]
        items = schema.get("items") if schema.get("type") == "array" else None
        inner = items if isinstance(items, dict) else schema
        if inner.get("type") == "object":
            weight *= 0.1 if is_free_form(inner) else 0.25
    return weight if len(tool.required) <= 4 else weight * 0.4


def _grouped(edges: Sequence[Edge], key: Callable[[Edge], tuple[str, str]]) -> dict[tuple[str, str], tuple[Edge, ...]]:
    groups: dict[tuple[str, str], list[Edge]] = {}
    for edge in edges:
        groups.setdefault(key(edge), []).append(edge)
    return {name: tuple(group) for name, group in groups.items()}
