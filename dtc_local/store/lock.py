"""One process works on a run at a time; the operating system releases the lock even after `kill -9`.

The lock is an advisory one on a small file beside the database, `<database>-<run>.lock`, removed at the end. A file
left behind by a killed process is harmless: what counts is the lock, and that died with the process.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dtc_local.errors import UserError


@contextmanager
def run_lock(database: Path, run: str) -> Iterator[None]:
    """Hold the run for this process, or say at once who holds it."""
    path = database.with_name(f"{database.name}-{run}.lock")
    handle = _acquire(path, run)
    try:
        os.ftruncate(handle, 0)
        os.pwrite(handle, str(os.getpid()).encode(), 0)
        yield
    finally:
        path.unlink(missing_ok=True)
        os.close(handle)


def _acquire(path: Path, run: str) -> int:
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = os.pread(handle, 32, 0).decode(errors="replace").strip()
            os.close(handle)
            raise UserError(
                f"Run {run!r} is being worked on by another process{f' ({holder})' if holder else ''}.",
                "Wait for it to end, or give another name with --run.",
            ) from error
        if _still_named(path, handle):
            return handle
        # The holder removed the file between our opening and our locking it: that lock would guard nothing.
        os.close(handle)


def _still_named(path: Path, handle: int) -> bool:
    try:
        return path.stat().st_ino == os.fstat(handle).st_ino
    except FileNotFoundError:
        return False
