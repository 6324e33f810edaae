"""References followed, `allOf` merged, conditions and choices decided: one schema node without composition.

Every decision narrows: the flat schema allows only values that the whole one allows. Of `anyOf` and `oneOf` one
alternative is taken (which one, the caller may rotate), of `if`/`then`/`else` the case in which both `if` and `then`
hold. What `not` forbids is taken out where a keyword can say so; otherwise it stays for the validator.
"""

from __future__ import annotations

from typing import Any

from dtc_local.records import Json, Schema
from dtc_local.tools.findings import Log
from dtc_local.tools.schemas.merge import Impossible, merged, together
from dtc_local.tools.schemas.references import resolve

STEPS = 64
"""More compositions than this at one node are taken for a circle."""
TURNS = 2
"""How often one reference may be followed within itself."""

_NAMING = frozenset({"const", "enum", "title", "description", "type", "deprecated", "examples", "default", "format"})
"""Keywords of an alternative that is no more than a named value."""

Stack = tuple[str, ...]
"""References that led to a node."""


class Endless(Impossible):
    """A schema that contains itself without an end."""


class Flattener:
    """Flattens nodes of one schema; `choice` rotates which alternative is taken."""

    def __init__(self, root: Schema, log: Log, choice: int = 0) -> None:
        self.root, self.log, self.choice = root, log, choice

    def flat(self, schema: Schema, pointer: str, stack: Stack) -> tuple[Schema, Stack]:
        """The node without `$ref`, `allOf`, `anyOf`, `oneOf`, `if`; raises :class:`Impossible` where nothing fits."""
        for _ in range(STEPS):
            if "$ref" in schema:
                rest = {key: value for key, value in schema.items() if key != "$ref"}
                target, stack = self._followed(schema["$ref"], pointer, stack)
                schema = self._merged(target, rest, pointer)
            elif "if" in schema:  # before allOf: two conditions, or two choices, can only be merged one after another
                schema = self._condition(schema, pointer)
            elif "anyOf" in schema or "oneOf" in schema:
                schema = self._alternative(schema, pointer)
            elif "allOf" in schema:
                schema, stack = self._all(schema, pointer, stack)
            elif "dependentRequired" in schema or "dependentSchemas" in schema:
                schema = self._dependent(schema, pointer)
            else:
                return _without(_closed_after(schema)), stack
        raise Endless("composed of too many parts")

    def _merged(self, base: Schema, over: Schema, pointer: str) -> Schema:
        def lose(keyword: str) -> None:
            self.log.warning("keyword", f"{pointer}/{keyword}", f"two {keyword}s, one is checked afterwards only")

        return merged(base, over, lose)

    def _followed(self, reference: str, pointer: str, stack: Stack) -> tuple[Schema, Stack]:
        if stack.count(reference) >= TURNS:
            raise Endless(f"{reference} contains itself")
        target = resolve(self.root, reference)
        if target is False:
            raise Impossible("false allows nothing")
        return self._own(target, pointer, (*stack, reference))

    def _own(self, part: Json, pointer: str, stack: Stack) -> tuple[Schema, Stack]:
        """A part of a composition, flat by itself where it closes over what it has seen itself."""
        if part is True:
            return {}, stack
        if part.get("unevaluatedProperties") is False or part.get("unevaluatedItems") is False:
            flat, stack = self.flat(part, pointer, stack)
            if part.get("unevaluatedProperties") is False:
                flat = {**flat, "additionalProperties": False}
            return flat, stack
        return part, stack

    def _all(self, schema: Schema, pointer: str, stack: Stack) -> tuple[Schema, Stack]:
        parts = schema["allOf"]
        schema = {key: value for key, value in schema.items() if key != "allOf"}
        for index, part in enumerate(parts):
            if part is False:
                raise Impossible("false allows nothing")
            part, stack = self._own(part, f"{pointer}/allOf/{index}", stack)
            # A part's own reference is followed first: merged as they are, one of two references would be lost.
            if "$ref" in part:
                target, stack = self._followed(part["$ref"], pointer, stack)
                part = self._merged(target, {key: value for key, value in part.items() if key != "$ref"}, pointer)
            schema = self._merged(part, schema, pointer)
        return schema, stack

    def _condition(self, schema: Schema, pointer: str) -> Schema:
        rest = {key: value for key, value in schema.items() if key not in ("if", "then", "else")}
        condition, then, otherwise = schema["if"], schema.get("then", True), schema.get("else", True)
        if condition is False or (self.choice % 2 and then is not True):
            if condition is not False:
                words = "a condition, the case in which it fails is used and checked afterwards"
                self.log.warning("keyword", f"{pointer}/if", words)
            return {**rest, "allOf": [*rest.get("allOf", []), otherwise]}
        if condition is not True:
            self.log.info("union", f"{pointer}/if", "a condition, the case in which it holds is used")
        return {**rest, "allOf": [*rest.get("allOf", []), together(condition, then)]}

    def _alternative(self, schema: Schema, pointer: str) -> Schema:
        """One alternative, merged with what stands beside the choice; null only where there is nothing else."""
        key = "anyOf" if "anyOf" in schema else "oneOf"
        beside = {name: value for name, value in schema.items() if name != key}
        possible = [choice for choice in schema[key] if choice is not False]
        wanted = [choice for choice in possible if not _is_null(choice)] or possible
        if not wanted:
            raise Impossible(f"{key} without a possible alternative")
        if len(wanted) < len(possible):
            self.log.info("nullable", f"{pointer}/{key}", "may be null, which is never written")
        values = _values_of(wanted)
        if values:
            return self._merged({"enum": values}, beside, pointer)
        return self._chosen(key, wanted, beside, pointer)

    def _chosen(self, key: str, wanted: list[Json], beside: Schema, pointer: str) -> Schema:
        """The alternative whose turn it is, or the next one that agrees with what stands beside the choice."""
        refusal = Impossible("no alternative")
        for turn in range(len(wanted)):
            position = (self.choice + turn) % len(wanted)
            chosen = wanted[position] if isinstance(wanted[position], dict) else {}
            if "properties" in beside and not chosen.get("properties"):
                chosen = {name: value for name, value in chosen.items() if name != "type"}
            try:
                both = self._merged(chosen, beside, pointer)
            except Impossible as error:
                refusal = error
                continue
            if len(wanted) > 1:
                words = f"{len(wanted)} alternatives, number {position + 1} is used"
                self.log.info("union", f"{pointer}/{key}", words)
            others = [one for one in wanted if one is not wanted[position]] if key == "oneOf" else []
            return self._alone(both, others, pointer)
        raise refusal

    def _alone(self, schema: Schema, others: list[Json], pointer: str) -> Schema:
        """Of `oneOf`, no other alternative may hold: a name that only it requires is left out if nothing needs it."""
        for other in others:
            if isinstance(other, dict) and _apart(schema, other):
                continue
            needed = set(schema.get("required", ()))
            own = [name for name in other.get("required", ()) if name not in needed] if isinstance(other, dict) else []
            if own:
                schema = {**schema, "properties": {**schema.get("properties", {}), own[0]: False}}
            else:
                words = "another alternative may hold too, checked afterwards"
                self.log.warning("keyword", f"{pointer}/oneOf", words)
        return schema

    def _dependent(self, schema: Schema, pointer: str) -> Schema:
        """What goes with a required name is required too; an optional name that brings conditions is left out."""
        rest = {key: value for key, value in schema.items() if not key.startswith("dependent")}
        needed = rest.get("required", [])
        demands: list[Json] = []
        for name in dict.fromkeys([*schema.get("dependentRequired", {}), *schema.get("dependentSchemas", {})]):
            others = schema.get("dependentRequired", {}).get(name, [])
            rule = schema.get("dependentSchemas", {}).get(name, True)
            if name in needed:
                demands += [{"required": others}, rule]
            elif name in rest.get("properties", {}) and (set(others) - set(needed) or rule is not True):
                self.log.info("union", pointer, f"{name!r} brings conditions of its own, left out")
                rest["properties"] = {**rest["properties"], name: False}
        return {**rest, "allOf": demands} if demands else rest


def _is_null(choice: Json) -> bool:
    return isinstance(choice, dict) and (choice.get("type") == "null" or choice.get("const", 0) is None)


def _values_of(choices: list[Json]) -> list[Json]:
    """The values of alternatives that only name values: an enum whose members have titles."""
    values: list[Json] = []
    for choice in choices:
        if not isinstance(choice, dict) or choice.keys() - _NAMING or not _listed(choice):
            return []
        values += [value for value in _listed(choice) if value not in values]
    return values if len(choices) > 1 else []


def _apart(schema: Schema, other: Schema) -> bool:
    """Whether no value can obey both: other types, or other values of a property that is required."""
    kinds = schema.get("type"), other.get("type")
    if all(isinstance(kind, str) for kind in kinds) and kinds[0] != kinds[1] and set(kinds) != {"integer", "number"}:
        return True
    if _disjoint(schema, other):
        return True
    theirs = other.get("properties", {})
    ours = {name: schema.get("properties", {}).get(name) for name in schema.get("required", ())}
    return any(_disjoint(child, theirs.get(name)) for name, child in ours.items())


def _disjoint(schema: Json, other: Json) -> bool:
    values = [_listed(schema), _listed(other)]
    return bool(values[0] and values[1]) and not any(value in values[1] for value in values[0])


def _listed(schema: Json) -> list[Json]:
    if not isinstance(schema, dict):
        return []
    return [schema["const"]] if "const" in schema else list(schema.get("enum", ()))


def _closed_after(schema: Schema) -> Schema:
    """What nothing has evaluated by now is not allowed, where the schema says so: no other names, no elements."""
    closed = dict(schema)
    if closed.pop("unevaluatedProperties", True) is False:
        closed["additionalProperties"] = False
    if closed.pop("unevaluatedItems", True) is False:
        closed.setdefault("items", False)
    return closed


def _without(schema: Schema) -> Schema:
    """What `not` forbids taken out, where a keyword can say so; the rest stays under `not`."""
    denied = schema.get("not")
    if denied is None or denied is False:
        return schema
    rest: dict[str, Any] = {key: value for key, value in schema.items() if key != "not"}
    if denied is True or denied == {}:
        raise Impossible("everything is forbidden")
    if denied.keys() == {"required"} and denied["required"]:
        return {**rest, "properties": {**rest.get("properties", {}), denied["required"][0]: False}}
    if denied.keys() <= {"enum", "const", "type"} and ("enum" in denied or "const" in denied) and "enum" in rest:
        gone = denied.get("enum", [denied.get("const")])
        left = [value for value in rest["enum"] if value not in gone]
        if not left:
            raise Impossible("every listed value is forbidden")
        return {**rest, "enum": left}
    return schema
