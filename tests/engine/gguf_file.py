"""Writes GGUF files: typed keys, then tensors in F32 or Q8_0. Knows the container only; broken files are made of it."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

ALIGNMENT = 32
F32, Q8_0 = 0, 8


def write_file(path: Path, keys: Mapping[str, Any], tensors: Mapping[str, np.ndarray], quantised: bool = True) -> Path:
    """Write a GGUF of version 3; two-dimensional tensors become Q8_0 if `quantised`."""
    data, infos = bytearray(), bytearray()
    for name, array in tensors.items():
        kind = Q8_0 if quantised and array.ndim == 2 else F32
        infos += _string(name) + struct.pack("<I", array.ndim)
        infos += b"".join(struct.pack("<Q", length) for length in reversed(array.shape))
        infos += struct.pack("<IQ", kind, len(data))
        data += _q8_0(array) if kind == Q8_0 else array.astype("<f4").tobytes()
        data += bytes(-len(data) % ALIGNMENT)
    head = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(keys))
    head += b"".join(_string(name) + _value(value) for name, value in keys.items()) + bytes(infos)
    path.write_bytes(head + bytes(-len(head) % ALIGNMENT) + bytes(data))
    return path


def _q8_0(array: np.ndarray) -> bytes:
    blocks = array.astype(np.float32).reshape(-1, 32)
    scales = (np.abs(blocks).max(axis=1) / 127).astype(np.float16)
    divisors = np.maximum(scales.astype(np.float32), 1e-30)[:, None]
    quants = np.clip(np.rint(blocks / divisors), -127, 127).astype(np.int8)
    out = np.empty(len(blocks), dtype=[("scale", "<f2"), ("quants", "i1", 32)])
    out["scale"], out["quants"] = scales, quants
    return out.tobytes()


def _value(value: Any) -> bytes:
    if isinstance(value, bool):
        return struct.pack("<I?", 7, value)
    if isinstance(value, int):
        return struct.pack("<Ii", 5, value) if value < 0 else struct.pack("<II", 4, value)
    if isinstance(value, float):
        return struct.pack("<If", 6, value)
    if isinstance(value, str):
        return struct.pack("<I", 8) + _string(value)
    kind = 8 if isinstance(value[0], str) else 5
    items = (_string(item) if kind == 8 else struct.pack("<i", item) for item in value)
    return struct.pack("<IIQ", 9, kind, len(value)) + b"".join(items)


def _string(text: str) -> bytes:
    data = text.encode()
    return struct.pack("<Q", len(data)) + data
