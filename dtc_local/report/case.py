"""One settled conversation as the counters of a report see it, and the numbers that stand for its tools."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from dtc_local.records import Candidate, Conversation, ExecutedCall, Json, Tool, Turn
from dtc_local.store import Stored


@dataclass(frozen=True)
class Case:
    """A stored conversation with everything that was written for it."""

    stored: Stored
    candidates: Sequence[Candidate]

    @property
    def kept(self) -> bool:
        """Whether it is part of the run's output."""
        return self.stored.status != "dropped"

    @property
    def turns(self) -> Sequence[Turn]:
        """The finished turns; none where it was dropped before there were any."""
        return self.stored.conversation.turns if self.stored.conversation else ()

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of its finished turns; of a dropped one those of the turns that were planned.

        A question back and its answer are one turn of their kind.
        """
        conversation = self.stored.conversation
        if conversation is None:
            return ()
        if not self.kept:
            return tuple(outline.kind for outline in conversation.scenario.turns)
        return tuple(turn.kind for turn in conversation.turns if turn.part != "closing")

    @property
    def calls(self) -> list[ExecutedCall]:
        """All calls that succeeded, in order."""
        return [call for turn in self.turns for call in turn.executed()]

    @property
    def in_vain(self) -> list[tuple[str, str]]:
        """Tool and kind of turn for each call that was asked for and not made: withheld, not consented to, failed."""
        if self.stored.conversation is None:
            return []
        closing = [turn for turn in self.turns if turn.part != "opening"]
        asked = zip(self.stored.conversation.scenario.turns, closing, strict=False)
        return [
            (outline.calls[-1].tool, outline.kind)
            for outline, turn in asked
            if outline.calls and not any(call.id == outline.calls[-1].id for call in turn.executed())
        ]


@dataclass
class ToolNumbers:
    """A number for each tool that a report names, in the order in which they were first asked for."""

    tools: dict[tuple[str, str], Tool] = field(default_factory=dict)
    _numbers: dict[tuple[str, str], int] = field(default_factory=dict)

    def of(self, tool: Tool) -> int:
        """The number of a tool."""
        key = tool.namespace, tool.name
        if key not in self._numbers:
            self._numbers[key] = len(self._numbers)
            self.tools[key] = tool
        return self._numbers[key]

    def called(self, conversation: Conversation, name: str) -> int:
        """The number of the tool that a conversation calls by this name."""
        return self.of(conversation.scenario.tool(name))

    def listed(self) -> list[Json]:
        """What a page says of each tool, by number."""
        return [
            {"namespace": tool.namespace, "name": tool.name, "description": tool.description, "effect": tool.effect}
            for tool in self.tools.values()
        ]
