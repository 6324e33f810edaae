"""The header of a GGUF file, read and doubted before llama.cpp sees it.

Knows the GGUF container and what in it can make llama.cpp abort the process. Does not load tensors and does not judge
whether a model is any good. Invariant: `check` returns a header or raises UserError with one sentence; it allocates
no more than the file is long.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

from dtc_local.errors import UserError

_SCALARS = {0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q", 11: "<q", 12: "<d"}
_STRING, _ARRAY = 8, 9
_LIMIT = 1 << 20
"""Most keys, tensors or dimensions that a header may announce."""
_BLOCKS = {
    0: (1, 4), 1: (1, 2), 2: (32, 18), 3: (32, 20), 6: (32, 22), 7: (32, 24), 8: (32, 34), 10: (256, 84),
    11: (256, 110), 12: (256, 144), 13: (256, 176), 14: (256, 210), 20: (32, 18), 23: (256, 136), 24: (1, 1),
    25: (1, 2), 26: (1, 4), 27: (1, 8), 28: (1, 8), 30: (1, 2), 39: (32, 17),
}  # fmt: skip
"""Elements and bytes of a block, by tensor type; tensors of other types are only checked for their start."""


@dataclass(frozen=True)
class Header:
    """What the engine needs to know before loading."""

    path: Path
    keys: dict[str, Any]
    """Scalars and strings by name; for arrays the number of elements."""
    tensors: dict[str, tuple[int, ...]]

    @property
    def architecture(self) -> str:
        """Name of the architecture, such as "qwen2"."""
        return str(self.keys["general.architecture"])

    @property
    def name(self) -> str:
        """The model's own name, or nothing."""
        return str(self.keys.get("general.name", ""))

    def number(self, key: str, default: int = 0) -> int:
        """An integer key of the architecture, such as "block_count"; for one value a layer, the default."""
        value = self.keys.get(f"{self.architecture}.{key}", default)
        return value if isinstance(value, int) else default

    def cache_bytes(self, length: int) -> int:
        """Upper estimate of the memory that keys and values of one sequence of `length` tokens take."""
        heads = max(1, self.number("attention.head_count", 1))
        size = self.number("attention.key_length", self.number("embedding_length") // heads)
        values = self.number("attention.value_length", size)
        shared = min(heads, max(1, self.number("attention.head_count_kv", heads)))
        return max(1, 2 * length * self.number("block_count", 1) * shared * (size + values))


class _Elements(int):
    """Length of an array that was skipped."""


def check(path: Path) -> Header:
    """Read the header of `path`; raises UserError with the value, the place and the way out."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            reader = _Reader(path, file, size)
            header, data, offsets = reader.header()
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}.", "Give the path of a GGUF file.") from error
    _check_tensors(header, data, offsets, size)
    _check_sizes(header)
    _check_tokens(header)
    return header


class _Reader:
    """Walks the header once; every length is compared with what is left of the file."""

    def __init__(self, path: Path, file: BinaryIO, size: int) -> None:
        self.path, self.file, self.size = path, file, size

    def header(self) -> tuple[Header, int, dict[str, tuple[int, int]]]:
        """The header, where tensor data begins, and each tensor's offset and type."""
        if self._bytes(4) != b"GGUF":
            _refuse(self.path, "does not begin with GGUF")
        version = self._scalar("<I")
        if version not in (2, 3):
            _refuse(self.path, f"has GGUF version {version}; 2 and 3 are known")
        tensors, keys = self._count("tensors"), self._count("keys")
        values = {}
        for _ in range(keys):
            name = self._string()
            values[name] = self._value(self._scalar("<I"), 0)
        shapes, places = {}, {}
        for _ in range(tensors):
            name = self._string()
            dimensions = self._scalar("<I")
            if dimensions > 4:
                _refuse(self.path, f"has {dimensions} dimensions in tensor {name!r}")
            shapes[name] = tuple(self._scalar("<Q") for _ in range(dimensions))
            kind, offset = self._scalar("<I"), self._scalar("<Q")
            places[name] = (offset, kind)
        if not isinstance(values.get("general.architecture"), str):
            _refuse(self.path, "names no general.architecture")
        alignment = values.get("general.alignment", 32)
        if not isinstance(alignment, int) or alignment < 8 or alignment & (alignment - 1) or alignment > 1 << 16:
            _refuse(self.path, f"has general.alignment {alignment}")
        data = -(-self.file.tell() // alignment) * alignment
        return Header(self.path, values, shapes), data, places

    def _value(self, kind: int, depth: int) -> Any:
        if kind in _SCALARS:
            return self._scalar(_SCALARS[kind])
        if kind == _STRING:
            return self._string()
        if kind != _ARRAY or depth > 2:
            _refuse(self.path, f"has a value of unknown type {kind}")
        inner, count = self._scalar("<I"), self._scalar("<Q")
        if inner in _SCALARS:
            self._skip(count * struct.calcsize(_SCALARS[inner]))
        else:
            if count > self.size:
                _refuse(self.path, f"announces an array of {count} elements")
            for _ in range(count):
                self._skip(self._scalar("<Q")) if inner == _STRING else self._value(inner, depth + 1)
        return _Elements(count)

    def _count(self, what: str) -> int:
        count = int(self._scalar("<Q"))
        if count > _LIMIT:
            _refuse(self.path, f"announces {count} {what}")
        return count

    def _string(self) -> str:
        return self._bytes(self._scalar("<Q")).decode("utf-8", "replace")

    def _scalar(self, form: str) -> Any:
        return struct.unpack(form, self._bytes(struct.calcsize(form)))[0]

    def _skip(self, count: int) -> None:
        self._fits(count)
        self.file.seek(count, 1)

    def _bytes(self, count: int) -> bytes:
        self._fits(count)
        return self.file.read(count)

    def _fits(self, count: int) -> None:
        if count > self.size - self.file.tell():
            _refuse(self.path, f"ends in the middle of its header, at byte {self.size}")


def _check_tensors(header: Header, data: int, places: dict[str, tuple[int, int]], size: int) -> None:
    for name, (offset, kind) in places.items():
        elements = 1
        for length in header.tensors[name]:
            elements *= length
        block, bytes_ = _BLOCKS.get(kind, (1, 0))
        end = data + offset + elements // block * bytes_
        if elements == 0 or end > size:
            _refuse(header.path, f"is cut: tensor {name!r} should end at byte {end} of {size}")


def _check_sizes(header: Header) -> None:
    limits = {"block_count": 2000, "context_length": 1 << 30, "embedding_length": 1 << 20}
    for key, most in limits.items():
        value = header.keys.get(f"{header.architecture}.{key}")
        if not isinstance(value, int) or not 1 <= value <= most:
            _refuse(header.path, f"has {header.architecture}.{key} {value}")
    blocks = {int(name.split(".")[1]) for name in header.tensors if _is_block(name)}
    count = header.number("block_count")
    if header.tensors and (not blocks or count > max(blocks) + 1):
        found = max(blocks, default=-1) + 1
        _refuse(header.path, f"announces {count} blocks and holds {found}")


def _is_block(name: str) -> bool:
    parts = name.split(".")
    return len(parts) > 2 and parts[0] == "blk" and parts[1].isdecimal() and len(parts[1]) < 6


def _check_tokens(header: Header) -> None:
    count = header.keys.get("tokenizer.ggml.tokens")
    if not isinstance(count, _Elements) or not 2 <= count <= 1 << 22:
        _refuse(header.path, f"has a vocabulary of {count} tokens")
    for key, value in header.keys.items():
        # Writers put -1, as signed or as unsigned, for "none".
        known = isinstance(value, int) and (0 <= value < count or value in (-1, 2**32 - 1))
        if key.startswith("tokenizer.ggml.") and key.endswith("_token_id") and not known:
            _refuse(header.path, f"has {key} {value}, but only {int(count)} tokens")


def _refuse(path: Path, why: str) -> NoReturn:
    raise UserError(f"{path} is not a usable GGUF model: it {why}.", "Copy or download the file again.")
