"""What changed from one version of a tool to the next, in words, each with a JSON pointer into the tool's record.

Differences are found in the normal form first: that is what grammars, prompts and dataflow are made of. What differs
in the original specification alone (a keyword that normalising drops) is added where the normal form does not already
say it. Nothing is left out: there is no difference in the answer only if the two records are the same text.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from dtc_local.records import Json, Schema, Tool
from dtc_local.tools.schemas.spelling import escape

ChangeKind = Literal[
    "name",
    "description",
    "effect",
    "added",
    "removed",
    "required",
    "optional",
    "type",
    "enum",
    "keyword",
    "order",
    "output",
    "error",
    "entities",
    "recorded",
    "findings",
    "source",
]
"""What a change is about: `added` and `removed` are parameters and result fields, `keyword` any other schema keyword,
`order` the order in which things are written, `source` what only the original specification shows."""
SHOWN = 60
"""Letters of a value that a sentence shows."""
_ABSENT = object()
_VALUES = frozenset({"default", "const", "examples"})
"""Keywords whose value is no schema, whatever it looks like."""


@dataclass(frozen=True)
class Change:
    """One difference. `before` and `after` are the values at `pointer`, None where there is none."""

    kind: ChangeKind
    pointer: str
    what: str
    before: Json = None
    after: Json = None


@dataclass(frozen=True)
class _Place:
    """Where in a schema the walk is: its pointer, the words for it, and what a named part of it is called."""

    pointer: str
    words: str
    part: str

    def property(self, name: str) -> _Place:
        """The place of a named parameter or field: its words are the dotted names down to it."""
        inside = self.words.removeprefix(f"{self.part} ") if self.words.startswith(f"{self.part} ") else ""
        dotted = f"{inside}.{name}" if inside else name
        return _Place(f"{self.pointer}/properties/{escape(name)}", f"{self.part} {dotted}", self.part)

    def below(self, key: str) -> _Place:
        """The place under any other keyword."""
        words = f"{self.words}[]" if key == "items" else f"{self.words} {key}"
        return _Place(f"{self.pointer}/{escape(key)}", words, self.part)


def diff(before: Tool, after: Tool) -> tuple[Change, ...]:
    """All differences, in the order of the record's fields; empty if and only if both records are the same text."""
    old, new = before.model_dump(mode="json"), after.model_dump(mode="json")
    found = [
        *_plain("name", "", ("name", "namespace"), old, new),
        *_plain("description", "", ("description",), old, new),
        *_schemas(old["parameters"], new["parameters"], PARAMETERS),
        *_plain("output", "", ("output_origin",), old, new),
        *_optional_schemas(old["output"], new["output"], OUTPUT),
        *_optional_schemas(old.get("error"), new.get("error"), ERROR),
        *_plain("effect", "", ("effect",), old, new),
        *_collections(old, new),
    ]
    return (*found, *_sources(old["source"], new["source"], found))


PARAMETERS = _Place("/parameters", "parameters", "parameter")
OUTPUT = _Place("/output", "result", "result field")
ERROR = _Place("/error", "error", "error field")


def _plain(kind: ChangeKind, pointer: str, names: tuple[str, ...], old: Schema, new: Schema) -> list[Change]:
    return [
        _changed(kind, f"{pointer}/{name}", f"{pointer[1:]} {name}".strip(), old[name], new[name])
        for name in names
        if old[name] != new[name]
    ]


def _optional_schemas(old: Json, new: Json, place: _Place) -> list[Change]:
    if old is not None and new is not None:
        return _schemas(old, new, place)
    kind: ChangeKind = "error" if place.words == ERROR.words else "output"
    what = f"{kind} schema {'removed' if new is None else 'added'}"
    return [] if old is new else [Change(kind, place.pointer, what, old, new)]


def _collections(old: Schema, new: Schema) -> Iterator[Change]:
    """How many there are tells enough; the values stand beside."""
    names: tuple[tuple[ChangeKind, str], ...] = (
        ("entities", "kinds of entities"),
        ("recorded", "recorded calls"),
        ("findings", "findings"),
    )
    for kind, words in names:
        if not _same(old[kind], new[kind]):
            what = f"{words} changed ({len(old[kind])} before, {len(new[kind])} now)"
            yield Change(kind, f"/{kind}", what, old[kind], new[kind])


def _sources(old: Schema, new: Schema, found: Sequence[Change]) -> Iterator[Change]:
    """What the original specification shows beyond `found`."""
    said = {change.pointer for change in found}
    whole = [change.pointer for change in found if change.kind in ("added", "removed", "output", "error")]
    yield from _plain("source", "/source", ("dialect", "file", "name"), old, new)
    parameters = _schemas(old["parameters"], new["parameters"], replace(PARAMETERS, pointer="/source/parameters"))
    outputs = _optional_schemas(old["output"], new["output"], replace(OUTPUT, pointer="/source/output"))
    errors = _optional_schemas(old.get("error"), new.get("error"), replace(ERROR, pointer="/source/error"))
    for change in (*parameters, *outputs, *errors):
        normal = change.pointer.removeprefix("/source")
        if normal not in said and not any(normal.startswith(f"{pointer}/") for pointer in whole):
            yield Change("source", change.pointer, f"specification: {change.what}", change.before, change.after)


def _schemas(old: Json, new: Json, place: _Place) -> list[Change]:
    """Differences of two schemas; at least one if their texts differ."""
    if _same(old, new):
        return []
    if not isinstance(old, dict) or not isinstance(new, dict):
        return [_changed("keyword", place.pointer, place.words, old, new)]
    found: list[Change] = []
    for key in dict.fromkeys((*old, *new)):
        before, after = old.get(key, _ABSENT), new.get(key, _ABSENT)
        if key in old and key in new and _same(before, after):
            continue
        if key == "required" and _explained(old, new):
            continue
        inside = list(_special(key, old, new, place)) or [_keyword(key, before, after, place)]
        found += inside
    if set(old) == set(new) and list(old) != list(new):
        found.append(Change("order", place.pointer, f"{place.words}: keywords in another order", list(old), list(new)))
    return found


def _special(key: str, before: Schema, after: Schema, place: _Place) -> Iterator[Change]:
    """The differences under a keyword that can be told better than by its two values; none if it cannot."""
    old, new = before.get(key, {}), after.get(key, {})
    if key in _VALUES:
        return
    if isinstance(old, dict) and isinstance(new, dict):
        if key == "properties":
            yield from _properties(old, new, place, after)
        elif key in before and key in after:
            yield from _schemas(old, new, place.below(key))
    elif isinstance(old, list) and isinstance(new, list):
        if key == "required":
            yield from _required(old, new, place, _passing(before, after))
        elif key == "enum":
            yield from _enum(old, new, place)
        elif len(old) == len(new):
            for position, (one, other) in enumerate(zip(old, new, strict=True)):
                yield from _schemas(one, other, place.below(key).below(str(position)))


def _properties(old: Schema, new: Schema, place: _Place, schema: Schema) -> Iterator[Change]:
    for name, before in old.items():
        inside = place.property(name)
        if name in new:
            yield from _schemas(before, new[name], inside)
        else:
            yield Change("removed", inside.pointer, f"{inside.words} removed", before)
    for name in (name for name in new if name not in old):
        inside = place.property(name)
        needed = "required" if name in _needed(schema) else "optional"
        kind = new[name].get("type") if isinstance(new[name], dict) else None
        words = f"{inside.words} added ({needed}{f', {kind}' if isinstance(kind, str) else ''})"
        yield Change("added", inside.pointer, words, None, new[name])
    if [name for name in old if name in new] != [name for name in new if name in old]:
        words = f"{place.words}: properties in another order"
        yield Change("order", f"{place.pointer}/properties", words, list(old), list(new))


def _needed(schema: Schema) -> list[Json]:
    needed = schema.get("required", [])
    return needed if isinstance(needed, list) else []


def _explained(old: Schema, new: Schema) -> bool:
    """Whether `required` differs only in properties that were added or removed: that is said with each of them."""
    if "required" not in old or "required" not in new:
        return False
    passing = _passing(old, new)
    before, after = ([name for name in _needed(schema) if name not in passing] for schema in (old, new))
    return bool(passing) and before == after


def _passing(old: Schema, new: Schema) -> list[str]:
    """Names of properties that only one of the two has."""
    before, after = (
        {*schema["properties"]} if isinstance(schema.get("properties"), dict) else set() for schema in (old, new)
    )
    return sorted(before ^ after)


def _required(old: list[Json], new: list[Json], place: _Place, passing: list[str]) -> Iterator[Change]:
    for name in (name for name in new if name not in old and name not in passing):
        inside = place.property(str(name))
        yield Change("required", inside.pointer, f"{inside.words} became required", False, True)
    for name in (name for name in old if name not in new and name not in passing):
        inside = place.property(str(name))
        yield Change("optional", inside.pointer, f"{inside.words} became optional", True, False)


def _enum(old: list[Json], new: list[Json], place: _Place) -> Iterator[Change]:
    pointer, texts = f"{place.pointer}/enum", ({*map(_text, old)}, {*map(_text, new)})
    added = [value for value in new if _text(value) not in texts[0]]
    removed = [value for value in old if _text(value) not in texts[1]]
    if added:
        words = ", ".join(map(_shown, added))
        yield Change("enum", pointer, f"{place.words}: enum values added: {words}", None, added)
    if removed:
        words = ", ".join(map(_shown, removed))
        yield Change("enum", pointer, f"{place.words}: enum values removed: {words}", removed)


def _keyword(key: str, old: Json, new: Json, place: _Place) -> Change:
    kinds: dict[str, ChangeKind] = {"type": "type", "description": "description", "enum": "enum"}
    return _changed(kinds.get(key, "keyword"), f"{place.pointer}/{escape(key)}", f"{place.words}: {key}", old, new)


def _changed(kind: ChangeKind, pointer: str, words: str, old: Json, new: Json) -> Change:
    """One value for another; long texts are not repeated."""
    if old is _ABSENT:
        return Change(kind, pointer, f"{words} added: {_shown(new)}", None, new)
    if new is _ABSENT:
        return Change(kind, pointer, f"{words} removed: {_shown(old)}", old)
    told = "" if kind == "description" else f" from {_shown(old)} to {_shown(new)}"
    return Change(kind, pointer, f"{words} changed{told}", old, new)


def _shown(value: Json) -> str:
    words = value if isinstance(value, str) and value else _text(value)
    words = " ".join(words.split()) or _text(value)
    return words if len(words) <= SHOWN else words[: SHOWN - 3] + "..."


def _same(old: Json, new: Json) -> bool:
    """Equal as texts: `1` is not `1.0`, and the order of keys counts, as it does in a tool's digest."""
    return _text(old) == _text(new)


def _text(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False)
