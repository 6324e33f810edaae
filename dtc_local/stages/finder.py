"""A finder: how a small model reads a request that was worded with the phrase book.

It looks at what the reader may see and nothing else: the request, the tools on offer, the results of earlier turns.
Every clause in the request is a call, with the values behind its parameters' names; a value asked for "from that" or
"from before" comes along a dataflow edge from an earlier call or turn; a required value of which nothing is said must
come from a call that is not said either, and no more such calls are assumed than needed. The grammar of the blind
reader is made of that; what it leaves open is the model's choice. Larger models read without it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from dtc_local import prompts
from dtc_local.records import Json, Reference, Schema, Tool
from dtc_local.stages import phrasebook
from dtc_local.stages.base import Desk
from dtc_local.stages.phrasebook import Clause, clause
from dtc_local.stages.plan import call_schema
from dtc_local.stages.references import walk
from dtc_local.validation import is_valid
from dtc_local.words import numbers, spellings, values_at_start

ITEMS = 4
"""Most items of a list."""


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
        self.request = request
        self.offer = desk.scenario.offer

    def calls(self, first: int, most: int) -> Schema | None:
        """Unsaid calls first, then the said ones in their order; as few unsaid ones as will do."""
        for unsaid in range(most - len(self.spots) + 1 if self.spots else 0):
            ids = [f"${first + k}" for k in range(unsaid + len(self.spots))]
            positions = [self._unsaid(ids[k], ids[:k]) for k in range(unsaid)]
            positions += [
                self._said(spot, ids[unsaid + k], ids[:unsaid], ids[unsaid : unsaid + k])
                for k, spot in enumerate(self.spots)
            ]
            if all(positions):
                return {
                    "type": "array",
                    "prefixItems": [{"anyOf": choices} for choices in positions],
                    "items": False,
                    "minItems": len(ids),
                    "maxItems": len(ids),
                }
        return None

    # --- what stands in the request -----------------------------------------------------------------------------

    @cached_property
    def clauses(self) -> dict[str, Clause]:
        """Clause of every tool on offer."""
        return {tool.name: clause(self.desk.briefs[tool.name], prompts.worded(tool.name)) for tool in self.offer}

    @cached_property
    def spots(self) -> list[_Spot]:
        """Clauses in the order of the text; where several tools' clauses begin alike, the longest that fits counts."""
        found: dict[int, dict[str, int]] = {}
        for tool in self.offer:
            for start, length in phrasebook.clauses_in(self.request, self.clauses[tool.name]):
                found.setdefault(start, {})[tool.name] = length
        starts = sorted(start for start in found if not self._inside_another(start, found))
        ends = [*starts[1:], len(self.request)]
        return [
            _Spot(self._longest(found[start]), self.request[start:end])
            for start, end in zip(starts, ends, strict=False)
        ]

    def _longest(self, lengths: dict[str, int]) -> tuple[Tool, ...]:
        return tuple(tool for tool in self.offer if lengths.get(tool.name) == max(lengths.values()))

    @staticmethod
    def _inside_another(start: int, found: dict[int, dict[str, int]]) -> bool:
        return any(other < start < other + max(lengths.values()) for other, lengths in found.items())

    @cached_property
    def names(self) -> list[str]:
        """Parameter names on offer, in words, longest first."""
        names = {prompts.worded(name) for tool in self.offer for name in tool.parameters["properties"]}
        return sorted(names, key=len, reverse=True)

    @cached_property
    def plain(self) -> frozenset[str]:
        """Words a request is made of besides values: all that the offer could lend it."""
        said = [text for one in self.clauses.values() for text in one.imperatives]
        return phrasebook.own_words() | phrasebook.words_in([*said, *self.names])

    # --- calls --------------------------------------------------------------------------------------------------

    def _said(self, spot: _Spot, call_id: str, unsaid: Sequence[str], said: Sequence[str]) -> list[Schema]:
        return [call for tool in spot.tools if (call := self._call(call_id, tool, spot.text, unsaid, said))]

    def _unsaid(self, call_id: str, unsaid: Sequence[str]) -> list[Schema]:
        """Tools whose results a tool in the request may need, with what is mentioned for them at its end."""
        named = {tool.name for spot in self.spots for tool in spot.tools}
        for _ in self.offer:
            named |= {edge.producer for name in named for edge in self.desk.edges.get(name, ())}
        tools = [tool for tool in self.offer if tool.name in named]
        tail = self.spots[-1].text
        return [call for tool in tools if (call := self._call(call_id, tool, tail, unsaid, ()))]

    def _call(self, call_id: str, tool: Tool, text: str, unsaid: Sequence[str], said: Sequence[str]) -> Schema | None:
        arguments: dict[str, Schema] = {}
        for name, schema in tool.parameters["properties"].items():
            found = self._argument(tool, name, text, unsaid, said)
            if found is None and name in tool.required:
                found = schema if schema.get("type") == "boolean" or "const" in schema else None
                if found is None:
                    return None
            if found is not None:
                arguments[name] = found
        return call_schema(call_id, tool.name, arguments, tuple(arguments))

    # --- arguments ----------------------------------------------------------------------------------------------

    def _argument(self, tool: Tool, name: str, text: str, unsaid: Sequence[str], said: Sequence[str]) -> Schema | None:
        """The values behind the parameter's name in the text, or what it says they are taken from."""
        schema = tool.parameters["properties"][name]
        word = prompts.worded(name)
        values = self._list(word, schema, text) if schema.get("type") == "array" else self._values(word, schema, text)
        if values:
            return values
        if phrasebook.is_taken_over(text, word):
            brought = [*self._references(tool, name, said), *self._known(tool, name)]
        elif name in tool.required:
            brought = list(self._references(tool, name, unsaid))
        else:
            return None
        return {"enum": list(dict.fromkeys(brought))} if brought else None

    def _values(self, word: str, schema: Schema, text: str) -> Schema | None:
        found = [value for piece in self._pieces(word, text) for value in self._read(piece, schema)]
        fitting = [value for value in dict.fromkeys(found) if is_valid(value, schema)]
        return {"enum": fitting} if fitting else None

    def _list(self, word: str, schema: Schema, text: str) -> Schema | None:
        items = schema.get("items", {})
        parts = [part for piece in self._pieces(word, text) for part in re.split(r", and |,? and |, ", piece)]
        found = [value for part in parts for value in self._read(part, items) if is_valid(value, items)]
        if not found:
            return None
        return {"type": "array", "items": {"enum": list(dict.fromkeys(found))}, "minItems": 1, "maxItems": ITEMS}

    def _pieces(self, word: str, text: str) -> list[str]:
        """The text behind each place where the name stands, up to the next parameter's name."""
        others = "|".join(map(re.escape, self.names))
        bounds = [match.start() for match in re.finditer(rf"(?<!\w)(?:{others})(?!\w)", text, re.IGNORECASE)]
        starts = list(phrasebook.named_in(text, word))
        return [text[start : next((bound for bound in bounds if bound > start), len(text))] for start in starts]

    def _read(self, piece: str, schema: Schema) -> Iterator[Json]:
        """Values a piece of text may begin with, as the schema's type."""
        if "enum" in schema:
            yield from (value for value in schema["enum"] if _begins(piece, value))
        elif schema.get("type") in ("integer", "number"):
            yield from (number for number in numbers(piece) if _begins(piece, number))
        else:
            yield from values_at_start(piece, self.plain)

    def _references(self, tool: Tool, name: str, call_ids: Sequence[str]) -> Iterator[str]:
        for call_id in call_ids:
            for edge in self.desk.edges.get(tool.name, ()):
                if edge.parameter == name:
                    yield str(Reference(call=call_id, path=edge.path, type=edge.type))

    def _known(self, tool: Tool, name: str) -> Iterator[Json]:
        """Values that earlier turns' results hold at the other end of a dataflow edge."""
        for edge in self.desk.edges.get(tool.name, ()):
            for call in (call for turn in self.desk.turns for call in turn.executed()):
                value = walk(call.result, edge.path) if (call.tool, name) == (edge.producer, edge.parameter) else None
                if value is not None and is_valid(value, tool.parameters["properties"][name]):
                    yield value


def _begins(piece: str, value: Json) -> bool:
    """Whether the text begins with the value in one of its spellings, standing on its own."""
    return any(re.match(rf"{re.escape(form)}(?![\w]|\.\d)", piece) for form in spellings(value))
