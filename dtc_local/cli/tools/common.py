"""What the `tools` commands share: the namespace option, and the tools in the store."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from dtc_local.records import Finding, Tool

namespace_option = click.option("--namespace", metavar="NS", help="Only the tools of this namespace.")


def stored(db: Path, namespace: str | None) -> Sequence[Tool]:
    """The tools on offer, of one namespace or of all; a sentence where there are none."""
    from dtc_local.store import Store

    with Store(db, create=False) as store:
        return store.require_tools(*within(namespace))


def stored_with_notes(db: Path, namespace: str | None) -> Sequence[Tool]:
    """The same with what was noted when each was last read, and with near-duplicates among their findings."""
    from dtc_local.store import Store

    with Store(db, create=False) as store:
        found = store.require_tools(*within(namespace))
        findings: dict[tuple[str, str], list[Finding]] = {}
        for one in store.findings(*within(namespace)):
            findings.setdefault((one.namespace, one.name), []).append(one.finding)
    return [
        tool.model_copy(update={"findings": tuple(findings.get((tool.namespace, tool.name), ()))}) for tool in found
    ]


def within(namespace: str | None) -> tuple[str, ...]:
    """The one namespace that was named, or none: which means all."""
    return () if namespace is None else (namespace,)
