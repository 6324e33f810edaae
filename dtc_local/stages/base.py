"""What every stage is: a generator that yields engine requests, receives their candidates, and returns a value.

A stage is straight-line code. It knows nothing of batching or of other conversations: whoever drives it decides when
its requests are decoded. It raises :class:`StageFailure` with a reason and a hint for the next attempt.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import ceil, log
from typing import TYPE_CHECKING, TypeVar

from dtc_local import prompts
from dtc_local.engine.base import Completion, Request, Sampling
from dtc_local.errors import StageFailure
from dtc_local.languages import LANGUAGES
from dtc_local.ledger import Ledger
from dtc_local.prompts.signature import brief_descriptions
from dtc_local.randomness import derive_seed
from dtc_local.records import Candidate, Json, Scenario, Schema, Turn, call_number
from dtc_local.settings import RunConfig
from dtc_local.stages.phrasebook import Clause, clause, label
from dtc_local.stages.speech import SPEECH, Speech
from dtc_local.tools.dataflow.graph import Edge, Graph
from dtc_local.words import is_question

if TYPE_CHECKING:
    from outlines.types import CFG, JsonSchema

MISSED = 0.05
"""How often, at the yield so far, none of the candidates asked for may pass, where runs stop early."""

T = TypeVar("T")
Steps = Generator[Sequence[Request], Sequence[Sequence[Completion]], T]
"""Yields requests, receives one candidate list per request, returns T."""


@dataclass
class Desk:
    """What lies before a stage: the scenario, the conversation so far, the settings, and the record of attempts."""

    scenario: Scenario
    config: RunConfig
    facts_only: bool
    """Whether free strings are chosen from the scenario's facts (small models) or written by the model."""
    turns: list[Turn] = field(default_factory=list)
    ledger: Ledger = field(default_factory=Ledger)
    candidates: list[Candidate] = field(default_factory=list)
    attempt: int = 0
    """Attempts made in this turn, all stages together; part of every seed."""

    def __post_init__(self) -> None:
        language = "" if self.scenario.language == "en" else LANGUAGES[self.scenario.language].english
        self.system = prompts.system(self.scenario.offer, self.scenario.date, self.config.rules, language)
        self.known = (*self.scenario.offer, *self.scenario.withheld)
        """Tools that the conversation may speak of."""
        self.briefs: Mapping[str, str] = {
            name: brief or prompts.worded(name).capitalize() + "."
            for name, brief in brief_descriptions(self.known).items()
        }

    @property
    def speech(self) -> Speech:
        """What the rules must know of the language that is spoken."""
        return SPEECH[self.scenario.language]

    @cached_property
    def clauses(self) -> Mapping[str, Clause]:
        """What each tool is for, as a clause in forms that no other tool's clause has, as far as it has any."""
        clauses = {tool.name: clause(self.briefs[tool.name], label(tool.name)) for tool in self.known}
        return {
            name: own.apart_from([other for key, other in clauses.items() if key != name])
            for name, own in clauses.items()
        }

    @cached_property
    def edges(self) -> Mapping[str, Sequence[Edge]]:
        """Dataflow edges among the tools on offer, by consumer."""
        return Graph(self.scenario.offer).into

    @property
    def opening(self) -> Turn | None:
        """The turn before, if the assistant only asked something in it: the user's next words answer that."""
        last = self.turns[-1] if self.turns else None
        return last if last and not last.levels and is_question(last.reply) else None

    @property
    def names(self) -> list[str]:
        """Names of all tools and parameters that the conversation may speak of: no text shows one as code."""
        return [tool.name for tool in self.known] + [
            name for tool in self.known for name in tool.parameters["properties"]
        ]

    @cached_property
    def labels(self) -> Sequence[str]:
        """Parameter names on offer, in words, longest first."""
        names = {label(name) for tool in self.scenario.offer for name in tool.parameters["properties"]}
        return sorted(names, key=len, reverse=True)

    @property
    def next_id(self) -> str:
        """The id of the next call: ids run on through the conversation, planned calls that were not made included."""
        planned = [call_number(call.id) for turn in self.turns for call in turn.plan.calls]
        return f"${max(planned, default=0) + 1}"

    @property
    def persona(self) -> str:
        """The persona in one line."""
        return self.scenario.persona.words()

    def request(
        self,
        stage: str,
        history: Sequence[str],
        task: str,
        constraint: JsonSchema | CFG,
        *,
        n: int,
        budget: int,
        key: str = "",
        good: Callable[[Json], bool] | None = None,
        enough: int = 1,
    ) -> Request:
        """A request whose seed belongs to this conversation, turn, stage and attempt.

        Where runs stop early, `enough` candidates whose value is `good` end it; without `good` all n are wanted.
        """
        place = f"{stage}/{len(self.turns)}/{key}"
        return Request(
            messages=prompts.messages(self.system, history, task),
            constraint=constraint,
            sampling=Sampling(
                temperature=self.config.temperature,
                min_p=self.config.min_p,
                seed=derive_seed(self.config.seed, self.scenario.index, place, self.attempt),
                n=n,
            ),
            max_tokens=budget,
            stage=stage,
            enough=enough if good and self.config.early_stop else None,
            good=good if self.config.early_stop else None,
        )

    def candidates_for(self, stage: str, most: int) -> int:
        """How many candidates a stage asks for: `most`, or, where runs stop early, as few as its yield in this
        conversation lets hope for one that passes.

        It starts from an even chance. What other conversations came to is not asked: they would have to be waited for.
        """
        if not self.config.early_stop:
            return most
        made = [candidate.accepted for candidate in self.candidates if candidate.stage == stage]
        failing = 1 - (sum(made) + 1) / (len(made) + 2)
        return min(most, ceil(log(MISSED) / log(failing)))

    def accepted(self, stage: str, completions: Sequence[Completion]) -> list[Completion]:
        """Accepted candidates, highest mean log-probability first, ties in candidate order; the others are noted.

        Those that were never written, because enough were good before them, are left out.
        """
        for completion in completions:
            if completion.finish != "accepted" and completion.tokens:
                self.note(stage, completion, "length")
        return sorted((c for c in completions if c.finish == "accepted"), key=lambda c: -c.logprob)

    def likeliest(
        self, stage: str, completions: Sequence[Completion], fault_of: Callable[[str], str], hint: str
    ) -> str:
        """The likeliest text without a fault; all are noted. Raises StageFailure with the first fault, or "length"."""
        good, first = [], ""
        for completion in self.accepted(stage, completions):
            fault = fault_of(completion.text)
            self.note(stage, completion, fault)
            if not fault:
                good.append(completion.text)
            first = first or fault
        if not good:
            raise StageFailure(stage, first or "length", hint)
        return good[0]

    def note(self, stage: str, completion: Completion, reason: str = "") -> None:
        """Record a candidate; an empty reason means it was accepted."""
        self.candidates.append(
            Candidate(
                stage=stage,
                turn=len(self.turns),
                attempt=self.attempt,
                text=completion.text,
                logprob=round(completion.logprob, 6),
                accepted=not reason,
                reason=reason,
            )
        )


def json_schema(schema: Schema) -> JsonSchema:
    """An Outlines constraint for a JSON Schema."""
    from outlines.types import JsonSchema

    return JsonSchema(schema)


def lark(grammar: str) -> CFG:
    """An Outlines constraint for a Lark grammar in llguidance's dialect."""
    from outlines.types import CFG

    return CFG(grammar)
