"""What an operation returns: the JSON schemas of its first success and of its failure, and the results its examples
show."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from dtc_local.records import Json, Recorded, Schema
from dtc_local.tools.findings import Log
from dtc_local.tools.readers.openapi.api import Api, Operation, mapped
from dtc_local.tools.readers.openapi.arguments import Arguments, examples_in, named_examples
from dtc_local.tools.readers.openapi.media import chosen, is_json
from dtc_local.tools.readers.openapi.schemas import Schemas
from dtc_local.tools.schemas.spelling import escape

MAX_EXAMPLES = 8
"""Most examples taken of one operation."""
SUCCESSES = ("200", "201", "2XX|2xx", r"2\d\d", "default")
FAILURES = ("404", "400", "422", "4XX|4xx", "default", r"4\d\d", r"5\d\d|5XX|5xx")
"""Codes of responses, those that are taken first before the others."""


@dataclass(frozen=True)
class Results:
    """The schema of a response, its place below the operation, and example results by name ("" for one without)."""

    schema: Schema | None = None
    key: str = "responses"
    examples: dict[str, Json] = field(default_factory=dict)


def results(api: Api, schemas: Schemas, operation: Operation, log: Log) -> Results:
    """The first of 200, 201, 2XX, any other success and the default that has a JSON schema."""
    found = (_read(api, schemas, operation, code, log) for code in _codes(operation, SUCCESSES))
    return next((one for one in found if one is not None), Results())


def failure(api: Api, schemas: Schemas, operation: Operation, success: Results, log: Log) -> Results:
    """What is returned where a call fails: of what is not found, refused or invalid, the first with a JSON schema of
    its own; else of the default, of any other failure."""
    found = (_read(api, schemas, operation, code, log) for code in _codes(operation, FAILURES))
    return next((one for one in found if one and one.schema and one.schema != success.schema), Results())


def _codes(operation: Operation, order: Sequence[str]) -> list[str]:
    """The response codes that one of these expressions matches, those of the first ones first."""
    codes = mapped(operation.value.get("responses"))
    ranks = {code: next((rank for rank, one in enumerate(order) if re.fullmatch(one, code)), None) for code in codes}
    return sorted((code for code in codes if ranks[code] is not None), key=lambda code: (ranks[code] or 0, code))


def _read(api: Api, schemas: Schemas, operation: Operation, code: str, log: Log) -> Results | None:
    """Schema and examples of one response; None where it has no schema in JSON."""
    response = mapped(operation.value.get("responses"))[code]
    key = f"responses/{escape(code)}"
    lost = api.leads_nowhere(response)
    if lost is not None:
        log.warning("reference", f"{operation.pointer}/{key}", f"{lost!r} points to nothing, left out", "Correct it.")
        return None
    found = _of_response(api, schemas, api.follow(response))
    if found is None or found[0] is None:
        return None
    schema, examples = found
    converted = schemas.opened(schemas.convert(schema))
    if not isinstance(converted, dict) or not converted:
        return Results(None, key, examples)
    examples = examples or examples_in(converted)
    bare = {name: value for name, value in converted.items() if name != "examples"}
    return Results(schemas.closed(bare, f"{operation.pointer}/{key}", log), key, examples)


def _of_response(api: Api, schemas: Schemas, response: dict[str, Json]) -> tuple[Json, dict[str, Json]] | None:
    """Schema and named examples of a response in JSON; None where it has no JSON."""
    if api.is_swagger:
        shown = [value for kind, value in mapped(response.get("examples")).items() if is_json(kind)]
        return response.get("schema"), ({"": shown[0]} if shown else {})
    content = {kind: value for kind, value in mapped(response.get("content")).items() if is_json(kind)}
    found = chosen(content)
    if found is None:
        return None
    media = api.follow(found.value)
    return media.get("schema"), named_examples(api, media)


def recorded(made: Arguments, found: Results) -> tuple[Recorded, ...]:
    """The calls that examples show: request and result of one name belong together, others stand alone.

    A call is taken only where its examples give every argument that it needs.
    """
    calls = {name: call for name, body in made.bodies.items() if (call := _call(made, body)) is not None}
    alone = _call(made, None)
    if not calls and made.shown and alone is not None and not made.bodies:
        calls = {"": alone}
    both = [name for name in calls if name in found.examples]
    if len(calls) == len(found.examples) == 1 and "" in {*calls, *found.examples}:
        ((call,), (result,)) = calls.values(), found.examples.values()
        return (Recorded(arguments=call, result=result),)
    pairs = [Recorded(arguments=calls[name], result=found.examples[name]) for name in both]
    pairs += [Recorded(arguments=call) for name, call in calls.items() if name not in both]
    pairs += [Recorded(result=value) for name, value in found.examples.items() if name not in both]
    return tuple(pairs[:MAX_EXAMPLES])


def _call(made: Arguments, body: Json) -> dict[str, Json] | None:
    """The arguments of an example body with those of the parameters' own examples; None if a needed one is missing."""
    arguments = dict(made.shown)
    if made.body_argument and body is not None:
        arguments[made.body_argument] = body
    elif made.body_names is not None and isinstance(body, dict):
        arguments |= {made.body_names[name]: value for name, value in body.items() if name in made.body_names}
    if not arguments or not set(made.required) <= arguments.keys():
        return None
    return {name: arguments[name] for name in made.properties if name in arguments}
