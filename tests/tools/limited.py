"""Reads each file named on the command line in a child of its own, in 10 seconds of work and 1 GB; a JSON line each.

Run as a program: `python -m tests.tools.limited FILE...`. The children are forked, so that the package is loaded once.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from dtc_local.errors import UserError
from dtc_local.tools import read_files
from dtc_local.tools.lint import lint

SECONDS = 10
BYTES = 10**9


def told(path: str) -> dict[str, Any]:
    """What came of reading one file."""
    began = time.monotonic()
    try:
        result = read_files([path])
    except UserError as error:
        return {"file": path, "refused": str(error), "seconds": round(time.monotonic() - began, 2)}
    seconds = round(time.monotonic() - began, 2)
    kinds = Counter(found.kind for tool in result.tools for found in tool.findings)
    kinds.update(noted.finding.kind for noted in result.findings)
    return {
        "file": path,
        "dialects": sorted({tool.source.dialect for tool in result.tools}),
        "tools": len(result.tools),
        "kinds": dict(kinds),
        "levels": dict(Counter(lint(tool).level for tool in result.tools)),
        "seconds": seconds,
    }


def limited(path: str) -> dict[str, Any]:
    """The same from a child that is killed where it takes too long or too much."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))  # of its own time: others may be at work here
        signal.alarm(20 * SECONDS)  # a child that waits uses none of its own
        with os.fdopen(writing, "w") as pipe:
            pipe.write(json.dumps(told(path)))
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        text = pipe.read()
    _, status = os.waitpid(child, 0)
    if status or not text:
        return {"file": path, "crash": f"signal {status & 127}, exit code {status >> 8}"}
    made: dict[str, Any] = json.loads(text)
    return made


if __name__ == "__main__":
    for name in sys.argv[1:]:
        print(json.dumps(limited(str(Path(name)))), flush=True)
