"""Real vocabularies for tests, put into .cache/vocabularies by scripts/vocabularies; without them tests are skipped."""

from __future__ import annotations

from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / ".cache" / "vocabularies"


def vocabulary(name: str) -> Path:
    """A GGUF without weights, such as "qwen2" or "llama-bpe"; skips the test aloud if it is missing."""
    path = FOLDER / f"ggml-vocab-{name}.gguf"
    if not path.is_file():
        pytest.skip(f"no vocabulary {name}: run scripts/vocabularies")
    return path
