"""The header of a GGUF file, read and doubted before llama.cpp sees it.

Knows what in a header can make llama.cpp abort the process, and which models the engine cannot use. The container is
read by `gguf_reader`. Does not load tensors and does not judge whether a model is any good; what only loading can show
is tried in a child process (`trial`). Invariant: `check` returns a header or raises UserError with one sentence.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from math import prod
from pathlib import Path
from typing import Any

from dtc_local.engine.architectures import USE, unusable
from dtc_local.engine.gguf_reader import Contents, Elements, Tensor, read, refuse
from dtc_local.engine.quantisation import BLOCKS, quantisation
from dtc_local.errors import UserError

NAME_BYTES = 63
"""Most bytes of a tensor's name in ggml."""
MAX_HEADS = 4096


@dataclass(frozen=True)
class Header:
    """What the engine, the planner and a list of models need to know without loading."""

    path: Path
    keys: dict[str, Any]
    """Scalars and strings by name; for arrays the number of elements."""
    tensors: dict[str, Tensor]
    size: int
    """Bytes of the file."""

    @property
    def architecture(self) -> str:
        """Name of the architecture, such as "qwen2"."""
        return str(self.keys["general.architecture"])

    @property
    def name(self) -> str:
        """The model's own name, or nothing."""
        return self.text("general.name")

    @property
    def licence(self) -> str:
        """The licence that the file names, or nothing."""
        return self.text("general.license")

    @property
    def context_length(self) -> int:
        """Tokens that the model was made for."""
        return self.number("context_length")

    @property
    def vocabulary(self) -> int:
        """Number of tokens."""
        return int(self.keys["tokenizer.ggml.tokens"])

    @cached_property
    def parameters(self) -> int:
        """Number of weights."""
        return sum(prod(tensor.shape) for tensor in self.tensors.values())

    @cached_property
    def kinds(self) -> frozenset[int]:
        """Types of the tensors, as ggml numbers them."""
        return frozenset(tensor.kind for tensor in self.tensors.values())

    @cached_property
    def quantisation(self) -> str:
        """What the weights are kept in, such as "Q4_K_M"."""
        kept = ((tensor.kind, prod(tensor.shape)) for tensor in self.tensors.values())
        return quantisation(self.keys.get("general.file_type"), kept)

    def text(self, key: str) -> str:
        """A string key as one line of at most 200 characters; nothing where there is none."""
        value = self.keys.get(key, "")
        return " ".join(value.split())[:200] if isinstance(value, str) else ""

    def number(self, key: str, default: int = 0) -> int:
        """An integer key of the architecture, such as "block_count"; for one value a layer, the default."""
        value = self.keys.get(f"{self.architecture}.{key}", default)
        return value if isinstance(value, int) and not isinstance(value, Elements) else default

    def cache_bytes(self, length: int) -> int:
        """Upper estimate of the memory that keys and values of one sequence of `length` tokens take."""
        heads = max(1, self._most("attention.head_count"))
        size = self.number("attention.key_length", self.number("embedding_length") // heads)
        values = self.number("attention.value_length", size)
        shared = self.keys.get(f"{self.architecture}.attention.head_count_kv", heads)
        if isinstance(shared, Elements):
            shared_heads = sum(min(heads, max(0, int(count))) for count in shared.numbers)
        else:
            shared_heads = self.number("block_count", 1) * min(heads, max(1, int(shared)))
        return max(1, 2 * length * shared_heads * (size + values))

    def _most(self, key: str) -> int:
        value = self.keys.get(f"{self.architecture}.{key}", 1)
        return int(max(value.numbers, default=1)) if isinstance(value, Elements) else self.number(key, 1)


def check(path: Path, refusal: Callable[[str], str] = unusable, use: str = USE) -> Header:
    """Read the header of `path`; raises UserError with the value, the place and the way out.

    `refusal` says why an architecture is of no use, or nothing where it is; `use` says what is.
    """
    contents = read(path)
    header = Header(path, contents.keys, contents.tensors, contents.size)
    _check_kind(header, refusal, use)
    _check_tensors(contents, path)
    _check_sizes(header)
    _check_heads(header)
    _check_tokens(header)
    return header


def _check_kind(header: Header, refusal: Callable[[str], str], use: str) -> None:
    if not isinstance(header.keys.get("general.architecture"), str):
        refuse(header.path, "names no general.architecture")
    parts = header.keys.get("split.count", 0)
    if isinstance(parts, int) and parts > 1:
        raise UserError(
            f"{header.path} is one of {parts} parts of a model.",
            "Join them first: llama-gguf-split --merge FIRST_PART JOINED.gguf.",
        )
    why = refusal(header.architecture)
    if why:
        shown = header.text("general.architecture")[:60]
        raise UserError(f"{header.path} has the architecture {shown!r}, which is {why}.", use)


def _check_tensors(contents: Contents, path: Path) -> None:
    """Each tensor of a known type, whole blocks, and where the one before it ends."""
    if not contents.tensors:
        refuse(path, "holds no weights")
    expected = 0
    for name, tensor in contents.tensors.items():
        if len(name.encode()) > NAME_BYTES:
            refuse(path, f"has a tensor name of {len(name.encode())} bytes")
        block = BLOCKS.get(tensor.kind)
        if block is None:
            refuse(path, f"has tensor {name!r} of unknown type {tensor.kind}")
        elements = prod(tensor.shape)
        if elements < 1 or max(tensor.shape, default=1) >= 1 << 40 or (tensor.shape or (1,))[0] % block.elements:
            refuse(path, f"has tensor {name!r} of shape {list(tensor.shape)} in {block.name}")
        if tensor.offset != expected:
            refuse(path, f"has tensor {name!r} at byte {tensor.offset} of its data instead of {expected}")
        bytes_ = elements // block.elements * block.size
        end = contents.data + tensor.offset + bytes_
        if end > contents.size:
            refuse(path, f"is cut: tensor {name!r} should end at byte {end} of {contents.size}")
        expected += -(-bytes_ // contents.alignment) * contents.alignment


def _check_sizes(header: Header) -> None:
    limits = {"block_count": 2000, "context_length": 1 << 30, "embedding_length": 1 << 20}
    for key, most in limits.items():
        value = header.keys.get(f"{header.architecture}.{key}")
        if type(value) is not int or not 1 <= value <= most:
            refuse(header.path, f"has {header.architecture}.{key} {value}")
    blocks = {int(name.split(".")[1]) for name in header.tensors if _is_block(name)}
    count = header.number("block_count")
    if not blocks or count > max(blocks) + 1:
        found = max(blocks, default=-1) + 1
        refuse(header.path, f"announces {count} blocks and holds {found}")


def _is_block(name: str) -> bool:
    parts = name.split(".")
    return len(parts) > 2 and parts[0] == "blk" and parts[1].isascii() and parts[1].isdecimal() and len(parts[1]) < 6


def _check_heads(header: Header) -> None:
    """Numbers of attention heads, one for all layers or one a layer: they divide other sizes."""
    count = header.number("block_count")
    for key, least in (("attention.head_count", 1), ("attention.head_count_kv", 0)):
        value = header.keys.get(f"{header.architecture}.{key}", 1)
        if isinstance(value, Elements):  # one a layer; a layer without attention has none
            sound = len(value.numbers) >= count and max(value.numbers) >= least
            sound = sound and all(type(one) is int and 0 <= one <= MAX_HEADS for one in value.numbers)
        else:
            sound = type(value) is int and least <= value <= MAX_HEADS
        if not sound:
            refuse(header.path, f"has {header.architecture}.{key} {value}")
    for key in ("attention.key_length", "attention.value_length"):
        if not 0 <= header.number(key) <= 1 << 16:
            refuse(header.path, f"has {header.architecture}.{key} {header.number(key)}")


def _check_tokens(header: Header) -> None:
    count = header.keys.get("tokenizer.ggml.tokens")
    if not isinstance(count, Elements) or not 2 <= count <= 1 << 22:
        refuse(header.path, f"has a vocabulary of {count} tokens")
    for key in ("tokenizer.ggml.token_type", "tokenizer.ggml.scores"):
        listed = header.keys.get(key, count)
        # llama.cpp reads one for each token, however many there are.
        if not isinstance(listed, Elements) or listed != count:
            refuse(header.path, f"has {int(count)} tokens, but {listed} values in {key}")
    for key, value in header.keys.items():
        # Writers put -1, as signed or as unsigned, for "none".
        known = type(value) is int and (0 <= value < count or value in (-1, 2**32 - 1))
        if key.startswith("tokenizer.ggml.") and key.endswith("_token_id") and not known:
            refuse(header.path, f"has {key} {value}, but only {int(count)} tokens")
