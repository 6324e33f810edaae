"""Writes files whole or not at all.

Rows go to a temporary file in the target's folder, which is synced and then renamed over the target: a reader sees the
old file or the new one. Several files of one export are renamed only when all are complete. A target that is no
ordinary file (a pipe, /dev/null) cannot be replaced and is written to.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, Protocol

from dtc_local.errors import UserError
from dtc_local.export.dialogue import json_text
from dtc_local.records import Json


class Sink(Protocol):
    """Takes rows one by one; `close` writes what is left, and nothing else may follow."""

    def write(self, row: dict[str, Json]) -> None:
        """Take one row."""

    def close(self) -> None:
        """Complete the file; closing the file itself is the caller's."""


class JsonLines:
    """One JSON object a line, with a line feed."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def write(self, row: dict[str, Json]) -> None:
        """Write one line."""
        self._file.write(f"{json_text(row)}\n".encode())

    def close(self) -> None:
        """Nothing is held back."""


def write_lines(lines: Iterable[str], target: Path) -> int:
    """Write each line with a line feed; return how many there were."""
    count = 0
    with whole(target) as file:
        for line in lines:
            file.write(f"{line}\n".encode())
            count += 1
    return count


@contextlib.contextmanager
def whole(target: Path) -> Iterator[BinaryIO]:
    """A file to write and read back, put in the target's place when the block ends well; UserError where it cannot."""
    if target.is_dir() or not target.parent.is_dir():
        wrong = "is a folder" if target.is_dir() else "lies in a folder that does not exist"
        raise UserError(f"The output file {target} {wrong}.", "Name another one with -o, or - for standard output.")
    try:
        if target.exists() and not target.is_file():
            with target.open("wb") as file:
                yield file
            return
        with _temporary_beside(target.resolve()) as file:
            yield file
    except OSError as error:
        raise UserError(
            f"The output file {target} cannot be written: {error.strerror}.", "Name another one with -o."
        ) from error


@contextlib.contextmanager
def _temporary_beside(target: Path) -> Iterator[BinaryIO]:
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with open(handle, "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        # mkstemp makes files that nobody else may read; an export is an ordinary file.
        os.chmod(name, 0o666 & ~_umask())
        os.replace(name, target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
