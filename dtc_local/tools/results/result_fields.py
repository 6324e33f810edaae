"""What a tool without an output schema may return, by rules: a sketch of fields that small models choose from.

    search_flights(origin, date)  ->  flights: list of {flight_id, airline, price | departure_time, ...}
    cancel_booking(booking_id)    ->  booking_id, status, cancelled_at

A sketch is a row of groups: one field of each group is taken, so no field comes twice. It draws on the tool's own words
(what the description says it returns, its id-like parameters, the noun and the verb of its name), on the parameters of
the other tools of its namespace (whoever takes a `flight_id` wants one from somewhere), and on lists of what common
things have. Larger models are shown the sketch as suggestions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from dtc_local.prompts.signature import shorten
from dtc_local.records import Schema, Tool
from dtc_local.tools.dataflow.entities import argument_identity, nouns, subject
from dtc_local.tools.effect import DESTRUCTIVE, READ, WRITE
from dtc_local.tools.results.result_words import (
    MAKES,
    flag_of,
    is_measure,
    participle,
    plural,
    things,
    type_told,
    typed,
)
from dtc_local.tools.words import bag, tokens

MAX_FIELDS = 6
MAX_DESCRIBED = 4
MAX_ECHOES = 2
DESCRIPTION_CHARS = 80
NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")
_LISTING = bag("list search browse query filter recommend suggest find discover")
_COMPUTING = bag("calculate compute calc convert estimate evaluate measure sum add_up predict solve count average")
_CHECKING = bag("check verify validate confirm_if is has can exist test")
_CREATING = bag("create add make post register send submit schedule insert open start new upload publish generate file")
_PRICES = ("total_price", "amount")
_SECRET = bag("password secret token key pin cvv passcode credential auth otp")
_RETURNS = re.compile(
    r"\b(?:returns?|returning|retrieves?|gets?|gives?|lists?|provides?|shows?|includ(?:es?|ing)|contain(?:s|ing)"
    r"|such as|along with|details? (?:like|on))\b:?\s+([^.;]+)",
    re.I,
)
_RETURNS_OF_WRITES = re.compile(r"\b(?:returns|returning)\b:?\s+([^.;]+)")
_FINDS = re.compile(
    r"\b(?:list|search|find|browse|show|get|retrieve|return)s?\s+(?:for\s+)?"
    r"(?:(?:all|the|any|available|matching|my|a list of|every)\s+)*([a-z]+)\b",
    re.I,
)
_SPLIT = re.compile(r",|;|\(|\)|:|\b(?:and|or|with|including|such as|like|along with|as well as)\b", re.I)
_CUT = re.compile(r"\b(?:for|of|in|to|from|that|which|by|at|on|if|when|where|using|based|about|between|per|as)\b", re.I)
_COMPUTES = re.compile(r"\s*(?:calculat|comput|estimat|predict)(?:es?|ing)?\s+([^.,;(]+)", re.I)
_ENDS = re.compile(r"\b(?:for|from|in|by|to|when|if|where|using|based)\b", re.I)
"""After one of these a description says no more what is returned."""
_DROPPED = bag(
    "the a an its their his her your my all any each every some current new given specified specific total detailed "
    "relevant available basic full complete following other additional more various user s"
)
_TEXTS = bag("name title description")
_SAYS_NOTHING = bag(
    "information info detail details data result results response object list array dictionary dict json output value "
    "values list item items thing things set record records status entry entries one true false none null string text "
    "error exception failure warning"
)


@dataclass(frozen=True)
class Field:
    """One field of a result: `type` is a word of the grammar in `outputs.py`, `fields` are those inside."""

    name: str
    type: str = "string"
    description: str = ""
    format: str = ""
    fields: tuple[tuple[Field, ...], ...] = ()
    """Groups inside an object or a list of objects."""


Groups = tuple[tuple[Field, ...], ...]
_OF_ANYTHING = ("name title", "status category", "created_at:t updated_at:t")
"""Groups for things that are known by an id alone."""
_IN_WORDS = (Field("description", "string", "What it is in a few words."),)


def sketch(tool: Tool, siblings: Sequence[Tool]) -> Groups:
    """The groups of a tool's result, at least one; `siblings` are the tools of its namespace."""
    return _Sketcher(tool, siblings).groups()


class _Sketcher:
    def __init__(self, tool: Tool, siblings: Sequence[Tool]) -> None:
        self.siblings = siblings
        self.tool = tool = tool.model_copy(update={"name": _without_prefix(tool.name, siblings)})
        words = tokens(tool.name)
        ends = [word for word in (*words[:1], *words[-1:]) if word in READ | WRITE | DESTRUCTIVE]
        self.verb = ends[0] if ends else ""
        self.thing = self._thing()

    def groups(self) -> Groups:
        if self.tool.effect != "read":
            made = self._made()
        elif self.verb in _COMPUTING or self._computes or (is_measure(self.thing) and not self._is_list):
            made = self._computed()
        elif self.verb in _CHECKING:
            made = self._checked()
        elif self._is_list:
            made = self._listed()
        else:
            made = self._shown()
        return _distinct(made)

    @cached_property
    def _is_list(self) -> bool:
        """Whether the tool returns many of its thing: `search`, `list`, or a plural in its name."""
        raw = [word.lower() for word in re.findall(r"[A-Z]?[a-z]+", self.tool.name)]
        several = any(word != self.thing and tokens(word) == (self.thing,) for word in raw)
        many = rf"\b(list|array|set|collection) of\b|\ball (the )?{re.escape(plural(self.thing))}\b"
        described = re.search(many, self.tool.description, re.I)
        one = re.search(rf"\b(a|an|one|the) (single |specific )?{re.escape(self.thing)}\b", self.tool.description, re.I)
        return self.verb in _LISTING - {"find"} or several or bool(described) or (self.verb == "find" and not one)

    def _thing(self) -> str:
        """What the result is about: by the tool's name, or by its description where only that names a known thing."""
        own = subject(self.tool)
        found = _FINDS.search(self.tool.description) if self.tool.effect == "read" else None
        said = tokens(found.group(1))[0] if found and tokens(found.group(1)) else ""
        said = said if found and said != found.group(1).lower() else ""  # a plural: what is listed
        better = said in things() and said != own and own not in self._kinds and own != ""
        return said if better and (said in self._kinds or own not in things()) else own

    @cached_property
    def _kinds(self) -> frozenset[str]:
        """Kinds of things that the parameters of the namespace name."""
        found = (argument_identity(tool, name) for tool in self.siblings for name in tool.parameters["properties"])
        return frozenset(identity.kind for identity in found if identity is not None)

    @cached_property
    def _own_kinds(self) -> frozenset[str]:
        """Kinds of things that the tool's own parameters name."""
        found = (argument_identity(self.tool, name) for name in self.tool.parameters["properties"])
        return frozenset(identity.kind for identity in found if identity is not None)

    # The kinds of results

    def _listed(self) -> list[tuple[Field, ...]]:
        thing = self.thing or "result"
        inside = _distinct([*self._own_id(thing), *self._own_name(thing), *self._described(), *self._common(thing)])
        if len(inside) < 2:
            inside = _distinct([*inside, *(_attributes(thing, pair) for pair in _OF_ANYTHING)])
        listed = Field(plural(thing), "array of object", f"The {plural(thing)} found.", fields=inside)
        return [(listed,)]

    def _shown(self) -> list[tuple[Field, ...]]:
        described, common = list(self._described()), list(self._common(self.thing))
        own = self._own_id(self.thing) if self.thing in self._kinds else []
        known = [*own, *self._echoes(), *described, *common]
        if not described and not common and self.thing in self._kinds:
            known += [_attributes(self.thing, pair) for pair in _OF_ANYTHING]
        elif not described and not common:
            known += [(Field(self.thing or "result", "string", "What was asked for."),), _IN_WORDS]
        return known

    def _computed(self) -> list[tuple[Field, ...]]:
        whole = self.thing in ("count", "number", "quantity", "age") or self.verb == "count"
        name = self._computes or self.thing or "result"
        name = f"{self.thing}_count" if self.verb == "count" and self.thing != "count" else name
        about = f"The {name.replace('_', ' ')} that was computed."
        value = Field(name, "integer" if whole else "number", about)
        if self.verb == "convert":
            value = Field(
                "converted_amount" if self._asks("currency", "amount") else "converted_value", "number", about
            )
        money = self._asks("currency", "price", "amount", "salary", "loan")
        unit = (Field("currency" if money else "unit", "string", "What the value is given in."),)
        described = [group for group in self._described() if group[0].type in ("number", "integer")]
        return [(value,), *described, unit]

    @cached_property
    def _computes(self) -> str:
        """What the description says is computed: "Calculate the heat capacity of a gas" gives `heat_capacity`."""
        found = _COMPUTES.match(self.tool.description)
        words = [word.lower() for word in re.findall(r"[A-Za-z]+", _CUT.split(found.group(1))[0])] if found else []
        name = "_".join(word for word in words if word not in _DROPPED)
        return name if len(words) <= 4 and NAME.fullmatch(name) else ""

    def _checked(self) -> list[tuple[Field, ...]]:
        flag = flag_of(self.thing) or next(filter(None, map(flag_of, tokens(self.tool.description))), "")
        value = Field(flag or "valid", "boolean", f"Whether the {self.thing or 'answer'} is so.")
        reason = (Field("reason", "string", "Why, in a few words."), Field("details", "string", "What was found."))
        if flag == "available" or self._common(self.thing):
            return [*self._echoes(), (value,), *self._described(), *self._common(self.thing)[:1]]
        return [*self._echoes(), (value,), *self._described(), reason]

    def _made(self) -> list[tuple[Field, ...]]:
        """A write or a destruction: what it was done to, what came of it, and when."""
        onward = tokens(self.tool.name)[1:2] == ("to",)
        makes = "" if onward and not self._asks("amount") else MAKES.get(self.verb, "")
        if self.thing in self._kinds and makes not in self._kinds and self.thing not in self._own_kinds:
            makes = self.thing  # book_reservation makes what others take a reservation_id for
        thing = makes or self.thing or "request"
        new = self.tool.effect == "write" and (bool(makes) or (self.verb in _CREATING and self.thing != ""))
        own = self._own_id(thing, always=new)
        own = own if new and own[0][0].name not in self.tool.parameters["properties"] else []
        status = (Field("status", "string", f"Status of the {thing} now."),)
        when = (Field(f"{participle(self.verb or 'update')}_at", "string", "When it was done.", "date-time"),)
        price = [field for group in self._common(thing) for field in group if field.name in _PRICES] if new else []
        return [*own, *self._echoes(), *self._described(), *((field,) for field in price[:1]), status, when]

    # Where fields come from

    def _echoes(self) -> list[tuple[Field, ...]]:
        """Id-like parameters, and failing those the first required text: the result says what it is about."""
        properties = self.tool.parameters["properties"]
        fit = [name for name, schema in properties.items() if _scalar(schema) and not _SECRET & set(tokens(name))]
        ids = [name for name in fit if (found := argument_identity(self.tool, name)) is not None and found.is_key]
        texts = [name for name in fit if properties[name]["type"] == "string" and name in self.tool.required]
        chosen = (ids or texts[:1])[:MAX_ECHOES]
        return [(_echo(name, properties[name]),) for name in chosen if len(name) <= 64]

    def _own_id(self, thing: str, *, always: bool = False) -> list[tuple[Field, ...]]:
        """The id of a thing as other tools take it; made up only where a thing must have one."""
        for sibling in self.siblings:
            for name, schema in sibling.parameters["properties"].items():
                found = argument_identity(sibling, name)
                if found is not None and found.is_key and found.kind == thing and _scalar(schema):
                    bare = len(tokens(name)) == 1 and NAME.fullmatch(f"{thing}_{name}") is not None
                    spelled = f"{thing}_{name}" if bare else name
                    return [(replace(_echo(spelled, schema), description=f"Id of the {thing}."),)]
        if not always and thing not in things():
            return []
        return [(Field(f"{thing}_id", "string", f"Id of the {thing}."),)]

    def _own_name(self, thing: str) -> list[tuple[Field, ...]]:
        """The name of a thing as other tools take it: `station_name`."""
        for sibling in self.siblings:
            for name, schema in sibling.parameters["properties"].items():
                found = argument_identity(sibling, name)
                if found is not None and not found.is_key and found.kind == thing and schema.get("type") == "string":
                    return [(replace(_echo(name, schema), description=f"Name of the {thing}."),)]
        return []

    def _described(self) -> list[tuple[Field, ...]]:
        """What the description says the tool returns, as far as it names attributes."""
        taken = {self.thing, plural(self.thing), *self.tool.parameters["properties"]}
        said = _RETURNS if self.tool.effect == "read" else _RETURNS_OF_WRITES
        names = [_without(name, self.thing) for name in returned_words(self.tool.description, said)]
        names = [name for name in names if name not in taken and tokens(name)[-1:] != (self.thing,)]
        return [(_attribute_field(name, *type_told(name), self.thing),) for name in names[:MAX_DESCRIBED]]

    def _common(self, thing: str) -> list[tuple[Field, ...]]:
        """What such things usually have: the first for sure, then one of each two."""
        noun = next((word for word in (thing, *reversed(nouns(self.tool))) if word in things()), "")
        taken = set(self.tool.parameters["properties"])
        if f"{thing}_name" in {*taken, *(group[0].name for group in self._own_name(thing))}:
            taken.add("name")
        fields = [_attribute_field(*typed(one), noun) for one in things().get(noun, ())]
        fields = [field for field in fields if field.name not in taken]
        return [tuple(fields[:1]), *(tuple(fields[i : i + 2]) for i in range(1, len(fields), 2))] if fields else []

    def _asks(self, *words: str) -> bool:
        asked = {word for name in self.tool.parameters["properties"] for word in tokens(name)}
        return not asked.isdisjoint({*words}) or self.thing in words


def returned_words(description: str, said: re.Pattern[str] = _RETURNS) -> Iterator[str]:
    """Names of attributes that a description says are returned: "the price and the departure time of a flight"."""
    seen = set()
    for found in said.findall(description):
        for phrase in _SPLIT.split(found):
            name = _attribute(phrase)
            if name and name not in seen:
                seen.add(name)
                yield name
            if _ENDS.search(phrase):
                break


def _attribute(phrase: str) -> str:
    """`the number of seats` -> `seat_count`, `departure time` -> `departure_time`; "" for what names no attribute."""
    counted = re.match(r"\s*(?:the )?(?:total )?number of (\w+)", phrase, re.I)
    if counted:
        return f"{tokens(counted.group(1))[0]}_count" if tokens(counted.group(1)) else ""
    words = [word.lower() for word in re.findall(r"[A-Za-z]+", _CUT.split(phrase)[0])]
    words = [word for word in words if word not in _DROPPED]
    head = tokens(words[-1]) if words else ()
    if not head or len(words) > 3 or _SAYS_NOTHING & set(words) or not _is_attribute(words):
        return ""
    name = "_".join((*words[:-1], head[-1]))
    return name if NAME.fullmatch(name) else ""


def _is_attribute(words: Sequence[str]) -> bool:
    """Whether the words name something that a value can be made for: a known kind of text, or a number."""
    from dtc_local.world.kinds import kind_of

    name = "_".join(words)
    return name in _TEXTS or type_told(name) != ("string", "") or kind_of(name, "", "", "") != "phrase"


def _without_prefix(name: str, siblings: Sequence[Tool]) -> str:
    """The name without a first word that all tools of the namespace have: `git_status` is about the status."""
    first, _, rest = name.partition("_")
    shared = len(siblings) > 2 and all(other.name.startswith(f"{first}_") for other in siblings)
    return rest if shared and rest else name


def _attribute_field(name: str, kind: str, form: str, about: str) -> Field:
    words = name.replace("_", " ")
    if name.endswith("_at"):
        return Field(name, kind, f"When the {about or 'thing'} was {words.removesuffix(' at')}.", form)
    of = f" of the {about}" if about and about not in words.split() else ""
    lead = "Whether it is " if kind == "boolean" else ""
    return Field(name, kind, f"{lead}{words}{of}.".capitalize() if not lead else f"{lead}{words}.", form)


def _without(name: str, thing: str) -> str:
    """`supplier_address` of a supplier is its address; its id keeps its name."""
    rest = name.removeprefix(f"{thing}_")
    return name if rest in ("id", "name", "number", "code") else rest


def _attributes(thing: str, names: str) -> tuple[Field, ...]:
    return tuple(_attribute_field(*typed(name), thing) for name in names.split())


def _scalar(schema: Schema) -> bool:
    return schema.get("type") in ("string", "integer", "number")


def _echo(name: str, schema: Schema) -> Field:
    """A field of the name and type of a parameter."""
    described = re.sub(r"[\"\\\x00-\x1f]", "", shorten(schema.get("description", ""), DESCRIPTION_CHARS)).strip()
    return Field(
        name, schema["type"], described or f"The {' '.join(tokens(name))} asked for.", schema.get("format", "")
    )


def _distinct(groups: Sequence[tuple[Field, ...]]) -> Groups:
    """The first groups, each name once, up to `MAX_FIELDS`."""
    seen: set[str] = set()
    kept = []
    for group in groups:
        fresh = tuple(field for field in group if field.name not in seen)
        seen |= {field.name for field in fresh}
        if fresh:
            kept.append(fresh)
    return tuple(kept[:MAX_FIELDS])
