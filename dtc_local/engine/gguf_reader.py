"""Walks the container of a GGUF file: keys, tensor places, nothing of their meaning.

Every length is compared with what is left of the file before anything is read, so that no more memory is taken than
the file is long, and no more values are walked than a real vocabulary has.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

from dtc_local.errors import UserError

_SCALARS = {
    kind: struct.Struct(form)
    for kind, form in {
        0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q", 11: "<q", 12: "<d"
    }.items()
}  # fmt: skip
_STRING, _ARRAY = 8, 9
_U32, _U64 = _SCALARS[4], _SCALARS[10]
_COUNT = 1 << 16
"""Most keys or tensors that a header may announce."""
_TEXT = 4 << 20
"""Most bytes of one string that is kept, such as a chat template."""
_WALKED = 1 << 24
"""Most strings and inner arrays of all arrays together."""
KEPT = 4096
"""Numbers of an array up to this length are kept: they are one a layer. Longer ones are one a token."""


class Elements(int):
    """Length of an array; `numbers` are its values if it is short and of numbers."""

    numbers: tuple[int | float, ...] = ()


@dataclass(frozen=True)
class Tensor:
    """Shape, type, and the first byte counted from the beginning of the tensor data."""

    shape: tuple[int, ...]
    kind: int
    offset: int


@dataclass(frozen=True)
class Contents:
    """What the container says, and where tensor data begins."""

    keys: dict[str, Any]
    tensors: dict[str, Tensor]
    data: int
    alignment: int
    size: int


def read(path: Path) -> Contents:
    """The container's contents; raises UserError where it is not whole."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            return _Reader(path, file, size).contents()
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}.", "Give the path of a GGUF file.") from error


def refuse(path: Path, why: str) -> NoReturn:
    """Say why a file is unusable, on one line whatever the file's own words are."""
    words = "".join(char for char in " ".join(why.split()) if char.isprintable())
    raise UserError(f"{path} is not a usable GGUF model: it {words[:300]}.", "Copy or download the file again.")


class _Reader:
    def __init__(self, path: Path, file: BinaryIO, size: int) -> None:
        self.path, self.file, self.size = path, file, size
        self.place = self.walked = 0

    def contents(self) -> Contents:
        if self._bytes(4) != b"GGUF":
            refuse(self.path, "does not begin with GGUF")
        version = self._scalar(_U32)
        if version not in (2, 3):
            refuse(self.path, f"has GGUF version {version}; 2 and 3 are known")
        tensors, keys = self._count("tensors"), self._count("keys")
        values: dict[str, Any] = {}
        for _ in range(keys):
            name = self._new(values, "key")
            values[name] = self._value(self._scalar(_U32), 0)
        places: dict[str, Tensor] = {}
        for _ in range(tensors):
            name = self._new(places, "tensor")
            places[name] = self._tensor(name)
        alignment = values.get("general.alignment", 32)
        if type(alignment) is not int or not 8 <= alignment <= 1 << 16 or alignment & (alignment - 1):
            refuse(self.path, f"has general.alignment {alignment}")
        data = -(-self.place // alignment) * alignment
        return Contents(values, places, data, alignment, self.size)

    def _new(self, known: dict[str, Any], what: str) -> str:
        name = self._string()
        if name in known:
            refuse(self.path, f"has the {what} {name!r} twice")
        return name

    def _tensor(self, name: str) -> Tensor:
        dimensions = self._scalar(_U32)
        if dimensions > 4:
            refuse(self.path, f"has {dimensions} dimensions in tensor {name!r}")
        shape = tuple(self._scalar(_U64) for _ in range(dimensions))
        return Tensor(shape, self._scalar(_U32), self._scalar(_U64))

    def _value(self, kind: int, depth: int) -> Any:
        if kind in _SCALARS:
            return self._scalar(_SCALARS[kind])
        if kind == _STRING:
            return self._string()
        if kind != _ARRAY or depth > 2:
            refuse(self.path, f"has a value of unknown type {kind}")
        return self._array(self._scalar(_U32), self._scalar(_U64), depth)

    def _array(self, inner: int, count: int, depth: int) -> Elements:
        if inner in _SCALARS:
            return self._numbers(_SCALARS[inner], count)
        self.walked += count
        if self.walked > _WALKED:
            refuse(self.path, f"announces an array of {count} elements")
        for _ in range(count):
            if inner == _STRING:
                self._skip(self._scalar(_U64))
            else:
                self._value(inner, depth + 1)
        return Elements(count)

    def _numbers(self, form: struct.Struct, count: int) -> Elements:
        length = Elements(min(count, self.size))
        if count <= KEPT:
            length.numbers = tuple(one for (one,) in form.iter_unpack(self._bytes(count * form.size)))
        else:
            self._skip(count * form.size)
        return length

    def _count(self, what: str) -> int:
        count = int(self._scalar(_U64))
        if count > _COUNT:
            refuse(self.path, f"announces {count} {what}")
        return count

    def _string(self) -> str:
        length = self._scalar(_U64)
        self._fits(length)
        if length > _TEXT:
            refuse(self.path, f"has a text of {length} bytes in its header")
        return self._bytes(length).decode("utf-8", "replace")

    def _scalar(self, form: struct.Struct) -> Any:
        return form.unpack(self._bytes(form.size))[0]

    def _skip(self, count: int) -> None:
        self._fits(count)
        self.file.seek(count, 1)
        self.place += count

    def _bytes(self, count: int) -> bytes:
        self._fits(count)
        data = self.file.read(count)
        if len(data) != count:  # the file shrank meanwhile
            refuse(self.path, f"ends in the middle of its header, at byte {self.place + len(data)}")
        self.place += count
        return data

    def _fits(self, count: int) -> None:
        if count > self.size - self.place:
            refuse(self.path, f"ends in the middle of its header, at byte {self.size}")
