"""Where the importer notes what it changed: one collector a tool, and why each kind of finding matters."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import get_args

from dtc_local.records import Finding, FindingKind, Severity

WHY: dict[FindingKind, str] = {
    "bounds": "No value lies between bounds that contradict each other.",
    "default": "A default that breaks its own schema would be taken for a legal argument.",
    "deprecated": "Its authors advise against it; a newer one may do the same.",
    "description": "Only what the schema says can be enforced; a list in words cannot.",
    "draft": "Older drafts of JSON Schema spell this differently.",
    "duplicate": "The same tool twice would be offered twice.",
    "enum": "A listed value of another type can never be written.",
    "example": "An example that breaks its schema would teach a wrong call.",
    "format": "A format nobody checks promises nothing.",
    "free_form": "Where no field is named, nothing can be checked or referred to.",
    "items": "Without a schema for its elements an array may hold anything.",
    "keyword": "The grammar cannot enforce this keyword; the validator does, after the value is written.",
    "malformed": "A keyword of the wrong form means something else to every reader.",
    "missing_type": "A value without a type may be anything, so nothing could be enforced.",
    "name": "Tool-calling interfaces take only names of 1 to 64 letters, digits, _ and -.",
    "near_duplicate": "No request can tell two tools apart that say the same.",
    "nullable": "An argument that may be null is simply left out; null itself is never said.",
    "output": "Without a result schema no result can be simulated or referred to.",
    "overload": "A name on offer must mean one tool.",
    "parameter": "Arguments of a call are one flat object; an API has several places for them.",
    "pattern": "The grammar cannot enforce this expression; the validator does, after the value is written.",
    "recursion": "A schema that contains itself has no longest value.",
    "reference": "A reference is followed only inside the files that were given, never over a network.",
    "required": "A required name without a schema has no legal value.",
    "security": "Keys and tokens come from the caller's configuration, never from a conversation.",
    "skipped": "Only functions a model can call become tools.",
    "too_large": "A schema of this size would not fit a prompt.",
    "type": "Other languages' names for types mean nothing in JSON Schema.",
    "unusable": "A call that cannot obey its schema would be wrong, so nothing is planned with it.",
    "union": "A call has one shape; one alternative keeps grammar and dataflow exact.",
}
"""Why a finding of each kind is worth a line. Complete: see the assertion below."""
assert set(WHY) == set(get_args(FindingKind)), "every kind of finding has its reason"


SAME = 3
"""So many findings of one wording are listed with their places."""


@dataclass
class Log:
    """Findings of one tool in the order they were made; a type name of another dialect is counted, not repeated."""

    findings: list[Finding] = field(default_factory=list)
    translated: Counter[str] = field(default_factory=Counter)

    def info(self, kind: FindingKind, pointer: str, what: str, way_out: str = "") -> None:
        """Something was put in another form without loss."""
        self._add("info", kind, pointer, what, way_out)

    def warning(self, kind: FindingKind, pointer: str, what: str, way_out: str = "") -> None:
        """Something was dropped, narrowed or guessed: worth a look."""
        self._add("warning", kind, pointer, what, way_out)

    def error(self, kind: FindingKind, pointer: str, what: str, way_out: str = "") -> None:
        """The tool cannot be called as its spec says: it is kept, and nothing is planned with it."""
        self._add("error", kind, pointer, what, way_out)

    def take(self, notes: Log) -> None:
        """Everything another log has noted."""
        self.findings += notes.findings
        self.translated += notes.translated

    def result(self, pointer: str) -> tuple[Finding, ...]:
        """Everything noted, type names first; what was noted at many places is said once for the later ones."""
        told = _folded(self.findings)
        if not self.translated:
            return told
        names = ", ".join(f"{names} ({count})" for names, count in sorted(self.translated.items()))
        return (finding("info", "type", pointer, f"type names translated: {names}"), *told)

    def _add(self, severity: Severity, kind: FindingKind, pointer: str, what: str, way_out: str) -> None:
        self.findings.append(finding(severity, kind, pointer, what, way_out))


def finding(severity: Severity, kind: FindingKind, pointer: str, what: str, way_out: str = "") -> Finding:
    """A finding with the reason that its kind has."""
    return Finding(severity=severity, kind=kind, pointer=pointer, what=what, why=WHY[kind], way_out=way_out)


def _folded(findings: list[Finding]) -> tuple[Finding, ...]:
    """The first findings of each wording, the last of them with the number of further places."""
    places = Counter((found.severity, found.kind, found.what) for found in findings)
    seen: Counter[tuple[str, str, str]] = Counter()
    told = []
    for found in findings:
        key = (found.severity, found.kind, found.what)
        seen[key] += 1
        further = places[key] - SAME
        if seen[key] == SAME and further > 0:
            found = found.model_copy(update={"what": f"{found.what} (and at {further} more places)"})
        if seen[key] <= SAME:
            told.append(found)
    return tuple(told)
