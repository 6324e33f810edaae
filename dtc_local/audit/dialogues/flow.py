"""What flows between calls, seen from the values alone, and the shape that this gives each turn.

An argument comes from an earlier result where both hold the same value, the value is one that does not repeat by
chance, and no request says it. The latest result that holds it is taken for its source. Where the data holds no
results, only the number of calls is seen. Calls that failed have no part in it, unless nothing else was called.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from dtc_local.audit.dialogue import Dialogue, Step
from dtc_local.audit.labels import PROOFS, Shape
from dtc_local.audit.values import json_type, leaves
from dtc_local.records import Json

SHAPES = ("no_call", "single", "parallel", "chain", "fan_in", "fan_out", "follow_up")
"""Kinds of turns that are told apart by what flows."""
COUNTS = ("no_call", "single", "several")
"""Kinds of turns where nothing but the number of calls is seen."""
_LONGEST_COMMON = 2
_LEAST_NUMBER = 10


class Edge(NamedTuple):
    """A value that goes from the result of one call into an argument of another."""

    source: Step
    field: str
    target: Step
    argument: str

    @property
    def kind(self) -> tuple[str, str, str, str]:
        """The edge between tools; any place in a list is one place."""
        return self.source.call.tool, self.field, self.target.call.tool, self.argument


def edges(dialogue: Dialogue) -> list[Edge]:
    """All that flows, by the calls that take it."""
    found: list[Edge] = []
    known: dict[str, tuple[Step, str]] = {}
    taken = 0
    steps = [step for step in dialogue.steps if not step.failed]
    for step in steps:
        for earlier in steps[taken:]:
            if earlier.position >= step.position:
                break
            known.update(_told(earlier))
            taken += 1
        words = "\n".join(text for turn, text in dialogue.requests if turn <= step.turn).casefold()
        for path, leaf in leaves(dict(step.call.arguments)):
            source = known.get(_key(leaf))
            if source is not None and _is_telling(leaf) and str(leaf).casefold() not in words:
                found.append(Edge(source[0], source[1], step, _dotted(path)))
    return found


def _told(step: Step) -> Iterator[tuple[str, tuple[Step, str]]]:
    for path, leaf in leaves(step.answer.value) if step.answer else ():
        if _is_telling(leaf):
            yield _key(leaf), (step, _dotted(path))


def _is_telling(leaf: Json) -> bool:
    """Whether two equal values are hardly so by chance."""
    if isinstance(leaf, bool) or leaf is None:
        return False
    return len(leaf) > _LONGEST_COMMON if isinstance(leaf, str) else abs(leaf) >= _LEAST_NUMBER


def _key(leaf: Json) -> str:
    return f"{'number' if json_type(leaf) in ('integer', 'number') else json_type(leaf)} {leaf}"


def _dotted(path: Sequence[str | int]) -> str:
    return ".".join("*" if isinstance(step, int) else step for step in path)


def kinds(dialogue: Dialogue, flows: Sequence[Edge]) -> tuple[str, ...]:
    """For each turn its kind: as the data says, else by its shape."""
    if dialogue.kinds:
        return dialogue.kinds
    return tuple(_kind(dialogue, turn, flows) for turn in dialogue.all_turns)


def _kind(dialogue: Dialogue, turn: int, flows: Sequence[Edge]) -> str:
    attempted = [step for step in dialogue.steps if step.turn == turn]
    steps = [step for step in attempted if not step.failed] or attempted[-1:]
    if not steps:
        return "no_call"
    if not dialogue.results:
        return "single" if len(steps) == 1 else "several"
    graph = _shape(steps, flows)
    if len(steps) == 1:
        return "follow_up" if graph.looks_back else "single"
    return next((name for name in SHAPES[2:] if PROOFS[name](graph)), "mixed")


def _shape(steps: Sequence[Step], flows: Sequence[Edge]) -> Shape:
    own = {step.number for step in steps}
    needs: Mapping[str, set[str]] = {str(number): set() for number in own}
    serves: Mapping[str, set[str]] = {str(number): set() for number in own}
    looks_back = False
    for flow in flows:
        if flow.target.number not in own:
            continue
        if flow.source.number in own:
            needs[str(flow.target.number)].add(str(flow.source.number))
            serves[str(flow.source.number)].add(str(flow.target.number))
        else:
            looks_back = True
    return Shape(needs, serves, looks_back)


def longest_chain(dialogue: Dialogue, flows: Sequence[Edge]) -> int:
    """How many calls stand in the longest row of calls that each take something from the one before."""
    depth = {step.number: 1 for step in dialogue.steps}
    for flow in sorted(flows, key=lambda one: one.target.number):
        depth[flow.target.number] = max(depth[flow.target.number], depth[flow.source.number] + 1)
    return max(depth.values(), default=0)
