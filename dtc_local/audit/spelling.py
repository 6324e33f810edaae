"""Where a value stands in a text, as a person would write it.

An occurrence counts when it stands alone: 5 is not inside 15, -5, 5.2, 1,500 or ORD-5; "report" is not inside
"report.pdf". Numbers may be grouped (1,500) or carry idle zeros (12.50). Enum values may be said in any case, with
spaces for underscores and hyphens. In a text of a script that puts no space between words, a value stands alone unless
it is part of a longer Latin word or number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import lru_cache

from dtc_local.records import Json

NOT_AFTER = r"(?<!\w)(?<!\w[-./@_])(?<!\d[:,])"
NOT_BEFORE = r"(?!\w)(?![-./@_]\w)(?![:,]\d)"
NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:[eE][+-]?\d+)?")
PLAIN_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
MASK = "v"
UNSPACED = re.compile("[\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u9fff\uf900-\ufaff\uff66-\uff9f]")
_APART = re.compile(rf"{UNSPACED.pattern}|[\u3000-\u303f\uff01-\uff0f\uff1a-\uff20]")
"""Letters of scripts that put no space between words; the same, and their marks."""


def occurrences(value: Json, text: str, enum: bool = False) -> Iterator[tuple[int, int]]:
    """Spans of a text in which a scalar stands alone."""
    spelled = value if isinstance(value, str) else repr(value)
    for match in _pattern(spelled, isinstance(value, str), enum, _is_unspaced(text)).finditer(text):
        yield match.span()


def says(text: str, value: Json, enum: bool = False) -> bool:
    """Whether a scalar stands alone somewhere in a text."""
    return next(occurrences(value, text, enum), None) is not None


def without(text: str, values: Iterable[Json]) -> str:
    """The text with every stand-alone occurrence of the values replaced by a neutral word, longest first."""
    for value in sorted({value for value in values if isinstance(value, str)}, key=lambda value: (-len(value), value)):
        text = _pattern(value, True, False, _is_unspaced(text)).sub(MASK, text)
    return text


def spaced(text: str) -> str:
    """The text with spaces around every letter and mark of a script that is written without."""
    return text if text.isascii() else _APART.sub(r" \g<0> ", text)


def _is_unspaced(text: str) -> bool:
    return not text.isascii() and UNSPACED.search(text) is not None


@lru_cache(maxsize=4096)
def _pattern(spelled: str, is_text: bool, enum: bool, unspaced: bool) -> re.Pattern[str]:
    if not spelled:
        return re.compile(r"(?!)")  # nothing is found everywhere; count it as found nowhere
    if not is_text:
        body, sign = _number(spelled), "(?<!-)"
    else:
        body, sign = re.escape(spelled), "(?<!-)" if PLAIN_NUMBER.fullmatch(spelled) else ""
        if enum:
            body = f"{body}|{re.escape(re.sub('[_-]', ' ', spelled))}"
    flags = (re.IGNORECASE if enum else 0) | (re.ASCII if unspaced else 0)  # then only Latin letters go on a word
    return re.compile(f"{NOT_AFTER}{sign}(?:{body}){NOT_BEFORE}", flags)


def _number(spelled: str) -> str:
    value = Decimal(spelled)
    whole, _, fraction = format(abs(value), "f").partition(".")
    fraction = fraction.rstrip("0")
    grouped = f"{int(whole):,}"
    decimals = rf"\.{fraction}0*" if fraction else r"(?:\.0+)?"
    sign = "-" if value < 0 else ""
    return f"{sign}(?:{whole}|{grouped}){decimals}|{re.escape(spelled)}"


def as_number(token: str) -> Decimal | None:
    """The number that a token writes, if it is one."""
    return Decimal(token.replace(",", "")).normalize() if NUMBER.fullmatch(token) else None
