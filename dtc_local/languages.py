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
    "af": Language("Afrikaans", "Afrikaans"),
    "ar": Language("Arabic", "العربية"),
    "bg": Language("Bulgarian", "български"),
    "bn": Language("Bengali", "বাংলা"),
    "ca": Language("Catalan", "català"),
    "cs": Language("Czech", "čeština"),
    "cy": Language("Welsh", "Cymraeg"),
    "da": Language("Danish", "dansk"),
    "de": Language("German", "Deutsch"),
    "el": Language("Greek", "ελληνικά"),
    "en": Language("English", "English"),
    "es": Language("Spanish", "español"),
    "et": Language("Estonian", "eesti"),
    "eu": Language("Basque", "euskara"),
    "fa": Language("Persian", "فارسی"),
    "fi": Language("Finnish", "suomi"),
    "fr": Language("French", "français"),
    "ga": Language("Irish", "Gaeilge"),
    "gl": Language("Galician", "galego"),
    "he": Language("Hebrew", "עברית"),
    "hi": Language("Hindi", "हिन्दी"),
    "hr": Language("Croatian", "hrvatski"),
    "hu": Language("Hungarian", "magyar"),
    "hy": Language("Armenian", "հայերեն"),
    "id": Language("Indonesian", "Bahasa Indonesia"),
    "is": Language("Icelandic", "íslenska"),
    "it": Language("Italian", "italiano"),
    "ja": Language("Japanese", "日本語"),
    "ka": Language("Georgian", "ქართული"),
    "kk": Language("Kazakh", "қазақ тілі"),
    "ko": Language("Korean", "한국어"),
    "lt": Language("Lithuanian", "lietuvių"),
    "lv": Language("Latvian", "latviešu"),
    "mk": Language("Macedonian", "македонски"),
    "ms": Language("Malay", "Bahasa Melayu"),
    "nl": Language("Dutch", "Nederlands"),
    "no": Language("Norwegian", "norsk"),
    "pl": Language("Polish", "polski"),
    "pt": Language("Portuguese", "português"),
    "ro": Language("Romanian", "română"),
    "ru": Language("Russian", "русский"),
    "sk": Language("Slovak", "slovenčina"),
    "sl": Language("Slovenian", "slovenščina"),
    "sq": Language("Albanian", "shqip"),
    "sr": Language("Serbian", "српски"),
    "sv": Language("Swedish", "svenska"),
    "sw": Language("Swahili", "Kiswahili"),
    "ta": Language("Tamil", "தமிழ்"),
    "te": Language("Telugu", "తెలుగు"),
    "th": Language("Thai", "ไทย"),
    "tr": Language("Turkish", "Türkçe"),
    "uk": Language("Ukrainian", "українська"),
    "ur": Language("Urdu", "اردو"),
    "vi": Language("Vietnamese", "Tiếng Việt"),
    "zh": Language("Chinese", "中文"),
}
"""The languages we know, by code."""


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
