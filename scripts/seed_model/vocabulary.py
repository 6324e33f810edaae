"""Reads the word tables, inflects them, and splits them: what training sees and what only the evaluation sees."""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

from seed_model.lexicon_kinds import FIELDS, KINDS_BY_DOMAIN
from seed_model.lexicon_words import ADJECTIVES, DOMAINS, GERUNDS, QUANTITIES, VERBS
from seed_model.values import listed, made_up

Item = TypeVar("Item")
REQUEST_ONLY = frozenset(
    listed(
        "max_price,published_after,new_name,overwrite,force,hourly,silent,notify,threshold,cc,send_at,"
        "include_archived,limit,sort_by,keyword,reminder_minutes,repetitions,shuffle,gift_wrap,recurring,"
        "furnished,wheelchair"
    )
)
"""Kinds that make sense in a call but not in its result."""
ASIDE_EVERY = 8
"""One word in eight is kept aside for evaluation, by its place in its table."""


@dataclass(frozen=True)
class Verb:
    """A verb, what it does to its object, and other ways to say it."""

    base: str
    deed: str
    synonyms: tuple[str, ...] = ()

    @property
    def gerund(self) -> str:
        """The -ing form: closing, looking up."""
        first, _, rest = self.base.partition(" ")
        return f"{GERUNDS.get(first) or _gerund(first)} {rest}".strip()

    @property
    def third(self) -> str:
        """Third person: closes, looks up."""
        first, _, rest = self.base.partition(" ")
        return f"{plural(first)} {rest}".strip()


@dataclass(frozen=True)
class Noun:
    """What a tool is about."""

    one: str
    many: str
    domain: str


@dataclass(frozen=True)
class Kind:
    """A kind of value: its name, type, generator, phrases and descriptions."""

    name: str
    type: str
    source: str
    phrases: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Vocabulary:
    """One side of the split."""

    held_out: bool
    verbs: dict[str, tuple[Verb, ...]]
    domain_verbs: dict[str, tuple[Verb, ...]]
    nouns: dict[str, tuple[Noun, ...]]
    quantities: tuple[Noun, ...]
    kinds: dict[str, tuple[Kind, ...]]
    fields: dict[str, tuple[Kind, ...]]
    adjectives: tuple[str, ...]

    def pick(self, options: tuple[Item, ...], rng: random.Random) -> Item:
        """One of this side's options; short lists are not split."""
        return rng.choice(split(options, self.held_out)) if len(options) >= ASIDE_EVERY else rng.choice(options)

    def noun(self, domain: str, rng: random.Random) -> Noun:
        """A noun of the domain, now and then with a made-up word."""
        if rng.random() < 0.1:
            word = made_up(rng)
            return Noun(word, plural(word), domain)
        return rng.choice(self.nouns[domain])


def plural(word: str) -> str:
    """Regular plural; also the third person of a verb."""
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return word[:-1] + "ies"
    return word + ("es" if word.endswith(("s", "x", "z", "ch", "sh", "go")) else "s")


def article(words: str) -> str:
    """`words` with a or an in front."""
    first = words.lower()
    silent = first.startswith(("hour", "honest", "heir"))
    sounded = first.startswith(("uni", "use", "usa", "eur", "one", "uti", "ufo", "uto"))
    return f"{'an' if silent or (first[:1] in 'aeiou' and not sounded) else 'a'} {words}"


def split(options: tuple[Item, ...], held_out: bool) -> tuple[Item, ...]:
    """The side of a table: every eighth entry is kept aside."""
    return tuple(one for place, one in enumerate(options) if (place % ASIDE_EVERY == 3) == held_out)


@cache
def vocabulary(held_out: bool) -> Vocabulary:
    """All tables, one side of them."""
    nouns, domain_verbs = {}, {}
    for domain, line in DOMAINS.items():
        words, verbs = line.split("|")
        nouns[domain] = split(tuple(Noun(word, _many(word), domain) for word in words.split(",")), held_out)
        domain_verbs[domain] = tuple(Verb(verb, "state") for verb in verbs.split(","))
    everywhere = split(tuple(verb for verbs in domain_verbs.values() for verb in verbs), held_out)
    return Vocabulary(
        held_out,
        {deed: split(_verbs(deed, line), held_out) for deed, line in VERBS.items()},
        {domain: tuple(verb for verb in verbs if verb in everywhere) for domain, verbs in domain_verbs.items()},
        nouns,
        split(tuple(_quantity(entry) for entry in QUANTITIES.split(",")), held_out),
        *_kinds(held_out),
        split(tuple(ADJECTIVES.split(",")), held_out),
    )


def _kinds(held_out: bool) -> tuple[dict[str, tuple[Kind, ...]], dict[str, tuple[Kind, ...]]]:
    every = [
        (domain, kind)
        for domain, text in KINDS_BY_DOMAIN.items()
        for kind in map(_kind, text.strip().split("\n"))
        if kind
    ]
    mine = split(tuple(every), held_out)
    general = tuple(kind for domain, kind in mine if domain == "general")
    common = split(tuple(kind for kind in map(_kind, FIELDS.split("\n")) if kind), held_out)
    own = {domain: tuple(kind for place, kind in mine if place == domain) for domain in DOMAINS}
    if held_out:  # too few a domain: evaluation mixes all that were kept aside
        own = dict.fromkeys(DOMAINS, tuple(kind for _, kind in mine))
    return (
        {domain: own[domain] * 4 + general for domain in DOMAINS},
        {domain: tuple(kind for kind in own[domain] if kind.name not in REQUEST_ONLY) + common for domain in DOMAINS},
    )


def _kind(line: str) -> Kind | None:
    if not line.strip():
        return None
    name, kind, source, phrases, notes = (*line.split(":"), "", "")[:5]
    return Kind(
        name, kind, source, tuple(phrases.split("/")) if phrases else (), tuple(notes.split("/")) if notes else ()
    )


def _verbs(deed: str, line: str) -> tuple[Verb, ...]:
    pairs = (entry.split("=") for entry in line.split("|"))
    return tuple(Verb(base, deed, tuple(synonyms.split(","))) for base, synonyms in pairs)


def _quantity(entry: str) -> Noun:
    words, domain = entry.split(":")
    return Noun(words, _many(words), domain)


def _many(words: str) -> str:
    *front, last = words.split(" ")
    last = {"person": "people", "entry": "entries"}.get(last, last if last == "homework" else plural(last))
    return " ".join((*front, last))


def _gerund(word: str) -> str:
    return f"{word[:-1] if word.endswith('e') and not word.endswith('ee') else word}ing"
