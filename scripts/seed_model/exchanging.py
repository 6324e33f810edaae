"""Lays out the turns in which more happens than calls: what a turn of each kind needs of the turns before it.

A value is asked back, a call needs consent, is corrected, fails or is mistaken, no tool fits, or none is needed. Most
of these are something put into a plain shape of calls, as the pipeline does it; where the layout does not give what
the kind needs, the plain shape stays.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from dtc_local.records import SHAPES, CallOutline, Focus, Kind, Outcome, TurnOutline
from dtc_local.stages.phrasebook import label
from seed_model.results import result_facts
from seed_model.turns import Layout, Step, add_turn, fill, literal

EXCHANGE_WEIGHTS: dict[Kind, int] = {
    "clarify": 16, "missing_tool": 10, "no_tool": 20, "correction": 22, "confirm": 14, "tool_error": 18,
    "mistake_hint": 16,
}  # fmt: skip
CARRIERS: dict[Kind, int] = {"single": 3, "chain": 2, "follow_up": 2}
"""Shapes into which something is put, by weight."""


def add_exchange(layout: Layout, kind: Kind) -> TurnOutline:
    """Appends one turn of the kind, or a plain one where the layout cannot give it."""
    outline = _LAID_OUT[kind](layout) if kind in _LAID_OUT else None
    return outline or plain(layout, kind if kind in SHAPES else "")


def plain(layout: Layout, kind: Kind | str = "") -> TurnOutline:
    """A turn that is a shape of calls and nothing else; without a kind, one of those that carry something."""
    first = layout.source() is None
    if not kind or (first and kind == "follow_up"):
        weights = {one: weight for one, weight in CARRIERS.items() if not first or one != "follow_up"}
        kind = layout.rng.choices(*zip(*weights.items(), strict=True))[0]
    add_turn(layout, kind)  # type: ignore[arg-type]
    return _filled(layout, TurnOutline(kind=kind))  # type: ignore[arg-type]


def _filled(layout: Layout, outline: TurnOutline) -> TurnOutline:
    """The outline with the calls of the last turn, whose values are now chosen."""
    said: set[str] = set()
    steps = layout.turn_steps()
    for step in steps:
        layout.facts[step.id] = {
            name.removeprefix(f"{step.id}."): values for name, values in fill(step, said, layout.rng).items()
        } | result_facts(step, layout.rng)
        layout.distract(step)
    return outline.model_copy(update={"calls": tuple(step.outline() for step in steps)})


def _clarify(layout: Layout) -> TurnOutline | None:
    outline = plain(layout)
    last = layout.steps[-1]
    asked = [
        slot for slot in last.filled() if slot.required and slot.name in last.literals and _is_scalar(slot.kind.type)
    ]
    if not asked:
        return outline
    focus = Focus(call=last.id, argument=layout.rng.choice(asked).name)
    return outline.model_copy(update={"kind": "clarify", "focus": focus})


def _confirm(layout: Layout) -> TurnOutline | None:
    rng = layout.rng
    layout.consent = True
    layout.kinds.append("confirm")
    source = layout.source(identified=True) if rng.random() < 0.5 else None
    step = layout.follow(source, "delete") if source else layout.step(layout.fresh("delete"))
    outcome: Outcome = "yes" if rng.random() < 0.65 else "no"
    step.lost, step.agreed = outcome == "no", True
    return _filled(layout, TurnOutline(kind="confirm", focus=Focus(call=step.id), outcome=outcome))


def _correction(layout: Layout) -> TurnOutline | None:
    rng = layout.rng
    usable = [
        step
        for step in layout.steps
        if not step.lost and step.draft.verb.deed in ("read", "list", "compute", "special")
    ]
    pairs = [
        (step, slot)
        for step in usable
        for slot in step.filled()
        if slot.name in step.literals and _is_scalar(slot.kind.type) and not _said_later(layout, step, slot.name)
    ]
    if not pairs:
        return None
    before, slot = rng.choice(pairs)
    values = [one for one in (literal(slot, rng) for _ in range(6)) if one != before.literals[slot.name]]
    if not values:
        return None
    layout.kinds.append("correction")
    again = layout.step(before.draft)
    again.links, again.literals = before.links, {**before.literals, slot.name: values[0]}
    shown = list(dict.fromkeys(values[: rng.randint(1, 3)]))
    rng.shuffle(shown)
    layout.facts[again.id] = {slot.name: tuple(shown)} | result_facts(again, rng)
    call = CallOutline(id=again.id, tool=again.draft.name, literals=(slot.name,))
    return TurnOutline(kind="correction", calls=(call,), focus=Focus(call=before.id, argument=slot.name))


def _said_later(layout: Layout, step: Step, name: str) -> bool:
    """Whether a later call has an argument of that name: a correction is of the last one."""
    later = layout.steps[layout.steps.index(step) + 1 :]
    return any(label(slot.name) == label(name) for one in later if not one.lost for slot in one.filled())


def _missing_tool(layout: Layout) -> TurnOutline | None:
    layout.kinds.append("missing_tool")
    step = layout.step(layout.fresh())
    if step.draft.verb.deed == "delete":
        step.agreed = True
    step.lost = True
    layout.withheld.add(step.draft.name)
    return _filled(layout, TurnOutline(kind="missing_tool", focus=Focus(call=step.id)))


def _no_tool(layout: Layout) -> TurnOutline | None:
    rng = layout.rng
    fields = [
        (step, slot)
        for step in layout.steps
        if not step.lost and not step.draft.untyped
        for slot in step.draft.fields
        if not slot.many and not slot.children and _is_scalar(slot.kind.type)
    ]
    layout.kinds.append("no_tool")
    if fields and rng.random() < 0.7:
        step, slot = rng.choice(fields)
        return TurnOutline(kind="no_tool", focus=Focus(call=step.id, path=(slot.name,)), outcome="recall")
    return TurnOutline(kind="no_tool", outcome="outside")


def _tool_error(layout: Layout) -> TurnOutline | None:
    rng = layout.rng
    outline = plain(layout)
    last = layout.steps[-1]
    optional = [slot.name for slot in last.filled() if not slot.required and slot.name in last.literals]
    outcome: Outcome = rng.choice(("retry", "report", "report", *(("repair", "repair") if optional else ())))
    focus = Focus(call=last.id, argument=rng.choice(optional) if outcome == "repair" else "")
    last.lost = outcome == "report"
    if rng.random() < 0.3:
        last.draft.error = rng.choice(ERRORS)
    return outline.model_copy(update={"kind": "tool_error", "focus": focus, "outcome": outcome})


def _mistake_hint(layout: Layout) -> TurnOutline | None:
    outline = plain(layout)
    return outline.model_copy(update={"kind": "mistake_hint", "focus": Focus(call=layout.steps[-1].id)})


def _is_scalar(kind: str) -> bool:
    return kind in ("s", "i", "n")


def _shape(**fields: str) -> dict[str, object]:
    properties = {name: {"type": kind} for name, kind in fields.items()}
    return {"type": "object", "properties": properties, "required": list(fields), "additionalProperties": False}


ERRORS = (
    _shape(code="integer", message="string"),
    _shape(error="string"),
    _shape(error="string", message="string"),
    _shape(type="string", detail="string", status="integer"),
    _shape(status="integer", error_message="string"),
)
"""Ways in which tools with an error schema of their own fail."""
_LAID_OUT: Mapping[Kind, Callable[[Layout], TurnOutline | None]] = {
    "clarify": _clarify,
    "confirm": _confirm,
    "correction": _correction,
    "missing_tool": _missing_tool,
    "no_tool": _no_tool,
    "tool_error": _tool_error,
    "mistake_hint": _mistake_hint,
}
