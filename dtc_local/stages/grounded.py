"""What the assistant may say: plain words, and of all others those that are visible.

True by construction: every word with a digit in it is a visible one; no quote, no code. Checked afterwards: names
inside a sentence are visible too, as far as the language shows names by a capital. In a text without spaces between
words every Latin word and number must be visible.
"""

from __future__ import annotations

import re
from collections.abc import Sequence, Set

from dtc_local import prompts
from dtc_local.records import ExecutedCall, Json
from dtc_local.stages.speech import ENGLISH, Speech
from dtc_local.words import escaped, leaves, shows_call_id, words_of

PLAIN = r"[^\s\"\\0-9{}\[\]<>$_|=*`~^?!.,;:()]+"
"""A word without digits, brackets, quotes or sentence marks."""
UNSPACED_PLAIN = r"[^\sA-Za-z\p{Nd}\"\\{}\[\]<>$_|=*`~^?!.。！？]+"
"""The same in a text without spaces between words, where all Latin words are visible ones."""
PUNCTUATION = "'\"()[]{},;:.!?"
UNITS = "$€%#"
SPACE = "[ \u00a0\u202f]?"
"""What may stand before a mark where marks stand apart."""


def visible_words(request: str, levels: Sequence[Sequence[ExecutedCall]]) -> frozenset[str]:
    """Words of the request, the arguments and the results without punctuation around them, and without units too."""
    texts = [request, *(text for level in levels for call in level for text in _texts(call))]
    words = [raw.strip(PUNCTUATION) for text in texts for raw in words_of(text)]
    return frozenset(word for whole in words for word in (whole, _bare(whole)) if word)


def _bare(word: str) -> str:
    return word.strip(PUNCTUATION + UNITS).removesuffix("'s")


def _texts(call: ExecutedCall) -> list[str]:
    values: list[Json] = [call.arguments, call.result]
    return [prompts.written(leaf) for value in values for leaf in leaves(value)]


def is_grounded(text: str, visible: Set[str], speech: Speech = ENGLISH) -> bool:
    """Whether each word with a digit, and each capitalised word inside a sentence, is a visible one.

    What looks like a call id must be visible as it stands: `$3` only where a result says so.
    """
    if not speech.spaced:
        return all(_bare(word) in visible for word in words_of(text) if re.search(r"\w", word))
    return all(
        _is_visible(raw, position, visible, speech)
        for sentence in re.split(r"(?<=[.!])\s+", text)
        for position, raw in enumerate(sentence.split())
    )


def _is_visible(raw: str, position: int, visible: Set[str], speech: Speech) -> bool:
    """Whether a word of a sentence may stand there."""
    whole, word = raw.strip(PUNCTUATION), _bare(raw.strip(PUNCTUATION + speech.opening))
    if shows_call_id(whole) and whole not in visible:
        return False
    parts = [word] if word in visible else re.split("['\u2019]", word)
    return all(part in visible or not _needs_proof(part, position + place, speech) for place, part in enumerate(parts))


def _needs_proof(word: str, position: int, speech: Speech) -> bool:
    named = speech.names_alone_are_capital and word[:1].isupper() and position > 0 and word not in speech.addresses
    return named or re.search(r"\d", word) is not None


def is_plain(word: str) -> bool:
    """Whether a word can stand in a reply."""
    return not re.search(r"[\"\\?\x00-\x1f]", word)


def grammar(visible: Set[str], *, asks: bool = False, most: int = 3, speech: Speech = ENGLISH) -> str:
    """The Lark grammar of one to `most` sentences of plain and visible words; the last one asks, or does not."""
    make = _spaced if speech.spaced else _unspaced
    sentence, stop, ugly = make(sorted(filter(is_plain, visible)), speech)
    question, end = (r"[?？]", r"[。！]") if not speech.spaced else (r"[?]", r"[.!]")
    if speech.parted_marks:
        question, end = f"{SPACE}[?]", f"([.]|{SPACE}!)"
    before = f"({sentence}{end}{stop})?" * (most - 1)
    return f"start: T\nT: /{before}{sentence}{question if asks else end}/ & ~/(?s:.*)({ugly})(?s:.*)/\n"


def _spaced(visible: Sequence[str], speech: Speech) -> tuple[str, str, str]:
    """A sentence, what parts it from the next, and what must not stand anywhere."""
    shown = "".join(f"|{escaped(word)}" for word in visible if re.search(r"[^a-z]", word))
    marks, ugly = (f"(,|{SPACE}[;:])?", r"  | [.,]") if speech.parted_marks else (r"[,;:]?", r"  | [.,;:!?]")
    word = rf"([(#€]?({PLAIN}{shown})('s|%)?[)]?{marks})"
    return rf"({speech.first}({PLAIN})?{shown})[,:]?( {word})+", " ", rf"{ugly}|[,;:][,;:.!?]"


def _unspaced(visible: Sequence[str], speech: Speech) -> tuple[str, str, str]:
    """The same for a text without spaces: plain letters, and between them visible words."""
    plain = UNSPACED_PLAIN
    if not visible:
        return plain, "", r"、、|  "
    word = f"({'|'.join(map(escaped, visible))})"
    shown = f"{word}( {word})*"
    return f"({plain}({shown}{plain})*({shown})?|{shown}({plain}{shown})*({plain})?)", "", r"、、|  "
