"""Scenario: who talks, when, with which tools, in which call graphs, about what; all fixed before a model runs.

A conversation stays on one shelf, a namespace or a part of a large one; tools of others appear only as distractors,
and only under names of their own, so that a name on offer means one tool.

Facts are candidate values for each call "$k": an argument's under its own name ("city"), a result field's under "->"
and its dotted path ("->items.0.price"; lists of scalars as whole lists, objects inside lists at index 0).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from dtc_local import world
from dtc_local.coverage import Coverage
from dtc_local.coverage.forms import formable
from dtc_local.coverage.quota import lacking
from dtc_local.errors import StageFailure
from dtc_local.randomness import stream
from dtc_local.records import Kind, Scenario, Tool, TurnOutline
from dtc_local.stages.facts import facts_of
from dtc_local.stages.program import kinds_in_order, program
from dtc_local.tools.dataflow.index import ToolIndex
from dtc_local.tools.dataflow.sample import ANY, Samplers, draw_distractor, draw_sampler

if TYPE_CHECKING:
    from numpy.random import Generator

DEFAULT_MIX: dict[Kind, float] = {
    "single": 0.25,
    "parallel": 0.1,
    "chain": 0.25,
    "fan_in": 0.1,
    "fan_out": 0.1,
    "follow_up": 0.2,
}
FOREIGN_SHARE = 0.2
"""How often a distractor comes from another namespace although its own still has some."""
NAMESPACE_DRAWS = 8
LEAD_DRAWS = 4
"""So many shelves are tried for the kind that is to lead before another may."""
UNCALLED = 4.0
"""How much more often a namespace is drawn of which no tool was called yet; it falls with the root of their share."""


def build(
    tools: Sequence[Tool] | ToolIndex,
    *,
    seed: int,
    index: int,
    turns: tuple[int, int] = (2, 4),
    mix: Mapping[Kind, float] = DEFAULT_MIX,
    distractors: int = 3,
    samplers: Samplers = ANY,
    attempt: int = 0,
    wanted: Coverage | None = None,
    language: str = "en",
) -> Scenario:
    """The scenario of conversation `index` in the run of that seed; equal arguments give an equal scenario.

    It prefers what `wanted` has counted little of: kinds of turns in relation to the mix, tools, parameters, listed
    values, edges. Without it nothing is preferred. It is only read. Names and places are of the world in which
    `language` is spoken.

    Pass a :class:`ToolIndex` where many scenarios are built of the same tools. Raises StageFailure("no_topology")
    where no namespace can form `turns[0]` turns of the kinds that `mix` gives weight to.
    """
    shelved = tools if isinstance(tools, ToolIndex) else ToolIndex(tools)
    coverage = wanted or Coverage()
    rng = stream(seed, index, "scenario", attempt)
    length = int(rng.integers(turns[0], turns[1] + 1))
    number, outlines = _program(shelved, length, turns[0], mix, samplers, rng, coverage)
    withheld = _withheld(outlines)
    offer = _offer(shelved, number, outlines, distractors, samplers, rng, coverage)
    shelf = shelved.shelf(number)
    with world.spoken(language):
        today = world.today(rng)
        persona = world.persona(rng)
        by_name = {tool.name: tool for tool in shelf.tools}
        facts = facts_of(by_name, outlines, today, rng, coverage.on(shelf.namespace))
    return Scenario(
        index=index,
        date=today,
        language=language,
        persona=persona,
        offer=offer,
        turns=outlines,
        facts=facts,
        withheld=tuple(tool for tool in shelf.tools if tool.name in withheld),
    )


def _withheld(outlines: Sequence[TurnOutline]) -> frozenset[str]:
    """Tools that are asked for and not on offer."""
    return frozenset(call.tool for outline in outlines if outline.kind == "missing_tool" for call in outline.calls)


def _program(
    tools: ToolIndex,
    length: int,
    least: int,
    mix: Mapping[Kind, float],
    samplers: Samplers,
    rng: Generator,
    wanted: Coverage,
) -> tuple[int, tuple[TurnOutline, ...]]:
    """A shelf's number and the turns on it. Others are tried where the first drawn cannot form enough of them, and a
    few where it cannot form the kind drawn to lead: it is lacking all the more."""
    lead = kinds_in_order(lacking(mix, wanted), first=length == 1, rng=rng)[0]
    second_best: tuple[int, tuple[TurnOutline, ...]] | None = None
    for tried, number in enumerate(_shelves(tools, rng, wanted)):
        if second_best is not None and tried >= LEAD_DRAWS:
            break
        shelf = tools.shelf(number)
        if second_best is not None and not formable(shelf, lead, consent=mix.get("confirm", 0) > 0):
            continue
        outlines = program(shelf, length, mix, samplers, rng, wanted, lead)
        if len(outlines) >= least:
            if any(outline.kind == lead for outline in outlines):
                return number, outlines
            second_best = second_best or (number, outlines)
    if second_best is None:
        raise StageFailure(
            "scenario", "no_topology", "Import tools with parameters and results, or allow other kinds of turns."
        )
    return second_best


def _shelves(tools: ToolIndex, rng: Generator, wanted: Coverage) -> list[int]:
    """Numbers of a few shelves in drawn order; those of namespaces with many tools never called come sooner."""
    if not tools.sources:
        return []
    usable: Counter[str] = Counter()
    for number in tools.sources:
        usable[tools.labels[number].namespace] += tools.labels[number].usable
    weights = []
    for number in tools.sources:
        label = tools.labels[number]
        uncalled = max(0.0, 1 - wanted.called(label.namespace) / usable[label.namespace])
        weights.append(label.weight * (1 + UNCALLED * uncalled**0.5))
    share = [weight / sum(weights) for weight in weights]
    draws = min(NAMESPACE_DRAWS, len(tools.sources))
    return [tools.sources[int(drawn)] for drawn in rng.choice(len(weights), size=draws, replace=False, p=share)]


def _offer(
    tools: ToolIndex,
    number: int,
    outlines: Sequence[TurnOutline],
    distractors: int,
    samplers: Samplers,
    rng: Generator,
    wanted: Coverage,
) -> tuple[Tool, ...]:
    """The needed tools and the distractors, shuffled; no two of one name. A tool of another shelf is loaded by itself.

    A neighbour comes from the same shelf as long as it has tools left.
    """
    shelf, withheld = tools.shelf(number), _withheld(outlines)
    worth = wanted.on(shelf.namespace)
    needed = {call.tool for outline in outlines for call in outline.calls} - withheld
    offer = [tool for tool in shelf.tools if tool.name in needed]
    own = [tool for tool in shelf.offerable if tool.name not in needed | withheld]
    others = [other for other, label in enumerate(tools.labels) if other != number and label.offerable]
    for _ in range(distractors):
        sampler = draw_sampler(samplers, rng)
        if others and (not own or (sampler == "random" and rng.random() < FOREIGN_SHARE)):
            positions = tools.labels[others[int(rng.integers(len(others)))]].offerable
            drawn = tools.tool(positions[int(rng.integers(len(positions)))])
        elif own:
            drawn = draw_distractor(own, shelf, needed, sampler, rng, worth)
        else:
            break
        if drawn.name not in withheld and all(drawn.name != tool.name for tool in offer):
            offer.append(drawn)
        own = [tool for tool in own if tool is not drawn]
    return tuple(offer[int(position)] for position in rng.permutation(len(offer)))
