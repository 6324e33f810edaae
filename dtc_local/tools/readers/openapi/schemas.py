"""Schemas of an OpenAPI document as JSON Schema 2020-12, each complete in itself.

`nullable` becomes a type, `example` an element of `examples`, a discriminator beside `oneOf` the constant that each
alternative must carry; what says nothing about values (`xml`, `externalDocs`, `x-...`) is dropped. Fields that only
the server sets (`readOnly`) are no arguments, fields that only the caller sets (`writeOnly`) no results, so there is
one `Schemas` for each direction. Every schema referred to is converted once, under a name of its own; a tool's schema
takes along those that can be reached from it, so recursion stays recursion.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Any, Literal
from urllib.parse import unquote

from dtc_local.records import Json, Schema
from dtc_local.tools.findings import Log
from dtc_local.tools.readers.openapi.api import Api, listed, mapped, yes
from dtc_local.tools.words import legal_name, unique_name

Direction = Literal["request", "response"]
MAX_NODES = 6000
"""Schemas that would take a tool's own beyond this many nodes are cut off, the farthest first."""

MAX_STEPS = 2000
"""Schemas that apply to one value at most: a few lines of `allOf`, each naming the next twice, would make millions."""
_MAX_DEPTH = 150

_DROPPED = frozenset(("xml", "externalDocs", "discriminator", "collectionFormat", "allowEmptyValue", "nullable"))
_MAPS = frozenset(("properties", "patternProperties", "$defs", "definitions", "dependentSchemas"))
_LISTS = frozenset(("allOf", "anyOf", "oneOf", "prefixItems"))
_ONES = frozenset(
    (
        *("additionalProperties", "not", "if", "then", "else", "contains", "propertyNames", "items"),
        *("unevaluatedItems", "unevaluatedProperties", "contentSchema"),
    )
)
_SAME_VALUE = ("allOf", "anyOf", "oneOf", "not", "if", "then", "else")
_BESIDE_NULL = frozenset(("description", "title", "default", "examples", "deprecated", "readOnly", "writeOnly"))
_BESIDE_REFERENCE = _BESIDE_NULL | {"$ref", "example", "nullable", "x-nullable"}
"""What older versions ignore beside a reference and everybody writes all the same: it forbids no value."""
_PREFIX = "#/$defs/"


class Schemas:
    """The schemas of one document in one direction; converted ones refer to each other as `#/$defs/NAME`."""

    def __init__(self, api: Api, direction: Direction) -> None:
        self.api = api
        self._hidden = "readOnly" if direction == "request" else "writeOnly"
        self._names: dict[str, str] = {}
        self._taken: set[str] = set()
        self._sources: dict[str, Json] = {}
        self._made: dict[str, Json] = {}
        self._steps: dict[str, int] = {}
        self._reach: dict[str, tuple[frozenset[str], int]] = {}

    def convert(self, node: Json) -> Json:
        """A schema in 2020-12; what is no schema is left for the importer to report."""
        if not isinstance(node, dict):
            return node
        out: dict[str, Any] = {}
        if isinstance(node.get("$ref"), str) and not self.api.merges:
            node = {key: value for key, value in node.items() if key in _BESIDE_REFERENCE}
        for key, value in node.items():
            if key == "$ref" and isinstance(value, str):
                out[key] = self._reference(value)
            elif key in _MAPS and isinstance(value, dict):
                out[key] = {name: self.convert(child) for name, child in self._members(value).items()}
            elif key in _LISTS and isinstance(value, list):
                out[key] = [self.convert(child) for child in value]
            elif key in _ONES:
                out[key] = [self.convert(one) for one in value] if isinstance(value, list) else self.convert(value)
            elif key not in _DROPPED and not key.startswith("x-"):
                out[key] = value
        self._hide(node, out)
        _show(node, out)
        self._tell_apart(node, out)
        return _nullable(out) if yes(node.get("nullable", node.get("x-nullable"))) else out

    def definition(self, name: str) -> Json:
        """The converted schema of that name."""
        if name not in self._made:
            self._made[name] = self.convert(self._sources[name])
        return self._made[name]

    def target(self, schema: Json) -> str | None:
        """The name of the definition that a converted schema refers to, if it does."""
        reference = schema.get("$ref") if isinstance(schema, dict) else None
        return reference.removeprefix(_PREFIX) if isinstance(reference, str) and self._is_own(reference) else None

    def opened(self, schema: Json) -> Json:
        """A converted schema with its own reference replaced by what it leads to; a circle ends as it is."""
        for _ in range(8):
            name = self.target(schema)
            if name is None:
                return schema
            found = self.definition(name)
            if not isinstance(found, dict):
                return found
            schema = {**found, **{key: value for key, value in schema.items() if key != "$ref"}}
        return schema

    def closed(self, schema: Schema, pointer: str, log: Log) -> Schema:
        """A converted schema with every definition it needs; the farthest are cut where they would be too many."""
        needed, nodes = _scan(schema)
        queue = deque(sorted(needed & self._sources.keys()))
        found: dict[str, Json] = {}
        cut = 0
        while queue:
            name = queue.popleft()
            if name in found:
                continue
            inner, size = self._reached(name)
            if nodes + size > MAX_NODES or self.is_endless(name):
                found[name] = {}
                cut += 1
                continue
            nodes += size
            found[name] = self.definition(name)
            queue.extend(sorted((inner & self._sources.keys()) - found.keys()))
        if cut:
            what = f"{cut} of the {len(found)} schemas it refers to left out, taken as any"
            log.warning("too_large", pointer, what, "Refer to fewer schemas.")
        return {**schema, "$defs": found} if found else schema

    def is_endless(self, name: str) -> bool:
        """Whether a value held against that definition meets more schemas than any validator should try."""
        return self._steps_of(name, 0) > MAX_STEPS

    def _steps_of(self, name: str, depth: int) -> int:
        if depth > _MAX_DEPTH:
            return MAX_STEPS + 1
        if name not in self._steps:
            self._steps[name] = 0  # until it is known: what leads back to itself is counted once
            self._steps[name] = self._steps_in(self.definition(name), depth + 1)
        return self._steps[name]

    def _steps_in(self, schema: Json, depth: int) -> int:
        if not isinstance(schema, dict):
            return 1
        name = self.target(schema)
        parts = [part for key in _SAME_VALUE for part in (listed(schema.get(key)) or [schema.get(key)]) if part]
        inside = (self._steps_in(part, depth + 1) for part in parts) if depth <= _MAX_DEPTH else (MAX_STEPS,)
        return min(1 + sum(inside) + (self._steps_of(name, depth) if name is not None else 0), MAX_STEPS + 1)

    def _reached(self, name: str) -> tuple[frozenset[str], int]:
        if name not in self._reach:
            self._reach[name] = _scan(self.definition(name))
        return self._reach[name]

    def _is_own(self, reference: str) -> bool:
        return reference.removeprefix(_PREFIX) in self._sources

    def _reference(self, written: str) -> str:
        """The reference within a tool's schema; one that leads to no schema stays, and is reported by the importer."""
        if written not in self._names:
            try:
                target = self.api.find(written)
            except LookupError:
                return written
            if not isinstance(target, dict | bool):
                return written
            segments = [unquote(part).replace("~1", "/").replace("~0", "~") for part in written.split("/")]
            own = legal_name(next((part for part in reversed(segments) if not part.isdecimal()), "schema").strip("#"))
            name = unique_name(own, self._taken)
            self._taken.add(name)
            self._names[written] = name
            self._sources[name] = target
        return _PREFIX + self._names[written]

    def _members(self, value: dict[str, Json]) -> dict[str, Json]:
        """A map of names; some documents keep the whole map elsewhere and refer to it."""
        return self.api.follow(value) if isinstance(value.get("$ref"), str) else value

    def _hide(self, node: dict[str, Json], out: dict[str, Any]) -> None:
        """Leave out the properties that the other side sets."""
        members = self._members(mapped(node.get("properties")))
        hidden = [name for name, child in members.items() if self._is_hidden(child)]
        for name in hidden:
            del out["properties"][name]
        if hidden and isinstance(out.get("required"), list):
            out["required"] = [name for name in out["required"] if name not in hidden]

    def _is_hidden(self, child: Json) -> bool:
        parts = [child, *listed(mapped(child).get("allOf"))]
        return any(self.api.follow(part).get(self._hidden) is True for part in parts)

    def _tell_apart(self, node: dict[str, Json], out: dict[str, Any]) -> None:
        """Each alternative that a discriminator names carries that name: it is the value of the property."""
        said = node.get("discriminator")
        name = said.get("propertyName") if isinstance(said, dict) else said
        key = next((key for key in ("oneOf", "anyOf") if isinstance(out.get(key), list)), None)
        if not isinstance(name, str) or key is None:
            return
        values = {self._alternative(target): value for value, target in mapped(mapped(said).get("mapping")).items()}
        for position, (written, made) in enumerate(zip(node[key], out[key], strict=True)):
            own = self.target(made)
            if own is None:
                continue
            mark: dict[str, Any] = {"required": [name]}
            if not self._says(written, name):
                value = values.get(own, written["$ref"].rsplit("/", 1)[-1])
                mark["properties"] = {name: {"type": "string", "const": value}}
            out[key][position] = {"allOf": [mark, made]}

    def _says(self, alternative: Json, name: str) -> bool:
        """Whether an alternative lists the values of that property itself."""
        whole = self.api.follow(alternative)
        parts = [whole, *(self.api.follow(part) for part in listed(whole.get("allOf")))]
        fields = [self.api.follow(mapped(part.get("properties")).get(name)) for part in parts]
        return any("enum" in field or "const" in field for field in fields)

    def _alternative(self, target: Json) -> str:
        """The definition that a mapping's value means: a reference, or the bare name of a schema."""
        if not isinstance(target, str):
            return ""
        bare = f"#/definitions/{target}" if self.api.is_swagger else f"#/components/schemas/{target}"
        return self._reference(target if target.startswith("#") else bare).removeprefix(_PREFIX)


def _show(node: dict[str, Json], out: dict[str, Any]) -> None:
    """`example` and the named examples of a parameter are `examples`."""
    shown = out.pop("examples", None)
    values = [out.pop("example")] if "example" in out else []
    values += [node[key] for key in ("x-example",) if key in node]
    if isinstance(shown, list):
        values += shown
    elif isinstance(shown, dict):
        values += [one["value"] for one in shown.values() if isinstance(one, dict) and "value" in one]
    if values:
        out["examples"] = values


def _nullable(out: dict[str, Any]) -> Schema:
    """The schema, or null."""
    kind = out.get("type")
    if isinstance(kind, str):
        return {**out, "type": [kind, "null"]}
    if isinstance(kind, list):
        return {**out, "type": [*kind, *(["null"] if "null" not in kind else [])]}
    if not ({"$ref", "allOf", "anyOf", "oneOf"} & out.keys()):
        return out
    beside = {key: value for key, value in out.items() if key in _BESIDE_NULL}
    inner = {key: value for key, value in out.items() if key not in _BESIDE_NULL}
    return {**beside, "anyOf": [inner, {"type": "null"}]}


def _scan(schema: Json) -> tuple[frozenset[str], int]:
    """Names of the definitions a converted schema refers to, and its number of nodes."""
    names, nodes = set(), 0
    for node in _nodes(schema):
        nodes += 1
        reference = node.get("$ref") if isinstance(node, dict) else None
        if isinstance(reference, str) and reference.startswith(_PREFIX):
            names.add(reference.removeprefix(_PREFIX))
    return frozenset(names), nodes


def _nodes(schema: Json) -> Iterator[Json]:
    """Every schema inside a schema, itself included."""
    if not isinstance(schema, dict):
        return
    yield schema
    for key, value in schema.items():
        if key in _MAPS and isinstance(value, dict):
            children = list(value.values())
        elif key in _LISTS or key in _ONES:
            children = value if isinstance(value, list) else [value]
        else:
            continue
        for child in children:
            yield from _nodes(child)
