"""What a run may ask of a model of its size.

A small model chooses among facts and among English phrases (`stages/phrasebook.py`), so it can neither speak another
language nor think in words of its own. What it cannot do is refused before anything is written.
"""

from __future__ import annotations

from dtc_local.engine.base import ModelInfo
from dtc_local.errors import UserError
from dtc_local.languages import LANGUAGES
from dtc_local.settings import RunConfig
from dtc_local.stages.speech import SPEECH

SMALL_MODEL = 100_000_000
"""Below this many parameters a model is small, and `values = "auto"` means: choose among the scenario's facts."""


def facts_only(model: ModelInfo, config: RunConfig) -> bool:
    """Whether values are chosen among facts, and words among phrases."""
    return config.values == "facts" or (config.values == "auto" and model.parameters < SMALL_MODEL)


def require_able(model: ModelInfo, config: RunConfig) -> None:
    """Raises UserError where the run asks for a language or for thoughts that it cannot have."""
    name = LANGUAGES[config.language].english
    if config.language not in SPEECH:
        known = ", ".join(f"{code} ({LANGUAGES[code].english})" for code in sorted(SPEECH))
        raise UserError(f"Conversations cannot be written in {name} yet.", f"Give one of {known}.")
    wish = f"speak {name}" if config.language != "en" else "think in words of its own" if config.reasoning else ""
    if not wish:
        return
    if model.parameters < SMALL_MODEL:
        raise UserError(f"The model {model.name} is too small to {wish}.", "Give a larger one with --model.")
    if config.values == "facts":
        raise UserError(
            f"With --values facts the model chooses among English phrases and cannot {wish}.", "Give --values free."
        )
