"""Who talks and when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dtc_local.records import Persona
from dtc_local.records.scenario import TRAIT_WORDS
from dtc_local.world.pools import pool
from dtc_local.world.values import day, pick

if TYPE_CHECKING:
    from numpy.random import Generator

ROLES = (
    *pool("job"),
    "student",
    "retiree",
    "shop owner",
    "travel planner",
    "office assistant",
    "project lead",
    "parent of two",
)
EXPERTISE = ("new to this", "casual user", "knows the basics", "experienced", "expert")


def persona(rng: Generator) -> Persona:
    """A person: Big Five traits are drawn evenly from -1 to 1, so that most people show two or three of them."""
    return Persona(
        name=pick(rng, "person"),
        role=ROLES[int(rng.integers(len(ROLES)))],
        expertise=EXPERTISE[int(rng.integers(len(EXPERTISE)))],
        traits={trait: round(float(rng.uniform(-1, 1)), 2) for trait in TRAIT_WORDS},
    )


def today(rng: Generator) -> str:
    """The ISO date of a conversation."""
    return day(rng).isoformat()
