"""Writes a file whole or not at all.

Lines go to a temporary file in the target's folder, which is synced and then renamed over the target: a reader sees the
old file or the new one. A target that is no ordinary file (a pipe, /dev/null) cannot be replaced and is written to.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TextIO

from dtc_local.errors import UserError


def write_lines(lines: Iterable[str], target: Path) -> int:
    """Write each line with a line feed; return how many there were."""
    count = 0
    with _whole(target) as file:
        for line in lines:
            file.write(line + "\n")
            count += 1
    return count


@contextlib.contextmanager
def _whole(target: Path) -> Iterator[TextIO]:
    if target.is_dir() or not target.parent.is_dir():
        wrong = "is a folder" if target.is_dir() else "lies in a folder that does not exist"
        raise UserError(f"The output file {target} {wrong}.", "Name another one with -o, or - for standard output.")
    try:
        if target.exists() and not target.is_file():
            with target.open("w", encoding="utf-8") as file:
                yield file
            return
        with _temporary_beside(target.resolve()) as file:
            yield file
    except OSError as error:
        raise UserError(
            f"The output file {target} cannot be written: {error.strerror}.", "Name another one with -o."
        ) from error


@contextlib.contextmanager
def _temporary_beside(target: Path) -> Iterator[TextIO]:
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with open(handle, "w", encoding="utf-8", newline="\n") as file:
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
