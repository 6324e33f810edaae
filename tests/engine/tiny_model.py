"""Writes random-weight GGUF models with a small byte-level BPE vocabulary.

Knows the Qwen2 tensor layout and the GGUF keys llama.cpp needs. Does not know how to train anything: the logits are
noise, spread out enough that sampling has something to choose from. Invariant: the same arguments write the same file.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from tests.engine.gguf_file import write_file

CHATML = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
SPECIALS = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")


@dataclass(frozen=True)
class Shape:
    """Size of a random model."""

    layers: int = 2
    width: int = 128
    heads: int = 4
    kv_heads: int = 2
    hidden: int = 256
    vocabulary: int = 600
    context: int = 2048
    quantised: bool = True


def write(path: Path, shape: Shape = Shape(), seed: int = 0, template: str | None = CHATML, **changed: Any) -> Path:
    """Write a random model to `path`; `changed` replaces keys, with `__` for the dots in their names."""
    keys = _keys(shape)
    if template is not None:
        keys["tokenizer.chat_template"] = template
    keys |= {name.replace("__", "."): value for name, value in changed.items()}
    return write_file(path, keys, dict(_weights(shape, np.random.default_rng(seed))), shape.quantised)


def _keys(shape: Shape) -> dict[str, Any]:
    tokens, merges = vocabulary(shape.vocabulary)
    return {
        "general.architecture": "qwen2",
        "general.name": "tiny random model",
        "qwen2.context_length": shape.context,
        "qwen2.embedding_length": shape.width,
        "qwen2.block_count": shape.layers,
        "qwen2.feed_forward_length": shape.hidden,
        "qwen2.attention.head_count": shape.heads,
        "qwen2.attention.head_count_kv": shape.kv_heads,
        "qwen2.attention.layer_norm_rms_epsilon": 1e-6,
        "qwen2.rope.freq_base": 10000.0,
        "tokenizer.ggml.model": "gpt2",
        "tokenizer.ggml.pre": "qwen2",
        "tokenizer.ggml.tokens": list(tokens),
        "tokenizer.ggml.token_type": [3 if token in SPECIALS else 1 for token in tokens],
        "tokenizer.ggml.merges": list(merges),
        "tokenizer.ggml.eos_token_id": tokens.index("<|im_end|>"),
        "tokenizer.ggml.add_bos_token": False,
    }


def _weights(shape: Shape, rng: np.random.Generator) -> list[tuple[str, np.ndarray]]:
    def noise(rows: int, columns: int) -> np.ndarray:
        return (rng.standard_normal((rows, columns)) / np.sqrt(columns)).astype(np.float32)

    kv_width = shape.width // shape.heads * shape.kv_heads
    tensors = [("token_embd.weight", noise(shape.vocabulary, shape.width) * 4)]
    for index in range(shape.layers):
        block = f"blk.{index}"
        tensors += [(f"{block}.{name}.weight", np.ones(shape.width, np.float32)) for name in ("attn_norm", "ffn_norm")]
        for name, rows in (("q", shape.width), ("k", kv_width), ("v", kv_width)):
            tensors.append((f"{block}.attn_{name}.weight", noise(rows, shape.width)))
            tensors.append((f"{block}.attn_{name}.bias", np.zeros(rows, np.float32)))
        tensors.append((f"{block}.attn_output.weight", noise(shape.width, shape.width)))
        tensors.append((f"{block}.ffn_gate.weight", noise(shape.hidden, shape.width)))
        tensors.append((f"{block}.ffn_up.weight", noise(shape.hidden, shape.width)))
        tensors.append((f"{block}.ffn_down.weight", noise(shape.width, shape.hidden)))
    tensors.append(("output_norm.weight", np.ones(shape.width, np.float32)))
    return tensors


@cache
def vocabulary(size: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Byte symbols, then merges learnt from the prompts of this package, then filler, then the control tokens last."""
    symbols = _byte_symbols()
    words = Counter(_words(symbols))
    tokens, merges = [symbols[byte] for byte in range(256)], []
    room = size - len(tokens) - len(SPECIALS)
    while len(tokens) - 256 < min(room, 1200):
        pairs: Counter[tuple[str, str]] = Counter()
        for word, count in words.items():
            for pair in pairwise(word):
                pairs[pair] += count
        if not pairs:
            break
        best = max(pairs, key=lambda pair: (pairs[pair], pair))
        merges.append(f"{best[0]} {best[1]}")
        if "".join(best) not in tokens:
            tokens.append("".join(best))
        words = Counter({_merged(word, best): count for word, count in words.items()})
    tokens += [f"{symbols[32]}unused{index}" for index in range(size - len(tokens) - len(SPECIALS))]
    return (*tokens, *SPECIALS), tuple(merges)


def _merged(word: tuple[str, ...], pair: tuple[str, str]) -> tuple[str, ...]:
    out: list[str] = []
    for symbol in word:
        if out and (out[-1], symbol) == pair:
            out[-1] += symbol
        else:
            out.append(symbol)
    return tuple(out)


def _words(symbols: dict[int, str]) -> list[tuple[str, ...]]:
    import re

    text = " ".join(path.read_text() for path in sorted(Path(__file__).parents[2].glob("dtc_local/prompts/*.md")))
    text += ' "name": "arguments": "id": {"name":"","arguments":{"city":"Lisbon","days":3,"ok":true}}' * 40
    found = re.findall(r" ?[A-Za-z]+|[^A-Za-z\s]+|\s+", text)
    return [tuple(symbols[byte] for byte in word.encode()) for word in found]


def _byte_symbols() -> dict[int, str]:
    """GPT-2's printable stand-ins for bytes."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in printable]
    return {byte: chr(byte) for byte in printable} | {byte: chr(256 + index) for index, byte in enumerate(others)}
