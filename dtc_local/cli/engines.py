"""Opens the model that a command names: a file, a name from models.toml, or the shipped seed model."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from dtc_local.models_file import find_model

if TYPE_CHECKING:
    from dtc_local.engine.base import Engine


@contextmanager
def open_engine(model: str | None) -> Iterator[Engine]:
    """The engine of that model, closed at the end of the block."""
    from dtc_local.engine import from_gguf

    engine = from_gguf(find_model(model))
    try:
        yield engine
    finally:
        engine.close()
