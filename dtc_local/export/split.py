"""Splits that share no tool set and no request: whole groups of conversations go into one split.

Conversations that call exactly the same tools belong together, or, where none is called, that ask for the same missing
ones; so do those with a request in common, word for word or nearly. Small talk and a bare yes or no are anybody's.
Groups are dealt out largest first, each to the split that lacks most of its share, so that sizes come as near to the
shares as the groups allow. Equal input and seed give equal splits.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence

from dtc_local.errors import UserError
from dtc_local.export.duplicates import near_pairs
from dtc_local.export.select import Outline

Shares = Mapping[str, float]
EXAMPLE = "Say for example --split train=0.9,valid=0.05,test=0.05."


def parse_split(text: str) -> dict[str, float]:
    """`train=0.9,test=0.1` as shares; raises UserError unless names are file names and shares come to 1."""
    shares: dict[str, float] = {}
    for part in text.split(","):
        name, _, share = (word.strip() for word in part.partition("="))
        try:
            value = float(share)
        except ValueError:
            raise UserError(f"{part.strip()!r} is no split and its share.", EXAMPLE) from None
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,40}", name) or name in shares or not 0 < value <= 1:
            raise UserError(f"{part.strip()!r} is no new split with a share above 0.", EXAMPLE)
        shares[name] = value
    if abs(sum(shares.values()) - 1) > 1e-6:
        raise UserError(f"The shares of --split come to {sum(shares.values()):g}, not to 1.", EXAMPLE)
    return shares


def assign(outlines: Sequence[Outline], shares: Shares, seed: int) -> dict[int, str]:
    """The split of each conversation, by index; raises UserError where there are fewer groups than splits."""
    groups = _groups(outlines)
    if len(groups) < len(shares):
        raise UserError(
            f"The number of groups that share no tool set and no request is {len(groups)} for {len(outlines)} "
            f"conversations, and --split asks for {len(shares)} splits.",
            "Make more conversations with more tools, or ask for fewer splits.",
        )
    order = sorted(groups, key=lambda group: (-len(group), _draw(seed, group[0])))
    wanted = {name: share * len(outlines) for name, share in shares.items()}
    found: dict[int, str] = {}
    empty = set(shares)
    for position, group in enumerate(order):
        # The last groups go to splits that have none yet.
        open_to = empty if len(order) - position <= len(empty) else wanted.keys()
        name = max(sorted(open_to), key=lambda name: wanted[name])
        wanted[name] -= len(group)
        empty.discard(name)
        found |= dict.fromkeys(group, name)
    return found


def _groups(outlines: Sequence[Outline]) -> list[list[int]]:
    """Indices of conversations that belong together, in order."""
    joined = _Joined(len(outlines))
    first: dict[Hashable, int] = {}
    requests: list[int] = []
    for position, outline in enumerate(outlines):
        tools = outline.called or outline.missing
        if tools:
            joined.join(position, first.setdefault(tools, position))
        requests += [position] * len(outline.requests)
    for later, earlier in near_pairs([one for outline in outlines for one in outline.requests]):
        joined.join(requests[later], requests[earlier])
    groups: dict[int, list[int]] = defaultdict(list)
    for position, outline in enumerate(outlines):
        groups[joined.root(position)].append(outline.index)
    return list(groups.values())


class _Joined:
    """Disjoint sets of positions."""

    def __init__(self, size: int) -> None:
        self._parent = list(range(size))

    def root(self, position: int) -> int:
        """The position that stands for the set."""
        while self._parent[position] != position:
            self._parent[position] = self._parent[self._parent[position]]
            position = self._parent[position]
        return position

    def join(self, one: int, other: int) -> None:
        """Make the sets of both one."""
        low, high = sorted((self.root(one), self.root(other)))
        self._parent[high] = low


def _draw(seed: int, index: int) -> bytes:
    return hashlib.blake2b(f"{seed}/{index}".encode(), digest_size=8).digest()
