"""Plausible values, made once a process: names and streets from Faker under a fixed seed, our own lists in pools.json.

A pool is a tuple and drawing from it is one index: fast, and the same for the same random stream.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from faker import Faker

SIZE = 120
"""Names asked of Faker for one pool; everything longer is made by combining them."""
SEED = 20240229
_DOMAINS = ("example.com", "example.org", "example.net", "mail.example.com")
_TRADES = ("Logistics", "Foods", "Labs", "Energy", "Design", "Supply", "Software", "Health", "Partners", "Works")


@cache
def pool(name: str) -> tuple[str, ...]:
    """The pool of that name; KeyError if there is none. It is the same whatever was drawn before."""
    if name in _listed():
        return tuple(_listed()[name])
    return _MADE[name]()


@cache
def _listed() -> dict[str, list[str]]:
    loaded: dict[str, list[str]] = json.loads(files(__package__).joinpath("pools.json").read_text("utf-8"))
    return loaded


@cache
def _faker() -> Faker:
    from faker import Faker

    return Faker("en_US")


def _asked(provider: str) -> tuple[str, ...]:
    """Distinct values of a Faker provider, from a fresh seed so that no other pool shifts them."""
    faker = _faker()
    faker.seed_instance(SEED)
    values = dict.fromkeys(str(getattr(faker, provider)()) for _ in range(SIZE * 2))
    return tuple(value for value in values if value.replace(" ", "").isalpha())[:SIZE]


def _mixed(left: Sequence[str], right: Sequence[str], between: str = " ", size: int = 480) -> tuple[str, ...]:
    """Distinct pairs in an order that mixes both sides."""
    pairs = ((left[i % len(left)], right[(i + i // len(left) * 7) % len(right)]) for i in range(size))
    return tuple(dict.fromkeys(f"{one}{between}{other}" for one, other in pairs))


def _handles() -> tuple[str, ...]:
    names = _mixed(pool("first"), pool("last"), ".")
    return tuple(name.lower().replace(".", ("_", ".", "")[i % 3]) for i, name in enumerate(names))


def _addresses() -> tuple[str, ...]:
    streets = _mixed([str(number) for number in range(3, 240, 4)], pool("street"))
    return _mixed(streets, pool("city"), ", ")


_MADE: dict[str, Callable[[], tuple[str, ...]]] = {
    "first": lambda: _asked("first_name"),
    "last": lambda: _asked("last_name"),
    "street": lambda: _asked("street_name"),
    "person": lambda: _mixed(pool("first"), pool("last")),
    "handle": _handles,
    "email": lambda: tuple(name.lower() for name in _mixed(_mixed(pool("first"), pool("last"), "."), _DOMAINS, "@")),
    "company": lambda: _mixed(pool("last"), _TRADES),
    "address": _addresses,
    "zip": lambda: tuple(str(10_000 + number * 7_919 % 90_000) for number in range(SIZE)),
    "phrase": lambda: _mixed(pool("adjective"), pool("noun"), size=240),
    "file": lambda: _mixed(pool("file_word"), pool("file_noun"), "_", size=140),
    "subject": lambda: _mixed(pool("subject_start"), pool("subject_end"), size=140),
}
