"""The seed model in torch: a small Qwen2-shaped transformer that reads whole trees of prompts in one row."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

EMBEDDING_SCALE = 3.0
"""Embeddings start this many times the usual size: the table, not attention, is what learns slowly."""

Turns = tuple[Tensor, Tensor]
"""Cosine and sine of the rotary positions."""


@dataclass(frozen=True)
class Shape:
    """Everything that fixes the tensors' sizes and the arithmetic between them."""

    vocabulary: int = 4096
    layers: int = 6
    width: int = 256
    heads: int = 4
    hidden: int = 704
    theta: float = 10_000.0
    epsilon: float = 1e-6
    context: int = 4096


class Attention(nn.Module):
    """Self-attention with rotary positions in halves; queries go in blocks that read no key after themselves."""

    def __init__(self, shape: Shape, block: int) -> None:
        super().__init__()
        self.heads, self.block = shape.heads, block
        self.q = nn.Linear(shape.width, shape.width)
        self.k = nn.Linear(shape.width, shape.width)
        self.v = nn.Linear(shape.width, shape.width)
        self.o = nn.Linear(shape.width, shape.width, bias=False)

    def forward(self, x: Tensor, turns: Turns, mask: Tensor, places: Tensor | None = None) -> Tensor:
        """Mix what each token sees; with `places`, only for those tokens, in their order.

        `turns` are the rotation's cosine and sine, `mask` is additive, of shape rows x 1 x length x length.
        """
        q, k, v = rotate(self._split(self.q(x)), *turns), rotate(self._split(self.k(x)), *turns), self._split(self.v(x))
        if places is not None:
            q, mask = pick(q, places, 2), pick(mask, places, 2)
            mixed = functional.scaled_dot_product_attention(q, k, v, attn_mask=mask)
        else:
            mixed = self._in_blocks(q, k, v, mask)
        out: Tensor = self.o(mixed.transpose(1, 2).flatten(2))
        return out

    def _split(self, y: Tensor) -> Tensor:
        """Rows x length x width to rows x heads x length x width of a head."""
        rows, length, width = y.shape
        return y.view(rows, length, self.heads, width // self.heads).transpose(1, 2)

    def _in_blocks(self, q: Tensor, k: Tensor, v: Tensor, mask: Tensor) -> Tensor:
        """Attention of all queries, a block at a time, so that keys after the block cost nothing."""
        length, seen = q.shape[2], []
        for start in range(0, length, self.block):
            end = min(start + self.block, length)
            queries, keys, values = q[:, :, start:end], k[:, :, :end], v[:, :, :end]
            seen.append(
                functional.scaled_dot_product_attention(queries, keys, values, attn_mask=mask[:, :, start:end, :end])
            )
        return torch.cat(seen, dim=2)


class Layer(nn.Module):
    """One transformer layer: attention and SwiGLU, each behind an RMS norm."""

    def __init__(self, shape: Shape, block: int) -> None:
        super().__init__()
        self.attention_norm = nn.RMSNorm(shape.width, eps=shape.epsilon)
        self.attention = Attention(shape, block)
        self.hidden_norm = nn.RMSNorm(shape.width, eps=shape.epsilon)
        self.gate = nn.Linear(shape.width, shape.hidden, bias=False)
        self.up = nn.Linear(shape.width, shape.hidden, bias=False)
        self.down = nn.Linear(shape.hidden, shape.width, bias=False)

    def forward(self, x: Tensor, turns: Turns, mask: Tensor, places: Tensor | None = None) -> Tensor:
        """Residual update of the row; with `places`, only those tokens are computed and returned."""
        mixed = self.attention(self.attention_norm(x), turns, mask, places)
        x = mixed + (x if places is None else pick(x, places, 1))
        y = self.hidden_norm(x)
        out: Tensor = x + self.down(functional.silu(self.gate(y)) * self.up(y))
        return out


class Network(nn.Module):
    """Tokens, positions and subtree ends in; logits at the asked places out."""

    def __init__(self, shape: Shape, block: int = 512) -> None:
        super().__init__()
        self.shape = shape
        self.embedding = nn.Embedding(shape.vocabulary, shape.width)
        self.layers = nn.ModuleList(Layer(shape, block) for _ in range(shape.layers))
        self.norm = nn.RMSNorm(shape.width, eps=shape.epsilon)
        self._start()

    def _start(self) -> None:
        """Initial values: small matrices, smaller still where they write to the residual stream."""
        nn.init.normal_(self.embedding.weight, std=0.02 * EMBEDDING_SCALE)
        for name, parameter in self.layers.named_parameters():
            if name.endswith("bias"):
                nn.init.zeros_(parameter)
            elif parameter.dim() == 2:
                writes = name.endswith(("o.weight", "down.weight"))
                scale = (2 * self.shape.layers) ** -0.5 if writes else 1.0
                nn.init.normal_(parameter, std=scale * self.shape.width**-0.5)

    def forward(self, tokens: Tensor, positions: Tensor, ends: Tensor, places: Tensor) -> Tensor:
        """Logits (rows x places x vocabulary).

        `ends[j]` is the last index of the subtree that token j begins; `places` are the indices whose next token is
        asked for: the last layer and the widest matrix are applied only there.
        """
        x = self.embedding(tokens)
        mask = path_mask(ends).to(torch.bfloat16 if torch.is_autocast_enabled(x.device.type) else x.dtype)
        turns = rotation(positions, self.shape)
        for layer in self.layers[:-1]:
            x = layer(x, turns, mask)
        x = self.norm(self.layers[-1](x, turns, mask, places))
        return functional.linear(x, self.embedding.weight)


def pick(x: Tensor, places: Tensor, axis: int) -> Tensor:
    """The entries of `x` at each row's places along an axis."""
    shape = [1] * x.dim()
    shape[0], shape[axis] = places.shape
    wanted = list(x.shape)
    wanted[axis] = places.shape[1]
    return x.gather(axis, places.view(shape).expand(wanted))


def path_mask(ends: Tensor) -> Tensor:
    """Additive mask: a token sees itself and its ancestors, the tokens before it whose subtree it belongs to."""
    index = torch.arange(ends.shape[1], device=ends.device)
    visible = (index[None, None, :] <= index[None, :, None]) & (index[None, :, None] <= ends[:, None, :])
    return torch.where(visible, 0.0, float("-inf")).unsqueeze(1)


def rotation(positions: Tensor, shape: Shape) -> Turns:
    """Cosine and sine of every position's angles, both halves of a head alike."""
    half = shape.width // shape.heads // 2
    rates = shape.theta ** (-torch.arange(half, device=positions.device, dtype=torch.float32) / half)
    angles = positions[:, None, :, None].float() * rates
    angles = torch.cat((angles, angles), dim=-1)
    return angles.cos(), angles.sin()


def rotate(x: Tensor, cosine: Tensor, sine: Tensor) -> Tensor:
    """Rotary positions as Hugging Face writes them: the first half of a head pairs with the second."""
    first, second = x.chunk(2, dim=-1)
    turned: Tensor = x * cosine + torch.cat((-second, first), dim=-1) * sine
    return turned.to(x.dtype)
