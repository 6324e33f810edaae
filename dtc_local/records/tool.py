"""Tool specifications as the rest of the package sees them: normalised, with the original kept.

`parameters` and `output` are what the grammar compiles; `source` keeps what the user wrote, and has the last
word on every generated value. Field order of `parameters["properties"]` is the order in which calls are written.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import SerializerFunctionWrapHandler, model_serializer

from dtc_local.records.base import Json, Record, Schema

Effect = Literal["read", "write", "destructive"]
Severity = Literal["info", "warning", "error"]
FindingKind = Literal[
    "bounds",
    "default",
    "deprecated",
    "description",
    "draft",
    "duplicate",
    "enum",
    "example",
    "format",
    "free_form",
    "items",
    "keyword",
    "malformed",
    "missing_type",
    "name",
    "near_duplicate",
    "nullable",
    "output",
    "overload",
    "parameter",
    "pattern",
    "recursion",
    "reference",
    "required",
    "security",
    "skipped",
    "too_large",
    "type",
    "union",
    "unusable",
]
"""What a finding is about; why each matters stands in `dtc_local/tools/findings.py`."""
OutputOrigin = Literal["declared", "inferred", "given", "none"]


class Finding(Record):
    """One thing the importer changed or noticed in a spec."""

    severity: Severity
    kind: FindingKind
    pointer: str
    """JSON pointer into the tool's original specification."""
    what: str
    why: str = ""
    way_out: str = ""


class Recorded(Record):
    """A call that really happened, as the user recorded it or the spec shows it; parts that are not known are None."""

    arguments: dict[str, Json] | None = None
    result: Json = None


class _MayFail(Record):
    """What may have an error schema. One that is not there is not written either: the text of a tool without one, and
    so its digest, is what it was before tools had any."""

    error: Schema | None = None
    """Schema of what the tool returns when it fails, or None where none is known."""

    @model_serializer(mode="wrap")
    def _without_absent_error(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        written: dict[str, Any] = write(self)
        return {key: value for key, value in written.items() if key != "error" or value is not None}


class ToolSource(_MayFail):
    """Where a tool came from, and its own words before normalisation."""

    dialect: str
    file: str
    name: str
    parameters: Schema
    """Original parameters in JSON Schema 2020-12 spelling: dialect type names translated, nothing else touched."""
    output: Schema | None = None


class Tool(_MayFail):
    """A callable tool: legal name (`^[A-Za-z0-9_-]{1,64}$`), normalised schemas, effect."""

    name: str
    namespace: str = "default"
    description: str = ""
    parameters: Schema
    """Object schema; `properties`, `required` always present, `additionalProperties` false."""
    output: Schema | None = None
    """Schema of the result, or None where the spec declares none."""
    output_origin: OutputOrigin = "none"
    """Whether the output schema was declared by the spec, inferred by a model, or given by the user in a file."""
    effect: Effect = "read"
    entities: dict[str, str] = {}
    """Entity kinds the user has set: parameter name, or "->" and a dotted result path, to kind; "" for no entity."""
    recorded: tuple[Recorded, ...] = ()
    """Example calls and results of the spec or of the user's recordings."""
    source: ToolSource
    findings: tuple[Finding, ...] = ()

    @property
    def unusable(self) -> bool:
        """Whether nothing may be planned with the tool: an error says why."""
        return any(finding.severity == "error" for finding in self.findings)

    @property
    def required(self) -> tuple[str, ...]:
        """Names of required parameters, in schema order."""
        needed = set(self.parameters.get("required", ()))
        return tuple(name for name in self.parameters["properties"] if name in needed)
