"""What the store says about its contents: plain frozen values."""

from __future__ import annotations

from dataclasses import dataclass, field

from dtc_local.records import Conversation, Json


@dataclass(frozen=True)
class AddedReport:
    """What importing changed: names of tools, as `namespace/name`."""

    new: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: tuple[str, ...]


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
        """The user's rules for the assistant."""
        return str(self.identity.get("policy", ""))


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
