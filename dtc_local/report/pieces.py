"""Text cut into pieces where something points to it, so that a page shows places without counting characters.

A piece is a text, or a text with the numbers of the links that point to it: `["ORD-7", [2]]`. Python counts characters
and JavaScript counts UTF-16 units; pieces joined are the whole text in both. JSON values are written here too: a page
that read them as numbers would round the large ones.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from dtc_local.records import Json

WIDTH = 76
"""A list or an object up to this long, its indent included, stands on one line."""
INDENT = 2

Links = tuple[int, ...]
Mark = tuple[int, int, int]
"""Start, end and link of a marked span; spans may overlap."""
Piece = Json
"""A text, or a list of a text and its links."""


def cut(text: str, marks: Sequence[Mark]) -> list[Piece]:
    """The text in pieces; a mark that does not lie inside the text is left out."""
    inside = [mark for mark in marks if 0 <= mark[0] < mark[1] <= len(text)]
    edges = sorted({0, len(text), *(edge for start, end, _ in inside for edge in (start, end))})
    return _pieces(
        (text[start:end], tuple(link for first, last, link in inside if first <= start and end <= last))
        for start, end in pairwise(edges)
    )


def spelled(value: Json, links: Mapping[str, Sequence[int]], path: str = "") -> list[Piece]:
    """A JSON value in pieces; `links` names places by dotted path, and `path` is that of the value itself."""
    return _pieces(_spelled(value, links, path, (), 0))


def joined(pieces: Iterable[Piece]) -> str:
    """The whole text."""
    return "".join(piece if isinstance(piece, str) else piece[0] for piece in pieces)


def _pieces(tokens: Iterable[tuple[str, Links]]) -> list[Piece]:
    """Neighbours with the same links become one piece."""
    merged: list[tuple[str, Links]] = []
    for text, links in tokens:
        if merged and merged[-1][1] == links:
            merged[-1] = merged[-1][0] + text, links
        elif text:
            merged.append((text, links))
    return [[text, list(links)] if links else text for text, links in merged]


def _spelled(
    value: Json, places: Mapping[str, Sequence[int]], path: str, outer: Links, indent: int
) -> Iterator[tuple[str, Links]]:
    links = (*outer, *places.get(path, ()))
    if not isinstance(value, dict | list) or not value:
        yield _json(value), links
        return
    inner = indent + INDENT
    flat = indent + len(_json(value)) <= WIDTH
    before, between, after = ("", ", ", "") if flat else (_line(inner), "," + _line(inner), _line(indent))
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    items = value.items() if isinstance(value, dict) else enumerate(value)
    yield opening + before, links
    for position, (step, item) in enumerate(items):
        key = f"{_json(step)}: " if isinstance(value, dict) else ""
        yield (between if position else "") + key, links
        yield from _spelled(item, places, f"{path}.{step}" if path else str(step), links, inner)
    yield after + closing, links


def _line(indent: int) -> str:
    return "\n" + " " * indent


def _json(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False)
