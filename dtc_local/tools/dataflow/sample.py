"""Call graphs drawn along dataflow edges: one function for each kind of turn.

Every function returns the calls of one turn, or None where this draw led nowhere; the caller draws again. Shapes are
exact: a chain refers only to the call before, the sink of a fan-in to all the others, a follow-up only to an earlier
turn. Tools that no edge decides are drawn by one of the samplers, by their weights: near those that the conversation
has already, or any. Whatever the run has shown little of so far weighs more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from dtc_local.coverage import Worth
from dtc_local.records import CallOutline, Kind, Reference, Sampler, Tool
from dtc_local.tools.dataflow.graph import Edge
from dtc_local.tools.dataflow.index import Shelf, optional_names, saying_cost

if TYPE_CHECKING:
    from numpy.random import Generator

T = TypeVar("T")
_Draw = Callable[[Shelf, "Past", "Generator"], "list[CallOutline] | None"]
Samplers = Mapping[Sampler, float]
ANY: Samplers = {"random": 1.0}
DRAWS = 24
STRICT_DRAWS = 16
"""So many draws insist on at most one call without a literal of its own; the rest take what there is."""
MAX_LITERALS = 4
MAX_CHOICES = 2
"""Most references offered for one argument; the best one and one nearly as good."""
SURE = 0.7
"""Edges this sure fill a second parameter too, and calls they connect are not made in parallel."""
REUSE = 0.3
ECHO = 0.25
SILENT = 0.15
SIGN_IN = 0.3
"""Weights of tools used before, results that repeat an argument, calls without values, calls with a password."""


@dataclass
class Past:
    """What earlier turns of the conversation called, and what is left for it to show."""

    calls: list[CallOutline] = field(default_factory=list)
    signatures: set[str] = field(default_factory=set)
    silent_turns: int = 0
    lost: set[str] = field(default_factory=set)
    """Ids of calls that were not made or failed for good: nothing can refer to them."""
    withheld: set[str] = field(default_factory=set)
    """Tools that were asked for in vain: they are not on offer."""
    worth: Worth = field(default_factory=Worth)
    """What the things of the shelf are worth to the run."""

    def used(self, name: str) -> bool:
        """Whether a tool was called before."""
        return any(call.tool == name for call in self.calls)

    @property
    def tools(self) -> tuple[str, ...]:
        """The tools that were called, each once."""
        return tuple(dict.fromkeys(call.tool for call in self.calls))

    def next_id(self, offset: int = 0) -> str:
        """Call ids run on through the conversation."""
        return f"${len(self.calls) + 1 + offset}"

    def add(self, calls: Sequence[CallOutline]) -> None:
        """Remember a turn."""
        self.calls.extend(calls)
        self.signatures |= {signature(call) for call in calls}
        self.silent_turns += len(calls) == 1 and is_silent(calls[0])


def draw_turn(
    kind: Kind,
    shelf: Shelf,
    past: Past,
    rng: Generator,
    samplers: Samplers = ANY,
    allowed: Callable[[Sequence[CallOutline]], bool] = lambda calls: True,
) -> tuple[CallOutline, ...] | None:
    """The calls of one turn of that shape, or None if the namespace cannot form it with calls that are allowed."""
    if not _possible(kind, shelf, past):
        return None
    draw: _Draw = partial(_FREE[kind], samplers=samplers) if kind in _FREE else _ALONG_EDGES[kind]
    for attempt in range(DRAWS):
        calls = draw(shelf, past, rng)
        if calls and allowed(calls) and _sound(kind, calls, shelf, past, strict=attempt < STRICT_DRAWS):
            return tuple(calls)
    return None


def draw_within(
    tools: Sequence[Tool], shelf: Shelf, past: Past, rng: Generator, samplers: Samplers = ANY
) -> tuple[CallOutline, ...] | None:
    """A single call of one of the tools; None if none of them can make a sound turn."""
    for attempt in range(DRAWS if tools else 0):
        tool = draw_tool(tools, shelf, past.tools, samplers, rng, past)
        calls = [_call(past.next_id(), tool, {}, past, rng)]
        if _sound("single", calls, shelf, past, strict=attempt < STRICT_DRAWS):
            return tuple(calls)
    return None


def signature(call: CallOutline) -> str:
    """Equal for calls that would be equal unless their literals differ."""
    references = {name: [str(choice) for choice in choices] for name, choices in call.references.items()}
    return f"{call.tool} {sorted(call.literals)} {sorted(references.items())}"


def is_silent(call: CallOutline) -> bool:
    """A call with neither literal nor reference."""
    return not call.literals and not call.references


def _possible(kind: Kind, shelf: Shelf, past: Past) -> bool:
    needs = {
        "chain": shelf.edges,
        "fan_in": shelf.fan_in,
        "fan_out": shelf.fan_out,
        "follow_up": past.calls and shelf.edges,
    }
    return bool(needs.get(kind, True))


def _sound(kind: Kind, calls: Sequence[CallOutline], shelf: Shelf, past: Past, *, strict: bool) -> bool:
    """The rules that hold for every turn, whatever its shape."""
    signatures = [signature(call) for call in calls]
    fixed = [text for text, call in zip(signatures, calls, strict=True) if not call.literals]
    if len(set(fixed)) < len(fixed) or past.signatures & set(fixed):
        return False  # nothing could tell the two calls apart
    silent = [call for call in calls if is_silent(call)]
    if len(silent) == len(calls) and (len(calls) > 1 or past.silent_turns):
        return False
    wordless = [call for call in calls if not call.literals and shelf.by_name[call.tool].parameters["properties"]]
    return len(wordless) <= 1 or (not strict and kind == "fan_out" and bool(calls[0].literals))


def draw_tool(
    tools: Sequence[Tool], shelf: Shelf, company: Iterable[str], samplers: Samplers, rng: Generator, past: Past
) -> Tool:
    """One of the tools, by a sampler drawn by weight: near one of the company, or any; any where none is near."""
    weights = [_tool_weight(tool, past) for tool in tools]
    if draw_sampler(samplers, rng) == "neighbour":
        nearness = shelf.neighbourhood.nearness(company)
        near = [nearness.get(tool.name, 0.0) * weight for tool, weight in zip(tools, weights, strict=True)]
        weights = near if any(near) else weights
    return _pick(tools, weights, rng)


def draw_distractor(
    tools: Sequence[Tool], shelf: Shelf, company: Iterable[str], sampler: Sampler, rng: Generator, worth: Worth
) -> Tool:
    """A tool that is not needed: near one that is, or any; any where none is near."""
    weights = [worth.offer(tool) for tool in tools]
    if sampler == "neighbour":
        nearness = shelf.neighbourhood.nearness(company)
        near = [nearness.get(tool.name, 0.0) * weight for tool, weight in zip(tools, weights, strict=True)]
        weights = near if any(near) else weights
    return _pick(tools, weights, rng)


def draw_sampler(samplers: Samplers, rng: Generator) -> Sampler:
    """One of the samplers, by weight; a sole one costs no draw."""
    names = [name for name, weight in samplers.items() if weight > 0]
    return names[0] if len(names) == 1 else names[_position([samplers[name] for name in names], rng)]


def _single(shelf: Shelf, past: Past, rng: Generator, samplers: Samplers) -> list[CallOutline] | None:
    tool = draw_tool(shelf.usable, shelf, past.tools, samplers, rng, past)
    return [_call(past.next_id(), tool, {}, past, rng)]


def _parallel(shelf: Shelf, past: Past, rng: Generator, samplers: Samplers) -> list[CallOutline] | None:
    first = draw_tool(shelf.usable, shelf, past.tools, samplers, rng, past)
    same = bool(rng.random() < 0.3 and _talks(first))
    tools = [first, first] if same else [first]
    for _ in range(1 if rng.random() < 0.7 else 2):
        if same:
            break
        # Independent in fact and not only in form: no sure edge either way.
        others = [tool for tool in _sampled(shelf.usable, rng) if all(_strangers(shelf, tool, one) for one in tools)]
        if others:
            tools.append(draw_tool(others, shelf, [one.name for one in tools], samplers, rng, past))
    if len(tools) < 2:
        return None
    calls = [_call(past.next_id(offset), tool, {}, past, rng) for offset, tool in enumerate(tools)]
    if same:  # the same things are asked twice, so that the two calls differ in their values alone
        calls[1] = calls[0].model_copy(update={"id": calls[1].id})
    return calls


def _chain(shelf: Shelf, past: Past, rng: Generator) -> list[CallOutline] | None:
    edge = _pick_edge(shelf.edges, past, rng)
    calls = [
        _call(past.next_id(), shelf.by_name[edge.producer], {}, past, rng),
        _fed(shelf, edge, past.next_id(), past.next_id(1), past, rng),
    ]
    onward = [
        one for one in shelf.out_of.get((edge.consumer, ""), ()) if one.consumer != edge.producer and not one.echo
    ]
    if onward and rng.random() < 0.35:
        further = _pick_edge(onward, past, rng)
        calls.append(_fed(shelf, further, past.next_id(1), past.next_id(2), past, rng))
    return calls


def _fan_in(shelf: Shelf, past: Past, rng: Generator) -> list[CallOutline] | None:
    sink = shelf.by_name[_pick(shelf.fan_in, [_reach(shelf.by_name[name], past) for name in shelf.fan_in], rng)]
    fed = [name for name in sink.parameters["properties"] if (sink.name, name) in shelf.into]
    chosen = [fed[int(i)] for i in sorted(rng.permutation(len(fed))[:2])]
    parents: list[CallOutline] = []
    references: dict[str, tuple[Reference, ...]] = {}
    for offset, parameter in enumerate(chosen):
        edge = _pick_edge(shelf.into[sink.name, parameter], past, rng)
        parent = _call(past.next_id(offset), shelf.by_name[edge.producer], {}, past, rng)
        if edge.echo or (parents and parents[0].tool == parent.tool and not parent.literals):
            return None
        parents.append(parent)
        references[parameter] = _references(shelf, edge, parent.id)
    return [*parents, _call(past.next_id(2), sink, references, past, rng)]


def _fan_out(shelf: Shelf, past: Past, rng: Generator) -> list[CallOutline] | None:
    source = _pick(shelf.fan_out, [_reach(shelf.by_name[name], past) for name in shelf.fan_out], rng)
    calls = [_call(past.next_id(), shelf.by_name[source], {}, past, rng)]
    wanted = 2 if rng.random() < 0.8 else 3
    for offset in range(1, wanted + 1):
        taken = {call.tool for call in calls}
        open_edges = [edge for edge in shelf.out_of[source, ""] if edge.consumer not in taken and not edge.echo]
        if not open_edges:
            break
        edge = _pick_edge(open_edges, past, rng)
        calls.append(_fed(shelf, edge, past.next_id(), past.next_id(offset), past, rng))
    return calls if len(calls) > 2 else None


def _follow_up(shelf: Shelf, past: Past, rng: Generator) -> list[CallOutline] | None:
    options: list[tuple[str, Edge]] = []
    weights: list[float] = []
    for age, call in enumerate(reversed([call for call in past.calls if call.id not in past.lost])):
        for edge in shelf.out_of.get((call.tool, ""), ()):
            options.append((call.id, edge))
            weights.append(_edge_weight(edge, past) / (1 + age))
    if not options:
        return None
    source, edge = options[_position(weights, rng)]
    return [_fed(shelf, edge, source, past.next_id(), past, rng)]


_FREE: dict[Kind, Callable[..., list[CallOutline] | None]] = {
    "single": _single,
    "parallel": _parallel,
}
_ALONG_EDGES: dict[Kind, _Draw] = {
    "chain": _chain,
    "fan_in": _fan_in,
    "fan_out": _fan_out,
    "follow_up": _follow_up,
}


def _fed(shelf: Shelf, edge: Edge, source: str, call_id: str, past: Past, rng: Generator) -> CallOutline:
    """The consumer of an edge, called with references to `source` for that parameter and for others that surely fit."""
    consumer = shelf.by_name[edge.consumer]
    references = {edge.parameter: _references(shelf, edge, source)}
    taken = {edge.path}
    for other in sorted(shelf.between[edge.producer, edge.consumer], key=lambda one: -one.score):
        wanted = other.parameter in consumer.required and other.parameter not in references
        if wanted and other.score >= SURE and other.path not in taken:
            references[other.parameter] = (_reference(other, source),)
            taken.add(other.path)
    return _call(call_id, consumer, references, past, rng)


def _references(shelf: Shelf, edge: Edge, source: str) -> tuple[Reference, ...]:
    """The drawn edge's reference first, then one nearly as good from the same call to the same parameter."""
    rivals = sorted(shelf.between[edge.producer, edge.consumer], key=lambda one: -one.score)
    near = [one for one in rivals if one.parameter == edge.parameter and one != edge and one.score >= 0.95 * edge.score]
    return tuple(_reference(one, source) for one in [edge, *near][:MAX_CHOICES])


def _reference(edge: Edge, source: str) -> Reference:
    return Reference(call=source, path=edge.path, type=edge.type)


def _call(
    call_id: str, tool: Tool, references: dict[str, tuple[Reference, ...]], past: Past, rng: Generator
) -> CallOutline:
    """A call with its required literals and few of the optional ones; silent only if the tool has nothing to say."""
    properties = tool.parameters["properties"]
    literals = {name for name in tool.required if name not in references}
    optional = [name for name in optional_names(tool) if name not in references]
    wanted = (0, 0, 0, 1, 1, 2)[int(rng.integers(6))]
    if not literals and not references:
        wanted = max(wanted, 1)
    for _ in range(min(wanted, MAX_LITERALS - len(literals), len(optional))):
        name = _pick(optional, [past.worth.parameter(tool, name) for name in optional], rng)
        literals.add(name)
        optional.remove(name)
    return CallOutline(
        id=call_id,
        tool=tool.name,
        literals=tuple(name for name in properties if name in literals),
        references={name: references[name] for name in properties if name in references},
    )


def _talks(tool: Tool) -> bool:
    """Whether a call of the tool can carry a literal."""
    return bool(tool.required or optional_names(tool))


def _strangers(shelf: Shelf, one: Tool, other: Tool) -> bool:
    if one.name == other.name:
        return False
    edges = (*shelf.between.get((one.name, other.name), ()), *shelf.between.get((other.name, one.name), ()))
    return all(edge.score < SURE for edge in edges)


def _tool_weight(tool: Tool, past: Past) -> float:
    weight = saying_cost(tool) if _talks(tool) else SILENT
    if "password" in tool.parameters["properties"]:
        weight *= SIGN_IN
    return weight * past.worth.tool(tool) * (REUSE if past.used(tool.name) else 1.0)


def _reach(tool: Tool, past: Past) -> float:
    """Weight of a tool that edges come together in. Few can take its place, so what it is worth counts by its root."""
    return float(past.worth.tool(tool) ** 0.5) * (REUSE if past.used(tool.name) else 1.0)


def _pick_edge(edges: Sequence[Edge], past: Past, rng: Generator) -> Edge:
    return edges[_position([_edge_weight(edge, past) for edge in edges], rng)]


def _edge_weight(edge: Edge, past: Past) -> float:
    weight = edge.score**2 * past.worth.edge(edge) * (ECHO if edge.echo else 1.0)
    return weight * (REUSE if past.used(edge.consumer) else 1.0) * (0.6 if past.used(edge.producer) else 1.0)


def _sampled(tools: Sequence[Tool], rng: Generator, limit: int = 64) -> Sequence[Tool]:
    """All tools, or enough of them where a namespace has thousands."""
    if len(tools) <= limit:
        return tools
    return [tools[int(i)] for i in rng.integers(0, len(tools), limit)]


def _pick(items: Sequence[T], weights: Sequence[float], rng: Generator) -> T:
    return items[_position(weights, rng)]


def _position(weights: Sequence[float], rng: Generator) -> int:
    """A weighted draw that costs one uniform number."""
    mark = float(rng.random()) * sum(weights)
    for position, weight in enumerate(weights):
        mark -= weight
        if mark < 0:
            return position
    return len(weights) - 1
