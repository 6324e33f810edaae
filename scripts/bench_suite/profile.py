"""Where the engine's time goes: functions of the engine are wrapped with clocks while a replay runs.

A function's own time does not hold that of other measured functions it calls, so the parts add up to the whole; what
belongs to no measured function is "the rest". The table names functions by their place in the package; one that is no
longer there is said aloud and its time falls to the rest. Beside the wall clock stands the time that the
processors worked: on a busy machine it says more. The clocks cost about a microsecond a call.
"""

from __future__ import annotations

import importlib
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

DECODE = "llama_decode"
PARTS: dict[str, tuple[str, ...]] = {
    DECODE: ("binding:Context.decode",),
    "KV copies and cuts": ("binding:Context.copy", "binding:Context.truncate"),
    "mask computation": ("llguidance.numpy:fill_next_token_bitmask_par",),
    "sampling": ("batch:choose",),
    "matcher advance": ("job:Job.accept", "job:Job._advance", "job:Job._force", "job:Job.healthy"),
    "grammar compilation": ("constraint:Compiler.compile",),
    "prompt building": ("chat:Chat.encode",),
    "prefix look-up": ("prefix:PrefixTable.place", "waiting:Waiting.next"),
    "validation": ("job:Job.settle",),
}
PACKAGE = "dtc_local.engine."
Clocks = tuple[float, float]


class Profile:
    """Seconds by part, of the wall and of the processors."""

    def __init__(self) -> None:
        self.seconds = dict.fromkeys(PARTS, (0.0, 0.0))
        self.calls = dict.fromkeys(PARTS, 0)
        self.decoded = 0
        """Tokens in all batches; what is more than the engine evaluated and generated is padding."""
        self.missing: list[str] = []
        self._inner: list[Clocks] = []
        self._worked = 0.0

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
        started = time.process_time()
        try:
            yield
        finally:
            self._worked = time.process_time() - started
            for owner, name, function in undo:
                setattr(owner, name, function)

    def _timed(self, part: str, function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def timed(*arguments: Any, **named: Any) -> Any:
            if part == DECODE:
                self.decoded += len(arguments[1])
            self._inner.append((0.0, 0.0))
            started = _clocks()
            try:
                return function(*arguments, **named)
            finally:
                whole = _minus(_clocks(), started)
                self.seconds[part] = _minus(self.seconds[part], _minus(self._inner.pop(), whole))
                self.calls[part] += 1
                if self._inner:
                    self._inner[-1] = self._inner[-1][0] + whole[0], self._inner[-1][1] + whole[1]

        return timed

    def shares(self, whole: float) -> dict[str, Any]:
        """Seconds and calls by part, the rest included, and what was not found."""
        known = (sum(wall for wall, _ in self.seconds.values()), sum(worked for _, worked in self.seconds.values()))
        rows = self.seconds | {"the rest": _minus((whole, self._worked), known)}
        parts = {
            part: {"seconds": round(wall, 3), "cpu_seconds": round(worked, 3), "calls": self.calls.get(part, 0)}
            for part, (wall, worked) in rows.items()
        }
        return {"seconds": round(whole, 3), "parts": parts, "decoded_tokens": self.decoded, "missing": self.missing}


def _clocks() -> Clocks:
    return time.perf_counter(), time.process_time()


def _minus(one: Clocks, other: Clocks) -> Clocks:
    return one[0] - other[0], one[1] - other[1]


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
