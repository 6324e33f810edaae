"""Where the engine's time goes: functions of the engine are wrapped with clocks while a replay runs.

A function's own time does not hold that of other measured functions it calls, so the parts add up to the whole; what
belongs to no measured function is "the rest". The table names functions by their place in the package; one that is no
longer there is said aloud and its time falls to the rest. A clock costs about half a microsecond a call.
"""

from __future__ import annotations

import importlib
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

PARTS: dict[str, tuple[str, ...]] = {
    "llama_decode": ("binding:Context.decode",),
    "KV copies and cuts": ("binding:Context.copy", "binding:Context.truncate"),
    "mask computation": ("llguidance.numpy:fill_next_token_bitmask_par",),
    "sampling": ("batch:choose",),
    "matcher advance": ("job:Job.accept", "job:Job._advance", "job:Job._force", "job:Job.healthy"),
    "grammar compilation": ("constraint:Compiler.compile",),
    "prompt building": ("chat:Chat.encode",),
    "prefix look-up": ("prefix:PrefixTable.place",),
    "validation": ("job:Job.settle",),
}
PACKAGE = "dtc_local.engine."


class Profile:
    """Seconds by part."""

    def __init__(self) -> None:
        self.seconds = dict.fromkeys(PARTS, 0.0)
        self.calls = dict.fromkeys(PARTS, 0)
        self.missing: list[str] = []
        self._inner: list[float] = []

    @contextmanager
    def measuring(self) -> Iterator[None]:
        """Wrap everything in the table; unwrap it at the end."""
        undo = []
        for part, places in PARTS.items():
            for place in places:
                found = _find(place)
                if found is None:
                    self.missing.append(place)
                    print(f"the profile finds no {place}: its time is in the rest", file=sys.stderr)
                    continue
                owner, name, function = found
                setattr(owner, name, self._timed(part, function))
                undo.append(found)
        try:
            yield
        finally:
            for owner, name, function in undo:
                setattr(owner, name, function)

    def _timed(self, part: str, function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def timed(*arguments: Any, **named: Any) -> Any:
            self._inner.append(0.0)
            started = time.perf_counter()
            try:
                return function(*arguments, **named)
            finally:
                whole = time.perf_counter() - started
                self.seconds[part] += whole - self._inner.pop()
                self.calls[part] += 1
                if self._inner:
                    self._inner[-1] += whole

        return timed

    def shares(self, whole: float) -> dict[str, Any]:
        """Seconds and calls by part, the rest included, and what was not found."""
        parts = {part: {"seconds": round(self.seconds[part], 3), "calls": self.calls[part]} for part in PARTS}
        parts["the rest"] = {"seconds": round(whole - sum(self.seconds.values()), 3), "calls": 0}
        return {"seconds": round(whole, 3), "parts": parts, "missing": self.missing}


def _find(place: str) -> tuple[Any, str, Callable[..., Any]] | None:
    """Owner, name and function behind "module:Class.method" or "module:function"."""
    module, path = place.split(":")
    try:
        owner: Any = importlib.import_module(module if "." in module else PACKAGE + module)
        *outer, name = path.split(".")
        for step in outer:
            owner = getattr(owner, step)
        return owner, name, getattr(owner, name)
    except (ImportError, AttributeError):
        return None
