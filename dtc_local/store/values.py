"""What the store says about its contents: plain frozen values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dtc_local.records import Conversation, Finding, Json
from dtc_local.settings import RunConfig

if TYPE_CHECKING:
    from dtc_local.tools.diff import Change
    from dtc_local.tools.similar import Pair


@dataclass(frozen=True)
class ToolChanges:
    """What changed in one tool, `namespace/name`, between two versions."""

    tool: str
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Gone:
    """A tool that its file no longer holds; it stays on offer until it is removed."""

    tool: str
    file: str


@dataclass(frozen=True)
class AddedReport:
    """What importing changed: names of tools, as `namespace/name`."""

    new: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: tuple[str, ...]
    changes: tuple[ToolChanges, ...] = ()
    """For each changed tool, what differs between what was on offer and what now is."""
    gone: tuple[Gone, ...] = ()
    """Tools on offer from the same files that were not among those added."""
    similar: tuple[Pair, ...] = ()
    """Pairs of tools that say nearly the same, at least one of them new or changed."""


@dataclass(frozen=True)
class Version:
    """One version of a tool. `reason` is "imported", or what amended it; times are UTC."""

    namespace: str
    name: str
    version: int
    digest: str
    base: str
    """Digest of the tool as the importer read it: differs from `digest` where it was amended."""
    file: str
    reason: str
    made_at: str
    on_offer: bool


@dataclass(frozen=True)
class ToolLabel:
    """A tool on offer as lists show it, without its schemas."""

    namespace: str
    name: str
    version: int
    description: str
    parameters: tuple[str, ...]
    required: tuple[str, ...]
    effect: str
    dialect: str
    file: str
    output: str
    """Where the output schema comes from: declared, inferred, given, or none."""
    usable: bool
    """Whether a conversation may be planned with it; the others are distractors at best."""
    findings: dict[str, int]
    """Number of findings of each severity that has any."""


@dataclass(frozen=True)
class Noted:
    """A finding and the tool on offer that it is about."""

    namespace: str
    name: str
    finding: Finding


@dataclass(frozen=True)
class Run:
    """A run as stored. `wanted` is how many conversations its output holds: the first so many kept, by index."""

    id: int
    name: str
    seed: int
    wanted: int
    identity: dict[str, Json]
    model: str
    model_sha256: str
    prompt_version: str
    created_at: str

    @property
    def policy(self) -> str:
        """The rules in every system message, as :attr:`RunConfig.rules`."""
        known = {name: self.identity[name] for name in ("policy", "mix") if name in self.identity}
        return RunConfig.model_validate(known).rules


@dataclass(frozen=True)
class Session:
    """One time a process worked on a run, and ended in good order. `ended_at` is UTC, ISO 8601."""

    ended_at: str
    seconds: float
    tokens: dict[str, int]
    """Tokens by what they were spent on: prompt, evaluated, sampled, forced, and `stage:NAME` for those written."""


@dataclass(frozen=True)
class Counts:
    """Where a run stands. Conversations beyond the last one wanted are not counted: they are no part of the output."""

    wanted: int
    kept: int
    dropped: dict[str, int] = field(default_factory=dict)
    rescued: int = 0
    complete: bool = False
    """True where the wanted number is kept and every earlier index is settled, so that nothing can change."""

    @property
    def finished(self) -> int:
        """Conversations that were kept or dropped."""
        return self.kept + sum(self.dropped.values())


@dataclass(frozen=True)
class Summary:
    """A settled conversation in one line. `solve_rate` is that of its hardest turn."""

    id: str
    index: int
    status: str
    reason: str | None
    stage: str | None
    """The stage whose failure dropped it; None where it was kept, or nothing tells."""
    kinds: tuple[str, ...]
    solve_rate: float | None


@dataclass(frozen=True)
class Stored:
    """A conversation with its identity and its fate."""

    id: str
    index: int
    status: str
    reason: str | None
    conversation: Conversation | None
    stage: str | None = None
    """The stage whose failure dropped it; None where it was kept, or nothing tells."""
