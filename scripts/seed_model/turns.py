"""Lays out turns: which tools are called in which shape, and which result feeds which argument."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from dtc_local.prompts import written
from dtc_local.records import CallOutline, Json, Kind, LiteralValue, PlannedCall, Reference
from dtc_local.words import leaves
from seed_model.drafts import Draft, Frame, Slot, compose, distinct, finish, id_slot
from seed_model.special import fits, ready_made
from seed_model.values import draw

KIND_WEIGHTS: dict[Kind, int] = {"single": 34, "parallel": 20, "chain": 24, "fan_in": 10, "fan_out": 12}
PRODUCERS = ("create", "list", "list", "read", "create", "compute")
OTHERS = (0, 1, 1, 2, 2, 2, 2, 2, 2, 3)
"""How many other candidates stand beside the value that is taken."""
CONSUMERS = ("update", "delete", "state", "state", "send", "move", "read")


@dataclass
class Step:
    """One call: its tool, which arguments refer to earlier steps, which are literal."""

    draft: Draft
    id: str
    turn: int
    links: dict[str, Reference] = field(default_factory=dict)
    others: dict[str, tuple[Reference, ...]] = field(default_factory=dict)
    """All references shown in the outline for a linked argument."""
    literals: dict[str, Json] = field(default_factory=dict)
    lost: bool = False
    """Nothing comes of the call: it is refused, fails for good, or its tool is not on offer."""
    agreed: bool = False
    """What it destroys is destroyed with the user's consent, or not at all."""

    def filled(self) -> list[Slot]:
        """Slots the call uses, in the tool's order."""
        return [slot for slot in self.draft.params if slot.name in self.links or slot.name in self.literals]

    def planned(self) -> PlannedCall:
        """The call as the plan holds it."""
        return PlannedCall(
            id=self.id,
            tool=self.draft.name,
            arguments={
                slot.name: self.links.get(slot.name) or LiteralValue(value=self.literals[slot.name])
                for slot in self.filled()
            },
        )

    def outline(self) -> CallOutline:
        """The call before its values are known."""
        return CallOutline(
            id=self.id,
            tool=self.draft.name,
            literals=tuple(slot.name for slot in self.filled() if slot.name in self.literals),
            references={name: self.others.get(name, (link,)) for name, link in self.links.items()},
        )


@dataclass
class Layout:
    """All steps of a lesson and the tools they call."""

    frame: Frame
    domain: str
    rng: random.Random
    steps: list[Step] = field(default_factory=list)
    drafts: dict[str, Draft] = field(default_factory=dict)
    kinds: list[Kind] = field(default_factory=list)
    facts: dict[str, dict[str, tuple[Json, ...]]] = field(default_factory=dict)
    """Candidates by call id, as a scenario has them."""
    withheld: set[str] = field(default_factory=set)
    """Tools that are asked for and not on offer."""
    consent: bool = False
    """Whether the policy demands consent before what destroys."""

    def turn_steps(self) -> list[Step]:
        """The calls of the current turn."""
        return [step for step in self.steps if step.turn == len(self.kinds) - 1]

    def source(self, identified: bool = False) -> Step | None:
        """An earlier call whose result a later turn can use; `identified`: it shows an id of what it is about."""
        usable = [
            step
            for step in self.steps
            if not step.lost and not step.draft.untyped and step.draft.verb.deed not in ("delete", "special")
            and not (identified and (step.draft.own_id is not None or step.draft.verb.deed == "compute"))
        ]  # fmt: skip
        usable += [] if identified else [step for step in self.steps if step.draft.heads and not step.lost]
        return self.rng.choice(usable) if usable else None

    def distract(self, step: Step) -> None:
        """Shows a second reference of fitting type beside the right one, now and then."""
        earlier = self.steps[: self.steps.index(step)]
        for name, link in step.links.items():
            options = [
                Reference(call=other.id, path=(slot.name,), type=link.type)
                for other in earlier
                if not other.lost
                for slot in other.draft.fields
                if slot.json_type == link.type and (other.id, (slot.name,)) != (link.call, link.path)
            ]
            if options and self.rng.random() < 0.3:
                shown = [link, self.rng.choice(options)]
                self.rng.shuffle(shown)
                step.others[name] = tuple(shown)

    def fresh(self, deed: str = "", noun: object = None, domain: str = "") -> Draft:
        """A new tool whose name is not taken yet."""
        if not deed and noun is None and not domain and self.rng.random() < 0.22:
            special = ready_made(self.frame, self.rng)
            if special is not None and special.name not in self.drafts:
                return self.drafts.setdefault(special.name, special)
        for _ in range(20):
            draft = compose(self.frame, domain or self.domain, self.rng, deed, noun)  # type: ignore[arg-type]
            if draft.name not in self.drafts:
                break
        else:
            draft.name = f"{draft.name}_{self.rng.choice(('now', 'entry', 'plus', 'all', 'data'))}{len(self.drafts)}"
        self.drafts[draft.name] = draft
        return draft

    def step(self, draft: Draft) -> Step:
        """A call of the tool at the end of the current turn."""
        made = Step(draft, f"${len(self.steps) + 1}", len(self.kinds) - 1)
        self.steps.append(made)
        return made

    def rename(self, draft: Draft) -> None:
        """Describes a draft anew after its parameters changed; its name stays."""
        name = draft.name
        finish(draft, self.rng)
        draft.name = name

    def producer(self) -> Draft:
        """A tool whose result others can use."""
        draft = self.fresh(self.rng.choice((*PRODUCERS, "")))
        if draft.untyped:
            draft.untyped = False
            draft.fields = [id_slot(self.frame, draft.noun, self.rng)]
        return draft

    def follow(self, source: Step, deed: str = "") -> Step:
        """A call of a new tool with an argument taken from `source`; of a given class, on the same thing."""
        rng, made = self.rng, source.draft
        same = made.own_id is None and made.verb.deed not in ("compute", "special")
        if deed or (same and rng.random() < 0.7):
            path = _id_path(made, rng)
            draft = self.fresh(deed or rng.choice(CONSUMERS), made.noun)
            if draft.own_id is None:
                draft.params = distinct([id_slot(self.frame, made.noun, rng), *draft.params])
            return self._linked(draft, draft.own_id, source, path)
        slot, path = self._value(made)
        if rng.random() < 0.4 and (found := ready_made(self.frame, rng, slot)) and found.name not in self.drafts:
            self.drafts[found.name] = found
            return self._linked(found, next(one for one in found.params if fits(one, slot)), source, path)
        draft = self.fresh(rng.choice(("create", "compute", "list", "create", "send")))
        name = slot.name if slot.noun is None or slot.name != "id" else self.frame.styled(f"{made.noun.one} id")
        taken = replace(slot, name=name, note="", required=True)
        draft.params = [one for one in draft.params if one.name != name][:3]
        draft.params.insert(rng.randint(0, len(draft.params)), taken)
        return self._linked(draft, taken, source, path)

    def join(self, step: Step, source: Step) -> None:
        """Another argument of the step's tool, taken from a second source."""
        slot, path = self._value(source.draft)
        draft = step.draft
        if draft.heads and (
            own := next((one for one in draft.params if one.name not in step.links and fits(one, slot)), None)
        ):
            self._bind(step, own, source, path)
            return
        name = slot.name
        if name == "id" or any(one.name == name for one in draft.params):
            name = self.frame.styled(f"{source.draft.noun.one} {slot.kind.name}")
        if any(one.name == name for one in draft.params):
            name = self.frame.styled(f"second {slot.kind.name}")
        taken = replace(slot, name=name, note="", required=True)
        draft.params.append(taken)
        self.rename(draft)
        self._bind(step, taken, source, path)

    def _value(self, draft: Draft) -> tuple[Slot, tuple[str | int, ...]]:
        """A result field worth passing on, and its path."""
        for slot in self.rng.sample(draft.fields, len(draft.fields)):
            if slot.many:
                plain = [one for one in slot.children if one.kind.source != "datetime" and one.kind.type != "b"]
                inner = self.rng.choice(plain or slot.children)
                return inner, (slot.name, 0, inner.name)
            if slot.kind.type in ("s", "n", "i") and slot.kind.source not in ("outcome", "listed", "datetime"):
                return slot, (slot.name,)
        path = _id_path(draft, self.rng)
        return next(slot for slot in draft.fields if slot.name == path[0]), path

    def _linked(self, draft: Draft, slot: Slot | None, source: Step, path: tuple[str | int, ...]) -> Step:
        assert slot is not None
        self.rename(draft)
        step = self.step(draft)
        self._bind(step, slot, source, path)
        return step

    def _bind(self, step: Step, slot: Slot, source: Step, path: tuple[str | int, ...]) -> None:
        step.links[slot.name] = Reference(call=source.id, path=path, type=slot.json_type)


def _id_path(draft: Draft, rng: random.Random) -> tuple[str | int, ...]:
    """Where the draft's result shows the id of its noun; added where it does not."""
    for slot in draft.fields:
        for inner in slot.children if slot.many else (slot,):
            if inner.noun is not None and inner.noun.one == draft.noun.one:
                return (slot.name, 0, inner.name) if slot.many else (slot.name,)
    made = id_slot(draft.frame, draft.noun, rng)
    made = replace(made, note="")
    if draft.fields and draft.fields[0].many:
        listing = draft.fields[0]
        draft.fields[0] = replace(listing, children=(made, *listing.children))
        return listing.name, 0, made.name
    draft.fields = distinct([made, *draft.fields])
    return (made.name,)


def add_turn(layout: Layout, kind: Kind) -> None:
    """Appends one turn of the wanted shape."""
    layout.kinds.append(kind)
    rng = layout.rng
    if kind == "single":
        layout.step(_again(layout) or layout.fresh())
    elif kind == "parallel":
        first = layout.step(_again(layout) or layout.fresh())
        for _ in range(rng.choice((1, 1, 2))):
            layout.step(first.draft if first.draft.params and rng.random() < 0.35 else layout.fresh())
    elif kind == "follow_up":
        source = layout.source()
        assert source is not None, "a follow-up is laid out where a call has a result"
        step = layout.follow(source)
        if rng.random() < 0.15 and not step.draft.untyped:
            layout.follow(step)
    else:
        _connected(layout, kind)


def _connected(layout: Layout, kind: Kind) -> None:
    rng = layout.rng
    first = layout.step(layout.producer())
    if kind == "fan_in":
        other = layout.step(layout.producer())
        step = layout.follow(first)
        # the consumer comes last, the second source keeps its place before it
        layout.join(step, other)
        return
    second = layout.follow(first)
    if kind == "fan_out":
        layout.follow(first)
    elif rng.random() < 0.25 and not second.draft.untyped and second.draft.verb.deed not in ("delete",):
        layout.follow(second)


def _again(layout: Layout) -> Draft | None:
    """A tool used in an earlier turn, now and then."""
    usable = [step.draft for step in layout.steps if step.draft.params and not step.links and not step.lost]
    usable = [draft for draft in usable if draft.verb.deed != "delete"]
    return layout.rng.choice(usable) if usable and layout.rng.random() < 0.25 else None


def fill(step: Step, said: set[str], rng: random.Random) -> dict[str, tuple[Json, ...]]:
    """Chooses the literal arguments; returns the facts shown for them, by argument.

    No two values of a turn are alike, since a request says each of them once; `said` holds those of earlier calls.
    """
    facts: dict[str, tuple[Json, ...]] = {}
    for slot in step.draft.params:
        if slot.name in step.links or not (slot.required or rng.random() < 0.45):
            continue
        value = literal(slot, rng)
        for _ in range(8):
            words = [written(leaf) for leaf in leaves(value)]
            if said.isdisjoint(words) and len(set(words)) == len(words):
                break
            value = literal(slot, rng)
        said.update(written(leaf) for leaf in leaves(value))
        step.literals[slot.name] = value
        if rng.random() > 0.15:
            others = (literal(slot, rng) for _ in range(rng.choice(OTHERS)))
            facts[f"{step.id}.{slot.name}"] = shuffled(value, others, rng)
    return facts


def literal(slot: Slot, rng: random.Random) -> Json:
    """A value for a parameter."""
    if slot.children:
        return {child.name: literal(child, rng) for child in slot.children}
    return draw(slot.kind.source, slot.kind.type, rng)


def shuffled(value: Json, others: Iterable[Json], rng: random.Random) -> tuple[Json, ...]:
    """The value somewhere among distinct others."""
    found = [value]
    for other in others:
        if other not in found:
            found.append(other)
    rng.shuffle(found)
    return tuple(found)


def offer_more(layout: Layout, count: int) -> None:
    """Distractors: half of them differ from a needed tool in one word and share its parameters."""
    rng = layout.rng
    while len(layout.drafts) < count:
        model = rng.choice(
            [draft for draft in layout.drafts.values() if draft.name not in layout.withheld] or [layout.fresh()]
        )
        if rng.random() < 0.5 and model.verb.deed != "compute" and not model.heads:
            deed = rng.choice((model.verb.deed, rng.choice(CONSUMERS)))
            draft = layout.fresh(deed, model.noun) if rng.random() < 0.6 else layout.fresh(model.verb.deed)
            if rng.random() < 0.5 and draft.own_id and model.own_id:
                draft.params = distinct([*draft.params[:1], *model.params[1:3]])
        else:
            layout.fresh(domain=layout.domain if rng.random() < 0.7 else rng.choice(list(layout.frame.words.nouns)))
