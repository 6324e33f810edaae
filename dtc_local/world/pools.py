"""Plausible values, made once a process: names and streets from Faker under a fixed seed, our own lists in pools.json.

A pool is a tuple and drawing from it is one index: fast, and the same for the same random stream. Inside
:func:`spoken` values are those of another language's world: its names, cities, addresses and phone numbers. What our
lists say in English words has no values there, so that a model writes its own.
"""

from __future__ import annotations

import json
import random
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from dtc_local.world.locales import LOCALES, Locale

if TYPE_CHECKING:
    from faker import Faker

SIZE = 120
"""Names asked of Faker for one pool; everything longer is made by combining them."""
SEED = 20240229
_DOMAINS = ("example.com", "example.org", "example.net", "mail.example.com")
_TRADES = ("Logistics", "Foods", "Labs", "Energy", "Design", "Supply", "Software", "Health", "Partners", "Works")
_NEUTRAL = frozenset(
    (
        *("country_code", "airport", "language_code", "currency", "timezone", "stock", "extension", "branch"),
        *("repository", "brand", "team", "command", "expression", "format", "commit", "file_word", "file_noun"),
    )
)
"""Lists that hold codes and names, the same in every language."""
_SPOKEN: ContextVar[str] = ContextVar("spoken", default="en")


@contextmanager
def spoken(language: str) -> Iterator[None]:
    """Draw values of that language's world meanwhile; KeyError for one that has none."""
    if language != "en" and language not in LOCALES:
        raise KeyError(language)
    token = _SPOKEN.set(language)
    try:
        yield
    finally:
        _SPOKEN.reset(token)


def in_english() -> bool:
    """Whether English is spoken."""
    return _SPOKEN.get() == "en"


def is_said(kind: str) -> bool:
    """Whether values of the kind can be said in the language that is spoken."""
    return in_english() or kind in _NEUTRAL or (kind not in _listed() and kind not in _ENGLISH)


def pool(name: str) -> tuple[str, ...]:
    """The pool of that name; KeyError if there is none. It is the same whatever was drawn before."""
    return _pool(name, _SPOKEN.get())


@cache
def _pool(name: str, language: str) -> tuple[str, ...]:
    if language != "en" and name in _LOCAL:
        return _LOCAL[name](LOCALES[language])
    return tuple(_listed()[name]) if name in _listed() else _MADE[name]()


@cache
def _listed() -> Mapping[str, Sequence[str]]:
    loaded: dict[str, list[str]] = json.loads(files(__package__).joinpath("pools.json").read_text("utf-8"))
    return loaded


@cache
def _faker(locale: str) -> Faker:
    from faker import Faker

    return Faker(locale)


@cache
def _asked(provider: str, locale: str = "en_US") -> tuple[str, ...]:
    """Distinct values of a Faker provider, from a fresh seed so that no other pool shifts them."""
    faker = _faker(locale)
    faker.seed_instance(SEED)
    values = dict.fromkeys(str(getattr(faker, provider)()) for _ in range(SIZE * 2))
    return tuple(value for value in values if value.replace(" ", "").isalpha())[:SIZE]


def _mixed(left: Sequence[str], right: Sequence[str], between: str = " ", size: int = 480) -> tuple[str, ...]:
    """Distinct pairs in an order that mixes both sides."""
    return tuple(dict.fromkeys(f"{one}{between}{other}" for one, other in _pairs(left, right, size)))


def _pairs(left: Sequence[str], right: Sequence[str], size: int = 480) -> Iterator[tuple[str, str]]:
    return ((left[i % len(left)], right[(i + i // len(left) * 7) % len(right)]) for i in range(size))


def _handles() -> tuple[str, ...]:
    names = _mixed(pool("login"), pool("login_last"), ".")
    return tuple(name.lower().replace(".", ("_", ".", "")[i % 3]) for i, name in enumerate(names))


def _emails() -> tuple[str, ...]:
    return tuple(name.lower() for name in _mixed(_mixed(pool("login"), pool("login_last"), "."), _DOMAINS, "@"))


def _addresses() -> tuple[str, ...]:
    streets = _mixed([str(number) for number in range(3, 240, 4)], pool("street"))
    return _mixed(streets, pool("city"), ", ")


_MADE: dict[str, Callable[[], tuple[str, ...]]] = {
    "first": lambda: _asked("first_name"),
    "last": lambda: _asked("last_name"),
    "login": lambda: pool("first"),
    "login_last": lambda: pool("last"),
    "street": lambda: _asked("street_name"),
    "person": lambda: _mixed(pool("first"), pool("last")),
    "handle": _handles,
    "email": _emails,
    "company": lambda: _mixed(pool("last"), _TRADES),
    "address": _addresses,
    "zip": lambda: tuple(str(10_000 + number * 7_919 % 90_000) for number in range(SIZE)),
    "phrase": lambda: _mixed(pool("adjective"), pool("noun"), size=240),
    "file": lambda: _mixed(pool("file_word"), pool("file_noun"), "_", size=140),
    "subject": lambda: _mixed(pool("subject_start"), pool("subject_end"), size=140),
}
_ENGLISH = frozenset(("phrase", "subject", "duration"))
"""Kinds that are put together of English words."""


def _persons(here: Locale) -> tuple[str, ...]:
    pairs = _pairs(pool("first"), pool("last"))
    return tuple(dict.fromkeys(here.person.format(first=first, last=last) for first, last in pairs))


def _local_addresses(here: Locale) -> tuple[str, ...]:
    pairs = enumerate(_pairs(pool("street"), pool("city")))
    return tuple(here.address.format(street=street, city=city, number=3 + i % 79) for i, (street, city) in pairs)


def _companies(here: Locale) -> tuple[str, ...]:
    pairs = _pairs(pool("last"), here.trades)
    return tuple(dict.fromkeys(trade.format(last) if "{}" in trade else f"{last} {trade}" for last, trade in pairs))


def _logins(here: Locale, provider: str, part: int) -> tuple[str, ...]:
    """First (part 0) or last names in plain letters."""
    names = [name.split()[part] for name in _asked("romanized_name", here.faker)] if here.romanised else pool(provider)
    plain = (unicodedata.normalize("NFKD", name.translate(_PLAIN)) for name in names)
    return tuple(dict.fromkeys("".join(char for char in name if char.isascii() and char.isalpha()) for name in plain))


_PLAIN = str.maketrans({"ß": "ss", "ł": "l", "Ł": "L", "ä": "ae", "ö": "oe", "ü": "ue", "ø": "o", "æ": "ae"})


def _filled(template: str) -> tuple[str, ...]:
    """The template with digits for `#` and capital letters for `@`."""
    rng = random.Random(SEED)
    signs = {"#": "0123456789", "@": "ABCDEFGHJKLMNPRSTVWXZ"}
    return tuple("".join(rng.choice(signs[char]) if char in signs else char for char in template) for _ in range(SIZE))


_LOCAL: dict[str, Callable[[Locale], tuple[str, ...]]] = {
    "first": lambda here: _asked("first_name", here.faker),
    "last": lambda here: _asked("last_name", here.faker),
    "login": lambda here: _logins(here, "first", 0),
    "login_last": lambda here: _logins(here, "last", 1),
    "street": lambda here: _asked(here.street, here.faker),
    "city": lambda here: here.cities,
    "person": _persons,
    "company": _companies,
    "address": _local_addresses,
    "zip": lambda here: _filled(here.postcode),
    "phone": lambda here: _filled(here.phone),
}
"""Pools that each language has its own of."""
