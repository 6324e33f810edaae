"""An OpenAPI document as the rest of the reader sees it: version, operations, references followed.

Nothing here trusts the document: every member may be of the wrong type, every reference may lead nowhere or in a
circle. What is no object where one belongs reads as an empty one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from dtc_local.records import Json
from dtc_local.tools.files.bundle import lookup
from dtc_local.tools.schemas.spelling import escape

METHODS = ("get", "put", "post", "delete", "patch", "options", "head", "trace", "query")
_HOPS = 16
"""References followed one after the other before they are taken for a circle."""


@dataclass(frozen=True)
class Operation:
    """One operation; `item` is the path item around it, `pointer` its place in the document."""

    path: str
    method: str
    value: dict[str, Json]
    item: dict[str, Json]
    pointer: str


@dataclass(frozen=True)
class Api:
    """A whole document; `is_swagger` is true for version 2 and for what has its shape.

    `merges` is true from version 3.1 on, where what stands beside a schema's `$ref` counts too; before, it is ignored.
    """

    value: dict[str, Json]
    is_swagger: bool
    merges: bool = False
    _seen: dict[str, Json] = field(default_factory=dict)

    def find(self, reference: str) -> Json:
        """What a local reference leads to by itself; LookupError if nothing is there."""
        if reference not in self._seen:
            self._seen[reference] = lookup(self.value, reference)
        return self._seen[reference]

    def follow(self, node: Json) -> dict[str, Json]:
        """The object that `node` is or refers to, its own members over those of what it refers to; {} for none."""
        own: dict[str, Json] = {}
        for _ in range(_HOPS):
            if not isinstance(node, dict):
                return own
            own = {**node, **own}
            reference = own.pop("$ref", None)
            if not isinstance(reference, str):
                return own
            try:
                node = self.find(reference)
            except LookupError:
                return own
        return own

    def leads_nowhere(self, node: Json) -> str | None:
        """The reference of a node that refers to nothing; None for any other node."""
        reference = node.get("$ref") if isinstance(node, dict) else None
        if not isinstance(reference, str):
            return None
        try:
            self.find(reference)
        except LookupError:
            return reference
        return None

    def items(self) -> Iterator[tuple[str, Json, str]]:
        """(path, path item as written, pointer) of every path."""
        for path, item in self.follow(self.value.get("paths")).items():
            if not path.startswith("x-"):
                yield path, item, f"/paths/{escape(path)}"

    def operations(self) -> Iterator[Operation]:
        """Every operation of every path, in the order they are written."""
        for path, written, pointer in self.items():
            item = self.follow(written)
            for method, value in item.items():
                if method in METHODS and isinstance(value, dict):
                    yield Operation(path, method, self.follow(value), item, f"{pointer}/{method}")
            extra = item.get("additionalOperations")
            for method, value in extra.items() if isinstance(extra, dict) else ():
                if isinstance(value, dict):
                    place = f"{pointer}/additionalOperations/{escape(method)}"
                    yield Operation(path, method.lower(), self.follow(value), item, place)

    def component(self, kind: str) -> dict[str, Json]:
        """The components of a kind by name: `securitySchemes`, which version 2 calls `securityDefinitions`."""
        if self.is_swagger:
            return self.follow(self.value.get({"securitySchemes": "securityDefinitions"}.get(kind, kind)))
        return self.follow(self.follow(self.value.get("components")).get(kind))


def api_of(document: dict[str, Json]) -> Api:
    """The document under its version, or under the one whose shape it has."""
    version = version_of(document)
    if version is not None:
        return Api(
            document,
            version.startswith(("1", "2")),
            merges=not version.startswith(("1", "2", "3.0")) and version != "3",
        )
    return Api(document, _looks_like_swagger(document))


def version_of(document: dict[str, Json]) -> str | None:
    """The version the document says it has ("2.0", "3.1.0"), or None where it says none."""
    value = document.get("openapi", document.get("swagger"))
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else None


def _looks_like_swagger(document: dict[str, Json]) -> bool:
    marks = ("definitions", "securityDefinitions", "basePath", "host", "produces", "consumes", "schemes")
    if "components" in document or not isinstance(document.get("paths"), dict):
        return False
    if any(key in document for key in marks):
        return True
    operations = [op.value for op in Api(document, is_swagger=False).operations()]
    return any(_swagger_operation(operation) for operation in operations)


def _swagger_operation(operation: dict[str, Json]) -> bool:
    parameters = operation.get("parameters")
    listed = [one for one in parameters if isinstance(one, dict)] if isinstance(parameters, list) else []
    responses: Any = operation.get("responses")
    answers = responses.values() if isinstance(responses, dict) else ()
    return (
        "consumes" in operation
        or "produces" in operation
        or any(one.get("in") in ("body", "formData") or ("type" in one and "schema" not in one) for one in listed)
        or any(isinstance(answer, dict) and "schema" in answer for answer in answers)
    )


def yes(value: Json) -> bool:
    """Whether a flag is set; YAML of version 1.1 wrote `yes` and `on` for it."""
    return value is True or (isinstance(value, str) and value.lower() in ("true", "yes", "on"))


def listed(value: Json) -> list[Json]:
    """The value if it is a list, else none."""
    return value if isinstance(value, list) else []


def mapped(value: Json) -> dict[str, Json]:
    """The value if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def words_of(value: Json) -> str:
    """The value if it is a text, else none."""
    return value.strip() if isinstance(value, str) else ""
