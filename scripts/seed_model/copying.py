"""The first curriculum phase: realistic values to be written again, looked up or sorted by key.

Copying is learned from dense repetition of the values the real tasks carry; random strings teach it far more slowly.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

from dtc_local.prompts import compact, worded, written
from seed_model.values import draw, identifier, made_up
from seed_model.vocabulary import Kind, vocabulary

SEPARATORS = ("\n", "; ", " | ", ", ")
ID_STYLES = ("int", "digits", "uuid", "hex:hex", "ord_:hex", "TK-:d5", "A:d4")


def copying_rows(seed: int) -> Iterator[tuple[str, str]]:
    """Endless pairs of prompt and answer."""
    words = vocabulary(False)
    kinds = tuple({kind.name: kind for group in words.kinds.values() for kind in group if kind.type != "b"}.values())
    number = 0
    while True:
        rng = random.Random(f"copying/{seed}/{number}")
        number += 1
        chance = rng.random()
        if chance < 0.5:
            yield _again(kinds, rng)
        elif chance < 0.75:
            yield _looked_up(kinds, rng)
        else:
            yield _numbered(kinds, rng)


def _value(kinds: tuple[Kind, ...], rng: random.Random) -> tuple[str, object]:
    chance = rng.random()
    if chance < 0.12:
        return "id", identifier(rng, rng.choice(ID_STYLES))
    if chance < 0.2:
        words = vocabulary(False)
        noun = rng.choice(words.nouns[rng.choice(list(words.nouns))])
        return "noun", rng.choice((noun.one, noun.many, made_up(rng)))
    if chance < 0.26:
        words = vocabulary(False)
        noun = rng.choice(words.nouns[rng.choice(list(words.nouns))])
        verb = rng.choice(words.verbs[rng.choice(list(words.verbs))]).base
        return "tool", f"{verb} {noun.one}".replace(" ", "_")
    kind = rng.choice(kinds)
    return worded(kind.name), draw(kind.source, kind.type, rng)


def _again(kinds: tuple[Kind, ...], rng: random.Random) -> tuple[str, str]:
    values = [_value(kinds, rng)[1] for _ in range(rng.randint(4, 16))]
    between = rng.choice(SEPARATORS)
    prompt = f"Values:\n{between.join(map(written, values))}\n"
    return prompt, compact(values) if rng.random() < 0.3 else between.join(map(written, values))


def _looked_up(kinds: tuple[Kind, ...], rng: random.Random) -> tuple[str, str]:
    pairs = dict(_value(kinds, rng) for _ in range(rng.randint(4, 14)))
    lines = "\n".join(f"{name}: {written(value)}" for name, value in pairs.items())
    names = rng.sample(list(pairs), rng.randint(1, len(pairs)))
    if rng.random() < 0.5:
        return f"Facts:\n{lines}\nGive: {', '.join(names)}\n", compact({name: pairs[name] for name in names})
    return f"Facts:\n{lines}\nGive: {', '.join(names)}\n", "\n".join(
        f"{name}: {written(pairs[name])}" for name in names
    )


def _numbered(kinds: tuple[Kind, ...], rng: random.Random) -> tuple[str, str]:
    """Values behind short keys, wanted in another order."""
    values = [_value(kinds, rng)[1] for _ in range(rng.randint(3, 12))]
    keys = [f"${place + 1}.{rng.choice(('name', 'id', 'value', 'date'))}" for place in range(len(values))]
    lines = "\n".join(f"{key}: {written(value)}" for key, value in zip(keys, values, strict=True))
    order = rng.sample(range(len(values)), len(values))
    return (
        f"Facts:\n{lines}\nOrder: {' '.join(keys[place] for place in order)}\n",
        "; ".join(written(values[place]) for place in order),
    )
