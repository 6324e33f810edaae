"""Near-duplicates: pairs of tools that say the same in slightly different words.

A tool is a set of words: those of its name and of its description, and the names of its parameters, with verbs of one
meaning folded together. Two tools are as similar as the weight of the words they share divided by the weight of all
their words (weighted Jaccard), where a word weighs the more the fewer tools say it: "list invoices" and "list orders"
share only what every tool of an API says, and what tells them apart is rare. The words of a name count twice when the
description repeats them, so that "start" and "stop" stay apart.

The cost is near linear. A pair this similar must share one of the rarest words of each (prefix filtering), so only
those are looked up; and where even they are common, only the nearest tools that say them are compared.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import fsum, log

from dtc_local.records import Finding
from dtc_local.tools.findings import finding
from dtc_local.tools.words import bag, tokens

THRESHOLD = 0.8
"""Pairs at least this similar, of 1, are reported."""
POSTINGS = 24
"""Tools compared for one word; of a commoner one the nearest before are taken."""
_STOP = bag(
    "the a an of to for in on at by with from and or is are be that this it its as your their given specified "
    "which will where using"
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
    def features(self) -> frozenset[str]:
        """The words of its description, those of its name (marked, and as words), and its parameters' names."""
        name = _said(self.name)
        parameters = (f"with {' '.join(tokens(one))}" for one in self.parameters)
        return frozenset((*name, *(f"name {word}" for word in name), *_said(self.description), *parameters))


def _said(text: str) -> list[str]:
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
    groups: dict[tuple[str, frozenset[str]], list[int]] = defaultdict(list)
    for position, profile in enumerate(profiles):
        groups[profile.effect, profile.features].append(position)
    found = [(later, group[0], 1.0) for group in groups.values() for later in group[1:]]
    for effect in sorted({effect for effect, _ in groups}):
        firsts = {features: group[0] for (own, features), group in groups.items() if own == effect}
        found += _near(firsts, threshold)
    return tuple(_pair(profiles[later], profiles[earlier], score) for later, earlier, score in sorted(found))


def _pair(later: Profile, earlier: Profile, score: float) -> Pair:
    return Pair(later.namespace, later.name, earlier.namespace, earlier.name, round(score, 3))


def _near(firsts: Mapping[frozenset[str], int], threshold: float) -> Iterator[tuple[int, int, float]]:
    """(later, earlier, similarity) of sets that share a rare word; sums are exact, so their order does not matter."""
    counts = Counter(word for words in firsts for word in words)
    weights = {word: log(1 + len(firsts) / count) for word, count in counts.items()}
    postings: dict[str, list[frozenset[str]]] = defaultdict(list)
    totals: dict[frozenset[str], float] = {}
    for words, later in firsts.items():
        totals[words] = fsum(weights[word] for word in words)
        rarest = list(_prefix(words, weights, totals[words], threshold))
        for other in {firsts[one]: one for word in rarest for one in postings[word][-POSTINGS:]}.values():
            shared = fsum(weights[word] for word in words & other)
            score = shared / (totals[words] + totals[other] - shared)
            if score >= threshold:
                yield later, firsts[other], score
        for word in rarest:
            postings[word].append(words)


def _prefix(words: frozenset[str], weights: dict[str, float], total: float, threshold: float) -> Iterator[str]:
    """The rarest words that a set this similar cannot all lack: what is left weighs less than the threshold asks."""
    left = total
    for word in sorted(words, key=lambda word: (-weights[word], word)):
        if left < threshold * total:
            return
        yield word
        left -= weights[word]
