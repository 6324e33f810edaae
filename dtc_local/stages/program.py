"""Turn program: a kind for each turn, its calls, and what the kind turns on. No model.

Shapes of calls come from the dataflow graph; the other kinds put something into such a shape: a value to be asked back,
a call that fails, an earlier call to be corrected. Kinds are drawn by what the run lacks of the mix. What a kind needs
and the tools or the past do not give is no outline, and another kind takes its place.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from dtc_local.coverage import Coverage
from dtc_local.coverage.forms import FOLLOWING, OPENERS
from dtc_local.coverage.quota import lacking
from dtc_local.ledger import ends
from dtc_local.records import KINDS, SHAPES, CallOutline, Focus, Kind, Outcome, Tool, TurnOutline
from dtc_local.stages.phrasebook import label
from dtc_local.stages.references import Path, output_paths
from dtc_local.tools.dataflow.entities import argument_identity, result_identity
from dtc_local.tools.dataflow.index import Shelf
from dtc_local.tools.dataflow.sample import Past, Samplers, draw_turn, draw_within

if TYPE_CHECKING:
    from numpy.random import Generator

CARRIERS: Mapping[Kind, float] = {"single": 3, "chain": 2, "follow_up": 2}
"""Shapes in which something may happen, by weight: every call in them stands in a message of its own."""
RECALL = 0.7
"""How often a turn without a call asks for what the conversation holds, where it holds something."""
AGREED = 0.7
"""How often the user says yes."""
RECALL_DEPTH = 2
AFTER_ITS_END = 0.6
"""How often an error is that of asking for what was destroyed, where something was."""
DRAWS = 8
_SCALARS = ("string", "integer", "number")


def program(
    shelf: Shelf,
    length: int,
    mix: Mapping[Kind, float],
    samplers: Samplers,
    rng: Generator,
    wanted: Coverage | None = None,
    lead: Kind | None = None,
) -> tuple[TurnOutline, ...]:
    """Up to `length` turns of the kinds that have weight; fewer where the shelf cannot form more.

    Kinds and things that the run has shown little of, by `wanted`, come more often; a turn of the kind `lead` comes
    for certain, from some turn on, if the shelf can form it.
    """
    if not shelf.usable:  # a store counts usable tools at import, maybe by an older rule
        return ()
    coverage = wanted or Coverage()
    past = Past(worth=coverage.on(shelf.namespace))
    draw = _Draw(shelf, samplers, rng, consent=mix.get("confirm", 0.0) > 0)
    leading = int(rng.integers(length))
    outlines: list[TurnOutline] = []
    for position in range(length):
        shown = [outline.kind for outline in outlines]
        kinds = kinds_in_order(lacking(mix, coverage, shown), first=not outlines, rng=rng)
        if lead in kinds and lead not in shown and position >= leading:
            kinds.sort(key=lambda kind: kind != lead)
        outline = _first_formed(draw, kinds, past)
        if outline is None:
            break
        outlines.append(outline)
        _remember(past, outline)
    return tuple(outlines)


def _first_formed(draw: _Draw, kinds: Sequence[Kind], past: Past) -> TurnOutline | None:
    """A turn of the first of the kinds that can be formed; None if none can."""
    for kind in kinds:
        outline = draw.outline(kind, past)
        if outline is not None:
            return outline
    return None


def kinds_in_order(weights: Mapping[Kind, float], *, first: bool, rng: Generator) -> list[Kind]:
    """All kinds with weight in drawn order: the first one that the namespace can form is taken.

    A first turn can follow nothing; where only such turns are wanted, a single call or a chain opens the conversation.
    """
    following = FOLLOWING if first else ()
    kinds = [kind for kind in KINDS if weights.get(kind, 0.0) > 0 and kind not in following]
    if first and not kinds:
        return list(OPENERS)
    # The least of exponential times comes out in proportion to its rate: one draw for the whole order.
    times = rng.exponential(size=len(kinds))
    return sorted(kinds, key=lambda kind: times[kinds.index(kind)] / weights[kind])


def _remember(past: Past, outline: TurnOutline) -> None:
    """The calls of a turn, and which of them leave no result to refer to."""
    past.add(outline.calls)
    if outline.kind == "missing_tool":
        past.withheld.update(call.tool for call in outline.calls)
    if outline.kind == "missing_tool" or outline.outcome in ("no", "report", "gone"):
        past.lost.update(call.id for call in outline.calls[-1:])


class _Draw:
    """One draw of a turn: the shelf, the samplers, the stream, and whether what destroys needs consent."""

    def __init__(self, shelf: Shelf, samplers: Samplers, rng: Generator, *, consent: bool) -> None:
        self.shelf = shelf
        self.samplers = samplers
        self.rng = rng
        self.consent = consent

    def outline(self, kind: Kind, past: Past) -> TurnOutline | None:
        """A turn of that kind after this past; None if this draw led nowhere."""
        if kind in SHAPES:
            calls = self._calls(kind, past)
            return TurnOutline(kind=kind, calls=calls) if calls else None
        makers: Mapping[str, Callable[[Past], TurnOutline | None]] = {
            "clarify": self._clarify,
            "missing_tool": self._missing_tool,
            "no_tool": self._no_tool,
            "correction": self._correction,
            "confirm": self._confirm,
            "tool_error": self._tool_error,
            "mistake_hint": self._mistake_hint,
        }
        return makers[kind](past)

    def _calls(self, kind: Kind, past: Past) -> tuple[CallOutline, ...] | None:
        def allowed(calls: Sequence[CallOutline]) -> bool:
            tools = [self.shelf.by_name[call.tool] for call in calls]
            return (
                all(tool.name not in past.withheld for tool in tools)
                and not (self.consent and any(tool.effect == "destructive" for tool in tools))
                and not self._outlived(calls, past)
            )

        return draw_turn(kind, self.shelf, past, self.rng, self.samplers, allowed)

    def _outlived(self, calls: Sequence[CallOutline], past: Past) -> bool:
        """Whether one of the calls is given what a call before it has ended, or what such a call returns to name it."""
        ended: set[tuple[str, Path]] = set()
        enders: dict[str, Tool] = {}
        for call in (*past.calls, *calls):
            given = {(one.call, one.path) for choices in call.references.values() for one in choices}
            named = [path for source, path in given if source in enders and _is_key(enders[source], path)]
            if named or given & ended:
                return True
            tool = self.shelf.by_name[call.tool]
            if call.id not in past.lost and ends(tool):
                enders[call.id] = tool
                for name, choices in call.references.items():
                    identity = argument_identity(tool, name)
                    ended |= {(one.call, one.path) for one in choices if identity is not None and identity.is_key}
        return False

    def _carrier(self, past: Past) -> tuple[CallOutline, ...] | None:
        for kind in kinds_in_order(CARRIERS, first=not past.calls, rng=self.rng):
            calls = self._calls(kind, past)
            if calls:
                return calls
        return None

    def _clarify(self, past: Past) -> TurnOutline | None:
        for _ in range(DRAWS):
            calls = self._carrier(past)
            askable = self._askable(calls[-1]) if calls else []
            if calls and askable:
                return TurnOutline(
                    kind="clarify", calls=calls, focus=Focus(call=calls[-1].id, argument=self._one(askable))
                )
        return None

    def _askable(self, call: CallOutline) -> list[str]:
        """Required literals a person may forget to say: a call without them cannot be guessed."""
        tool = self.shelf.by_name[call.tool]
        return [name for name in call.literals if name in tool.required and _is_scalar(tool, name)]

    def _missing_tool(self, past: Past) -> TurnOutline | None:
        unused = [tool for tool in self.shelf.usable if not past.used(tool.name) and tool.name not in past.withheld]
        if len(unused) < 2 or (self.consent and all(tool.effect == "destructive" for tool in unused)):
            return None
        calls = draw_within(unused, self.shelf, past, self.rng, self.samplers)
        return TurnOutline(kind="missing_tool", calls=calls, focus=Focus(call=calls[0].id)) if calls else None

    def _no_tool(self, past: Past) -> TurnOutline | None:
        known = [(call.id, path) for call in past.calls if call.id not in past.lost for path in self._recallable(call)]
        if known and self.rng.random() < RECALL:
            call_id, path = known[int(self.rng.integers(len(known)))]
            return TurnOutline(kind="no_tool", focus=Focus(call=call_id, path=path), outcome="recall")
        return TurnOutline(kind="no_tool", outcome="outside")

    def _recallable(self, call: CallOutline) -> list[Path]:
        return [
            path
            for path, kind in output_paths(self.shelf.by_name[call.tool])
            if kind in _SCALARS and len(path) <= RECALL_DEPTH and all(isinstance(step, str) for step in path)
        ]

    def _correction(self, past: Past) -> TurnOutline | None:
        made = [call for call in past.calls if call.id not in past.lost]
        options = [
            (call, name)
            for place, call in enumerate(made)
            for name in self._changeable(call)
            if not any(_has(later, name) for later in made[place + 1 :])  # the user would mean that one
        ]
        if not options:
            return None
        before, name = options[int(self.rng.integers(len(options)))]
        again = CallOutline(id=past.next_id(), tool=before.tool, literals=(name,))
        return TurnOutline(kind="correction", calls=(again,), focus=Focus(call=before.id, argument=name))

    def _changeable(self, call: CallOutline) -> list[str]:
        """Literals of a call that may be made twice: one that makes or ends something may not."""
        tool = self.shelf.by_name[call.tool]
        if tool.effect != "read":
            return []
        return [name for name in call.literals if _is_scalar(tool, name)]

    def _confirm(self, past: Past) -> TurnOutline | None:
        tools = [tool for tool in self.shelf.usable if tool.effect == "destructive" and tool.name not in past.withheld]
        calls = self._destructive_follow_up(past) or draw_within(tools, self.shelf, past, self.rng, self.samplers)
        if not calls:
            return None
        outcome: Outcome = "yes" if self.rng.random() < AGREED else "no"
        return TurnOutline(kind="confirm", calls=calls, focus=Focus(call=calls[-1].id), outcome=outcome)

    def _destructive_follow_up(self, past: Past) -> tuple[CallOutline, ...] | None:
        def destroys(calls: Sequence[CallOutline]) -> bool:
            tool = self.shelf.by_name[calls[-1].tool]
            wanted = tool.effect == "destructive" and tool.name not in past.withheld
            return wanted and not self._outlived(calls, past)

        return draw_turn("follow_up", self.shelf, past, self.rng, self.samplers, destroys)

    def _tool_error(self, past: Past) -> TurnOutline | None:
        gone = self._gone(past)
        if gone and self.rng.random() < AFTER_ITS_END:
            return gone[int(self.rng.integers(len(gone)))]
        calls = self._carrier(past)
        if not calls:
            return None
        last = calls[-1]
        optional = [name for name in last.literals if name not in self.shelf.by_name[last.tool].required]
        outcomes: list[Outcome] = ["retry", "report", *(["repair"] if optional else [])]  # type: ignore[list-item]
        outcome = outcomes[int(self.rng.integers(len(outcomes)))]
        focus = Focus(call=last.id, argument=self._one(optional) if outcome == "repair" else "")
        return TurnOutline(kind="tool_error", calls=calls, focus=focus, outcome=outcome)

    def _gone(self, past: Past) -> list[TurnOutline]:
        """Reads of what an earlier call has destroyed: the tool can only say that it is not there."""
        ended = {
            identity.kind
            for call in past.calls
            for tool in (self.shelf.by_name[call.tool],)
            for name in (*call.literals, *call.references)
            if call.id not in past.lost and ends(tool)
            if (identity := argument_identity(tool, name)) and identity.is_key
        }
        return [
            TurnOutline(
                kind="tool_error",
                calls=(CallOutline(id=past.next_id(), tool=tool.name),),
                focus=Focus(call=past.next_id(), argument=tool.required[0]),
                outcome="gone",
            )
            for tool in self.shelf.usable
            if tool.effect == "read" and len(tool.required) == 1 and tool.name not in past.withheld
            if (identity := argument_identity(tool, tool.required[0])) and identity.is_key and identity.kind in ended
        ]

    def _mistake_hint(self, past: Past) -> TurnOutline | None:
        calls = self._carrier(past)
        return TurnOutline(kind="mistake_hint", calls=calls, focus=Focus(call=calls[-1].id)) if calls else None

    def _one(self, names: Sequence[str]) -> str:
        return names[int(self.rng.integers(len(names)))]


def _is_key(tool: Tool, path: Path) -> bool:
    """Whether the field at a path of the tool's result names one thing."""
    identity = result_identity(tool, path)
    return identity is not None and identity.is_key


def _has(call: CallOutline, name: str) -> bool:
    """Whether the call has an argument that is called so in words."""
    return label(name) in {label(other) for other in (*call.literals, *call.references)}


def _is_scalar(tool: Tool, name: str) -> bool:
    schema = tool.parameters["properties"][name]
    return schema.get("type") in _SCALARS and "const" not in schema and len(schema.get("enum", (0, 1))) > 1
