"""What has been said and shown up to a place, and whether a value stands in it, as leniently as a person reads.

A value stands in a text in any case and punctuation, a number in any spelling (1,500, 1.5k, fifteen, 15 %), a date by
its day and month or by words such as "tomorrow", a text of several words if most of its words are there. So a value
that is reported as standing nowhere was really not said; one that is not reported may still have been guessed. An id
is the exception: it stands as it is, or not at all. The parts of dates are numbers of no other kind. Of a script that
puts no space between words every character is one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple

from dtc_local.audit.spelling import spaced
from dtc_local.audit.values import bag, keys, leaves
from dtc_local.records import Json

_WORD = re.compile(r"[^\W_]+")
_NUMBER = re.compile(
    r"(?<![\w.])(?<![A-Za-z]-)[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:[eE][-+]?\d+)?(?!\w)|(?<![\w.])\.\d+"
)
_MEASURED = re.compile(r"(\d+)[a-z]{1,3}")
_DATES = re.compile(r"\b(\d{4})-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?)?")
_SCALED = re.compile(r"(\d[\d,.]*)\s?(k|thousand|m|million|b|billion|bn|%|percent)\b|(\d[\d,.]*)\s?%", re.IGNORECASE)
_SCALES = {"k": 1e3, "thousand": 1e3, "m": 1e6, "million": 1e6, "b": 1e9, "bn": 1e9, "billion": 1e9}
_DIGITS = re.compile(r"\d+")
_ISO_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ](\d{1,2}):(\d{2}).*)?")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::\d{2})?\s?(?:[aApP]\.?[mM]\.?)?")
_UNITS = """
zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
eighteen nineteen twenty
"""
_NUMBER_WORDS = {
    **{word: float(number) for number, word in enumerate(_UNITS.split())},
    **{"thirty": 30.0, "forty": 40.0, "fifty": 50.0, "sixty": 60.0, "seventy": 70.0, "eighty": 80.0, "ninety": 90.0},
    **{"hundred": 100.0, "thousand": 1000.0, "million": 1e6, "dozen": 12.0, "couple": 2.0, "half": 0.5},
    **{"quarter": 0.25, "once": 1.0, "twice": 2.0, "thrice": 3.0, "pair": 2.0, "single": 1.0, "double": 2.0},
    **{"first": 1.0, "second": 2.0, "third": 3.0, "fourth": 4.0, "fifth": 5.0, "both": 2.0},
}
DAY_WORDS = bag(
    "today tomorrow yesterday tonight now weekend monday tuesday wednesday thursday friday saturday sunday "
    "day days week weeks month months quarter year years"
)
CLOCK_WORDS = bag("morning afternoon evening night tonight noon midnight now hour hours minute minutes")
"""Words from which a date, and those from which a time of the day, is reckoned."""
_STOP = bag("a an the of for to in on at by with from and or is are be i you my your it")
_CURRENCIES = {"$": "usd", "€": "eur", "£": "gbp", "¥": "jpy", "₹": "inr"}
_CURRENCY_WORDS = {
    **dict.fromkeys(("dollar", "dollars", "bucks"), "usd"),
    **dict.fromkeys(("euro", "euros"), "eur"),
    **dict.fromkeys(("pound", "pounds"), "gbp"),
    "yen": "jpy",
    **dict.fromkeys(("rupee", "rupees"), "inr"),
}
LONG_TEXT = 12
"""From so many words on a text is one that the assistant composed."""
STEM = 5
REMEMBERED = 4_000
LONGEST_NUMBER = 20
"""Digits of a longer one are an id."""


class _Read(NamedTuple):
    """What a text says, taken apart."""

    words: tuple[str, ...]
    stems: frozenset[str]
    currencies: tuple[str, ...]
    numbers: frozenset[float]
    digits: frozenset[int]


@lru_cache(maxsize=4096)
def _remembered(text: str) -> _Read:
    return _taken_apart(text)


def _read(text: str) -> _Read:
    """A text taken apart; short ones are remembered, since rules and conversations share many of them."""
    return _remembered(text) if len(text) <= REMEMBERED else _taken_apart(text)


def _taken_apart(text: str) -> _Read:
    text = spaced(text)
    words = tuple(_words(text))
    return _Read(
        words,
        frozenset(word[:STEM] for word in words),
        tuple(_currencies(text, words)),
        frozenset(_numbers(text, words)),
        frozenset(int(found) for found in _DIGITS.findall(text) if len(found) < LONGEST_NUMBER),
    )


class Said:
    """Everything said so far; grows as a conversation is read."""

    def __init__(self) -> None:
        self.words: set[str] = set()
        self.stems: set[str] = set()
        self.numbers: set[float] = set()
        self.digits: set[int] = set()
        self.longest_list = 0
        self._phrases: list[str] = []
        self._joined: tuple[int, str, str] = (-1, "", "")

    def add(self, text: str) -> None:
        """Take in a text."""
        read = _read(text)
        self._phrases.append(" ".join(read.words))
        self.words.update(read.words, read.currencies)
        self.stems.update(read.stems)
        self.numbers.update(read.numbers)
        self.digits.update(read.digits)

    def add_value(self, value: Json) -> None:
        """Take in a result or a state: its keys, its scalars, the lengths of its lists."""
        if isinstance(value, str):
            self.add(value)
            return
        for key in dict.fromkeys(keys(value)):
            self.add(str(key))
        for _, leaf in leaves(value):
            if leaf is not None and not isinstance(leaf, bool):
                self.add(str(leaf))
        self.longest_list = max(self.longest_list, *(_lengths(value)), 0)

    def holds(self, value: Json) -> bool:
        """Whether a scalar stands in what was said."""
        if value is None or isinstance(value, bool):
            return True
        if isinstance(value, int | float):
            return self.holds_number(float(value)) if abs(value) < 1e300 else str(value) in self.words
        return self._holds_text(str(value))

    def holds_number(self, value: float) -> bool:
        """Whether a number was said; 0 and 1 need no saying, and rounding is no other number."""
        if value in (0, 1) or value in self.numbers or abs(value) in self.numbers:
            return True
        decimals = len(repr(value).partition(".")[2]) if value % 1 else 0
        half = 0.5 * 10**-decimals + 1e-9 * abs(value)
        return any(known % 1 and abs(known - value) <= half for known in self.numbers)

    def has_phrase(self, words: Iterable[str]) -> bool:
        """Whether words stand next to each other."""
        return f" {' '.join(words)} " in self._all()[1]

    def _all(self) -> tuple[int, str, str]:
        """Number of phrases, all of them with spaces, and without."""
        if self._joined[0] != len(self._phrases):
            spaced = f" {' | '.join(self._phrases)} "
            self._joined = (len(self._phrases), spaced, spaced.replace(" ", ""))
        return self._joined

    def _holds_text(self, value: str) -> bool:
        value = spaced(value)
        words = _words(value)
        if not words or len("".join(words)) == 1 or self.has_phrase(words):
            return True
        if len(words) == 1 and words[0] in self.words:
            return True
        squeezed = "".join(words)
        if len(squeezed) >= STEM and squeezed in self._all()[2]:
            return True
        if _NUMBER.fullmatch(value.strip()) and len(squeezed) < 16:
            return self.holds_number(float(value.replace(",", ""))) and not value.startswith("0")
        if self._holds_time(value):
            return True
        is_name = " " not in value.strip() and any(letter.isdigit() for letter in value)
        return not is_name and self._holds_words(words)

    def _holds_time(self, value: str) -> bool:
        """Whether a date or a time of the day was said, in any way."""
        day, clock = _ISO_DATE.fullmatch(value.strip()), _CLOCK.fullmatch(value.strip())
        if self.words & (DAY_WORDS if day else CLOCK_WORDS if clock else frozenset()):
            return True
        if day:
            month = date(2000, max(1, min(12, int(day[2]))), 1).strftime("%B").lower()
            return int(day[3]) in self.digits and (int(day[2]) in self.digits or bool({month, month[:3]} & self.words))
        return clock is not None and bool({int(clock[1]), int(clock[1]) % 12 or 12} & self.digits)

    def _holds_words(self, words: list[str]) -> bool:
        """Whether most of the words were said; a word with digits in it only counts as it stands."""
        needed = [word for word in words if word not in _STOP] or words
        found = sum(word in self.words or (word.isalpha() and self._has_stem(word)) for word in needed)
        if any(not word.isalpha() and word not in self.words for word in needed) and len(needed) < LONG_TEXT:
            return False
        if len(needed) <= 3:
            return found == len(needed)
        return found / len(needed) >= (0.5 if len(needed) >= LONG_TEXT else 0.7)

    def _has_stem(self, word: str) -> bool:
        return len(word) >= STEM and word[:STEM] in self.stems


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]


def _currencies(text: str, words: Iterable[str]) -> Iterator[str]:
    """Codes of the currencies that a text names by sign or word."""
    yield from (code for sign, code in _CURRENCIES.items() if sign in text)
    yield from (_CURRENCY_WORDS[word] for word in words if word in _CURRENCY_WORDS)


def _numbers(text: str, words: Iterable[str]) -> Iterator[float]:
    for found in _NUMBER.findall(_DATES.sub(r" \1 ", text)):
        yield _float(found)
    for amount, unit, percent in _SCALED.findall(text):
        number = _float(amount or percent)
        yield number * _SCALES[unit.lower()] if unit.lower() in _SCALES else number / 100
    for word in words:
        if word in _NUMBER_WORDS:
            yield _NUMBER_WORDS[word]
        elif measured := _MEASURED.fullmatch(word):
            yield _float(measured[1])


def _float(digits: str) -> float:
    try:
        return float(digits.replace(",", "").rstrip("."))
    except ValueError:
        return float("nan")


def _lengths(value: Json) -> Iterator[int]:
    if isinstance(value, list):
        yield len(value)
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _lengths(inner)


def is_date(value: Json) -> date | None:
    """The day of an ISO date or date-time."""
    if not isinstance(value, str) or not _ISO_DATE.fullmatch(value.strip()):
        return None
    try:
        return datetime.strptime(value.strip()[:10], "%Y-%m-%d").date()
    except ValueError:
        return None
