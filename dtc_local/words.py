"""Values inside text: how a value is written, where a text holds it, which spans a reader could take from it.

Pure functions on strings; no grammar, no model. One invariant joins the stages: what :func:`leaves` says a request must
carry is found again by :func:`find` and offered to the blind reader by :func:`spans`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from dtc_local.prompts import written
from dtc_local.records import Json

SPAN_WORDS = 12
"""Longest span offered, in words: a short message text still fits."""

_FUNCTION_WORDS = frozenset(
    "a an and are as at be but by can could do for from has have i if in into is it its me my of on or our "
    "please so than that the their them then there these this those to up us was we were will with would you your".split()
)
_NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?![\w]|\.\d)")
_CODE_NAME = re.compile(r"_|[a-z][A-Z]|[A-Za-z]\d|\d[A-Za-z]|[A-Za-z]-[A-Za-z]")


def leaves(value: Json) -> Iterator[Json]:
    """Scalar leaves of a JSON value in order, booleans and nulls left out: they are not said word for word."""
    if isinstance(value, dict):
        for item in value.values():
            yield from leaves(item)
    elif isinstance(value, list):
        for item in value:
            yield from leaves(item)
    elif value is not None and not isinstance(value, bool):
        yield value


def find(text: str, value: Json) -> tuple[int, int] | None:
    """Character span of a written scalar in the text, standing on its own (not `5` inside `15`), or None."""
    for form in spellings(value):
        match = re.search(rf"(?<![\w]){re.escape(form)}(?![\w]|\.\d)", text)
        if match:
            return match.span()
    return None


def spellings(value: Json) -> tuple[str, ...]:
    """Ways a scalar may be written: `in_progress` also as "in progress"."""
    form = written(value)
    spaced = form.replace("_", " ")
    if isinstance(value, str) and spaced != form and re.fullmatch(r"[A-Za-z]+(?:_[A-Za-z]+)*", form):
        return form, spaced
    return (form,)


def spans(text: str) -> Iterator[str]:
    """Spans a reader could lift out of the text: whole words, no dangling function word or punctuation at the ends."""
    for chunk in re.split(r"[\n\"]", text):
        words = list(re.finditer(r"\S+", chunk))
        for first in range(len(words)):
            begin = words[first].start()
            while begin < words[first].end() and chunk[begin] in "('\"#[{":
                begin += 1
            for last in range(first, min(first + SPAN_WORDS, len(words))):
                yield from _trimmed(chunk[begin : words[last].end()])


def _trimmed(span: str) -> Iterator[str]:
    core = span.rstrip(".,;:!?)'\"]}")
    core = core[:-2] if core.endswith("'s") else core
    words = core.split()
    if not words:
        return
    if words[0] in _FUNCTION_WORDS or words[-1].lower() in _FUNCTION_WORDS and len(words) > 1:
        return
    yield core
    ending = span[len(core) :]
    if ending[:1] in (".", "!", "?", ")"):
        yield core + ending[0]


def numbers(text: str) -> Iterator[int | float]:
    """Numbers that stand on their own in the text, integers as int."""
    for match in _NUMBER.finditer(text):
        word = match.group()
        yield float(word) if "." in word else int(word)


def code_names(names: Iterable[str]) -> tuple[str, ...]:
    """Those names that no person would say: snake_case, camelCase, with digits or hyphens. Plain words stay allowed."""
    return tuple(sorted({name for name in names if _CODE_NAME.search(name)}))


def shows_name(text: str, names: Iterable[str]) -> bool:
    """Whether a code-like name or a call id stands in the text."""
    if re.search(r"\$\d", text):
        return True
    return any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) for name in code_names(names))
