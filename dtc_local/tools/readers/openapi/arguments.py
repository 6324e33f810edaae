"""All that a caller of an operation must say, as one flat object: parameters and request body together.

Parameters of the path item come first, those of the operation replace them. The properties of an object body stand
beside them; any other body is one argument called `body`. Where two would have one name, the later one says where it
belongs (`id_body`, `id_query`). Credentials and what the client itself writes (`Accept`, `Content-Type`) are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from dtc_local.records import Json, Schema
from dtc_local.tools.findings import Log
from dtc_local.tools.readers.base import shown
from dtc_local.tools.readers.openapi.api import Api, Operation, listed, mapped, words_of, yes
from dtc_local.tools.readers.openapi.media import chosen, is_form
from dtc_local.tools.readers.openapi.objects import object_of
from dtc_local.tools.readers.openapi.schemas import Schemas
from dtc_local.tools.readers.openapi.security import Credentials

_NOT_A_SCHEMA = frozenset(
    ("name", "in", "description", "required", "collectionFormat", "allowEmptyValue", "example", "examples", "x-example")
)
_CLIENTS = frozenset(("accept", "content-type"))
_WHOLE_ONLY = frozenset(
    (
        "minProperties",
        "maxProperties",
        "propertyNames",
        "patternProperties",
        "unevaluatedProperties",
        "additionalProperties",
    )
)
"""Keywords about all properties of a body: they say nothing once parameters stand beside them."""
_PLACES = ("path", "query", "header", "cookie", "formData", "body", "querystring")


@dataclass
class Arguments:
    """The object schema that grows; `shown` are example values by argument, `bodies` whole example bodies."""

    log: Log
    properties: dict[str, Json] = field(default_factory=dict)
    required: list[str] = field(default_factory=list)
    rest: dict[str, Json] = field(default_factory=dict)
    shown: dict[str, Json] = field(default_factory=dict)
    bodies: dict[str, Json] = field(default_factory=dict)
    """Example bodies by name; the unnamed one is ""."""
    body_names: dict[str, str] | None = None
    """Property of an object body -> argument; None for a body that is one argument."""
    body_argument: str = ""

    def add(self, name: str, schema: Json, place: str, pointer: str, *, needed: bool) -> str:
        """Add an argument under its name, or under one that says its place; the name it has."""
        own = name
        while own in self.properties:
            own = f"{own}_{place}"
        if own != name:
            self.log.info("parameter", pointer, f"{name!r} is there already, the one in the {place} is called {own!r}")
        self.properties[own] = schema
        if needed:
            self.required.append(own)
        return own

    def schema(self) -> Schema:
        """The object schema of everything added."""
        return {"type": "object", **self.rest, "properties": self.properties, "required": self.required}


class ArgumentReader:
    """Reads the arguments of a document's operations."""

    def __init__(self, api: Api, schemas: Schemas) -> None:
        self.api, self.schemas, self.credentials = api, schemas, Credentials(api)

    def read(self, operation: Operation, log: Log) -> Arguments:
        """Everything an operation takes."""
        made = Arguments(log)
        declared = set()
        body: tuple[dict[str, Json], str] | None = None
        for parameter, pointer in self._parameters(operation, log):
            place = words_of(parameter.get("in"))
            if place == "path":
                declared.add(parameter["name"])
            if place == "body":
                body = parameter, pointer
            else:
                self._parameter(made, operation, parameter, place, pointer)
        self._undeclared(made, operation, declared)
        if body is not None:
            self._swagger_body(made, *body)
        if not self.api.is_swagger and "requestBody" in operation.value:
            self._request_body(made, operation)
        return made

    def _parameters(self, operation: Operation, log: Log) -> Iterator[tuple[dict[str, Json], str]]:
        """Parameters of the path item, then of the operation; an operation's own replaces the item's of that name."""
        around = operation.pointer.rsplit("/", 1)[0]
        found: dict[tuple[str, str], tuple[dict[str, Json], str]] = {}
        for owner, home in ((operation.item, around), (operation.value, operation.pointer)):
            for index, written in enumerate(listed(owner.get("parameters"))):
                pointer = f"{home}/parameters/{index}"
                parameter = self.api.follow(written)
                reason = self._fault(written, parameter)
                if reason:
                    log.warning("malformed", pointer, f"{reason}, left out", 'A parameter has "name" and "in".')
                else:
                    found[parameter["name"], parameter["in"]] = parameter, pointer
        yield from found.values()

    def _fault(self, written: Json, parameter: dict[str, Json]) -> str:
        lost = self.api.leads_nowhere(written)
        if lost is not None:
            return f"parameter {lost!r} points to nothing"
        if not words_of(parameter.get("name")) and parameter.get("in") == "body":
            parameter["name"] = "body"
        if not words_of(parameter.get("name")) or not isinstance(parameter["name"], str):
            return f"parameter {shown(written)} has no name"
        if parameter.get("in") not in _PLACES:
            return f"parameter {parameter['name']!r} is in {shown(parameter.get('in'))}"
        return ""

    def _parameter(
        self, made: Arguments, operation: Operation, parameter: dict[str, Json], place: str, pointer: str
    ) -> None:
        name = parameter["name"]
        if place == "header" and name.lower() in _CLIENTS:
            made.log.info("parameter", pointer, f"header {name} is the client's own, left out")
            return
        if self.credentials.hold(operation, place, name, parameter.get("description")):
            made.log.info("security", pointer, f"{place} parameter {name!r} carries a credential, left out")
            return
        schema = _described(self._schema(parameter), parameter)
        needed = place == "path" or yes(parameter.get("required"))
        own = made.add(name, schema, place, pointer, needed=needed)
        examples = mapped(schema).get("examples")
        if examples:
            made.shown[own] = examples[0]

    def _schema(self, parameter: dict[str, Json]) -> Json:
        if "schema" in parameter:
            return self.schemas.convert(parameter["schema"])
        if isinstance(parameter.get("content"), dict):
            found = chosen(parameter["content"])
            return self.schemas.convert(mapped(self.api.follow(found[1])).get("schema", {})) if found else {}
        inline = {key: value for key, value in parameter.items() if key not in _NOT_A_SCHEMA}
        return self.schemas.convert(inline)

    def _undeclared(self, made: Arguments, operation: Operation, declared: set[str]) -> None:
        """Names in the path that no parameter describes: the call cannot be made without them."""
        for name in dict.fromkeys(re.findall(r"\{\+?([\w.-]+)[^{}]*\}", operation.path)):
            if name not in declared:
                what = f"{{{name}}} of the path is no parameter, taken as a string"
                made.log.warning("parameter", operation.pointer, what, "Describe it among the parameters.")
                made.add(name, {"type": "string"}, "path", operation.pointer, needed=True)

    def _swagger_body(self, made: Arguments, parameter: dict[str, Json], pointer: str) -> None:
        schema = self.schemas.convert(parameter.get("schema", {}))
        self._body(made, schema, parameter, f"{pointer}/schema", yes(parameter.get("required")), None)

    def _request_body(self, made: Arguments, operation: Operation) -> None:
        pointer = f"{operation.pointer}/requestBody"
        body = self.api.follow(operation.value["requestBody"])
        found = chosen(mapped(body.get("content")))
        if found is None:
            made.log.warning("malformed", pointer, "the request body has no content, left out", "Add its schema.")
            return
        kind, written, others = found
        if others:
            made.log.info("parameter", pointer, f"the body may also be {', '.join(others)}, {kind} is used")
        media = self.api.follow(written)
        made.bodies = named_examples(self.api, media)
        schema = self.schemas.convert(media.get("schema", {"type": "string"}))
        form = operation if is_form(kind) else None
        self._body(made, schema, body, f"{pointer}/content/schema", yes(body.get("required")), form)

    def _body(
        self, made: Arguments, schema: Json, body: dict[str, Json], pointer: str, needed: bool, form: Operation | None
    ) -> None:
        """The properties of an object body, or the body itself; of a form, credentials are left out."""
        made.bodies = made.bodies or examples_in(self.schemas.opened(schema))
        flat = object_of(self.schemas, schema)
        if flat is None:
            name = words_of(body.get("name")) or "body"
            made.body_argument = made.add(name, _described(schema, body), "body", pointer, needed=needed)
            return
        alone = not made.properties
        made.body_names = {}
        for name, child in flat["properties"].items():
            place = f"{pointer}/properties/{name}"
            text = mapped(self.schemas.opened(child)).get("description")
            if form is not None and self.credentials.hold(form, "formData", name, text):
                made.log.info("security", place, f"{name!r} of the body carries a credential, left out")
                continue
            made.body_names[name] = made.add(name, child, "body", place, needed=name in flat["required"])
        renamed = any(name != own for name, own in made.body_names.items())
        for key, value in flat.items():
            if key not in ("type", "properties", "required") and not renamed and (alone or key not in _WHOLE_ONLY):
                made.rest[key] = value


def named_examples(api: Api, media: dict[str, Json]) -> dict[str, Json]:
    """The examples of a media type by name; the one without a name is "" """
    named = {name: api.follow(one) for name, one in mapped(media.get("examples")).items()}
    found = {name: one["value"] for name, one in named.items() if "value" in one}
    return {"": media["example"], **found} if "example" in media else found


def examples_in(schema: Json) -> dict[str, Json]:
    """The first example that a schema itself shows, without a name."""
    shown = listed(mapped(schema).get("examples"))
    return {"": shown[0]} if shown else {}


def _described(schema: Json, parameter: dict[str, Json]) -> Json:
    """The schema with the description, examples and deprecation that the parameter around it has."""
    if not isinstance(schema, dict):
        return schema
    own: dict[str, Any] = dict(schema)
    if words_of(parameter.get("description")):
        own["description"] = words_of(parameter["description"])
    shown = [parameter[key] for key in ("example", "x-example") if key in parameter]
    shown += [
        one["value"] for one in mapped(parameter.get("examples")).values() if isinstance(one, dict) and "value" in one
    ]
    if shown:
        own["examples"] = [*shown, *listed(own.get("examples"))]
    if yes(parameter.get("deprecated")):
        own["deprecated"] = True
    return own
