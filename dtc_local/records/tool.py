"""Tool specifications as the rest of the package sees them: normalised, with the original kept.

`parameters` and `output` are what the grammar compiles; `source` keeps what the user wrote, and has the last
word on every generated value. Field order of `parameters["properties"]` is the order in which calls are written.
"""

from __future__ import annotations

from typing import Literal

from dtc_local.records.base import Record, Schema

Effect = Literal["read", "write", "destructive"]


class Finding(Record):
    """One thing the importer changed or noticed in a spec."""

    severity: Literal["info", "warning", "error"]
    pointer: str
    """JSON pointer into the tool's original specification."""
    what: str
    way_out: str = ""


class ToolSource(Record):
    """Where a tool came from, and its own words before normalisation."""

    dialect: str
    file: str
    name: str
    parameters: Schema
    """Original parameters in JSON Schema 2020-12 spelling: dialect type names translated, nothing else touched."""
    output: Schema | None = None


class Tool(Record):
    """A callable tool: legal name (`^[A-Za-z0-9_-]{1,64}$`), normalised schemas, effect."""

    name: str
    namespace: str = "default"
    description: str = ""
    parameters: Schema
    """Object schema; `properties`, `required` always present, `additionalProperties` false."""
    output: Schema | None = None
    """Schema of the result, or None where the spec declares none."""
    effect: Effect = "read"
    source: ToolSource
    findings: tuple[Finding, ...] = ()

    @property
    def required(self) -> tuple[str, ...]:
        """Names of required parameters, in schema order."""
        needed = set(self.parameters.get("required", ()))
        return tuple(name for name in self.parameters["properties"] if name in needed)
