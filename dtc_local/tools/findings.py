"""Where the importer notes what it changed: one collector a tool."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from dtc_local.records import Finding


@dataclass
class Log:
    """Findings of one tool in the order they were made; a type name of another dialect is counted, not repeated."""

    findings: list[Finding] = field(default_factory=list)
    translated: Counter[str] = field(default_factory=Counter)

    def info(self, pointer: str, what: str, way_out: str = "") -> None:
        """Something was put in another form without loss."""
        self.findings.append(Finding(severity="info", pointer=pointer, what=what, way_out=way_out))

    def warning(self, pointer: str, what: str, way_out: str = "") -> None:
        """Something was dropped, narrowed or guessed: worth a look."""
        self.findings.append(Finding(severity="warning", pointer=pointer, what=what, way_out=way_out))

    def result(self, pointer: str) -> tuple[Finding, ...]:
        """Everything noted, type names first."""
        if not self.translated:
            return tuple(self.findings)
        names = ", ".join(f"{names} ({count})" for names, count in sorted(self.translated.items()))
        return (Finding(severity="info", pointer=pointer, what=f"type names translated: {names}"), *self.findings)
