"""What an export came to: files, and why each conversation that is missing is missing."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from dtc_local.export.base import REASONS
from dtc_local.records import Json


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
    turns: int = 0
    calls: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    """Turns of each kind."""
    called: Counter[str] = field(default_factory=Counter)
    """Conversations that call each tool, `namespace/name`."""
    offered: Counter[str] = field(default_factory=Counter)
    """Conversations that offer each tool."""


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

    def as_json(self) -> dict[str, Json]:
        """For scripts."""
        return {
            "run": self.run,
            "kept": self.kept,
            "exported": self.coverage.conversations,
            "rows": self.rows,
            "files": [vars(file) for file in self.files],
            "beside": self.beside,
            "missing": dict(self.missing),
            "said": self.said,
        }


def beside(path: Path, suffix: str) -> Path:
    """The name of a file that belongs to `path`: `data.jsonl` has `data.card.md` beside it."""
    return path.with_name(f"{path.stem}.{suffix}")
