"""A defect and what is kept of all of them: counts by rule, and the first few of each as examples.

Nothing here grows with the number of defects, so that a file of any size can be audited.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from dtc_local.records import Json

Severity = Literal["error", "warning", "info"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")


@dataclass(frozen=True)
class Defect:
    """One thing that is wrong, and where: line of the file (or entry), turn from 1, call by number and tool."""

    what: str
    turn: int | None = None
    call: str = ""
    rule: str = ""
    severity: Severity = "error"
    line: int | None = None
    conversation: str = ""

    @property
    def place(self) -> str:
        """Where it is, in words."""
        parts = [
            f"line {self.line}" if self.line is not None else "",
            self.conversation,
            f"turn {self.turn}" if self.turn is not None else "",
            f"call {self.call}" if self.call else "",
        ]
        return ", ".join(filter(None, parts))

    def __str__(self) -> str:
        return f"{self.place}: {self.what}" if self.place else self.what

    def as_json(self) -> dict[str, Json]:
        """The defect as an object without empty parts."""
        return {name: value for name, value in vars(self).items() if value not in (None, "")}


@dataclass
class Broken:
    """What is known of one rule."""

    rule: str
    severity: Severity
    count: int = 0
    conversations: int = 0
    examples: list[Defect] = field(default_factory=list)


class Tally:
    """Counts defects by rule. Every rule that was applied has its entry, broken or not."""

    def __init__(self, rules: Iterable[tuple[str, Severity]], examples: int, only: Sequence[str] = ()) -> None:
        self.rules = {name: Broken(name, severity) for name, severity in rules if not only or name in only}
        self.examples = examples

    def add(self, found: Iterable[tuple[str, Defect]], line: int | None = None, conversation: str = "") -> None:
        """Count the defects of one conversation, each with its rule; rules that were not asked for are passed over.

        Without a place they are defects of the whole.
        """
        broken: set[str] = set()
        for name, defect in found:
            rule = self.rules.get(name)
            if rule is None:
                continue
            rule.count += 1
            broken.add(name)
            if len(rule.examples) < self.examples:
                where = {"line": line, "conversation": conversation} if defect.line is None else {}
                rule.examples.append(replace(defect, rule=name, severity=rule.severity, **where))  # type: ignore[arg-type]
        for name in broken if line is not None or conversation else ():
            self.rules[name].conversations += 1

    @property
    def broken(self) -> list[Broken]:
        """Rules that were broken: the worst first, then the most often."""
        found = [rule for rule in self.rules.values() if rule.count]
        return sorted(found, key=lambda rule: (SEVERITIES.index(rule.severity), -rule.count, rule.rule))

    def count(self, severity: Severity) -> int:
        """How many defects there are of one severity."""
        return sum(rule.count for rule in self.rules.values() if rule.severity == severity)
