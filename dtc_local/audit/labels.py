"""Rules on what a conversation claims of itself: kinds of turns, implicit calls, verification, verdict.

The kinds that are a shape of the call graph are proved here, the others in :mod:`dtc_local.audit.kinds`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from dtc_local.audit.base import Episode, Violation, episodes
from dtc_local.audit.kinds import IN_TWO, PROVED, unproved
from dtc_local.records import Conversation, Plan, TurnOutline


class Shape(NamedTuple):
    """The call graph of one turn: for each call the calls of this turn it needs, and those that need it."""

    needs: Mapping[str, set[str]]
    serves: Mapping[str, set[str]]
    looks_back: bool
    """Whether an argument refers to the result of an earlier turn."""

    @property
    def sources(self) -> set[str]:
        """Calls that need no other."""
        return {call for call, parents in self.needs.items() if not parents}

    @property
    def sinks(self) -> set[str]:
        """Calls that no other needs."""
        return {call for call, children in self.serves.items() if not children}


def shape(plan: Plan) -> Shape:
    """The call graph of a plan."""
    needs: dict[str, set[str]] = {call.id: set() for call in plan.calls}
    serves: dict[str, set[str]] = {call.id: set() for call in plan.calls}
    looks_back = False
    for call in plan.calls:
        for _, reference in call.references():
            if reference.call in needs:
                needs[call.id].add(reference.call)
                serves[reference.call].add(call.id)
            else:
                looks_back = True
    return Shape(needs, serves, looks_back)


def _single(graph: Shape) -> bool:
    return len(graph.needs) == 1


def _parallel(graph: Shape) -> bool:
    return len(graph.needs) >= 2 and not any(graph.needs.values())


def _chain(graph: Shape) -> bool:
    """One call after the other, each fed by the one before alone."""
    widest = max(map(len, (*graph.needs.values(), *graph.serves.values())))
    return len(graph.needs) >= 2 and len(graph.sources) == len(graph.sinks) == 1 and widest == 1


def _fan_in(graph: Shape) -> bool:
    """Several calls that know nothing of each other feed one."""
    return len(graph.sources) >= 2 and len(graph.sinks) == 1 and len(graph.needs[min(graph.sinks)]) >= 2


def _fan_out(graph: Shape) -> bool:
    """One call feeds several that know nothing of each other."""
    return len(graph.sources) == 1 and len(graph.sinks) >= 2 and len(graph.serves[min(graph.sources)]) >= 2


def _follow_up(graph: Shape) -> bool:
    return graph.looks_back


PROOFS: dict[str, Callable[[Shape], bool]] = {
    "single": _single,
    "parallel": _parallel,
    "chain": _chain,
    "fan_in": _fan_in,
    "fan_out": _fan_out,
    "follow_up": _follow_up,
}
"""For each kind that is a shape, whether a call graph has the shape that the label claims."""


def kinds(conversation: Conversation) -> Iterator[Violation]:
    """Every turn shows what its kind says (METHOD.md section 5)."""
    for episode in episodes(conversation):
        kind, plan = episode.last.kind, episode.last.plan
        if kind in PROVED:
            why = unproved(conversation, episode)
        else:
            proof = PROOFS.get(kind)
            why = None if plan.calls and proof is not None and proof(shape(plan)) else "the calls have another shape"
        if why is not None:
            yield Violation(what=f"is no {kind}: {why}", turn=episode.first + len(episode.turns) - 1)


def turn_program(conversation: Conversation) -> Iterator[Violation]:
    """The turns are those the scenario set out, in order; only a rescued conversation lacks some at its end."""
    planned = [outline.kind for outline in conversation.scenario.turns]
    made = [episode.last.kind for episode in episodes(conversation)]
    complete = len(made) == len(planned)
    if not made or made != planned[: len(made)] or complete == conversation.rescued:
        rescued = "rescued" if conversation.rescued else "not rescued"
        yield Violation(what=f"the scenario has {planned}, the conversation {made}, and it is {rescued}")
        return
    for episode in episodes(conversation):
        yield from _other_than_planned(episode)


def _other_than_planned(episode: Episode) -> Iterator[Violation]:
    """Turns whose parts are not those of their kind, or that turn on something else than the outline says."""
    parts = ["opening", "closing"] if episode.last.kind in IN_TWO else ["whole"]
    if [turn.part for turn in episode.turns] != parts:
        yield Violation(what=f"{episode.last.kind} has the parts {parts}", turn=episode.first)
    for place, turn in enumerate(episode.turns):
        outline = episode.outline
        claimed = TurnOutline(kind=turn.kind, focus=turn.focus, outcome=turn.outcome)
        if outline is not None and claimed != outline.model_copy(update={"calls": ()}):
            what = "kind, outcome or focus is not that of the scenario"
            yield Violation(what=what, turn=episode.first + place)


def implicit(conversation: Conversation) -> Iterator[Violation]:
    """Implicit calls are calls of the plan, none of them a sink, each with all that it needs implicit too."""
    for number, turn in enumerate(conversation.turns):
        graph = shape(turn.plan)
        for call in turn.implicit:
            if call not in graph.needs:
                yield Violation(what="is implicit but not planned", turn=number, call=call)
                continue
            if call in graph.sinks:
                yield Violation(what="is implicit though nothing needs it", turn=number, call=call)
            if said := graph.needs[call] - set(turn.implicit):
                yield Violation(what=f"is implicit, but {sorted(said)} that it needs is said", turn=number, call=call)


def verified(conversation: Conversation) -> Iterator[Violation]:
    """The blind reader gave every turn's calls back at least once, and called nothing where nothing is to be called.

    Before a question for consent it is not asked: only the answer decides whether there is a call.
    """
    for number, turn in enumerate(conversation.turns):
        if (turn.kind, turn.part, turn.verification) == ("confirm", "opening", None):
            continue
        if turn.verification is None:
            yield Violation(what="was not verified", turn=number)
        elif not 0 < turn.verification.equal <= turn.verification.samples:
            equal, samples = turn.verification.equal, turn.verification.samples
            yield Violation(what=f"{equal} of {samples} blind predictions were right", turn=number)


def judged(conversation: Conversation) -> Iterator[Violation]:
    """The verdict is to keep it."""
    verdict = conversation.verdict
    if verdict is None or not verdict.keep:
        yield Violation(what="there is no verdict" if verdict is None else f"the verdict is {verdict.reason}")
