"""What every record is: a frozen pydantic value, compared by content, without identity or I/O."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict

Json = Any
"""A JSON value: None, bool, int, float, str, list or dict with string keys."""

Schema = dict[str, Any]
"""A JSON Schema (draft 2020-12) object."""


class Record(BaseModel):
    """Frozen value; unknown fields are errors, so that a stored record of another version is noticed."""

    model_config = ConfigDict(frozen=True, extra="forbid")
