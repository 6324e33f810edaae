"""Local references of a JSON Schema: what they point at, and whether following them ever ends.

A reference is sound if it leads to a schema and not back to itself before anything inside the value has been looked
at, nor to more schemas than a validator could look at. `{"not": {"$ref": "#"}}` is not sound: it would be followed for
ever, whatever the value.
"""

from __future__ import annotations

from collections.abc import Iterator

from dtc_local.records import Json, Schema

VISITS = 2000
"""References may multiply: two to each of two to each of two. Beyond so many for one value they are cut."""
LONGEST = 200
"""The longest chain of references that is followed for one value."""
_ALTERNATIVES = ("allOf", "anyOf", "oneOf")
_SAME_VALUE = ("not", "if", "then", "else")


def resolve(root: Schema, reference: str) -> Json:
    """What a local reference `#/a/b` points at; LookupError if nothing is there."""
    node: Json = root
    for part in reference.removeprefix("#").split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~").replace("%25", "%").replace("%24", "$")
        node = node[int(key)] if isinstance(node, list) else node[key]
    if not isinstance(node, dict | bool):
        raise LookupError(reference)
    return node


class References:
    """The references of one schema, judged once each."""

    def __init__(self, root: Schema) -> None:
        self.root = root
        self._visits: dict[str, int] = {}

    def fault(self, reference: str) -> str:
        """What is wrong with a reference, in words; the empty string if it is sound."""
        if _target(self.root, reference) is None:
            return "leads to nothing in this schema"
        if self._visited(reference, ()) > VISITS:  # first, since it bounds what the next question costs
            return "leads to too many schemas for one value"
        return "leads back to itself" if self._returns(reference) else ""

    def _returns(self, reference: str) -> bool:
        seen: set[str] = set()
        waiting = [reference]
        while waiting:
            for onward in _same_value_references(_target(self.root, waiting.pop())):
                if onward == reference:
                    return True
                if onward not in seen:
                    seen.add(onward)
                    waiting.append(onward)
        return False

    def _visited(self, reference: str, above: tuple[str, ...]) -> int:
        """Schemas that a validator looks at for one value; those of circles count once, they are dropped elsewhere."""
        if reference in above:
            return 1
        if len(above) > LONGEST:
            return 2 * VISITS
        if reference not in self._visits:
            onward = _same_value_references(_target(self.root, reference))
            inside = sum(self._visited(one, (*above, reference)) for one in onward)
            self._visits[reference] = min(1 + inside, 2 * VISITS)
        return self._visits[reference]


def _target(root: Schema, reference: str) -> Json:
    """What a reference leads to, or None where it is not local or leads to no schema."""
    if reference != "#" and not reference.startswith("#/"):
        return None
    try:
        return resolve(root, reference)
    except (LookupError, TypeError, ValueError):
        return None


def _same_value_references(schema: Json) -> Iterator[str]:
    """References that a validator follows for the same value that it holds against `schema`."""
    if not isinstance(schema, dict):
        return
    if isinstance(schema.get("$ref"), str):
        yield schema["$ref"]
    inside = [schema[key] for key in _SAME_VALUE if key in schema]
    inside += [part for key in _ALTERNATIVES if isinstance(schema.get(key), list) for part in schema[key]]
    if isinstance(schema.get("dependentSchemas"), dict):
        inside += schema["dependentSchemas"].values()
    for part in inside:
        yield from _same_value_references(part)
