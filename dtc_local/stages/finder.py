"""A finder: how a small model reads a request that was worded with the phrase book.

It looks at what the reader may see and nothing else: the request, the tools on offer, the results of earlier turns.
Every clause in the request is a call, with the values behind its parameters' names; a value asked for "from that" or
"from before" comes along a dataflow edge from an earlier call or turn; a required value of which nothing is said must
come from a call that is not said either, and no more such calls are assumed than needed. The grammar of the blind
reader is made of that; what it leaves open is the model's choice. Larger models read without it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from itertools import islice, product

from dtc_local import prompts
from dtc_local.records import Json, Reference, Schema, Tool
from dtc_local.stages import exchanges, phrasebook
from dtc_local.stages.base import Desk
from dtc_local.stages.plan import call_schema
from dtc_local.stages.references import walk
from dtc_local.validation import is_valid
from dtc_local.words import numbers, spellings

READINGS = 64
"""Most ways of choosing unsaid calls that are looked at."""

Made = Mapping[str, tuple[Tool, ...]]
"""Calls before this one: for each id, the tools it may be a call of."""


def calls_schema(desk: Desk, request: str, first_id: str, most: int) -> Schema | None:
    """The calls a request may mean, `most` at the most; None if it cannot be read."""
    return _Finder(desk, request).calls(int(first_id[1:]), most)


@dataclass(frozen=True)
class _Spot:
    """One clause in the request: the tools it may mean, and the text up to the next clause."""

    tools: tuple[Tool, ...]
    text: str


class _Finder:
    """One request and what can be found in it."""

    def __init__(self, desk: Desk, request: str) -> None:
        self.desk = desk
        self.offer = desk.scenario.offer
        self.given: dict[str, str] = {}
        """Values told in answer to a question, by parameter name in words."""
        self.request = self._read_on(request)

    def _read_on(self, request: str) -> str:
        """What is asked for: after a question back, the request before it, if the answer lets it stand."""
        opening = self.desk.opening
        if opening is None:
            return request
        name, value = exchanges.asked_for(opening.reply, self.desk.labels), exchanges.answered(request)
        if name is not None and value is not None:
            self.given[name] = value
            return opening.request
        return opening.request if exchanges.consent(request) else request

    def calls(self, first: int, most: int) -> Schema | None:
        """The calls of a correction, or those that the clauses of the request say."""
        if not self.spots and (correction := exchanges.corrected(self.request, self.desk.labels)):
            return self._corrected(f"${first}", *correction)
        return self._said(first, most)

    def _corrected(self, call_id: str, name: str, text: str) -> Schema | None:
        """The last call that has an argument of that name, with the corrected value in it."""
        for call in reversed([call for turn in self.desk.turns for call in turn.executed()]):
            tool = next((tool for tool in self.offer if tool.name == call.tool), None)
            argument = next((one for one in call.arguments if phrasebook.label(one) == name), None)
            if tool and argument:
                changed = self._values(tool.parameters["properties"][argument], [text])
                if changed is None:
                    return None
                values = {key: {"const": value} for key, value in call.arguments.items()} | {argument: changed}
                written = call_schema(call_id, tool.name, values, tuple(values))
                return {"type": "array", "prefixItems": [written], "items": False, "minItems": 1, "maxItems": 1}
        return None

    def _said(self, first: int, most: int) -> Schema | None:
        """Unsaid calls first, then the said ones in their order; as few unsaid ones as will do.

        Of the ways to choose the unsaid ones, those that use most of what the request names.
        """
        for unsaid in range(most - len(self.spots) + 1 if self.spots else 0):
            readings = [
                reading
                for tools in islice(product(self.unsaid, repeat=unsaid), READINGS)
                if (reading := self._reading(first, tools))
            ]
            if readings:
                best = max(used for used, _ in readings)
                return {"anyOf": [schema for used, schema in readings if used == best]}
        return None

    def _reading(self, first: int, unsaid: Sequence[Tool]) -> tuple[int, Schema] | None:
        """The request read with these unsaid calls: how many values it uses, and the schema of its calls."""
        made: dict[str, tuple[Tool, ...]] = {}
        positions: list[Schema] = []
        steps: list[tuple[tuple[Tool, ...], str]] = [((tool,), self.spots[-1].text) for tool in unsaid]
        steps += [(spot.tools, spot.text) for spot in self.spots]
        used = 0
        for offset, (tools, text) in enumerate(steps):
            hidden = set(list(made)[: len(unsaid)])
            said = offset >= len(unsaid)
            calls = [
                call for tool in tools if (call := self._call(f"${first + offset}", tool, text, made, hidden, said))
            ]
            if not calls:
                return None
            used += max(len(call["properties"]["arguments"]["properties"]) for call in calls)
            positions.append({"anyOf": calls})
            made[f"${first + offset}"] = tools
        length = len(positions)
        return used, {
            "type": "array",
            "prefixItems": positions,
            "items": False,
            "minItems": length,
            "maxItems": length,
        }

    @cached_property
    def unsaid(self) -> list[Tool]:
        """Tools whose results a tool in the request may need, directly or by way of others."""
        named = {tool.name for spot in self.spots for tool in spot.tools}
        producers: set[str] = set()
        for _ in self.offer:
            producers |= {edge.producer for name in named | producers for edge in self.desk.edges.get(name, ())}
        return [tool for tool in self.offer if tool.name in producers]

    # --- what stands in the request -----------------------------------------------------------------------------

    @cached_property
    def spots(self) -> list[_Spot]:
        """Clauses in the order of the text; where several tools' clauses begin alike, the longest that fits counts."""
        found: dict[int, dict[str, int]] = {}
        for tool in self.offer:
            for start, length in phrasebook.clauses_in(self.request, self.desk.clauses[tool.name]):
                found.setdefault(start, {})[tool.name] = length
        starts = sorted(start for start in found if not self._inside_another(start, found))
        ends = [*starts[1:], len(self.request)]
        return [
            _Spot(self._longest(found[start]), self.request[start + max(found[start].values()) : end])
            for start, end in zip(starts, ends, strict=False)
        ]

    def _longest(self, lengths: dict[str, int]) -> tuple[Tool, ...]:
        return tuple(tool for tool in self.offer if lengths.get(tool.name) == max(lengths.values()))

    @staticmethod
    def _inside_another(start: int, found: dict[int, dict[str, int]]) -> bool:
        return any(other < start < other + max(lengths.values()) for other, lengths in found.items())

    # --- calls --------------------------------------------------------------------------------------------------

    def _call(
        self, call_id: str, tool: Tool, text: str, made: Made, hidden: Set[str], call_is_said: bool
    ) -> Schema | None:
        arguments: dict[str, Schema] = {}
        for name, schema in tool.parameters["properties"].items():
            found = self._argument(tool, name, text, made, hidden, call_is_said)
            if found is None and name in tool.required:
                if schema.get("type") != "boolean" and "const" not in schema:
                    return None
                found = schema
            if found is not None:
                arguments[name] = found
        return call_schema(call_id, tool.name, arguments, tuple(arguments))

    # --- arguments ----------------------------------------------------------------------------------------------

    def _argument(
        self, tool: Tool, name: str, text: str, made: Made, hidden: Set[str], call_is_said: bool
    ) -> Schema | None:
        """The values behind the parameter's name in the text, or what it says they are taken from."""
        schema = tool.parameters["properties"][name]
        word = phrasebook.label(name)
        spoken = [value for name_said, value in phrasebook.named_values(text, self.desk.labels) if name_said == word]
        if word in self.given and not spoken:
            spoken = [self.given[word]]
        pieces = [value for value in spoken if value is not None]
        # What an unsaid call needs is mentioned last, after the values of the call that is said.
        values = self._values(schema, pieces[:1] if call_is_said else pieces[-1:])
        if values:
            return values
        if None in spoken:
            said = {call_id: tools for call_id, tools in made.items() if call_id not in hidden}
            brought = [*self._references(tool, name, said), *self._known(tool, name)]
        elif name in tool.required:
            brought = list(
                self._references(tool, name, {call_id: made[call_id] for call_id in hidden if call_id in made})
            )
        else:
            return None
        different = {prompts.compact(value): value for value in brought}  # a value may be a list
        return {"enum": list(different.values())} if brought else None

    def _values(self, schema: Schema, pieces: Sequence[str]) -> Schema | None:
        if schema.get("type") == "array":
            items = [
                value
                for piece in pieces
                for item in phrasebook.items_of(piece)
                for value in _read(item, schema["items"])
            ]
            return {"const": items} if items and is_valid(items, schema) else None
        fitting = [value for piece in pieces for value in _read(piece, schema) if is_valid(value, schema)]
        return {"enum": fitting} if fitting else None

    def _references(self, tool: Tool, name: str, made: Made) -> Iterator[str]:
        for call_id, producers in made.items():
            names = {producer.name for producer in producers}
            for edge in self.desk.edges.get(tool.name, ()):
                if edge.parameter == name and edge.producer in names:
                    yield str(Reference(call=call_id, path=edge.path, type=edge.type))

    def _known(self, tool: Tool, name: str) -> Iterator[Json]:
        """Values that earlier turns' results hold at the other end of a dataflow edge."""
        for edge in self.desk.edges.get(tool.name, ()):
            for call in (call for turn in self.desk.turns for call in turn.executed()):
                value = walk(call.result, edge.path) if (call.tool, name) == (edge.producer, edge.parameter) else None
                if value is not None and is_valid(value, tool.parameters["properties"][name]):
                    yield value


def _read(piece: str, schema: Schema) -> list[Json]:
    """The value a piece of text writes, as the schema's type; empty if it writes none."""
    if "enum" in schema:
        return [value for value in schema["enum"] if piece in spellings(value)]
    if schema.get("type") in ("integer", "number"):
        return [number for number in numbers(piece) if prompts.written(number) == piece]
    return [piece] if piece else []
