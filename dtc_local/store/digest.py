"""Content digests: equal values have equal digests, whatever the order in which their keys were written."""

from __future__ import annotations

import hashlib
import json

from dtc_local.records import Json, Record


def canonical(value: Json) -> str:
    """JSON with sorted keys and no spaces: one text for each value."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def digest(value: Json) -> str:
    """SHA-256 of the canonical text, in hexadecimal."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def record_digest(record: Record) -> str:
    """Digest of a record **with** the order of its keys: the order of a tool's properties is part of the tool."""
    return hashlib.sha256(record.model_dump_json().encode()).hexdigest()
