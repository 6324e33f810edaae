"""Near-duplicates: pairs of tools that say the same in slightly different words.

Two things count: what a tool says and what it takes. What it says is a set of words, those of its name and of its
description, with verbs of one meaning folded together. Two tools say the same as far as the weight of the words they
share is of the weight of all their words (weighted Jaccard), where a word weighs the more the fewer tools say it:
"list invoices" and "list orders" share only what every tool of an API says, and what tells them apart is rare. The
words of a name count twice when the description repeats them, so that "start" and "stop" stay apart. What it takes is
the set of its parameters' names; it counts half as much, or long lists of options would make any two tools alike.

The cost is near linear. A pair this similar must share one of the rarest words of each (prefix filtering), so only
those are looked up; and where even they are common, only the nearest tools that say them are compared.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import fsum, log

from dtc_local.records import Finding, Tool
from dtc_local.tools.findings import finding
from dtc_local.tools.words import bag, tokens

THRESHOLD = 0.8
"""Pairs at least this similar, of 1, are reported."""
TAKES = 0.5
"""How much parameters count, where words count 1."""
POSTINGS = 24
"""Tools compared for one word; of a commoner one the nearest before are taken."""
Sides = tuple[frozenset[str], frozenset[str]]
"""What a tool says and what it takes."""
_STOP = bag(
    "the a an of to for in on at by with from and or is are be that this it its as your their given specified "
    "which will where using up"
)
_VERBS = {
    verb: family
    for family, verbs in {
        "get": bag("get fetch retrieve read show view obtain return find search query lookup look see"),
        "list": bag("list enumerate"),
        "create": bag("create add new make insert register"),
        "delete": bag("delete remove erase drop destroy"),
        "update": bag("update edit modify change patch"),
        "send": bag("send submit post"),
    }.items()
    for verb in verbs
}


@dataclass(frozen=True)
class Profile:
    """What of a tool is compared. Tools of different effect are never alike, whatever they say."""

    namespace: str
    name: str
    description: str
    parameters: tuple[str, ...]
    effect: str

    @property
    def says(self) -> frozenset[str]:
        """The words of its name, as they are and marked as such, and of its description."""
        name = _words(self.name)
        return frozenset((*name, *(f"name {word}" for word in name), *_words(self.description)))

    @property
    def takes(self) -> frozenset[str]:
        """The names of its parameters, in words."""
        return frozenset(" ".join(tokens(one)) for one in self.parameters)


def _words(text: str) -> list[str]:
    words = (_VERBS.get(word, word) for word in tokens(text))
    return [word for word in words if word not in _STOP and not word.isdigit()]


@dataclass(frozen=True)
class Pair:
    """Two tools and how similar they are, 0 to 1; the first is the later one in order."""

    namespace: str
    name: str
    other_namespace: str
    other_name: str
    score: float

    @property
    def finding(self) -> Finding:
        """The finding on the first tool of the pair."""
        other = f"{self.other_namespace}/{self.other_name}"
        return finding(
            "warning",
            "near_duplicate",
            "",
            f"says nearly the same as {other} (similarity {self.score:.2f})",
            f"Describe what tells them apart, or take one off offer: dtc-local tools remove {other}.",
        )


def similar_pairs(profiles: Sequence[Profile], threshold: float = THRESHOLD) -> tuple[Pair, ...]:
    """Pairs at least `threshold` similar, by position of the later tool. Of equal tools each is paired with the first.

    The answer depends on the profiles and their order alone.
    """
    found: list[tuple[int, int, float]] = []
    for effect in sorted({profile.effect for profile in profiles}):
        groups: dict[Sides, list[int]] = defaultdict(list)
        for position, profile in enumerate(profiles):
            if profile.effect == effect:
                groups[profile.says, profile.takes].append(position)
        found += ((later, group[0], 1.0) for group in groups.values() for later in group[1:])
        found += _near({sides: group[0] for sides, group in groups.items()}, threshold)
    return tuple(_pair(profiles[later], profiles[earlier], score) for later, earlier, score in sorted(found))


def with_similar(tools: Sequence[Tool]) -> list[Tool]:
    """The tools, each with a finding for every pair whose later tool it is."""
    profiles = [
        Profile(tool.namespace, tool.name, tool.description, tuple(tool.parameters["properties"]), tool.effect)
        for tool in tools
    ]
    found: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for pair in similar_pairs(profiles):
        found[pair.namespace, pair.name].append(pair.finding)
    return [tool.model_copy(update={"findings": (*tool.findings, *found[tool.namespace, tool.name])}) for tool in tools]


def _pair(later: Profile, earlier: Profile, score: float) -> Pair:
    return Pair(later.namespace, later.name, earlier.namespace, earlier.name, round(score, 3))


def _near(firsts: Mapping[Sides, int], threshold: float) -> Iterator[tuple[int, int, float]]:
    """(later, earlier, similarity) of tools that share a rare word."""
    said, taken = (_Weighed([sides[part] for sides in firsts]) for part in (0, 1))
    least = threshold + (threshold - 1) * TAKES  # how alike two tools' words are at least, whatever they take
    postings: dict[str, list[Sides]] = defaultdict(list)
    for sides, later in firsts.items():
        rarest = list(_prefix(sides[0], said.weights, least))
        for other in {firsts[one]: one for word in rarest for one in postings[word][-POSTINGS:]}.values():
            words = said.alike(sides[0], other[0])
            if words >= least:
                score = (words + TAKES * taken.alike(sides[1], other[1])) / (1 + TAKES)
                if score >= threshold:
                    yield later, firsts[other], score
        for word in rarest:
            postings[word].append(sides)


class _Weighed:
    """Sets of words and the weight of each word; sums are exact, so that the order of a set does not matter."""

    def __init__(self, sets: Sequence[frozenset[str]]) -> None:
        counts = Counter(word for words in sets for word in words)
        self.weights = {word: log(1 + len(sets) / count) for word, count in counts.items()}
        self.totals = {words: self._sum(words) for words in sets}

    def alike(self, words: frozenset[str], others: frozenset[str]) -> float:
        """Weighted Jaccard similarity; two empty sets are equal."""
        shared = self._sum(words & others)
        every = self.totals[words] + self.totals[others] - shared
        return shared / every if every else 1.0

    def _sum(self, words: frozenset[str]) -> float:
        return fsum([self.weights[word] for word in words])


def _prefix(words: frozenset[str], weights: Mapping[str, float], threshold: float) -> Iterator[str]:
    """The rarest words that a set this similar cannot all lack: what is left weighs less than the threshold asks."""
    total = left = fsum(weights[word] for word in words)
    for word in sorted(words, key=lambda word: (-weights[word], word)):
        if left < threshold * total:
            return
        yield word
        left -= weights[word]
