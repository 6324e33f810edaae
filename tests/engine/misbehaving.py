"""What a child process may do instead of answering; `tests.engine.test_child` runs it as one."""

from __future__ import annotations

import ctypes
import os
import resource
import sys
import time
from pathlib import Path
from typing import Any

from dtc_local.errors import UserError


def answer(argument: dict[str, Any]) -> Any:
    """Do what `argument["do"]` names."""
    return globals()[argument["do"]](argument)


def reply(argument: dict[str, Any]) -> Any:
    print("what a library prints is no answer")
    os.write(1, b"nor this")
    return argument["value"]


def complain(argument: dict[str, Any]) -> None:
    raise UserError("This is wrong.", "Do that.")


def stumble(argument: dict[str, Any]) -> None:
    raise KeyError("two\nlines")


def abort(argument: dict[str, Any]) -> None:
    os.abort()


def crash(argument: dict[str, Any]) -> None:
    ctypes.string_at(0)


def leave(argument: dict[str, Any]) -> None:
    os._exit(7)


def vanish(argument: dict[str, Any]) -> None:
    sys.exit(0)


def spin(argument: dict[str, Any]) -> None:
    while True:
        pass


def sleep(argument: dict[str, Any]) -> None:
    time.sleep(60)


def hoard(argument: dict[str, Any]) -> int:
    return len(bytearray(argument["bytes"]))


def litter(argument: dict[str, Any]) -> None:
    with Path(argument["path"]).open("wb") as file:
        for _ in range(64):
            file.write(bytes(1 << 20))


def flood(argument: dict[str, Any]) -> str:
    return "x" * (64 << 20)


def limits(argument: dict[str, Any]) -> dict[str, int]:
    return {name: resource.getrlimit(getattr(resource, name))[0] for name in ("RLIMIT_CORE", "RLIMIT_CPU", "RLIMIT_AS")}


def place(argument: dict[str, Any]) -> str:
    return str(Path.cwd())
