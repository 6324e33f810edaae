"""Media types: which of several a body or a result is read in, JSON first."""

from __future__ import annotations

import re
from typing import NamedTuple

from dtc_local.records import Json

_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


class Chosen(NamedTuple):
    """The media type taken, its media type object as written, and the other types offered."""

    kind: str
    value: Json
    others: tuple[str, ...]


def is_json(kind: str) -> bool:
    """Whether a media type is JSON under any name (`application/vnd.github+json; charset=utf-8`), or may be."""
    bare = _bare(kind)
    return bare in ("*/*", "application/*") or re.fullmatch(r"[\w.-]+/(?:[\w.-]+[+.])?json", bare) is not None


def is_form(kind: str) -> bool:
    """Whether a media type is an HTML form's."""
    return _bare(kind) in _FORMS


def chosen(content: dict[str, Json]) -> Chosen | None:
    """JSON if it is offered, else a form, else text, else the first; None where nothing is offered."""
    if not content:
        return None
    best = min(content, key=_rank)
    return Chosen(best, content[best], tuple(kind for kind in content if kind != best))


def _rank(kind: str) -> tuple[int, int]:
    bare = _bare(kind)
    if is_json(kind):
        return 0, (0 if bare == "application/json" else 2 if "*" in bare else 1)
    if bare in _FORMS:
        return 1, _FORMS.index(bare)
    return (2, 0) if bare.startswith("text/") else (3, 0)


def _bare(kind: str) -> str:
    return kind.split(";")[0].strip().lower()
