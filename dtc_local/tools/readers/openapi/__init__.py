"""OpenAPI 3.0 to 3.2 and Swagger 2.0 documents: one tool an operation.

`api` finds the operations, `texts` names and describes them, `arguments` makes parameters and body one flat object,
`results` takes the first success and a failure; `schemas` turns every schema on the way into JSON Schema. Files that
the document refers to are in it already (`tools/files/bundle.py`). What calls back (webhooks, callbacks) is no tool.
A document without a version is read as the one whose shape it has.
"""

from __future__ import annotations

from collections.abc import Iterator

from dtc_local.records import Json
from dtc_local.tools.findings import Log, finding
from dtc_local.tools.readers.base import Noted, RawTool, Skipped, shown
from dtc_local.tools.readers.openapi.api import METHODS, Api, Operation, api_of, mapped, version_of, yes
from dtc_local.tools.readers.openapi.arguments import ArgumentReader
from dtc_local.tools.readers.openapi.results import failure, recorded, results
from dtc_local.tools.readers.openapi.schemas import Schemas
from dtc_local.tools.readers.openapi.texts import Names, description, effect
from dtc_local.tools.schemas.spelling import escape

NAME = "openapi"
WORDS = 'OpenAPI and Swagger documents: {"openapi": "3.1.0", "paths": {"/users/{id}": {"get": {...}}}}'
WHOLE = "Name the document with the paths; it finds this one in its folder, or beside it on the command line."
_PARTS = ("components", "definitions", "webhooks", "securityDefinitions")


def matches(document: Json) -> bool:
    """True for an object with a version, or with paths that begin with a slash."""
    if not isinstance(document, dict):
        return False
    return version_of(document) is not None or _has_paths(document)


def is_whole(document: Json) -> bool:
    """Whether a document says that it is an OpenAPI document and has operations of its own."""
    return isinstance(document, dict) and version_of(document) is not None and lack(document) is None


def lack(document: Json) -> str | None:
    """What an OpenAPI document or a part of one lacks to be called; None for a whole one, and for anything else."""
    if not isinstance(document, dict):
        return None
    version = version_of(document)
    if version is not None and version.startswith("1"):
        return f"Swagger {version} is older than what is read"
    if mapped(document.get("paths")):
        return None
    held = next((key for key in _PARTS if isinstance(document.get(key), dict)), None)
    if version is None and held != "components":
        return None
    if held is None:
        return "an OpenAPI document without paths holds nothing to call"
    return f"a part of an OpenAPI document: it has {held} and no paths, so nothing to call"


def read(document: Json) -> Iterator[RawTool | Skipped | Noted]:
    """The tool of every operation, in the order they are written."""
    api = api_of(document)
    if version_of(document) is None:
        version = "Swagger 2.0" if api.is_swagger else "OpenAPI 3"
        what = f'no "openapi" or "swagger" says its version, read as {version}'
        yield Noted(finding("info", "draft", "", what, 'Add "openapi": "3.1.0", or the version it has.'))
    reader = _Reader(api)
    for path, item, pointer in api.items():
        lost = api.leads_nowhere(item)
        if lost is not None:
            what = f"{lost!r} points to nothing: the operations of {path} are lost"
            yield Noted(finding("error", "reference", pointer, what, "Correct the reference."))
        elif not isinstance(item, dict):
            what = f"{shown(item)} in place of a path item, left out"
            yield Noted(finding("warning", "malformed", pointer, what, "Write an object of operations."))
        else:
            yield from _malformed(api.follow(item), pointer)
    for operation in api.operations():
        yield reader.tool(operation)
        for name in mapped(operation.value.get("callbacks")):
            yield Skipped(f"{operation.pointer}/callbacks/{escape(name)}", f"callback {name} is called by the API")
    for name in api.follow(document.get("webhooks")):
        yield Skipped(f"/webhooks/{escape(name)}", f"webhook {name} is called by the API")


def _malformed(item: dict[str, Json], pointer: str) -> Iterator[Noted]:
    for method, value in item.items():
        if method in METHODS and not isinstance(value, dict):
            what = f"{shown(value)} in place of an operation, left out"
            yield Noted(finding("warning", "malformed", f"{pointer}/{method}", what, "Describe the operation."))


class _Reader:
    """What the operations of one document share: converted schemas, credentials, names that are taken."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.names = Names()
        self.requests, self.responses = Schemas(api, "request"), Schemas(api, "response")
        self.arguments = ArgumentReader(api, self.requests)

    def tool(self, operation: Operation) -> RawTool:
        """The tool of an operation."""
        log = Log()
        name = self.names.name(operation, log)
        made = self.arguments.read(operation, log)
        found = results(self.api, self.responses, operation, log)
        failed = failure(self.api, self.responses, operation, found, log)
        if yes(operation.value.get("deprecated")):
            log.info("deprecated", operation.pointer, "the operation is deprecated, kept")
        return RawTool(
            dialect=NAME,
            pointer=operation.pointer,
            name=name,
            description=description(operation, log),
            parameters=self.requests.closed(made.schema(), f"{operation.pointer}/parameters", log),
            output=found.schema,
            output_key=found.key,
            error=failed.schema,
            error_key=failed.key,
            effect=effect(operation, name),
            recorded=recorded(made, found),
            findings=log.result(operation.pointer),
        )


def _has_paths(document: dict[str, Json]) -> bool:
    paths = document.get("paths")
    return isinstance(paths, dict) and any(path.startswith("/") for path in paths)
