"""THE MAP: tool specifications in, checked conversations out.

    scenario   who, when, which tools, which call graphs (no model)              stages/scenario.py
    plan       the model fills the argument values                              stages/plan.py
    split      some calls stay unsaid                                           stages/split.py
    ask        the user's words, written back from the explicit calls           stages/ask.py
    verify     a blind reader must predict the plan from the words              stages/verify.py
    think      what the assistant considers, if that is asked for               stages/think.py
    execute    simulated results under output schema and ledger                 stages/execute.py
    respond    the assistant's closing words                                    stages/respond.py
    judge      votes on the whole                                               stages/judge.py

Many drafts are alive at once; each is a generator that yields engine requests. One loop submits what they ask for, lets
the engine decode all open requests together, and hands the answers back. A draft depends on (configuration, tools,
model, index) alone, so the output is the same however many run side by side, and a killed run goes on where it was.
What it may know of the drafts before it, so that tools and kinds of turns that came short are drawn next, is fixed by
its index as well (coverage/window.py).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from dtc_local.ability import facts_only, require_able
from dtc_local.coverage import Tally, Window, fate_of, planned
from dtc_local.coverage.forms import require_formable
from dtc_local.engine.base import Completion, Engine, Request
from dtc_local.engine.failures import ContextOverflow
from dtc_local.errors import EngineError, StageFailure
from dtc_local.records import Candidate, Conversation
from dtc_local.settings import RunConfig
from dtc_local.stages.base import Desk, Steps
from dtc_local.stages.scenario import build
from dtc_local.stages.turn import conversation
from dtc_local.store import Run, Store
from dtc_local.tools.dataflow.index import ToolIndex
from dtc_local.tools.results.withhold import Withheld


@dataclass(frozen=True)
class Progress:
    """Where a run stands, told after every finished draft."""

    kept: int
    dropped: int
    active: int
    target: int
    tokens: int
    seconds: float


@dataclass(frozen=True)
class RunResult:
    """What a run came to. Counts cover the conversations up to the last one that the output needs; tokens and
    seconds are this process's."""

    run: str
    kept: int
    dropped: dict[str, int]
    seconds: float
    tokens: dict[str, int]
    ended_short: bool


@dataclass
class Draft:
    """One conversation under way: its desk, its generator, and the answers it still waits for."""

    desk: Desk
    steps: Steps[Conversation]
    waiting: dict[int, int] = field(default_factory=dict)
    """Open ticket -> position among the requests last yielded."""
    answers: dict[int, Sequence[Completion]] = field(default_factory=dict)


def run(
    engine: Engine,
    store: Store,
    config: RunConfig,
    progress: Callable[[Progress], None] = lambda _: None,
) -> RunResult:
    """Make conversations until the first `count` kept by index are known, or `limit` have been started.

    Continues the run of that name. Whatever is finished is stored at once; Ctrl-C or a kill loses open drafts only.
    Raises UserError if the run exists with other settings, the model cannot do what they ask for, there are no tools,
    or they can form none of the kinds.
    """
    began = time.monotonic()
    require_able(engine.model, config)
    store.require_some(*config.namespaces)
    stored = store.catalogue(*config.namespaces)
    tools = ToolIndex(stored if config.examples else Withheld(stored))
    require_formable(tools, config.mix, config.turns_max)
    opened = store.open_run(config, engine.model)
    with store.lock(opened):
        loop = _Loop(engine, store, opened, config, tools)
        try:
            for _ in loop.drive():
                progress(loop.progress(time.monotonic() - began))
        finally:
            store.end_session(opened, round(time.monotonic() - began, 3), loop.tokens())
        counts = store.counts(opened)
    return RunResult(
        run=opened.name,
        kept=counts.kept,
        dropped=dict(counts.dropped),
        seconds=round(time.monotonic() - began, 3),
        tokens=loop.tokens(),
        ended_short=not counts.complete,
    )


class _Loop:
    """The one loop: start drafts in index order, submit their requests, hand back answers, store what is finished."""

    def __init__(self, engine: Engine, store: Store, opened: Run, config: RunConfig, tools: ToolIndex) -> None:
        self.engine = engine
        self.store = store
        self.opened = opened
        self.config = config
        self.tools = tools
        self.window = Window()
        kept = set(store.kept_indices(opened))
        self.outcomes: dict[int, bool] = {index: index in kept for index in store.done(opened)}
        """Settled index -> whether it was kept."""
        self.drafts: dict[int, Draft] = {}
        self.owners: dict[int, int] = {}
        self.next_index = 0
        self.facts_only = facts_only(engine.model, config)

    def drive(self) -> Iterator[None]:
        """Yields after every engine step."""
        while not self._settled():
            self._start_drafts()
            if not self.drafts:
                return
            finished = self.engine.poll()
            if not finished:
                raise EngineError("The engine has nothing to decode although conversations wait for it.")
            for one in finished:
                self._receive(one.ticket, one.completions)
            yield

    def _settled(self) -> bool:
        """Whether the first `count` kept by index are known: nothing below the last of them is open."""
        kept = 0
        for index in range(len(self.outcomes)):
            if index not in self.outcomes:
                return False
            kept += self.outcomes[index]
            if kept == self.config.count:
                return True
        return False

    def _start_drafts(self) -> None:
        """Start the next conversations in index order: none that cannot be in the output, few more than are missing."""
        while self.next_index < self.config.start_limit and len(self.drafts) < self._room() and self.window.ready:
            index = self.next_index
            self.next_index += 1
            if index in self.outcomes:
                self._recall(index)
            else:
                self._start(index)

    def _recall(self, index: int) -> None:
        """A conversation that the store holds takes its place among those that later ones may know of."""
        stored = self.store.conversation(f"{self.opened.name}-{index}")
        fate = fate_of(stored.conversation, stored.reason)
        self.window.draw()
        self.window.drawn(fate.planned)
        self.window.settled(index, fate)

    def _room(self) -> int:
        missing = self.config.count - sum(kept for index, kept in self.outcomes.items() if index < self.next_index)
        return min(self.engine.width, missing + missing // 2 + 1) if missing > 0 else 0

    def _start(self, index: int) -> None:
        try:
            scenario = build(
                self.tools,
                seed=self.config.seed,
                index=index,
                turns=self.config.turns,
                mix=self.config.mix,
                distractors=self.config.distractors,
                samplers=self.config.samplers,
                wanted=self.window.draw(),
                language=self.config.language,
            )
        except StageFailure as failure:
            self.window.drawn(Tally())
            self._settle(index, None, (), failure)
            return
        self.window.drawn(planned(scenario))
        desk = Desk(scenario=scenario, config=self.config, facts_only=self.facts_only)
        self.drafts[index] = Draft(desk, conversation(desk))
        self._advance(index, None)

    def _receive(self, ticket: int, completions: Sequence[Completion]) -> None:
        if ticket not in self.owners:
            return  # its draft went on without it
        index = self.owners.pop(ticket)
        draft = self.drafts[index]
        draft.answers[draft.waiting.pop(ticket)] = completions
        if not draft.waiting:
            answers = [draft.answers[position] for position in range(len(draft.answers))]
            draft.answers.clear()
            self._advance(index, answers)

    def _advance(self, index: int, answers: Sequence[Sequence[Completion]] | StageFailure | None) -> None:
        """Let a draft go on with its answers, or with the failure of the stage that asked."""
        draft = self.drafts[index]
        try:
            if isinstance(answers, StageFailure):
                requests = draft.steps.throw(answers)
            else:
                requests = next(draft.steps) if answers is None else draft.steps.send(answers)
        except StopIteration as stop:
            made: Conversation = stop.value
            kept = made.verdict is not None and made.verdict.keep
            self._finish(index, made, None if kept else StageFailure("judge", "judged"))
        except StageFailure as failure:
            unfinished = Conversation(scenario=draft.desk.scenario, turns=tuple(draft.desk.turns))
            self._finish(index, unfinished, failure)
        else:
            self._submit(index, requests)

    def _submit(self, index: int, requests: Sequence[Request]) -> None:
        """Open a draft's requests. A conversation that outgrows the model's context is a failure of its stage alone."""
        draft = self.drafts[index]
        for position, request in enumerate(requests):
            try:
                ticket = self.engine.submit(request)
            except ContextOverflow:
                for open_ticket in draft.waiting:
                    del self.owners[open_ticket]
                    self.engine.cancel(open_ticket)
                draft.waiting.clear()
                draft.answers.clear()
                self._advance(index, StageFailure(request.stage, "length", "Say it shorter."))
                return
            draft.waiting[ticket] = position
            self.owners[ticket] = index

    def _finish(self, index: int, made: Conversation, failure: StageFailure | None) -> None:
        self._settle(index, made, self.drafts.pop(index).desk.candidates, failure)

    def _settle(
        self, index: int, made: Conversation | None, candidates: Sequence[Candidate], failure: StageFailure | None
    ) -> None:
        reason, stage = (failure.reason, failure.stage) if failure else (None, None)
        self.store.save(self.opened, index, made, candidates, failure is None, reason, stage)
        self.outcomes[index] = failure is None
        self.window.settled(index, fate_of(made, reason))

    def progress(self, seconds: float) -> Progress:
        """Counts so far."""
        kept = sum(self.outcomes.values())
        usage = self.engine.usage
        return Progress(
            kept=kept,
            dropped=len(self.outcomes) - kept,
            active=len(self.drafts),
            target=self.config.count,
            tokens=usage.sampled_tokens + usage.forced_tokens,
            seconds=seconds,
        )

    def tokens(self) -> dict[str, int]:
        """Prompt tokens asked for and really evaluated, tokens sampled, tokens the grammar forced; the latter two
        together once more for each stage, as `stage:NAME`."""
        usage = self.engine.usage
        return {
            "prompt": usage.prompt_tokens,
            "evaluated": usage.evaluated_tokens,
            "sampled": usage.sampled_tokens,
            "forced": usage.forced_tokens,
            **{f"stage:{stage}": count for stage, count in sorted(usage.by_stage.items())},
        }
