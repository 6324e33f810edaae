"""Rules on results among each other and against their calls: `dtc_local.audit.consistency` on anyone's data.

What a tool does is guessed from the first words of its name; one whose name says nothing may write anything, and after
a write nothing that was known before it is held against what comes later. Failed calls say nothing of anything, but
that something is not there; mistaken calls and their hints say nothing at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from dtc_local.audit.base import Placed, Violation
from dtc_local.audit.consistency import broken_echoes, changed_facts, changed_reads, spoken_of_deleted
from dtc_local.audit.defects import Defect
from dtc_local.audit.dialogue import Dialogue, Step, ToolSpec
from dtc_local.audit.dialogues.base import at
from dtc_local.audit.entities import words
from dtc_local.audit.presence import denied
from dtc_local.audit.readers.base import shown
from dtc_local.audit.values import bag, equal
from dtc_local.records import Effect, ExecutedCall, Json, Tool, ToolSource

READS = bag(
    "get find list search read show view check lookup look query fetch retrieve describe count calculate compute "
    "convert estimate compare validate verify is has display track browse locate see tell explain analyze analyse "
    "summarize recommend suggest predict preview monitor inspect"
)
DESTROYS = bag("delete destroy erase drop")
CHANGING = bag("random now time clock generate joke quote fact price stock weather traffic status")
"""Words of tools whose result may be another one each time."""


def contradiction(dialogue: Dialogue) -> Iterator[Defect]:
    """Results do not contradict each other: no fact changes without a write, only what is deleted is gone."""
    found: list[Violation] = []
    for segment in _without_writes(dialogue):
        found += changed_facts(segment)
        found += changed_reads(place for place in segment if not CHANGING & set(words(place.executed.tool)))
    found += spoken_of_deleted(place for step in dialogue.steps if (place := _placed(step, dialogue)) is not None)
    attempted = (place for step in dialogue.steps if (place := _attempted(step, dialogue)) is not None)
    found += denied(attempted, trusted=False)
    first = {violation.call: violation.what for violation in reversed(found)}
    yield from (at(step, first[_id(step)]) for step in dialogue.steps if _id(step) in first)


def _id(step: Step) -> str:
    """The call as rules on records name it."""
    return f"call {step.number}"


def _without_writes(dialogue: Dialogue) -> Iterator[list[Placed]]:
    """Runs of reads between two writes, those too of which nobody knows whether they succeeded."""
    segment: list[Placed] = []
    for step in dialogue.steps:
        place = _placed(step, dialogue)
        if effect_of(step.call.tool) != "read":
            yield segment
            segment = []
        elif place is not None:
            segment.append(place)
    yield segment


def broken_echo(dialogue: Dialogue) -> Iterator[Defect]:
    """A result field with an argument's name and type repeats its value, in whatever spelling."""
    for step in dialogue.steps:
        place = _placed(step, dialogue)
        for name, value, told in broken_echoes(place) if place is not None else ():
            if not _says_more(value, told):
                yield at(step, f"{name} is {shown(value)} in the arguments and {shown(told)} in the result")


def _says_more(value: Json, told: Json) -> bool:
    """Whether a result says all that was given, and more: "Paris" may come back as "Paris, France"."""
    if isinstance(value, dict) and isinstance(told, dict):
        return all(name in told and _says_all(one, told[name]) for name, one in value.items())
    if isinstance(value, list) and isinstance(told, list):
        return len(value) == len(told) and all(map(_says_all, value, told))
    if not isinstance(value, str) or not isinstance(told, str):
        return False
    given, back = (set(re.findall(r"\w+", text.casefold())) for text in (value, told))
    return bool(given) and given <= back


def _says_all(value: Json, told: Json) -> bool:
    return equal(value, told) or _says_more(value, told)


def _placed(step: Step, dialogue: Dialogue) -> Placed | None:
    """The call as the rules on records know it; None without a result that says something."""
    place = _attempted(step, dialogue)
    return None if place is None or place.executed.fault else place


def _attempted(step: Step, dialogue: Dialogue) -> Placed | None:
    """The same for a call that may have failed; None for mistakes too."""
    call, answer = step.call, step.answer
    if answer is None or answer.truncated or call.fault or step.mistaken:
        return None
    executed = ExecutedCall(
        id=_id(step),
        tool=call.tool,
        arguments=dict(call.arguments),
        result=answer.value,
        fault="error" if step.failed else "",
    )
    specs = dialogue.offered(call.tool, step.turn)
    return Placed(step.turn, 0, executed, None, _tool(call.tool, specs[0] if specs else None))


def _tool(name: str, spec: ToolSpec | None) -> Tool:
    parameters = spec.parameters if spec is not None and isinstance(spec.parameters, dict) else {}
    source = ToolSource(dialect="", file="", name=name, parameters=parameters, output=spec.output if spec else None)
    return Tool(name=name, parameters=parameters, output=source.output, effect=effect_of(name), source=source)


@lru_cache(maxsize=8192)
def effect_of(name: str) -> Effect:
    """What a tool does, by the words of its name; the first that says something counts."""
    for word in words(name):
        if word in READS:
            return "read"
        if word in DESTROYS:
            return "destructive"
    return "write"
