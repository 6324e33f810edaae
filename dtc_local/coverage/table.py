"""What a stored run covers of the tools it could use, and what its mix of kinds came to.

Kept conversations count, up to the last one wanted. Tools that no conversation can be planned with are left out, and
so are values and parameters that no call is ever given. What there is to cover is only known while the tools on offer
are those of the run; the dataflow edges of very many tools are not counted, which would take minutes. One conversation
is in memory at a time; of the others, what they show and which kinds they plan.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace

from dtc_local.coverage.forms import unformable
from dtc_local.coverage.shares import Share, shares
from dtc_local.coverage.tally import Fate, Tally, Thing, edge_thing, fate_of, listed_values, value_thing
from dtc_local.records import Json, Kind, Tool
from dtc_local.store import Run, Store
from dtc_local.tools.dataflow.index import Shelf, ToolIndex, optional_names
from dtc_local.tools.results.withhold import Withheld

EDGES_UP_TO = 3000
"""Most usable tools whose dataflow edges are counted."""
LISTED = 200
"""Most names of things that were never shown in one row."""
WHAT = ("tools", "required parameters", "optional parameters", "listed values", "dataflow edges")
"""What a row of the table may count."""


@dataclass(frozen=True)
class Row:
    """One line of the table: how many different things of a sort were shown, of how many; None where not known."""

    what: str
    shown: int
    all: int | None
    never: tuple[str, ...] = ()
    """The first LISTED of those that were never shown, by name: `shop/find_order.customer`."""


@dataclass(frozen=True)
class RunCoverage:
    """The table of a run, the usable tools it never called as `namespace/name`, and its mix."""

    rows: tuple[Row, ...]
    never_called: tuple[str, ...]
    mix: tuple[Share, ...]

    def as_json(self) -> dict[str, Json]:
        """Everything, as plain values."""
        return asdict(self)


def run_coverage(store: Store, run: Run, fates: Iterable[Fate] | None = None) -> RunCoverage:
    """The coverage of a run as it stands. Reads every conversation once, about a millisecond each, unless whoever asks
    has read them already and hands in their `fates`."""
    shown: set[Thing] = set()
    kinds: list[Fate] = []
    for fate in fates_of(store, run) if fates is None else fates:
        shown.update(fate.kept.things if fate.kept else ())
        kinds.append(_kinds_alone(fate))
    mix: Mapping[Kind, float] = run.identity["mix"]
    tools = _tools(store, run)
    if tools is None:
        rows = tuple(Row(what, len({one for one in shown if one[0] == sort}), None) for what, sort in _SORTS.items())
        return RunCoverage(rows, (), shares(mix, kinds, {}))
    wanted = _things(tools)
    return RunCoverage(
        rows=tuple(_row(what, things, shown) for what, things in wanted.items()),
        never_called=tuple("/".join(thing[1:]) for thing in sorted(wanted["tools"] - shown)),
        mix=shares(mix, kinds, unformable(tools, mix, consent=mix.get("confirm", 0) > 0)),
    )


def _kinds_alone(fate: Fate) -> Fate:
    """A fate without the things: their names would hold on to the whole conversation's texts."""
    return replace(fate, planned=Tally(fate.planned.kinds), kept=Tally(fate.kept.kinds) if fate.kept else None)


def _row(what: str, things: set[Thing], shown: set[Thing]) -> Row:
    return Row(what, len(things & shown), len(things), tuple(map(_name, sorted(things - shown)[:LISTED])))


def _name(thing: Thing) -> str:
    """A thing as a reader names it: a tool, `.parameter`, `=value`, or an edge with an arrow."""
    what, namespace, *rest = thing
    if what == "edge":
        producer, path, consumer, parameter = rest
        return f"{namespace}/{producer}{'.' * bool(path)}{path} -> {consumer}.{parameter}"
    if what == "value":
        return f"{namespace}/{'.'.join(rest[:-1])}={rest[-1]}"
    return f"{namespace}/{'.'.join(rest)}"


def fates_of(store: Store, run: Run) -> Iterator[Fate]:
    """What became of each settled conversation of a run, by index, up to the last one wanted."""
    missing = run.wanted
    for summary in store.summaries(run):
        if missing <= 0:
            return
        stored = store.conversation(summary.id)
        missing -= stored.status != "dropped"
        yield fate_of(stored.conversation, stored.reason)


_SORTS = {"tools": "tool", "parameters": "parameter", "listed values": "value", "dataflow edges": "edge"}
"""Rows of the table where the tools are no longer known, and the things they count."""


def _tools(store: Store, run: Run) -> ToolIndex | None:
    """The tools the run could use, if they are still those on offer."""
    namespaces = run.identity.get("namespaces", ())
    if store.tools_digest(*namespaces) != run.identity.get("tools"):
        return None
    stored = store.catalogue(*namespaces)
    return ToolIndex(stored if run.identity.get("examples", True) else Withheld(stored))


def _things(tools: ToolIndex) -> dict[str, set[Thing]]:
    """Everything there is to show, by row."""
    things: dict[str, set[Thing]] = {what: set() for what in WHAT}
    few = sum(tools.labels[number].usable for number in tools.sources) <= EDGES_UP_TO
    if not few:
        del things["dataflow edges"]
    for number in tools.sources:
        shelf = tools.shelf(number)
        for tool in shelf.usable:
            _add_tool(things, tool)
        if few:
            things["dataflow edges"].update(_edges(shelf))
    return things


def _add_tool(things: dict[str, set[Thing]], tool: Tool) -> None:
    optional, place = optional_names(tool), (tool.namespace, tool.name)
    things["tools"].add(("tool", *place))
    things["required parameters"].update(("parameter", *place, name) for name in tool.required)
    things["optional parameters"].update(("parameter", *place, name) for name in optional)
    for name in (*tool.required, *optional):
        schema = tool.parameters["properties"][name]
        values = listed_values(schema)
        worth_saying = [value for value in values if len(values) < 2 or value != schema.get("default", values)]
        things["listed values"].update(value_thing(tool, name, value) for value in worth_saying)


def _edges(shelf: Shelf) -> Iterator[Thing]:
    for edge in shelf.edges:
        yield edge_thing(shelf.namespace, edge.producer, edge.path, edge.consumer, edge.parameter)
