"""The tools on offer as sampling sees them: known by digest from the start, their records read when a shelf is drawn.

Digests are immutable, so a run that began keeps its tools, whatever is imported or removed meanwhile.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dtc_local.records import Tool
from dtc_local.store.database import Connection
from dtc_local.store.listing import marks
from dtc_local.tools.dataflow.index import Entry

BATCH = 500
"""Records asked for in one statement."""


@dataclass(frozen=True)
class StoredTools:
    """A catalogue for :class:`dtc_local.tools.dataflow.index.ToolIndex`."""

    file: Connection
    digests: tuple[str, ...]
    entries: tuple[Entry, ...]

    def load(self, positions: Sequence[int]) -> Sequence[Tool]:
        """The tools at these positions, read from the file."""
        wanted = [self.digests[position] for position in positions]
        records: dict[str, str] = {}
        for start in range(0, len(wanted), BATCH):
            part = wanted[start : start + BATCH]
            for row in self.file.rows(f"SELECT digest, record FROM tools WHERE digest IN ({marks(part)})", part):
                records[row["digest"]] = row["record"]
        return [Tool.model_validate_json(records[digest]) for digest in wanted]
