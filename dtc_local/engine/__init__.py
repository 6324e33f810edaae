"""The engine: the only part of the package that knows llama.cpp, Outlines and llguidance.

Importing this package is cheap; the libraries are loaded when a model is.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dtc_local.engine.batch import LlamaEngine


def from_gguf(path: str | Path, **options: Any) -> LlamaEngine:
    """Load a GGUF model; `options` are those of :class:`dtc_local.engine.batch.LlamaEngine`."""
    from dtc_local.engine.batch import LlamaEngine

    return LlamaEngine(path, **options)
