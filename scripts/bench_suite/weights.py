"""Models for the bench, written on the spot: the shapes and the vocabulary of Qwen2, random weights, real quantisation.

Random weights cost exactly what trained ones cost. Only their words would differ: pure noise spreads over 151,936
tokens, never closes a string and never ends. So the first layer writes a constant into channel 0 of the residual stream
(through its value biases), and the embedding, which is also the output matrix, holds there how rare each token is in
the recorded answers. So the model speaks like a word list shuffled by noise, ends its values, and has probabilities
about as peaked as those of real text. All other channels carry noise: about one nat of it in the logits.

Q8_0 is written directly; Q4_0 and Q4_K_M are what llama.cpp's own quantiser makes of it. Run as a program (a process
of its own, so that the caller never loads llama.cpp): python -m scripts.bench_suite.weights NAME TARGET VOCABULARY
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

VERSION = "2"
"""Part of the files' names: another recipe makes other files."""
CHATML = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
BLOCK = np.dtype([("scale", "<f2"), ("values", "i1", 32)])
"""Q8_0: 32 weights share a scale."""
CONSTANT = 20.0
"""Channel 0 of the residual stream, and the length of what all layers together add to the other channels."""
LEAST = 10.0
"""Standard deviation of the embedding, and its step for one nat of rarity, times the width: small enough that a token
does not repeat itself for being like itself."""
GATED = 0.6
"""Standard deviation of silu(a) * b for standard normal a and b."""
UNSEEN = 10.0
"""Nats by which a token that no answer holds is rarer than the rarest that one does: most of a trained model's
vocabulary lies about 20 nats below its first choice."""
DIGITS = 2.5
"""Nats by which digits are made rarer: a number without bounds ends only when something else is drawn."""


@dataclass(frozen=True)
class Shape:
    """A Qwen2 architecture, embeddings tied."""

    layers: int
    width: int
    heads: int
    kv_heads: int
    hidden: int
    context: int = 32768


SHAPES = {"0.5b": Shape(24, 896, 14, 2, 4864), "1.5b": Shape(28, 1536, 12, 2, 8960)}
QUANTISED = {"q8": None, "q4": 2, "q4km": 15}
"""Name's ending -> llama.cpp's file type; None: written as Q8_0."""


def names() -> list[str]:
    """All models that can be written."""
    return [f"{shape}-{kind}" for shape in SHAPES for kind in QUANTISED]


def make(name: str, target: Path, vocabulary: Path, shape: Shape | None = None) -> None:
    """Write model `name` to `target`; a quantised one is made from its Q8_0 beside it, which is written if missing."""
    size, kind = name.rsplit("-", 1)
    file_type = QUANTISED[kind]
    if file_type is None:
        part = target.with_suffix(".part")
        write(part, shape or SHAPES[size], vocabulary, f"random {name}")
        part.replace(target)
        return
    source = target.with_name(target.name.replace(name, f"{size}-q8"))
    if not source.exists():
        make(f"{size}-q8", source, vocabulary, shape)
    quantise(source, target, file_type)


_SILENT: list[Any] = []
"""Log callbacks: llama.cpp keeps their raw pointers, and a collected one would crash whoever logs next."""


def silence(lib: Any) -> None:
    """Make llama.cpp log nothing, for the life of the process."""
    if not _SILENT:
        _SILENT.append(lib.llama_log_callback(lambda level, text, data: None))
    lib.llama_log_set(_SILENT[0], ctypes.c_void_p(0))


def quantise(source: Path, target: Path, kind: int) -> None:
    """llama.cpp's own quantisation; raises RuntimeError where it refuses."""
    from llama_cpp import llama_cpp as lib

    silence(lib)
    params = lib.llama_model_quantize_default_params()
    params.ftype, params.allow_requantize, params.nthread = kind, True, os.cpu_count() or 1
    part = target.with_suffix(".part")
    if lib.llama_model_quantize(str(source).encode(), str(part).encode(), ctypes.byref(params)):
        part.unlink(missing_ok=True)
        raise RuntimeError(f"llama.cpp cannot make {target.name} from {source.name}")
    part.replace(target)


def write(path: Path, shape: Shape, vocabulary: Path, name: str) -> None:
    """One Q8_0 model; the same arguments write the same bytes."""
    from gguf import GGMLQuantizationType, GGUFReader, GGUFWriter

    writer = GGUFWriter(str(path), "qwen2")
    fields = GGUFReader(str(vocabulary)).fields
    tokens = fields["tokenizer.ggml.tokens"].contents()
    _add_keys(writer, shape, fields, name)
    rarity = rarities(vocabulary, len(tokens)) * (LEAST / shape.width)
    layout = list(tensors(shape, len(tokens)))
    for tensor, rows, columns, _ in layout:
        if columns:
            bytes_of_row = columns // 32 * BLOCK.itemsize
            kind = GGMLQuantizationType.Q8_0
            writer.add_tensor_info(tensor, [rows, bytes_of_row], np.dtype(np.uint8), rows * bytes_of_row, kind)
        else:
            writer.add_tensor_info(tensor, [rows], np.dtype(np.float32), rows * 4)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_ti_data_to_file()
    for number, (tensor, rows, columns, deviation) in enumerate(layout):
        if not columns:
            writer.write_tensor_data(np.full(rows, deviation, np.float32))
            continue
        blocks = noise(rows, columns, deviation, np.random.default_rng(number))
        if tensor == "token_embd.weight":
            _carry(blocks, rarity)
        elif tensor == "blk.0.attn_output.weight":
            blocks[0] = np.array((CONSTANT / shape.width / 127, [127] * 32), BLOCK)
        elif tensor.endswith(("attn_output.weight", "ffn_down.weight")):
            blocks["scale"][0] = 0  # nothing else is added to the constant channel
        writer.write_tensor_data(blocks.view(np.uint8).reshape(rows, -1))
    writer.close()


def tensors(shape: Shape, tokens: int) -> Iterator[tuple[str, int, int, float]]:
    """Name, rows, columns and standard deviation of each matrix; vectors have no columns, and a value for all."""
    kv, unit = shape.width // shape.heads * shape.kv_heads, shape.width**-0.5
    added = CONSTANT * unit * shape.layers**-0.5
    yield "token_embd.weight", tokens, shape.width, LEAST / shape.width
    for layer in range(shape.layers):
        block = f"blk.{layer}"
        yield f"{block}.attn_norm.weight", shape.width, 0, 1.0
        for part, rows in (("q", shape.width), ("k", kv), ("v", kv)):
            yield f"{block}.attn_{part}.weight", rows, shape.width, unit
            yield f"{block}.attn_{part}.bias", rows, 0, 1.0 if layer == 0 and part == "v" else 0.0
        yield f"{block}.attn_output.weight", shape.width, shape.width, added * unit
        yield f"{block}.ffn_norm.weight", shape.width, 0, 1.0
        yield f"{block}.ffn_gate.weight", shape.hidden, shape.width, unit
        yield f"{block}.ffn_up.weight", shape.hidden, shape.width, unit
        yield f"{block}.ffn_down.weight", shape.width, shape.hidden, added / GATED * shape.hidden**-0.5
    # Logits: one nat of noise, and one nat a step of rarity.
    yield "output_norm.weight", shape.width, 0, (2 * shape.width) ** 0.5 / LEAST


def noise(rows: int, columns: int, deviation: float, rng: np.random.Generator) -> NDArray[Any]:
    """Q8_0 blocks of uniform noise, shape (rows, columns / 32)."""
    blocks = np.empty((rows, columns // 32), BLOCK)
    blocks["scale"] = deviation * 3**0.5 / 127
    blocks["values"] = rng.integers(-127, 128, (rows, columns // 32, 32), np.int8)
    return blocks


def _carry(blocks: NDArray[Any], rarity: NDArray[np.float64]) -> None:
    """Put the tokens' rarity into column 0, as a negative number; the other columns keep their size."""
    scale = rarity.max() / 127
    first = blocks[:, 0]
    first["values"] = np.rint(first["values"] * (first["scale"][:, None].astype(np.float32) / scale)).astype(np.int8)
    first["values"][:, 0] = np.rint(-rarity / scale)
    first["scale"] = scale
    blocks[:, 0] = first


def rarities(vocabulary: Path, size: int) -> NDArray[np.float64]:
    """Nats by which each token is rarer in the recorded answers than the most frequent one."""
    from llama_cpp import Llama

    from scripts.bench_suite.workload import read

    llama = Llama(str(vocabulary), vocab_only=True, verbose=False)
    answers = Counter(answer for one in read()[1] for answer in one.answers)
    counts: Counter[int] = Counter({llama.token_eos(): sum(answers.values())})
    for answer, times in answers.items():
        for token in llama.tokenize(answer.encode(), add_bos=False, special=False):
            counts[token] += times
    nats = np.full(size, np.log(max(counts.values())) + UNSEEN)
    for token, count in counts.items():
        nats[token] = np.log(max(counts.values()) / count)
    nats[[token for digit in b"0123456789" for token in llama.tokenize(bytes([digit]), add_bos=False)]] += DIGITS
    llama.close()
    return nats


def _add_keys(writer: Any, shape: Shape, fields: Any, name: str) -> None:
    writer.add_name(name)
    writer.add_context_length(shape.context)
    writer.add_embedding_length(shape.width)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.hidden)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.kv_heads)
    writer.add_layer_norm_rms_eps(1e-6)
    writer.add_rope_freq_base(1_000_000.0)
    writer.add_file_type(7)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2")
    writer.add_token_list(fields["tokenizer.ggml.tokens"].contents())
    writer.add_token_types(fields["tokenizer.ggml.token_type"].contents())
    writer.add_token_merges(fields["tokenizer.ggml.merges"].contents())
    tokens = fields["tokenizer.ggml.tokens"].contents()
    writer.add_eos_token_id(tokens.index("<|im_end|>"))
    writer.add_bos_token_id(tokens.index("<|endoftext|>"))
    writer.add_add_bos_token(False)
    writer.add_chat_template(CHATML)


if __name__ == "__main__":
    make(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
