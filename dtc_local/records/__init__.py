"""What flows through the pipeline: frozen pydantic values without ids or I/O."""

from dtc_local.records.base import Json, Record, Schema
from dtc_local.records.conversation import (
    Candidate,
    Conversation,
    ExecutedCall,
    Provenance,
    Turn,
    Verdict,
    Verification,
)
from dtc_local.records.plan import (
    KINDS,
    SAMPLERS,
    Argument,
    CallOutline,
    Kind,
    LiteralValue,
    Plan,
    PlannedCall,
    Reference,
    Sampler,
    TurnOutline,
)
from dtc_local.records.scenario import Persona, Scenario
from dtc_local.records.tool import Effect, Finding, FindingKind, OutputOrigin, Recorded, Severity, Tool, ToolSource

__all__ = [
    "KINDS",
    "SAMPLERS",
    "Argument",
    "CallOutline",
    "Candidate",
    "Conversation",
    "Effect",
    "ExecutedCall",
    "Finding",
    "FindingKind",
    "Json",
    "Kind",
    "LiteralValue",
    "OutputOrigin",
    "Persona",
    "Plan",
    "PlannedCall",
    "Provenance",
    "Record",
    "Recorded",
    "Reference",
    "Sampler",
    "Scenario",
    "Schema",
    "Severity",
    "Tool",
    "ToolSource",
    "Turn",
    "TurnOutline",
    "Verdict",
    "Verification",
]
