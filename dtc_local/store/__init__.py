"""One SQLite file that holds everything: tools, runs, conversations, every candidate, and where each value came from.

Identity is made here and nowhere else: a tool is the digest of its record, a conversation `<run>-<index>`. A finished
or dropped conversation arrives in one transaction, so what is missing from the store is exactly what is still to do.
"""

from dtc_local.store.store import Store
from dtc_local.store.values import (
    AddedReport,
    Counts,
    Gone,
    Noted,
    Run,
    Session,
    Stored,
    Summary,
    ToolChanges,
    ToolLabel,
    Version,
)

__all__ = [
    "AddedReport",
    "Counts",
    "Gone",
    "Noted",
    "Run",
    "Session",
    "Store",
    "Stored",
    "Summary",
    "ToolChanges",
    "ToolLabel",
    "Version",
]
