"""What a run may ask of a model of its size.

A small model chooses among facts and among English phrases (`stages/phrasebook.py`), so it can neither speak another
language nor think in words of its own. What it cannot do is refused before anything is written.
"""

from __future__ import annotations

from dtc_local.engine.base import ModelInfo
from dtc_local.errors import UserError
from dtc_local.languages import LANGUAGES
from dtc_local.settings import RunConfig

SMALL_MODEL = 100_000_000
"""Below this many parameters a model is small, and `values = "auto"` means: choose among the scenario's facts."""


def facts_only(model: ModelInfo, config: RunConfig) -> bool:
    """Whether values are chosen among facts, and words among phrases."""
    return config.values == "facts" or (config.values == "auto" and model.parameters < SMALL_MODEL)


def require_able(model: ModelInfo, config: RunConfig) -> None:
    """Raises UserError where the run asks for a language or for thoughts that it cannot have."""
    if config.language != "en":
        wish = f"speak {LANGUAGES[config.language].english}"
    elif config.reasoning:
        wish = "think in words of its own"
    else:
        return
    if model.parameters < SMALL_MODEL:
        raise UserError(f"The model {model.name} is too small to {wish}.", "Give a larger one with --model.")
    if config.values == "facts":
        raise UserError(
            f"With --values facts the model chooses among English phrases and cannot {wish}.", "Give --values free."
        )
