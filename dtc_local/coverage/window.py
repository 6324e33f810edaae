"""What conversation k may know of those before it: the same on every machine, at any width, after any kill.

Every earlier scenario is known, since drawing needs no model. What became of a conversation is known only once LAG
others have been started after it, and then it is waited for. So conversation k depends on its predecessors' indices and
never on which of them happened to be finished. Conversations are drawn in index order; a continued run hands in what
its store holds in the place of drawing it again.
"""

from __future__ import annotations

from dtc_local.coverage.counts import Coverage
from dtc_local.coverage.tally import Fate, Tally

LAG = 96
"""Three times the widest batch meant for one machine: the longest conversations seen take twice the average time, so
up to 32 side by side hardly ever wait; a run of a hundred still learns from its first ones."""


class Window:
    """The coverage as the next conversation in index order sees it."""

    def __init__(self) -> None:
        self.coverage = Coverage()
        self._next = 0
        self._behind = 0
        """Fates of all indices below are counted."""
        self._fates: dict[int, Fate] = {}

    @property
    def ready(self) -> bool:
        """Whether the next conversation may be drawn: everything it may know of is settled."""
        return all(index in self._fates for index in range(self._behind, self._next - LAG + 1))

    def draw(self) -> Coverage:
        """The coverage for the next conversation, which must be `ready`. Hand in what was drawn before the next."""
        for index in range(self._behind, self._next - LAG + 1):
            self.coverage.settle(self._fates.pop(index))
            self._behind = index + 1
        return self.coverage

    def drawn(self, tally: Tally) -> None:
        """The next conversation is planned like this; an empty tally where none could be."""
        self.coverage.open(tally)
        self._next += 1

    def settled(self, index: int, fate: Fate) -> None:
        """What became of a conversation that was drawn; counted when its time comes."""
        self._fates[index] = fate
