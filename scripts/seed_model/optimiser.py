"""Muon for the matrices, AdamW for embeddings, norms and biases, one schedule for both."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn

MATRIX_RATE, OTHER_RATE = 0.02, 3e-3
WARM_UP, DECAY = 30, 0.4
"""Steps of rising rate at the start; share of the budget over which the rate falls to zero."""


def orthogonal(gradients: Tensor, steps: int = 5) -> Tensor:
    """Nearest half-orthogonal matrices of a stack, by Newton-Schulz iterations in half precision."""
    a, b, c = 3.4445, -4.7750, 2.0315
    tall = gradients.shape[-2] > gradients.shape[-1]
    x = (gradients.mT if tall else gradients).bfloat16()
    x = x / (x.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    for _ in range(steps):
        square = x @ x.mT
        x = a * x + (b * square + c * square @ square) @ x
    settled: Tensor = (x.mT if tall else x).to(gradients.dtype)
    return settled


class Muon(torch.optim.Optimizer):
    """Momentum whose update is made orthogonal; matrices of one shape are worked on as one stack."""

    def __init__(self, parameters: Iterable[Tensor], lr: float = MATRIX_RATE, momentum: float = 0.95) -> None:
        super().__init__(parameters, {"lr": lr, "momentum": momentum})

    @torch.no_grad()
    def step(self, closure: Any = None) -> None:  # type: ignore[override]
        """Update every matrix that has a gradient."""
        for group in self.param_groups:
            shapes: dict[torch.Size, list[Tensor]] = defaultdict(list)
            for parameter in group["params"]:
                if parameter.grad is not None:
                    shapes[parameter.shape].append(parameter)
            for shape, matrices in shapes.items():
                directions = [self._momentum(matrix, group["momentum"]) for matrix in matrices]
                updates = orthogonal(torch.stack(directions))
                scale = group["lr"] * max(1.0, shape[0] / shape[1]) ** 0.5
                for matrix, update in zip(matrices, updates, strict=True):
                    matrix.add_(update, alpha=-scale)

    def _momentum(self, parameter: Tensor, momentum: float) -> Tensor:
        """Nesterov direction of one matrix."""
        assert parameter.grad is not None
        state = self.state[parameter]
        if "average" not in state:
            state["average"] = torch.zeros_like(parameter)
        state["average"].lerp_(parameter.grad, 1 - momentum)
        return parameter.grad.lerp(state["average"], momentum)


class Optimisers:
    """Both optimisers behind one step, with their rate set from the share of the budget that is spent."""

    def __init__(self, network: nn.Module) -> None:
        matrices = [p for n, p in network.named_parameters() if p.dim() == 2 and "embedding" not in n]
        others = [p for n, p in network.named_parameters() if p.dim() != 2 or "embedding" in n]
        self.parts: tuple[torch.optim.Optimizer, ...] = (
            Muon(matrices),
            torch.optim.AdamW(others, lr=OTHER_RATE, betas=(0.9, 0.98), eps=1e-10, weight_decay=0.0),
        )
        self._network = network

    def step(self, number: int, spent: float) -> float:
        """Clip, update, forget the gradients; returns the factor on the rates."""
        factor = rate_factor(number, spent)
        nn.utils.clip_grad_norm_(self._network.parameters(), 1.0)
        for part, rate in zip(self.parts, (MATRIX_RATE, OTHER_RATE), strict=True):
            for group in part.param_groups:
                group["lr"] = rate * factor
            part.step()
            part.zero_grad(set_to_none=True)
        return factor

    def state(self) -> list[dict[str, Any]]:
        """What a checkpoint has to keep."""
        return [part.state_dict() for part in self.parts]

    def restore(self, states: list[dict[str, Any]]) -> None:
        """Continue from a checkpoint."""
        for part, state in zip(self.parts, states, strict=True):
            part.load_state_dict(state)


def rate_factor(number: int, spent: float) -> float:
    """Short warm-up by steps, constant, then linear to zero over the last part of the budget."""
    warm = min(1.0, (number + 1) / WARM_UP)
    return warm * min(1.0, max(0.0, (1.0 - spent) / DECAY))
