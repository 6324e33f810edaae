"""The one table of settings: every field of `RunConfig` has a name, a default and a line of help.

The command line makes its options from this table and the README its list, so a setting cannot go undocumented.
A run is what its *identity* says: everything here except its name, how many conversations are wanted and how many may
be started. Those only say when to stop, so a run may be continued with more of them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, Literal, NamedTuple

from pydantic import Field, ValidationError, field_validator, model_validator

from dtc_local.errors import UserError
from dtc_local.languages import language_code
from dtc_local.mixes import IN_ONE_MESSAGE, MIXES, parsed_mix, written_mix
from dtc_local.records import KINDS, SAMPLERS, Json, Kind, Record, Sampler

DEFAULT_MIX: dict[Kind, float] = MIXES["agentic"]
DEFAULT_SAMPLERS: dict[Sampler, float] = {"neighbour": 2, "random": 1}
ABSTAINING: tuple[Kind, ...] = ("clarify", "missing_tool", "no_tool", "confirm")
"""Kinds with a message after which the assistant calls nothing."""
CONSENT_RULE = "Before a call that deletes, cancels or overwrites something, ask the user and wait for a yes."
"""Part of the policy wherever turns of the kind confirm are wanted."""
STARTED_PER_KEPT = 20
"""Without a limit, a run ends short after starting this many conversations for each one wanted."""
POLICY_LENGTH = 4000
"""Most characters of a policy."""
STOP_CONDITIONS = frozenset({"run", "count", "limit"})
"""Settings that do not change what conversation k of a run is."""
RUN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class RunConfig(Record):
    """Everything that decides what a run writes, apart from the tools and the model."""

    run: str = Field("", description="Name of the run; the same name continues it. Default: made from the settings.")
    count: int = Field(20, ge=1, description="Number of conversations to keep.")
    seed: int = Field(1, ge=0, lt=2**63, description="Seed of every random draw.")
    limit: int | None = Field(
        None, ge=1, description="Start at most this many conversations. Default: 20 for each kept."
    )
    turns_min: int = Field(2, ge=1, le=12, description="Fewest turns of a conversation.")
    turns_max: int = Field(3, ge=1, le=12, description="Most turns of a conversation.")
    mix: dict[Kind, float] = Field(
        DEFAULT_MIX,
        validate_default=True,
        description="Weight of each kind of turn, as kind=weight,kind=weight; or a preset, plain (call graphs alone),"
        " bfcl (with missing values, missing tools and questions that need none) or agentic (all kinds); or a preset"
        " and changes to it: agentic,clarify=0.",
    )
    samplers: dict[Sampler, float] = Field(
        DEFAULT_SAMPLERS,
        validate_default=True,
        description="Weight of each way to draw the tools that no dataflow edge decides (single and parallel calls,"
        " distractors), as sampler=weight,sampler=weight. neighbour: near the other tools, which makes hard"
        " distractors. random: any of the namespace.",
    )
    implicit_ratio: float = Field(
        0.5, ge=0, le=1, description="Chance that a call which may stay unsaid does. 0: none."
    )
    retries: int = Field(3, ge=0, le=20, description="Further attempts at a stage after its first one failed.")
    plan_candidates: int = Field(2, ge=1, le=16, description="Plans written for each turn; the best valid one stays.")
    ask_candidates: int = Field(3, ge=1, le=16, description="Wordings written for each request; the best one stays.")
    verify_samples: int = Field(3, ge=1, le=64, description="Blind predictions of the calls from each request.")
    reply_candidates: int = Field(
        2, ge=1, le=16, description="Replies written for each turn; the best grounded one stays."
    )
    judge_votes: int = Field(3, ge=1, le=15, description="Votes on a finished conversation; the majority decides.")
    judge_threshold: float = Field(
        0.5, ge=0, lt=1, description="Share of votes that must find a criterion met; the share must exceed this."
    )
    verify: Literal["strict", "lenient", "off"] = Field(
        "lenient",
        description="When a request counts as understood. strict: most blind predictions equal the plan; lenient: any"
        " does; off: nobody is asked.",
    )
    ledger: bool = Field(True, description="Keep results consistent with what was established. Off only to compare.")
    reasoning: bool = Field(False, description="Have a larger model write a short thought before a turn's calls.")
    language: str = Field(
        "en",
        description="Language of requests and replies, by code or name: de, French ... All but English need a larger"
        " model.",
    )
    early_stop: bool = Field(
        False,
        description="Take the first good candidate in place of the likeliest, ask for no more than the conversation's"
        " yield so far calls for, and stop predicting where the verdict stands. solve_rate is then a rougher figure.",
    )
    min_solve_rate: float = Field(
        0.0, ge=0, lt=1, description="A request's share of right predictions must exceed this."
    )
    temperature: float = Field(0.7, ge=0, le=2, description="Sampling temperature; 0 takes the likeliest token.")
    min_p: float = Field(0.05, ge=0, lt=1, description="Leave out tokens below this share of the likeliest one.")
    values: Literal["auto", "facts", "free"] = Field(
        "auto", description="Argument values: facts of the scenario, free invention, or auto (facts where they fit)."
    )
    examples: bool = Field(
        True, description="Use example values and recordings of the tools. Off: no prompt or conversation holds any."
    )
    distractors: int = Field(3, ge=0, le=64, description="Tools on offer that the conversation does not need.")
    policy: str = Field(
        "",
        max_length=POLICY_LENGTH,
        description=f"Rules for the assistant, part of every system message; at most {POLICY_LENGTH} characters.",
    )
    namespaces: tuple[str, ...] = Field((), description="Use the tools of these namespaces only. Default: all.")

    @field_validator("run")
    @classmethod
    def _name_can_stand_in_an_id(cls, name: str) -> str:
        if name and not RUN_NAME.fullmatch(name):
            raise ValueError(
                "a run name is 1 to 64 letters, digits, '.', '_' or '-', and begins with a letter or digit"
            )
        return name

    @field_validator("language")
    @classmethod
    def _language_is_known(cls, language: str) -> str:
        return language_code(language)

    @field_validator("mix", mode="before")
    @classmethod
    def _mix_may_be_written(cls, mix: Any) -> Any:
        return parsed_mix(mix) if isinstance(mix, str) else mix

    @field_validator("mix")
    @classmethod
    def _some_kind_can_be_drawn(cls, mix: dict[Kind, float]) -> dict[Kind, float]:
        _require_drawable(mix.values())
        return {kind: mix.get(kind, 0.0) for kind in KINDS}

    @field_validator("samplers")
    @classmethod
    def _some_sampler_can_be_drawn(cls, samplers: dict[Sampler, float]) -> dict[Sampler, float]:
        _require_drawable(samplers.values())
        return {sampler: samplers.get(sampler, 0.0) for sampler in SAMPLERS}

    @model_validator(mode="after")
    def _turns_are_a_range(self) -> RunConfig:
        if self.turns_min > self.turns_max:
            raise ValueError(f"turns_min {self.turns_min} is above turns_max {self.turns_max}")
        return self

    @property
    def rules(self) -> str:
        """The policy that stands in every system message: the user's own, and consent before what destroys if turns
        of that kind are wanted."""
        return f"{self.policy} {CONSENT_RULE if self.mix.get('confirm') else ''}".strip()

    @property
    def abstains(self) -> bool:
        """Whether there are messages of the user after which nothing should be called."""
        return any(self.mix.get(kind) for kind in ABSTAINING)

    @property
    def turns(self) -> tuple[int, int]:
        """Fewest and most turns."""
        return self.turns_min, self.turns_max

    @property
    def start_limit(self) -> int:
        """How many conversations may be started before the run ends short."""
        return self.limit if self.limit is not None else STARTED_PER_KEPT * self.count

    def identity(self) -> dict[str, Json]:
        """The settings that decide what conversation k is: equal identities give equal conversations."""
        return self.model_dump(mode="json", exclude=set(STOP_CONDITIONS))


def _require_drawable(weights: Collection[float]) -> None:
    if any(not 0 <= weight < math.inf for weight in weights) or not any(weights):
        raise ValueError("weights are not negative, and at least one is above 0")


class Ablation(NamedTuple):
    """A run without one part of the method: the settings that differ, and what that means."""

    changes: dict[str, Json]
    help: str


ABLATIONS: dict[str, Ablation] = {
    "no_implicit": Ablation({"implicit_ratio": 0.0}, "Leave no call unsaid."),
    "no_verify": Ablation({"verify": "off"}, "Ask no blind reader whether a request leads to its calls."),
    "no_ledger": Ablation({"ledger": False}, "Let results contradict what the conversation has established."),
    "single_turn": Ablation(
        {"turns_min": 1, "turns_max": 1},
        "One turn of one message: no follow-up, correction, clarification or consent.",
    ),
}
"""What a run can go without, to see what that part is worth."""


def ablated(config: RunConfig, name: str) -> RunConfig:
    """The same run without one of :data:`ABLATIONS`; UserError if that leaves nothing to make."""
    changes = dict(ABLATIONS[name].changes)
    if name == "single_turn":
        changes["mix"] = {kind: weight for kind, weight in config.mix.items() if kind in IN_ONE_MESSAGE}
        if not any(changes["mix"].values()):
            raise UserError(
                f"No kind of turn in {written_mix(config.mix)} fits a single message.",
                f"Give weight to another kind with --mix: {', '.join(IN_ONE_MESSAGE)}.",
            )
    return run_config(config.model_dump() | changes)


def read_policy(path: Path) -> str:
    """The rules in a text file, without white space around them. Raises UserError for a file that holds none, holds too
    much, or is no text."""
    way_out = "A policy is a text file with rules for the assistant."
    try:
        with path.open("rb") as file:
            data = file.read(4 * POLICY_LENGTH + 4)  # no character takes more than four bytes
    except OSError as error:
        raise UserError(f"The policy {path} cannot be read: {error.strerror}.", way_out) from error
    text = data.decode("utf-8-sig", errors="replace").strip()
    if len(text) > POLICY_LENGTH:
        raise UserError(f"The policy {path} has more than {POLICY_LENGTH} characters.", "Shorten it.")
    if "\0" in text or "\N{REPLACEMENT CHARACTER}" in text:
        raise UserError(f"The policy {path} is no text in UTF-8.", way_out)
    if not text:
        raise UserError(f"The policy {path} is empty.", way_out)
    return text


class Setting(NamedTuple):
    """One row of the table."""

    name: str
    default: Any
    help: str


SETTINGS: tuple[Setting, ...] = tuple(
    Setting(name, field.default, field.description or "") for name, field in RunConfig.model_fields.items()
)


def run_config(values: Mapping[str, Any]) -> RunConfig:
    """A checked configuration; what is wrong with it is said in one sentence."""
    try:
        return RunConfig.model_validate(values)
    except ValidationError as error:
        problems = []
        for detail in error.errors(include_url=False, include_context=False):
            where = ".".join(map(str, detail["loc"])) or "settings"
            problems.append(f"{where}: {detail['msg'].removeprefix('Value error, ')}")
        raise UserError(f"Unusable settings: {'; '.join(problems)}.", "See dtc-local generate --help.") from error
