"""The dataflow graph: which result field can fill which parameter, with a score and the reason for it.

Edges are lexical guesses from names, descriptions, types and formats; no tool is run and no model asked. A score says
how sure the guess is: 1.0 the same identifier of the same entity, about 0.4 a bare number for a bare number. Edges
are computed within a namespace, on demand, from an index of words, so that ten thousand tools cost what their own
neighbours cost.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from dtc_local.records import Tool
from dtc_local.tools.slots import IDS, PROSE, SETTINGS, STATUS, Slot, output_slots, parameter_slots
from dtc_local.tools.words import tokens

_Key = TypeVar("_Key", str, tuple[str, str])

THRESHOLD = 0.4
POSTINGS = 64
"""Parameters looked at for one word of one field; commoner words are cut to the nearest tools of the file."""
_PLACES = frozenset({"location", "destination", "address", "place", "city", "station", "airport"})
_FILES = frozenset({"file", "folder", "path", "source"})
_WHO = frozenset(
    {
        "user",
        "customer",
        "member",
        "contact",
        "employee",
        "person",
        "guest",
        "receiver",
        "sender",
        "author",
        "recipient",
    }
)
_CREATES = frozenset({"create", "add", "post", "register", "insert", "new", "mkdir", "touch", "make", "open"})
_FAMILIES = (_PLACES, _FILES, _WHO)
"""Words near enough in meaning to feed each other at a lower score."""


@dataclass(frozen=True, slots=True)
class Edge:
    """`producer`'s result at `path` can fill `consumer`'s `parameter`. Tools are named within one namespace."""

    producer: str
    path: tuple[str | int, ...]
    type: str
    """JSON type of the field: what a reference along this edge resolves to."""
    consumer: str
    parameter: str
    score: float
    reason: str
    echo: bool = False
    """The producer was itself given this value: the result only repeats it."""

    def __str__(self) -> str:
        path = ".".join(map(str, self.path))
        return f"{self.producer}.{path} -> {self.consumer}.{self.parameter} ({self.score:.2f}, {self.reason})"


class Graph:
    """Dataflow among the tools of one namespace."""

    def __init__(self, tools: Sequence[Tool], threshold: float = THRESHOLD) -> None:
        self.tools = tuple(tools)
        self.threshold = threshold

    @cached_property
    def edges(self) -> tuple[Edge, ...]:
        """All edges at or above the threshold, by producer in tool order."""
        inputs = {tool.name: tuple(parameter_slots(tool)) for tool in self.tools}
        index = _WordIndex(inputs[tool.name] for tool in self.tools)
        return tuple(
            edge
            for position, tool in enumerate(self.tools)
            for field in output_slots(tool)
            for edge in self._field_edges(field, index.near(field, position), inputs[tool.name])
        )

    @cached_property
    def into(self) -> dict[str, tuple[Edge, ...]]:
        """Edges by consumer."""
        return _grouped((edge.consumer, edge) for edge in self.edges)

    @cached_property
    def out_of(self) -> dict[str, tuple[Edge, ...]]:
        """Edges by producer."""
        return _grouped((edge.producer, edge) for edge in self.edges)

    @cached_property
    def between(self) -> dict[tuple[str, str], tuple[Edge, ...]]:
        """Edges by (producer, consumer)."""
        return _grouped(((edge.producer, edge.consumer), edge) for edge in self.edges)

    def _field_edges(self, field: Slot, parameters: Iterable[Slot], own: Sequence[Slot]) -> Iterator[Edge]:
        echo = any(not slot.generic and match(field, slot)[0] >= 0.7 for slot in own)
        for parameter in parameters:
            score, reason = match(field, parameter)
            same = field.tool.name == parameter.tool.name
            if score < self.threshold or (same and not (field.generic and parameter.generic)):
                continue
            name = str(parameter.path[0])
            yield Edge(
                field.tool.name, field.path, field.type, parameter.tool.name, name, round(score, 3), reason, echo
            )


def match(field: Slot, parameter: Slot) -> tuple[float, str]:
    """How well a result field can fill a parameter, 0 to 1, and why."""
    if not _types_fit(field, parameter) or STATUS & set(parameter.words):
        return 0.0, ""
    score, reason = _meaning(field, parameter)
    if "pattern" in parameter.schema and parameter.schema["pattern"] != field.schema.get("pattern"):
        score -= 0.3
    wanted, given = parameter.schema.get("format"), field.schema.get("format")
    if wanted and given and wanted == given and score >= THRESHOLD:
        score, reason = min(1.0, score + 0.1), f"{reason}, format {wanted}"
    return score * _sense(field, parameter), reason


def _sense(field: Slot, parameter: Slot) -> float:
    """Less than 1 where names match but the call would make little sense."""
    consumer = parameter.tool
    if parameter.signs_in:
        return 0.0  # nobody signs in as whom a result happens to mention
    if consumer.effect == "read" or field.generic:
        return 1.0
    same_subject = bool(field.nouns & parameter.nouns)
    own_identity = parameter.head in ("key", "name", "title") and tokens(consumer.name)[-1:] + tokens(consumer.name)[:1]
    if own_identity and _CREATES & set(own_identity):
        return 0.4  # a new thing is not given the name of an old one
    return 0.35 if same_subject and not field.identifies else 1.0


def _types_fit(field: Slot, parameter: Slot) -> bool:
    given, wanted = field.schema, parameter.schema
    if field.type == "array" or parameter.type == "array":
        if field.type != parameter.type:
            return False
        given, wanted = given["items"], wanted["items"]
    if given["type"] != wanted["type"] and (given["type"], wanted["type"]) != ("integer", "number"):
        return False
    if "enum" in wanted and not set(map(str, given.get("enum", ("?",)))) <= set(map(str, wanted["enum"])):
        return False
    formats = given.get("format"), wanted.get("format")
    return None in formats or formats[0] == formats[1]


def _meaning(field: Slot, parameter: Slot) -> tuple[float, str]:
    if field.generic or parameter.generic:
        return _bare_numbers(field, parameter)
    shared = field.entities & parameter.entities
    if field.head == parameter.head:
        return _same_head(field, parameter, shared)
    if field.identifies and parameter.identifies and shared and "name" not in (field.head, parameter.head):
        return 0.55, f"both identify a {_one(shared)}"
    if parameter.head in field.words or field.head in parameter.words:
        return _contained(field, parameter)
    if parameter.identifies and field.head in parameter.entities and field.type == parameter.type == "string":
        return 0.6, f"a {field.head} for its {parameter.head}"
    return _family(field, parameter)


def _bare_numbers(field: Slot, parameter: Slot) -> tuple[float, str]:
    if not (field.generic and parameter.generic) or SETTINGS & set(tokens(str(parameter.path[0]))):
        return 0.0, ""
    return 0.42, "a bare number for a bare number"


def _same_head(field: Slot, parameter: Slot, shared: frozenset[str]) -> tuple[float, str]:
    head = field.head
    if head in PROSE:
        if field.words == parameter.words:
            return 0.5, f"the same {head}"
        return (0.45, f"a {head}") if parameter.words == (head,) else (0.0, "")
    if not field.identifies:
        if head in SETTINGS:
            return 0.3, ""  # how many there are is not how many are wanted
        if field.words == parameter.words:
            return 0.95, f"the same {' '.join(field.words)}"
        if not field.words[:-1] or not parameter.words[:-1]:
            return 0.8, f"both a {head}"
        return (0.7, f"both a {_one(shared)} {head}") if shared else (0.3, "")
    if shared:
        return (1.0 if field.words == parameter.words else 0.9), f"{head} of the same {_one(shared)}"
    if not field.entities or not parameter.entities:
        near = field.context & parameter.context
        return (0.6, f"{head}, both about {_one(near)}") if near else (0.2, "")
    relatives = _kin(field.entities, parameter.entities)
    return (0.6, f"{head} of {relatives}") if relatives and head != "name" else (0.15, "")


def _contained(field: Slot, parameter: Slot) -> tuple[float, str]:
    """One name's head is a word of the other: `username` and `username_to_follow`, `zipcode` and `zip`."""
    common = set(field.words) & set(parameter.words)
    if parameter.identifies != field.identifies or common <= PROSE:
        return 0.0, ""
    share = len(common) / len(set(field.words) | set(parameter.words))
    return (0.4 + 0.4 * share, f"both say {' '.join(sorted(common))}") if share >= 0.3 else (0.0, "")


def _family(field: Slot, parameter: Slot) -> tuple[float, str]:
    """Words of one family, or a list of things whose description names what the parameter wants."""
    if field.type in ("integer", "number"):
        units = ({field.head} & parameter.about if len(field.words) == 1 else set()) | (
            {parameter.head} & field.about if len(parameter.words) == 1 else set()
        )
        return (0.45, f"described as {_one(units)}") if units and not SETTINGS & set(parameter.words) else (0.0, "")
    for family in _FAMILIES:
        if field.head in family and parameter.head in family:
            return 0.6, f"{field.head} as {parameter.head}"
    if field.path and field.path[-1] == 0:
        wanted = {*parameter.words, *parameter.entities} - PROSE - IDS
        named = {field.head, *field.about} & wanted
        if named and parameter.head not in PROSE:
            return 0.5, f"an element of a list of {_one(named)}"
    return 0.0, ""


def _kin(left: frozenset[str], right: frozenset[str]) -> str:
    for family in _FAMILIES:
        if left & family and right & family:
            return f"{_one(left & family)} and {_one(right & family)}"
    return ""


def _one(words: Iterable[str]) -> str:
    return min(words)


def _grouped(pairs: Iterable[tuple[_Key, Edge]]) -> dict[_Key, tuple[Edge, ...]]:
    groups: dict[_Key, list[Edge]] = defaultdict(list)
    for key, edge in pairs:
        groups[key].append(edge)
    return {key: tuple(edges) for key, edges in groups.items()}


class _WordIndex:
    """Parameters by the words that could make them match, each with the position of its tool."""

    def __init__(self, slots: Iterable[Iterable[Slot]]) -> None:
        self._postings: dict[str, list[tuple[int, Slot]]] = defaultdict(list)
        for position, group in enumerate(slots):
            for slot in group:
                for word in self._words(slot):
                    self._postings[word].append((position, slot))

    def near(self, field: Slot, position: int) -> list[Slot]:
        """Parameters that share a word, a family or bareness with the field, in tool order."""
        found: dict[int, tuple[int, Slot]] = {}
        for word in sorted(self._words(field)):
            for place, slot in self._window(self._postings.get(word, []), position):
                found[id(slot)] = (place, slot)
        return [slot for _, slot in sorted(found.values(), key=lambda pair: (pair[0], str(pair[1].path)))]

    @staticmethod
    def _window(postings: list[tuple[int, Slot]], position: int) -> list[tuple[int, Slot]]:
        if len(postings) <= POSTINGS:
            return postings
        return sorted(postings, key=lambda pair: (abs(pair[0] - position), pair[0]))[:POSTINGS]

    @staticmethod
    def _words(slot: Slot) -> set[str]:
        if slot.generic:
            return {"#number"}
        words = {*slot.words, *slot.entities}
        words |= {f"#{index}" for index, family in enumerate(_FAMILIES) if family & words}
        if slot.path[-1] == 0 or slot.type in ("integer", "number"):
            words |= slot.context
        return words - PROSE | ({slot.head} if slot.head in PROSE else set())
