"""Languages that a run can be asked for: two-letter codes (ISO 639-1), each with its English name and its own.

A language is kept as its code; whoever asks for one may name it in any of the three ways, in capitals or not.
"""

from __future__ import annotations

import unicodedata
from typing import NamedTuple


class Language(NamedTuple):
    """A language by its names."""

    english: str
    own: str


LANGUAGES: dict[str, Language] = {
    "de": Language("German", "Deutsch"),
    "en": Language("English", "English"),
    "es": Language("Spanish", "español"),
    "fr": Language("French", "français"),
    "it": Language("Italian", "italiano"),
    "ja": Language("Japanese", "日本語"),
    "nl": Language("Dutch", "Nederlands"),
    "pl": Language("Polish", "polski"),
    "pt": Language("Portuguese", "português"),
    "zh": Language("Chinese", "中文"),
}
"""The languages we know, by code. What the rules must know of each stands in `stages/speech.py`, the names and places
of its world in `world/locales.py`."""


def language_code(said: str) -> str:
    """The code of a language given by code, English name or own name; ValueError says which there are."""
    wanted = _folded(said)
    for code, language in LANGUAGES.items():
        if wanted in (code, *map(_folded, language)):
            return code
    known = ", ".join(f"{code} ({language.english})" for code, language in LANGUAGES.items())
    raise ValueError(f"{said!r} is no language we know; there are {known}")


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).strip().casefold()
