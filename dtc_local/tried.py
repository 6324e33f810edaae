"""Which model files survived a trial, remembered so that each is tried once.

`tried.json` in the user's folder keeps, for each path, what the file looked like and what its trial showed. A file is
the same while its size, its times of change and its inode are: the time of the last status change cannot be set back
by ordinary means, so the content, which may be tens of gigabytes, is not read again. Another version of llama.cpp
tries every file anew.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

from dtc_local.engine.trial import Trial, try_model
from dtc_local.models_file import is_shipped, replace_file, user_folder


def tried(path: Path, first: Callable[[], None] = lambda: None) -> Trial | None:
    """Make sure that a file is safe to load here: it is the shipped one, or survives a trial now or did before.

    `first` is called before a trial begins. Returns what the trial showed, None for a shipped file that was never
    tried. Raises UserError where it fails.
    """
    known = remembered(path)
    if known or is_shipped(path):
        return known
    first()
    return try_again(path)


def try_again(path: Path) -> Trial:
    """Try a file in a child process, whatever is remembered, and remember the outcome; raises UserError."""
    before = _stamp(path)
    forget(path)
    trial = try_model(path)
    if _stamp(path) == before:
        _write(_read() | {_key(path): {"stamp": before, "trial": asdict(trial)}})
    return trial


def remembered(path: Path) -> Trial | None:
    """What an earlier trial of this very file showed."""
    entry = _read().get(_key(path))
    with contextlib.suppress(TypeError, KeyError, OSError):
        if entry and entry["stamp"] == _stamp(path):
            return Trial(**entry["trial"])
    return None


def forget(path: Path) -> None:
    """Nothing is known of this file any more."""
    known = _read()
    if known.pop(_key(path), None) is not None:
        _write(known)


def _key(path: Path) -> str:
    return str(path.resolve())


def _stamp(path: Path) -> list[Any]:
    seen = path.stat()
    return [seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns, seen.st_ino, version("llama-cpp-python")]


def _read() -> dict[str, Any]:
    with contextlib.suppress(OSError, ValueError):
        known = json.loads((user_folder() / "tried.json").read_text(encoding="utf-8"))
        if isinstance(known, dict):
            return known
    return {}


def _write(known: dict[str, Any]) -> None:
    """Where nothing can be written, the file is tried again next time."""
    with contextlib.suppress(OSError):
        user_folder().mkdir(parents=True, exist_ok=True)
        replace_file(user_folder() / "tried.json", json.dumps(known, indent=1) + "\n")
