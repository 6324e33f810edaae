"""Composes tools: a verb, a noun, typed parameters and result fields, then a name, a description and schemas.

A draft stays open while a lesson's turns are laid out, since a chain may add a parameter or a result field to link
two tools; `freeze` makes it a `Tool`.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace

from dtc_local.records import Effect, Schema, Tool, ToolSource
from seed_model.describe import describe
from seed_model.values import listed
from seed_model.vocabulary import Kind, Noun, Verb, Vocabulary

JSON_TYPES = {"s": "string", "i": "integer", "n": "number", "b": "boolean"}
ID_STYLES = ("int", "int", "digits", "uuid", "hex", "hex", "d4", "d5", "d5")
EFFECTS: dict[str, Effect] = {
    "create": "write", "update": "write", "state": "write", "send": "write", "move": "write", "delete": "destructive",
}  # fmt: skip
FORMATS = {"date": "date", "email": "email", "url": "uri"}
RECIPIENTS = ("recipient", "email", "contact_name", "employee_name", "customer_name", "department", "channel_name")
TARGETS = ("assignee", "folder", "owner", "manager", "destination", "department", "category", "room_name", "team_name")


@dataclass(frozen=True)
class Slot:
    """A parameter or a result field. `noun` is set on ids: what they identify."""

    name: str
    kind: Kind
    noun: Noun | None = None
    required: bool = True
    note: str = ""
    children: tuple[Slot, ...] = ()
    many: bool = False
    """An array of objects with these children."""

    @property
    def json_type(self) -> str:
        """JSON type of the value."""
        if self.many or self.kind.type in ("ss", "nn"):
            return "array"
        return "object" if self.children else JSON_TYPES[self.kind.type]

    def schema(self) -> Schema:
        """JSON Schema of the value."""
        found = self._bare()
        return {**found, "description": self.note} if self.note else found

    def _bare(self) -> Schema:
        if self.children:
            inner = object_schema(self.children)
            return {"type": "array", "items": inner} if self.many else inner
        if self.kind.type in ("ss", "nn"):
            return {"type": "array", "items": {"type": "string" if self.kind.type == "ss" else "number"}}
        if self.kind.source.startswith("["):
            return {"type": "string", "enum": self.kind.source[1:-1].split(",")}
        shape = FORMATS.get(self.kind.source) if self.kind.type == "s" else None
        return {"type": self.json_type, **({"format": shape} if shape else {})}


def object_schema(slots: tuple[Slot, ...] | list[Slot]) -> Schema:
    """Closed object schema of the slots in order."""
    return {
        "type": "object",
        "properties": {slot.name: slot.schema() for slot in slots},
        "required": [slot.name for slot in slots if slot.required],
        "additionalProperties": False,
    }


@dataclass
class Frame:
    """What all tools of a lesson share: naming style, id style of each noun, boilerplate."""

    words: Vocabulary
    style: str
    preamble: str
    id_styles: dict[str, str] = field(default_factory=dict)
    id_words: dict[str, str] = field(default_factory=dict)

    def styled(self, words: str) -> str:
        """A name in the lesson's style."""
        parts = words.replace("-", " ").replace("_", " ").split()
        if self.style == "camel":
            return parts[0] + "".join(part[:1].upper() + part[1:] for part in parts[1:])
        return "_".join(parts)

    def id_kind(self, noun: Noun, rng: random.Random) -> Kind:
        """The kind of the noun's ids, the same throughout the lesson."""
        style = self.id_styles.get(noun.one)
        if style is None:
            style = rng.choice(ID_STYLES)
            initials = "".join(part[0] for part in noun.one.replace("-", " ").split())
            prefix = (initials if len(initials) > 1 else noun.one[:3]).replace(" ", "")
            if style == "hex":
                style = f"{prefix}_:hex"
            elif style in ("d4", "d5"):
                style = f"{prefix.upper()}{rng.choice(('-', '', '-'))}:{style}"
            self.id_styles[noun.one] = style
            self.id_words[noun.one] = rng.choice(("id", "id", "id", "number", "code"))
        return Kind(f"{noun.one} {self.id_words[noun.one]}", "i" if style == "int" else "s", f"id {style}")


@dataclass
class Draft:
    """A tool in the making."""

    verb: Verb
    noun: Noun
    frame: Frame
    adjective: str = ""
    params: list[Slot] = field(default_factory=list)
    fields: list[Slot] = field(default_factory=list)
    name: str = ""
    description: str = ""
    untyped: bool = False
    """No declared output; it returns {"result": string}."""
    heads: tuple[str, ...] = ()
    """Ready-made openings of the request, for tools that are no verb with a noun."""
    error: Schema | None = None
    """What it returns when it fails; None: what every tool returns then."""

    @property
    def thing(self) -> str:
        """Noun with its adjective."""
        return f"{self.adjective} {self.noun.one}".strip()

    @property
    def things(self) -> str:
        """Plural of the thing."""
        return f"{self.adjective} {self.noun.many}".strip()

    @property
    def own_id(self) -> Slot | None:
        """The parameter that says which one."""
        return next((slot for slot in self.params if slot.noun and slot.noun.one == self.noun.one), None)

    def output_schema(self) -> Schema:
        """Schema of the result."""
        return object_schema(self.fields)

    def freeze(self) -> Tool:
        """The finished tool."""
        parameters = object_schema(self.params)
        return Tool(
            name=self.name,
            namespace="tools",
            description=self.description,
            parameters=parameters,
            output=None if self.untyped else self.output_schema(),
            error=self.error,
            effect=EFFECTS.get(self.verb.deed, "read"),
            source=ToolSource(dialect="mcp", file="", name=self.name, parameters=parameters, error=self.error),
        )


def compose(frame: Frame, domain: str, rng: random.Random, deed: str = "", noun: Noun | None = None) -> Draft:
    """A random tool of the domain, of a given class or about a given noun where wanted."""
    words = frame.words
    deed = deed or rng.choices(*zip(*WEIGHTS.items(), strict=True))[0]
    options = words.verbs.get(deed, ())
    if deed == "state" and words.domain_verbs[domain] and rng.random() < 0.6:
        options = words.domain_verbs[domain]
    if deed == "compute" and noun is None:
        noun = rng.choice(words.quantities)
        domain = noun.domain
    noun = noun or words.noun(domain, rng)
    draft = Draft(rng.choice(options), noun, frame)
    if rng.random() < 0.2 and deed != "compute" and " " not in noun.one:
        adjective = rng.choice(words.adjectives)
        draft.adjective = "" if deed == "create" and adjective in DEFINITE else adjective
    draft.params = _params(draft, domain, rng)
    draft.fields = _fields(draft, domain, rng)
    return finish(draft, rng)


WEIGHTS = {"create": 5, "read": 5, "list": 4, "update": 4, "delete": 2, "state": 4, "send": 2, "move": 2, "compute": 3}


def finish(draft: Draft, rng: random.Random) -> Draft:
    """Names and describes the draft; ready-made tools keep what they have."""
    if draft.heads:
        return draft
    draft.name = tool_name(draft, rng)
    draft.description = describe(draft, rng)
    return draft


def tool_name(draft: Draft, rng: random.Random) -> str:
    """A name in the lesson's style; the noun may come first, or the verb stand alone."""
    noun = draft.things if draft.verb.deed == "list" and rng.random() < 0.7 else draft.thing
    chance = rng.random()
    if chance < 0.06 and " " not in draft.verb.base:
        return draft.verb.base
    words = f"{noun} {draft.verb.base}" if chance < 0.2 else f"{draft.verb.base} {noun}"
    name = draft.frame.styled(words)
    return (name.replace("_", "-") if draft.frame.style == "kebab" else name)[:64]


def id_slot(frame: Frame, noun: Noun, rng: random.Random, short: bool = False) -> Slot:
    """A parameter or field that identifies a noun."""
    kind = frame.id_kind(noun, rng)
    name = kind.name.split(" ")[-1] if short else kind.name
    note = "" if rng.random() < 0.7 else f"{kind.name.split(' ')[-1].capitalize()} of the {noun.one}"
    return Slot(frame.styled(name), kind, noun, note=note)


def attr_slot(frame: Frame, kind: Kind, rng: random.Random, prefix: str = "") -> Slot:
    """A parameter of a kind; optional ones are marked so half of the time."""
    note = frame.words.pick(kind.notes, rng) if kind.notes and rng.random() < 0.45 else ""
    name = f"{prefix} {kind.name}" if prefix and not kind.name.startswith(prefix) else kind.name
    return Slot(
        frame.styled(name), kind, required=rng.random() < 0.75, note=note.rstrip(".") if rng.random() < 0.5 else note
    )


def attributes(draft: Draft, domain: str, count: int, rng: random.Random, types: str = "") -> list[Slot]:
    """Distinct parameters of the domain."""
    kinds = draft.frame.words.kinds[domain]
    found: dict[str, Slot] = {}
    for kind in rng.sample(kinds, min(len(kinds), count * 6)):
        if (
            len(found) < count
            and (not types or kind.type in types)
            and kind.name not in _UNFIT.get(draft.verb.deed, ())
        ):
            found[kind.name] = attr_slot(draft.frame, kind, rng)
    return list(found.values())


DEFINITE = frozenset(
    listed("latest,current,previous,next,old,main,recent,overdue,upcoming,late,early,new,archived,active")
)
"""Adjectives for things that exist already."""
_SEARCH_ONLY = ("limit", "include_archived", "sort_by", "keyword", "published_after", "max_price")
_UNFIT = {
    "create": (*_SEARCH_ONLY, "rating", "status"),
    "update": (*_SEARCH_ONLY, "quantity"),
    "state": (*_SEARCH_ONLY, "rating", "quantity", "color", "address", "country"),
    "delete": (*_SEARCH_ONLY, "rating", "quantity", "color", "address", "country", "language"),
    "compute": (
        *_SEARCH_ONLY,
        "note",
        "description",
        "title",
        "name",
        "tags",
        "email",
        "url",
        "phone",
        "body",
        "reason",
    ),
    "list": (
        "address",
        "quantity",
        "amount",
        "email",
        "phone",
        "url",
        "rating",
        "note",
        "description",
        "body",
        "reason",
        "notify",
        "memo",
        "new_name",
        "overwrite",
        "force",
        "send_at",
    ),
    "read": _SEARCH_ONLY,
}


def _params(draft: Draft, domain: str, rng: random.Random) -> list[Slot]:
    deed, frame = draft.verb.deed, draft.frame
    identity = [id_slot(frame, draft.noun, rng, rng.random() < 0.15)]
    if deed == "create":
        params = attributes(draft, domain, rng.choice((1, 2, 2, 3, 3, 4)), rng)
        params.sort(key=lambda slot: slot.kind.name not in ("title", "name", "file_name"))
    elif deed == "read":
        params = identity if rng.random() < 0.75 else attributes(draft, domain, 1, rng, "s")
    elif deed == "list":
        params = attributes(draft, domain, rng.choice((0, 1, 1, 2, 2, 3)), rng)
    elif deed == "update":
        params = identity + attributes(draft, domain, rng.choice((1, 1, 2, 3)), rng)
    elif deed in ("send", "move"):
        named = [kind for kind in frame.words.kinds[domain] if kind.name in (*RECIPIENTS, *TARGETS)]
        target = [attr_slot(frame, rng.choice(named), rng)] if named else attributes(draft, domain, 1, rng)
        params = identity + [replace(slot, required=True) for slot in target]
    elif deed == "compute":
        params = attributes(draft, domain, rng.choice((1, 2, 2, 3)), rng, "insnn")
    else:
        params = identity + (attributes(draft, domain, 1, rng) if rng.random() < 0.2 else [])
    if rng.random() < 0.04:
        params.append(nested(draft, domain, rng))
    if rng.random() < 0.1:
        rng.shuffle(params)
    if params and not any(slot.required for slot in params):
        params[0] = replace(params[0], required=True)
    return distinct(params)


def distinct(slots: list[Slot]) -> list[Slot]:
    """The slots without repeated names."""
    return list({slot.name: slot for slot in slots}.values())


def nested(draft: Draft, domain: str, rng: random.Random) -> Slot:
    """A small object parameter."""
    inner = attributes(draft, domain, 2, rng, "sin")
    name = rng.choice(("details", "contact", "options", "extra_info", "target"))
    return Slot(
        draft.frame.styled(name), Kind(name, "o", ""), children=tuple(replace(one, required=True) for one in inner)
    )


def _fields(draft: Draft, domain: str, rng: random.Random) -> list[Slot]:
    deed, frame = draft.verb.deed, draft.frame
    if rng.random() < 0.08 and deed not in ("list", "compute"):
        draft.untyped = True
        return [Slot("result", Kind("result", "s", "outcome"))]
    identity = [id_slot(frame, draft.noun, rng, rng.random() < 0.35)]
    common = [Slot(frame.styled(kind.name), kind) for kind in rng.sample(frame.words.fields[domain], 6)]
    echoes = [slot for slot in draft.params if not slot.children and rng.random() < 0.35]
    if deed == "create":
        fields = identity + echoes[:1] + common[: rng.choice((0, 1, 1, 2))]
    elif deed == "read":
        fields = (identity if rng.random() < 0.3 else []) + common[: rng.choice((1, 2, 3, 3, 4))]
    elif deed == "list":
        return _listing(draft, identity + common[: rng.choice((0, 1, 1, 2))], rng)
    elif deed == "compute":
        numbers = [rng.choice(("result", "total", "value", draft.noun.one, draft.noun.one))]
        fields = [Slot(frame.styled(numbers[0]), Kind(numbers[0], "n", "amount")), *common[: rng.choice((0, 0, 1))]]
    else:
        fields = (identity if rng.random() < 0.5 else []) + echoes[:1] + common[: rng.choice((1, 1, 2))]
    if any(slot in echoes and slot.noun for slot in fields):  # the echoed id and the id would say the same twice
        fields = [slot for slot in fields if slot not in identity]
    return distinct([replace(slot, required=True, note="") for slot in fields])


def _listing(draft: Draft, item: list[Slot], rng: random.Random) -> list[Slot]:
    plain = tuple(
        distinct([replace(slot, required=True, note="") for slot in item if slot.kind.type not in ("ss", "nn")])
    )
    name = rng.choice(("items", "results", draft.noun.many, draft.noun.many, "matches", "entries"))
    listing = Slot(draft.frame.styled(name), Kind(name, "o", ""), children=plain, many=True)
    count = [Slot("count", Kind("count", "i", "listed"))] if rng.random() < 0.15 else []
    return [listing, *count]
