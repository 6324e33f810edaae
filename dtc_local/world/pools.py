"""Plausible values, made once a process: Faker's names under a fixed seed, and our own lists in pools.json.

A pool is a tuple and drawing from it is one index: fast, and the same for the same random stream.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from faker import Faker

SIZE = 400
SEED = 20240229


@cache
def _faker() -> Faker:
    from faker import Faker

    faker = Faker("en_US")
    faker.seed_instance(SEED)
    return faker


def _drawn(make: Callable[[], str], size: int = SIZE) -> tuple[str, ...]:
    """Distinct one-line values without characters that would need escaping in JSON."""
    values: dict[str, None] = {}
    for _ in range(size * 3):
        value = " ".join(make().replace("\n", ", ").split())
        if '"' not in value and "\\" not in value:
            values[value] = None
        if len(values) == size:
            break
    return tuple(values)


@cache
def _listed() -> dict[str, list[str]]:
    loaded: dict[str, list[str]] = json.loads(files(__package__).joinpath("pools.json").read_text("utf-8"))
    return loaded


@cache
def pool(name: str) -> tuple[str, ...]:
    """The pool of that name; KeyError if there is none.

    Each is made from a fresh seed, so the order in which pools are first used does not matter.
    """
    if name in _listed():
        return tuple(_listed()[name])
    faker = _faker()
    faker.seed_instance(SEED)
    return _MADE[name](faker)


def _handles(faker: Faker) -> tuple[str, ...]:
    return _drawn(
        lambda: f"{faker.first_name().lower()}{faker.random_element(('_', '.', ''))}{faker.last_name().lower()}"
    )


def _emails(faker: Faker) -> tuple[str, ...]:
    return _drawn(lambda: f"{faker.first_name()}.{faker.last_name()}@{faker.random_element(_DOMAINS)}".lower())


def _companies(faker: Faker) -> tuple[str, ...]:
    kinds = ("Logistics", "Foods", "Labs", "Energy", "Design", "Supply", "Software", "Health", "Partners", "Works")
    return _drawn(lambda: f"{faker.last_name()} {faker.random_element(kinds)}")


def _phrases(adjectives: str, nouns: str) -> tuple[str, ...]:
    """Every adjective with every noun, in an order that mixes both."""
    left, right = pool(adjectives), pool(nouns)
    return tuple(f"{left[(i + j) % len(left)]} {noun}" for i in range(len(left)) for j, noun in enumerate(right))


_DOMAINS = ("example.com", "example.org", "example.net", "mail.example.com")
_MADE: dict[str, Callable[[Faker], tuple[str, ...]]] = {
    "person": lambda faker: _drawn(lambda: f"{faker.first_name()} {faker.last_name()}"),
    "first": lambda faker: _drawn(faker.first_name),
    "last": lambda faker: _drawn(faker.last_name),
    "handle": _handles,
    "email": _emails,
    "company": _companies,
    "street": lambda faker: _drawn(faker.street_address),
    "address": lambda faker: _drawn(
        lambda: f"{faker.building_number()} {faker.street_name()}, {faker.random_element(pool('city'))}"
    ),
    "zip": lambda faker: _drawn(lambda: faker.numerify("#####")),
    "phrase": lambda faker: _phrases("adjective", "noun"),
    "file": lambda faker: tuple(f"{phrase.replace(' ', '_')}" for phrase in _phrases("file_word", "file_noun")),
    "subject": lambda faker: _phrases("subject_start", "subject_end"),
}
