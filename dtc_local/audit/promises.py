"""What each rule promises: rules on one conversation of a file, on all of them together, on the records of a run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from dtc_local.audit.defects import Severity
from dtc_local.audit.dialogues import DIALOGUE_RULES, FILE_PROMISES, FILE_RULES
from dtc_local.audit.report import RULES


class Promise(NamedTuple):
    """A rule, how bad its defects are, what it looks at (file, all, run), and what it promises."""

    rule: str
    severity: Severity
    of: str
    promise: str


def promises() -> Iterator[Promise]:
    """Every rule of `dtc-local audit`."""
    for rule in DIALOGUE_RULES:
        yield Promise(rule.name, rule.severity, "file", _first_line(rule.check))
    for name, severity in FILE_RULES:
        yield Promise(name, severity, "all", FILE_PROMISES[name])
    for check in RULES:
        yield Promise(check.__name__, "error", "run", _first_line(check))


def _first_line(check: Callable[..., Any]) -> str:
    return (check.__doc__ or "").splitlines()[0]
