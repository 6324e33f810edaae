"""Shelves of tools for sampling: a namespace each, or a part of one, with the dataflow among its tools.

An index knows of every tool only its namespace and whether it can be used; the tools themselves are loaded a shelf at
a time, when a conversation draws from it, and only the last few thousand stay in memory. A namespace of more than
SHELF tools is cut into shelves of neighbours, so that graphs stay small. What is drawn depends on the tools and their
order alone, never on what happens to be loaded.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple, Protocol

from dtc_local import world
from dtc_local.randomness import stream
from dtc_local.records import Schema, Tool
from dtc_local.tools.dataflow.graph import Edge, Graph
from dtc_local.tools.dataflow.near import Neighbourhood
from dtc_local.tools.schemas.schema import is_free_form

SHELF = 300
"""Most tools of a shelf: their dataflow graph takes under half a second."""
LOADED = 6000
"""Most tools an index keeps in memory, on the shelves last drawn from."""
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
    """Tools of one namespace and the dataflow among them."""

    def __init__(self, namespace: str, tools: Sequence[Tool]) -> None:
        self.namespace = namespace
        self.tools = tuple(tools)
        self.by_name = {tool.name: tool for tool in self.tools}

    @cached_property
    def usable(self) -> tuple[Tool, ...]:
        """Tools that can be called with values a person would say."""
        return tuple(tool for tool in self.tools if is_usable(tool))

    @cached_property
    def offerable(self) -> tuple[Tool, ...]:
        """Tools all of whose parameters have a value at all: others could not be called, whatever the model wrote."""
        return tuple(tool for tool in self.tools if is_offerable(tool))

    @cached_property
    def edges(self) -> tuple[Edge, ...]:
        """Dataflow edges between usable tools whose path is short enough to be written."""
        return tuple(edge for edge in Graph(self.usable).edges if len(edge.path) <= MAX_PATH)

    @cached_property
    def neighbourhood(self) -> Neighbourhood:
        """How near the tools of the shelf are to each other."""
        return Neighbourhood(self.offerable, self.edges)

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


class Entry(NamedTuple):
    """What an index knows of a tool that is not loaded. Usable tools are offerable."""

    namespace: str
    usable: bool
    offerable: bool


class Catalogue(Protocol):
    """Where an index gets its tools from. It must not change while an index uses it."""

    @property
    def entries(self) -> Sequence[Entry]:
        """All tools, in order."""

    def load(self, positions: Sequence[int]) -> Sequence[Tool]:
        """The tools at these positions among the entries, in this order."""


@dataclass(frozen=True)
class Listed:
    """A catalogue of tools that are in memory anyway."""

    tools: tuple[Tool, ...]

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """All tools, in order."""
        return tuple(Entry(tool.namespace, is_usable(tool), is_offerable(tool)) for tool in self.tools)

    def load(self, positions: Sequence[int]) -> Sequence[Tool]:
        """The tools at these positions."""
        return [self.tools[position] for position in positions]


@dataclass(frozen=True)
class Label:
    """A shelf from outside: which tools stand on it, and how many of them can be used."""

    namespace: str
    positions: tuple[int, ...]
    usable: int
    offerable: tuple[int, ...]
    """Positions of the tools that may be distractors."""
    weight: float
    """How often to draw from it: the square root of the usable tools of a namespace, shared out among its shelves."""


class ToolIndex:
    """All tools on their shelves: namespaces in order of first appearance, tools in order."""

    def __init__(self, tools: Sequence[Tool] | Catalogue) -> None:
        self._catalogue = Listed(tuple(tools)) if isinstance(tools, Sequence) else tools
        self.labels = tuple(_labels(self._catalogue.entries))
        self._loaded: OrderedDict[int, Shelf] = OrderedDict()

    @cached_property
    def sources(self) -> tuple[int, ...]:
        """Numbers of the shelves with at least one usable tool."""
        return tuple(number for number, label in enumerate(self.labels) if label.usable)

    def shelf(self, number: int) -> Shelf:
        """That shelf, loaded if it is not in memory; those not asked for the longest are put away."""
        if number not in self._loaded:
            label = self.labels[number]
            self._loaded[number] = Shelf(label.namespace, self._catalogue.load(label.positions))
        self._loaded.move_to_end(number)
        while len(self._loaded) > 1 and sum(len(shelf.tools) for shelf in self._loaded.values()) > LOADED:
            self._loaded.popitem(last=False)
        return self._loaded[number]

    def tool(self, position: int) -> Tool:
        """One tool, without its shelf."""
        return self._catalogue.load((position,))[0]


def _labels(entries: Sequence[Entry]) -> Iterator[Label]:
    namespaces: dict[str, list[int]] = {}
    for position, entry in enumerate(entries):
        namespaces.setdefault(entry.namespace, []).append(position)
    for namespace, positions in namespaces.items():
        of_all = sum(entries[position].usable for position in positions)
        for part in _cut(positions):
            usable = sum(entries[position].usable for position in part)
            offerable = tuple(position for position in part if entries[position].offerable)
            weight = of_all**0.5 * usable / of_all if usable else 0.0
            yield Label(namespace, tuple(part), usable, offerable, weight)


def _cut(positions: Sequence[int]) -> Iterator[Sequence[int]]:
    """As few parts as there can be, of nearly equal length."""
    parts = -(-len(positions) // SHELF)
    for part in range(parts):
        yield positions[len(positions) * part // parts : len(positions) * (part + 1) // parts]


def is_offerable(tool: Tool) -> bool:
    """Whether the tool could be called at all: its spec has no error, and every parameter has a value or a default.

    Stores keep this and :func:`is_usable` beside each tool: where a release changes one, its migration counts anew.
    """
    return not tool.unusable and all(
        "default" in schema or has_value(name, schema) for name, schema in tool.parameters["properties"].items()
    )


def is_usable(tool: Tool) -> bool:
    """Whether it is offerable and all required parameters are of a kind that a person could give values for."""
    properties = tool.parameters["properties"]
    return (
        len(tool.required) <= MAX_REQUIRED
        and is_offerable(tool)
        and all(is_sayable(properties[name]) and has_value(name, properties[name]) for name in tool.required)
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
