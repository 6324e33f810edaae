"""Rules on what a conversation claims of itself: kinds of turns, implicit calls, verification, verdict."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from dtc_local.audit.base import Violation
from dtc_local.records import Conversation, Plan


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
"""For each kind, whether a call graph has the shape that the label claims."""


def kinds(conversation: Conversation) -> Iterator[Violation]:
    """Every turn's calls have the shape that its kind says."""
    for number, turn in enumerate(conversation.turns):
        proof = PROOFS.get(turn.kind)
        if not turn.plan.calls or proof is None or not proof(shape(turn.plan)):
            yield Violation(what=f"the calls are no {turn.kind}", turn=number)


def turn_program(conversation: Conversation) -> Iterator[Violation]:
    """The turns are those the scenario set out, in order; only a rescued conversation lacks some at its end."""
    planned = [outline.kind for outline in conversation.scenario.turns]
    made = [turn.kind for turn in conversation.turns]
    complete = len(made) == len(planned)
    if not made or made != planned[: len(made)] or complete == conversation.rescued:
        rescued = "rescued" if conversation.rescued else "not rescued"
        yield Violation(what=f"the scenario has {planned}, the conversation {made}, and it is {rescued}")


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
    """The blind reader gave every turn's calls back at least once."""
    for number, turn in enumerate(conversation.turns):
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
