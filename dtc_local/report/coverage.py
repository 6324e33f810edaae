"""What the kept conversations cover: calls of each tool in each kind of turn, and the parameters they fill.

Calls that succeeded count. In turns without a call a tool counts that is asked for and withheld, or that the user does
not consent to; a question back and its answer are one turn. Every kind has its column, so that a gap shows.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from dtc_local.records import KINDS, Json, Tool
from dtc_local.report.case import Case, ToolNumbers


class Coverage:
    """Counts cases one by one; `tools` are those the run could use, where they are still known."""

    def __init__(self, numbers: ToolNumbers, tools: Sequence[Tool] = ()) -> None:
        self.numbers = numbers
        self.calls: Counter[tuple[int, str]] = Counter()
        self.in_vain: Counter[tuple[int, str]] = Counter()
        self.offered: Counter[int] = Counter({numbers.of(tool): 0 for tool in tools})
        self.filled: dict[int, set[str]] = defaultdict(set)
        self.kinds: Counter[str] = Counter()

    def add(self, case: Case) -> None:
        """Count one case, if it is kept; of a dropped one only that its tools were there to be used."""
        conversation = case.stored.conversation
        if conversation is None:
            return
        for tool in conversation.scenario.offer:
            self.offered[self.numbers.of(tool)] += case.kept
        if not case.kept:
            return
        self.kinds.update(case.kinds)
        for turn in case.turns:
            for call in turn.executed():
                number = self.numbers.called(conversation, call.tool)
                self.calls[number, turn.kind] += 1
                self.filled[number].update(call.arguments)
        for name, kind in case.in_vain:
            number = self.numbers.called(conversation, name)
            self.offered[number] += 0
            self.in_vain[number, kind] += 1

    def result(self) -> Json:
        """Kinds with their turns; for each tool, most calls first: calls by kind, calls asked for in vain by kind,
        offers, parameters filled and all."""
        kinds = [*KINDS, *sorted(self.kinds.keys() - set(KINDS))]
        parameters = [list(tool.parameters["properties"]) for tool in self.numbers.tools.values()]
        rows: list[dict[str, Json]] = [
            {
                "tool": tool,
                "calls": [self.calls[tool, kind] for kind in kinds],
                "in_vain": [self.in_vain[tool, kind] for kind in kinds],
                "offered": offered,
                "filled": len(self.filled[tool].intersection(parameters[tool])),
                "parameters": len(parameters[tool]),
            }
            for tool, offered in self.offered.items()
        ]
        rows.sort(key=lambda row: (-sum(row["calls"]), -row["offered"], row["tool"]))
        return {"kinds": [[kind, self.kinds[kind]] for kind in kinds], "rows": rows}
