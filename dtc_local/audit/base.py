"""What a rule says, and what every rule needs: the calls of a conversation, each with its plan and its place.

A rule is a function from a conversation to the violations it finds. It says where and what; its own name and the
conversation's are filled in by :mod:`dtc_local.audit.report`. Rules know records and JSON Schema alone: nothing here
may come from the code that made the conversation, or a fault in that code would hide itself.

Kinds of one message are one turn, kinds of two are two: an *episode* is the turns that one outline came to. A call is
*attempted* whether it succeeded or not; only what succeeded has a result that says something of the world.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from dtc_local.records import Conversation, ExecutedCall, PlannedCall, Record, Tool, Turn, TurnOutline


class Violation(Record):
    """One thing that is not as it must be. `turn` counts from 0; `call` is a call id such as `$2`."""

    what: str
    turn: int | None = None
    call: str | None = None
    rule: str = ""
    conversation: str = ""

    def __str__(self) -> str:
        turn = None if self.turn is None else f"turn {self.turn + 1}"
        place = ", ".join(part for part in (self.conversation, turn, self.call) if part)
        return f"{self.rule}: {place}: {self.what}"


Rule = Callable[[Conversation], Iterator[Violation]]


class Placed(NamedTuple):
    """An executed call, the turn and level it stands in, and the planned call of the same id."""

    turn: int
    level: int
    executed: ExecutedCall
    planned: PlannedCall | None
    tool: Tool | None

    def violation(self, what: str) -> Violation:
        """A violation at this call."""
        return Violation(what=what, turn=self.turn, call=self.executed.id)


def offered(conversation: Conversation, name: str) -> Tool | None:
    """The tool of that name, or None if it is not on offer."""
    return next((tool for tool in conversation.scenario.offer if tool.name == name), None)


def attempted_calls(conversation: Conversation) -> Iterator[Placed]:
    """Every call in the order of execution, those that failed or were mistaken too."""
    for number, turn in enumerate(conversation.turns):
        planned = {call.id: call for call in turn.plan.calls}
        for depth, level in enumerate(turn.levels):
            for call in level:
                yield Placed(number, depth, call, planned.get(call.id), offered(conversation, call.tool))


def placed_calls(conversation: Conversation) -> Iterator[Placed]:
    """Every call that succeeded, in the order of execution."""
    return (place for place in attempted_calls(conversation) if not place.executed.fault)


def planned_calls(conversation: Conversation) -> Iterator[tuple[int, PlannedCall]]:
    """Every planned call with the number of its turn."""
    for number, turn in enumerate(conversation.turns):
        for call in turn.plan.calls:
            yield number, call


class Episode(NamedTuple):
    """The turns that one outline came to, the first one's number, and the outline if the scenario has one for them."""

    first: int
    turns: tuple[Turn, ...]
    outline: TurnOutline | None

    @property
    def last(self) -> Turn:
        """The turn that ends it."""
        return self.turns[-1]


def episodes(conversation: Conversation) -> Iterator[Episode]:
    """The turns by outlines, in order: an opening with its closing, every other turn by itself."""
    outlines, turns = iter(conversation.scenario.turns), conversation.turns
    number = 0
    while number < len(turns):
        pair = tuple(turn.part for turn in turns[number : number + 2]) == ("opening", "closing")
        size = 1 + pair
        yield Episode(number, turns[number : number + size], next(outlines, None))
        number += size
