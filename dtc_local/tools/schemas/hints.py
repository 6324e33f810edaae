"""Values that a description spells out: closed lists ("one of 'START', 'STOP'"), examples ("e.g. 'abc'"), ranges."""

from __future__ import annotations

import re
from functools import lru_cache

_QUOTED = r"""(?:"([^"\n]{1,60})"|'([^'\n]{1,60})'|`([^`\n]{1,60})`)"""
_OPENING = (
    r"\[enum\]\s*:?|(?:possible|allowed|accepted|valid|permitted|supported)\s+(?:values|options|choices|modes|types)(?:\s+are)?\s*:?"
    r"|(?:must|can|should|may)\s+be(?:\s+either)?(?:\s+one\s+of)?\s*:?|\bone\s+of\s*:?|\beither\b|\boptions?\s*:|\bvalues\s*:|\bchoices\s*:"
)
_SEPARATOR = r"\s*(?:,\s*(?:or|and)\b|,|\||/|;|\bor\b|\band\b)\s*"
_LIST = re.compile(rf"(?:{_OPENING})\s*[\[(]?\s*({_QUOTED}(?:{_SEPARATOR}{_QUOTED})+)", re.I)
_BARE_LIST = re.compile(
    r"(?:\bone of|\beither|(?:possible|allowed|valid|accepted) values(?: are)?|\boptions?)\s*:?\s*[\[(]?\s*"
    r"([\w-]+(?:(?:, (?:or |and )?| or |\|| \| )[\w-]+)+)",
    re.I,
)
_ANY_QUOTED = re.compile(r"(?<![\w])" + _QUOTED + r"(?![\w])")
_RANGE = re.compile(
    r"(?:\bfrom|\bbetween|\brange(?: of)?|[(\[])\s*"
    r"(-?\d+(?:\.\d+)?)\s*(?:to|and|-|\u2013|\.\.)\s*(-?\d+(?:\.\d+)?)(?![\d-])",
    re.I,
)
_STOP = frozenset(
    {"the", "a", "an", "this", "these", "those", "them", "its", "your", "following", "more", "any", "all"}
)


@lru_cache(maxsize=16384)
def listed(description: str) -> tuple[str, ...]:
    """The values of an explicit closed list with at least two quoted members, in order; () if there is none."""
    found = _LIST.search(description)
    return _quoted(found.group(1)) if found else ()


@lru_cache(maxsize=16384)
def mentioned(description: str) -> tuple[str, ...]:
    """Values a description shows in any way: a closed list, a bare list of words, or quoted examples."""
    closed = listed(description)
    if closed:
        return closed
    bare = _BARE_LIST.search(description)
    if bare:
        words = [word for word in re.split(r", (?:or |and )?| or | ?\| ?", bare.group(1)) if word]
        if len(words) > 1 and not _STOP & {word.lower() for word in words}:
            return tuple(dict.fromkeys(words))
    return tuple(
        value for value in _quoted(description) if re.search(r"\w", value)
    )  # a lone '#' is a remark on spelling


@lru_cache(maxsize=16384)
def bounds(description: str) -> tuple[float, float] | None:
    """A numeric range in words: "from 1 to 5", "between 0 and 100", "(0-1)"."""
    found = _RANGE.search(description)
    if not found:
        return None
    low, high = float(found.group(1)), float(found.group(2))
    return (low, high) if low < high else None


def _quoted(text: str) -> tuple[str, ...]:
    groups = (next(group for group in found.groups() if group) for found in _ANY_QUOTED.finditer(text))
    plain = (value.strip() for value in groups)
    return tuple(dict.fromkeys(value for value in plain if value and "\\" not in value and "{" not in value))
