"""Files of a training folder: tokenizer, checkpoint and model, each moved into place whole."""

from __future__ import annotations

import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

from seed_model.network import Network, Shape
from seed_model.optimiser import Optimisers

TOKENIZER, CHECKPOINT, MODEL = "tokenizer.json", "checkpoint.pt", "seed.gguf"


def save(folder: Path, network: Network, optimisers: Optimisers, progress: dict[str, Any]) -> None:
    """Write everything a resumed training needs."""
    state = {
        "progress": progress,
        "shape": asdict(network.shape),
        "network": network.state_dict(),
        "optimisers": optimisers.state(),
    }
    partial = folder / "checkpoint.partial"
    torch.save(state, partial)
    os.replace(partial, folder / CHECKPOINT)


def load(folder: Path) -> dict[str, Any]:
    """Read what :func:`save` wrote; tensors only, no code."""
    state: dict[str, Any] = torch.load(folder / CHECKPOINT, map_location="cpu", weights_only=True)
    return state


def network(state: dict[str, Any]) -> Network:
    """The network of a checkpoint."""
    loaded = Network(Shape(**state["shape"]))
    loaded.load_state_dict(state["network"])
    return loaded
