"""What an export came to: files, and why each conversation that is missing is missing."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from dtc_local.export.base import REASONS
from dtc_local.export.dialogue import Faults, is_wrong
from dtc_local.records import Conversation, Json


@dataclass(frozen=True)
class FileReport:
    """A file of rows."""

    path: str
    split: str
    rows: int
    sha256: str


@dataclass
class Coverage:
    """What the exported conversations hold."""

    conversations: int = 0
    requests: int = 0
    """Messages of the user; a turn of some kinds has two."""
    calls: int = 0
    """Calls that are right, whatever came of them."""
    wrong: int = 0
    """Attempts that must not be learned."""
    kinds: Counter[str] = field(default_factory=Counter)
    """Turns of each kind."""
    holding: Counter[str] = field(default_factory=Counter)
    """Conversations that hold a turn of each kind."""
    called: Counter[str] = field(default_factory=Counter)
    """Conversations that call each tool, `namespace/name`."""
    offered: Counter[str] = field(default_factory=Counter)
    """Conversations that offer each tool."""

    def add(self, conversation: Conversation) -> None:
        """Count one more conversation."""
        self.conversations += 1
        self.requests += len(conversation.turns)
        kinds = [turn.kind for turn in conversation.turns if turn.part != "closing"]
        self.kinds.update(kinds)
        self.holding.update(set(kinds))
        made = [(call.tool, is_wrong(turn, call)) for turn in conversation.turns for call in turn.attempted()]
        right = [tool for tool, wrong in made if not wrong]
        self.calls += len(right)
        self.wrong += len(made) - len(right)
        names = {tool.name: f"{tool.namespace}/{tool.name}" for tool in conversation.scenario.offer}
        self.offered.update(names.values())
        self.called.update({names[tool] for tool in right if tool in names})


@dataclass
class ExportReport:
    """The whole export of a run."""

    run: str
    kept: int
    """Conversations of the run's output."""
    files: list[FileReport] = field(default_factory=list)
    beside: list[str] = field(default_factory=list)
    """Files written beside the rows."""
    missing: Counter[str] = field(default_factory=Counter)
    """Conversations that are no row, by reason."""
    said: dict[str, str] = field(default_factory=dict)
    """What the template said where it refused, once for each reason."""
    coverage: Coverage = field(default_factory=Coverage)
    faults: Faults = "mask"
    """What became of wrong attempts."""

    @property
    def rows(self) -> int:
        """Rows in all files."""
        return sum(file.rows for file in self.files)

    def reasons(self) -> list[str]:
        """One line for each reason, the commonest first."""
        return [
            f"{count} {reason}: {REASONS[reason]}" + (f" ({self.said[reason]})" if self.said.get(reason) else "")
            for reason, count in sorted(self.missing.items(), key=lambda item: (-item[1], item[0]))
        ]

    def attempts(self) -> str:
        """What became of wrong attempts, in a sentence; empty where there are none."""
        count = self.coverage.wrong
        how = {
            "keep": "stand in the rows like all other calls",
            "mask": "stand in the rows and are not learned",
            "drop": "are left out of the rows",
        }
        return f"{count} wrong {'attempt' if count == 1 else 'attempts'} {how[self.faults]}." if count else ""

    def as_json(self) -> dict[str, Json]:
        """For scripts."""
        return {
            "run": self.run,
            "kept": self.kept,
            "exported": self.coverage.conversations,
            "rows": self.rows,
            "files": [vars(file) for file in self.files],
            "beside": self.beside,
            "kinds": dict(self.coverage.kinds),
            "wrong_attempts": self.coverage.wrong,
            "faults": self.faults,
            "missing": dict(self.missing),
            "said": self.said,
        }


def beside(path: Path, suffix: str) -> Path:
    """The name of a file that belongs to `path`: `data.jsonl` has `data.card.md` beside it."""
    return path.with_name(f"{path.stem}.{suffix}")
