"""Turns the table of ready-made tools into drafts."""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cache

from seed_model.drafts import Draft, Frame, Slot
from seed_model.lexicon_special import SPECIAL
from seed_model.vocabulary import Kind, Noun, Verb, split

NUMERIC = ("number", "amount", "weight", "bigamount", "temperature", "price")
"""Sources of plain numbers: any numeric result may feed them."""


@dataclass(frozen=True)
class Special:
    """One line of the table."""

    names: tuple[str, ...]
    descriptions: tuple[str, ...]
    heads: tuple[str, ...]
    params: tuple[Kind, ...]
    fields: tuple[Kind, ...]
    yields: str


@cache
def specials(held_out: bool) -> tuple[Special, ...]:
    """One side of the table."""
    return split(tuple(_parsed(line) for line in SPECIAL.split("\n")), held_out)


def _parsed(line: str) -> Special:
    names, descriptions, heads, params, fields, yields = line.split("|")
    return Special(
        tuple(names.split(",")),
        tuple(descriptions.split("/")),
        tuple(heads.split("/")),
        tuple(_kind(entry) for entry in params.split(";") if entry),
        tuple(_kind(entry) for entry in fields.split(";")),
        yields,
    )


def _kind(entry: str) -> Kind:
    name, kind, source, phrases = (*entry.split(":"), "")[:4]
    return Kind(name, kind, source, tuple(phrases.split("/")))


def ready_made(frame: Frame, rng: random.Random, feed: Slot | None = None) -> Draft | None:
    """A random ready-made tool; with `feed`, one that has a parameter for that result field."""
    table = specials(frame.words.held_out)
    if feed is not None:
        table = tuple(one for one in table if any(_takes(kind, feed.kind) for kind in one.params))
        if not table:
            return None
    chosen = rng.choice(table)
    name = frame.styled(rng.choice(chosen.names))
    params = [Slot(frame.styled(kind.name), kind) for kind in chosen.params]
    fields = [Slot(frame.styled(kind.name), kind) for kind in chosen.fields]
    return Draft(
        Verb("do", "special"), Noun(chosen.yields, chosen.yields, ""), frame, "", params, fields, name,
        frame.preamble + rng.choice(chosen.descriptions), heads=chosen.heads,
    )  # fmt: skip


def fits(slot: Slot, feed: Slot) -> bool:
    """Whether a result field may become this argument."""
    return not feed.many and not slot.many and _takes(slot.kind, feed.kind)


def _takes(kind: Kind, feed: Kind) -> bool:
    if kind.type == "n" and kind.source in NUMERIC:
        return feed.type in ("n", "i") and not feed.source.startswith("id ")
    return kind.type == feed.type == "s" and kind.source == feed.source and not kind.source.startswith("[")
