"""A string that matches a regular expression, where that is easy: literals, classes, groups, alternatives, repeats."""

from __future__ import annotations

import re
import sys
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if sys.version_info >= (3, 11):
    from re import _constants as sre  # type: ignore[attr-defined]
    from re import _parser as parser  # type: ignore[attr-defined]
else:  # pragma: no cover  (3.10 keeps them under their old names)
    import sre_constants as sre
    import sre_parse as parser

if TYPE_CHECKING:
    from numpy.random import Generator

MAX_EXTRA = 6
"""How far beyond its minimum an open repeat goes."""
MAX_LOW = 200
"""A longer repeat than this is nothing a person would say."""
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_DIGITS = "0123456789"
_CATEGORIES = {
    "CATEGORY_DIGIT": _DIGITS,
    "CATEGORY_WORD": _LETTERS + _LETTERS.upper() + _DIGITS,
    "CATEGORY_SPACE": " ",
    "CATEGORY_NOT_SPACE": _LETTERS + _DIGITS,
    "CATEGORY_NOT_DIGIT": _LETTERS,
    "CATEGORY_NOT_WORD": "-",
}
_PLAIN = "".join(chr(code) for code in range(32, 127) if chr(code) not in '"\\')


def matching(pattern: str, rng: Generator) -> str | None:
    """A match of the whole pattern, or None where it uses more than is easy. The caller checks the result."""
    parsed = _parsed(pattern)
    if parsed is None:
        return None
    try:
        return "".join(_pieces(parsed, rng))
    except (NotImplementedError, RecursionError):
        return None


@lru_cache(maxsize=1024)
def _parsed(pattern: str) -> Any:
    try:
        return parser.parse(pattern)
    except (re.error, OverflowError, RecursionError):
        return None


def _pieces(items: Any, rng: Generator) -> list[str]:
    return [_piece(str(operation), value, rng) for operation, value in items]


def _piece(operation: str, value: Any, rng: Generator) -> str:
    if operation == "LITERAL":
        return chr(value)
    if operation in ("AT", "ASSERT", "ASSERT_NOT"):  # anchors hold by themselves; lookaround is left to the check
        return ""
    if operation == "ANY":
        return _one_of(_LETTERS, rng)
    if operation == "NOT_LITERAL":
        return _one_of(_LETTERS.replace(chr(value), ""), rng)
    if operation == "IN":
        return _one_of(_members(value), rng)
    if operation == "SUBPATTERN":
        return "".join(_pieces(value[3], rng))
    if operation == "BRANCH":
        return "".join(_pieces(value[1][int(rng.integers(len(value[1])))], rng))
    if operation in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
        low, high, repeated = value
        if low > MAX_LOW:
            raise NotImplementedError("long repeat")
        top = low + MAX_EXTRA if high is sre.MAXREPEAT else min(high, low + MAX_EXTRA)
        return "".join("".join(_pieces(repeated, rng)) for _ in range(int(rng.integers(low, top + 1))))
    raise NotImplementedError(operation)


def _members(items: Any) -> str:
    """The characters of a class, those easy to type first."""
    negated = False
    members: set[str] = set()
    for operation, value in items:
        name = str(operation)
        if name == "NEGATE":
            negated = True
        elif name == "LITERAL":
            members.add(chr(value))
        elif name == "RANGE":
            members |= {chr(code) for code in range(value[0], min(value[1], value[0] + 200) + 1)}
        elif name == "CATEGORY":
            members |= set(_CATEGORIES.get(str(value), ""))
        else:
            raise NotImplementedError(name)
    chosen = set(_PLAIN) - members if negated else members
    readable = "".join(sorted(char for char in chosen if char.isalnum() and char.isascii()))
    return readable or "".join(sorted(chosen))


def _one_of(characters: str, rng: Generator) -> str:
    if not characters:
        raise NotImplementedError("empty class")
    return characters[int(rng.integers(len(characters)))]
