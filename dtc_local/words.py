"""Values inside text: how a value is written, where a text holds it, which spans a reader could take from it.

Pure functions on strings; no grammar, no model. One invariant joins the stages: a value that is `sayable` and that
:func:`find` sees in a text is also offered to the blind reader, by :func:`spans` or :func:`numbers`.

Where a script puts no spaces between words (Chinese and Japanese), every character may begin or end a word: a value
stands on its own there if it is not part of a longer Latin word or number. Texts without such characters are read as
if there were none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from dtc_local.prompts import written
from dtc_local.records import Json

SPAN_WORDS = 12
"""Longest span offered, in words: a short message text still fits."""

UNSPACED = "\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f"
"""Letters of scripts that put no spaces between words, as part of a character class."""
MARKS = "\u3001-\u3003\u3008-\u3011\u3014-\u301f\uff01-\uff0f\uff1a-\uff1f\uff3b-\uff3d\uff5b-\uff65\u2026\u30fb"
"""Their punctuation."""
UNSPACED_SPAN = 20
"""Longest span offered of a text without spaces, in characters and words."""

_FUNCTION_WORDS = (
    "a an and are as at be but by can could do for from has have i if in into is it its me my of on or our please "
    "so than that the their them then there these this those to up us was we were will with would you your I"
)
_NOT_AT_AN_END = frozenset(_FUNCTION_WORDS.split())
_LETTER = rf"[^\W{UNSPACED}]"
"""A letter, digit or underscore that goes on a word."""
_NUMBER = re.compile(rf"(?:(?<![\w.,:/-])|(?<=[{UNSPACED}]))-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?!{_LETTER}|[.,:/-]\d)")
_IS_UNSPACED, _IS_MARK = re.compile(f"[{UNSPACED}]"), re.compile(f"[{MARKS}]")
_PARTING = re.compile(f"[{UNSPACED}{MARKS}]")
_PIECE = re.compile(rf"[{UNSPACED}]|[{MARKS}]|[^\s{UNSPACED}{MARKS}]+")
_CODE_NAME = re.compile(r"_|[a-z][A-Z]|[A-Za-z]\d|\d[A-Za-z]|[A-Za-z]-[A-Za-z]")
_QUOTES = "'\""
_OPENING, _CLOSING = "([{#", ".,;:!?)]}"
_PAIRS = (("(", ")"), ("[", "]"), ("{", "}"))


def leaves(value: Json) -> Iterator[Json]:
    """Scalar leaves of a JSON value in order; booleans, nulls and empty strings are not said word for word."""
    if isinstance(value, dict):
        for item in value.values():
            yield from leaves(item)
    elif isinstance(value, list):
        for item in value:
            yield from leaves(item)
    elif value is not None and not isinstance(value, bool) and value != "":
        yield value


def find(text: str, value: Json) -> tuple[int, int] | None:
    """Character span of a scalar that stands in the text on its own (5 neither in `15` nor in `5.2`), or None."""
    if not isinstance(value, str):
        wanted = written(value)
        return next((match.span() for match in _NUMBER.finditer(text) if written(_number(match)) == wanted), None)
    for form in filter(str.strip, spellings(value)):
        start = text.find(form)
        while start >= 0:
            if _stands(text, start, start + len(form)):
                return start, start + len(form)
            start = text.find(form, start + 1)
    return None


def _stands(text: str, start: int, end: int) -> bool:
    """Whether what stands between the two places stands on its own: bare, in quotes or brackets, or before a mark.

    Looked at by hand, since compiling an expression for every value took most of the time.
    """
    before = text[:start].rstrip(_OPENING + "'")
    after = text[end:]
    ends = {after.lstrip(_CLOSING + "'"), after.removeprefix("'s").lstrip(_CLOSING + "'")}
    return (_IS_UNSPACED.match(text[start]) is not None or _parts(before[-1:])) and (
        _IS_UNSPACED.match(text[end - 1]) is not None or any(_parts(rest[:1]) for rest in ends)
    )


def _parts(char: str) -> bool:
    """Whether the character, or the text's end, parts words."""
    return not char or char == '"' or char.isspace() or _PARTING.match(char) is not None


def without(text: str, values: Iterable[Json]) -> str:
    """The text with every standing occurrence of the values taken out, longest first."""
    for value in sorted(values, key=lambda one: -len(written(one))):
        while span := find(text, value):
            text = f"{text[: span[0]]} {text[span[1] :]}"
    return text


def sayable(value: Json, lifted: bool = True) -> bool:
    """Whether a sentence can carry the value so that it is found and, if `lifted`, taken out of it by a reader."""
    sentence = f"Use {written(value)} now."
    if find(sentence, value) is None:
        return False
    return not lifted or not isinstance(value, str) or value in spans(sentence)


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
        unspaced = _IS_UNSPACED.search(chunk)
        words = [match.span() for match in re.finditer(_PIECE if unspaced else r"\S+", chunk)]
        for first, (begin, _) in enumerate(words):
            for _, end in words[first : first + (UNSPACED_SPAN if unspaced else SPAN_WORDS)]:
                if not unspaced or not (_IS_MARK.match(chunk[begin]) or _IS_MARK.match(chunk[end - 1])):
                    yield from _trimmed(chunk[begin:end])


def words_of(text: str) -> list[str]:
    """The words of a text, punctuation at their ends included; of a text without spaces its Latin words and numbers."""
    if not _IS_UNSPACED.search(text):
        return text.split()
    return [piece for piece in _PIECE.findall(text) if not re.match(f"[{UNSPACED}{MARKS}]", piece)]


def is_question(text: str) -> bool:
    """Whether a text ends by asking."""
    return text.rstrip().endswith(("?", "\uff1f"))


def _trimmed(span: str) -> Iterator[str]:
    """The span bare of what surrounds it, then with the brackets or the final mark that may belong to it."""
    span = span.strip(_QUOTES)
    bare = span.lstrip(_OPENING + _QUOTES)
    for core in dict.fromkeys((bare, span)):
        end = len(core.rstrip(_CLOSING + _QUOTES))
        words = core[:end].removesuffix("'s").split()
        if not words or words[0] in _NOT_AT_AN_END or (len(words) > 1 and words[-1] in _NOT_AT_AN_END):
            continue
        ends = {len(core[:end].removesuffix("'s")), *(k for k in range(end, len(core) + 1) if core[k - 1] in ".!?)]}")}
        yield from (core[:k] for k in sorted(ends) if _balanced(core[:k]))


def _balanced(span: str) -> bool:
    return all(span.count(opening) == span.count(closing) for opening, closing in _PAIRS)


def numbers(text: str) -> Iterator[int | float]:
    """Numbers that stand on their own in the text, integers as int."""
    return map(_number, _NUMBER.finditer(text))


def _number(match: re.Match[str]) -> int | float:
    word = match.group()
    return int(word) if word.removeprefix("-").isdigit() else float(word)


def code_names(names: Iterable[str]) -> tuple[str, ...]:
    """Those names that no person would say: snake_case, camelCase, with digits or hyphens. Plain words stay allowed."""
    return tuple(sorted({name for name in names if _CODE_NAME.search(name)}))


def shows_name(text: str, names: Iterable[str]) -> bool:
    """Whether a code-like name stands in the text."""
    return any(re.search(rf"(?<!{_LETTER}){re.escape(name)}(?!{_LETTER})", text) for name in code_names(names))


def shows_call_id(text: str) -> bool:
    """Whether something like `$3` stands in the text; so do amounts of money, which only literals may bring."""
    return re.search(r"\$\d", text) is not None


def escaped(text: str) -> str:
    """The text as part of a regular expression between slashes, for Lark and Python alike."""
    return re.sub(r"([\\.^$|?*+()\[\]{}/])", r"\\\1", text)
