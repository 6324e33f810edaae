"""A function of this package run in a process of its own, under limits that the kernel enforces.

For work on files nobody has vouched for: llama.cpp may abort on them, a template may loop for ever or fill the memory.
The child reads its argument from standard input, sets its limits before it looks at it, and writes its answer to a
file that cannot grow past `ANSWER_BYTES`. It can write no other file of any size and leaves no core dump.

Invariant: whatever the child does, the caller gets the answer, the child's own UserError, or `ChildFailed` with a few
words of why. It works in any thread, and needs no signals or timers of the caller's.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from dtc_local.errors import DtcError, UserError

ANSWER_BYTES = 8 << 20
_START = "from dtc_local.engine.child import serve; serve()"
_HERE = Path(__file__).parents[2]


@dataclass(frozen=True)
class Limits:
    """What a child may use: bytes of address space, seconds of processor time (all threads) and of the clock."""

    memory: int
    cpu: int
    wall: float


class ChildFailed(DtcError):
    """The child ended without an answer; `message` completes the sentence "It ..."."""


def call(module: str, argument: dict[str, Any], limits: Limits) -> Any:
    """What `module.answer(argument)` returns in a child; both are JSON.

    Raises UserError where `answer` did, and ChildFailed where the child was killed, ran out of something, or broke.
    """
    job = {"module": module, "argument": argument, "memory": limits.memory, "cpu": limits.cpu}
    with tempfile.TemporaryFile() as task, tempfile.TemporaryFile() as out:
        task.write(json.dumps(job).encode())
        task.seek(0)
        code = _run(task, out, limits.wall)
        out.seek(0)
        return _answer(code, out.read(ANSWER_BYTES), limits)


def _run(task: Any, out: Any, wall: float) -> int | None:
    """Exit code of the child; None where it was still running after `wall` seconds."""
    # A folder that already is on the path: with the caller's current folder, a file there could pose as a module.
    # A group of its own: what the child started ends with it.
    child = subprocess.Popen(
        [sys.executable, "-c", _START],
        stdin=task,
        stdout=out,
        stderr=subprocess.DEVNULL,
        cwd=_HERE,
        env=_environment(),
        start_new_session=True,
    )
    try:
        return child.wait(wall)
    except subprocess.TimeoutExpired:
        return None
    finally:
        if child.poll() is None:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()


def _environment() -> dict[str, str]:
    """The caller's, without devices, whose drivers reserve more address space than any limit allows, and without the
    debugger that ggml starts where it aborts, and that may wait for ever."""
    return {**os.environ, "CUDA_VISIBLE_DEVICES": "", "HIP_VISIBLE_DEVICES": "", "GGML_NO_BACKTRACE": "1"}


def _answer(code: int | None, written: bytes, limits: Limits) -> Any:
    if code is None:
        raise ChildFailed(f"did not end within {limits.wall:g} s")
    if code in (-signal.SIGXCPU, -signal.SIGKILL):
        raise ChildFailed(f"used up its {limits.cpu} s of processor time")
    if code < 0:
        raise ChildFailed(f"crashed with {signal.Signals(-code).name}")
    try:
        answer = json.loads(written)
    except ValueError:
        raise ChildFailed(f"ended with code {code} and no answer") from None
    if "user_error" in answer:
        raise UserError(*answer["user_error"])
    if "failed" in answer:
        raise ChildFailed(answer["failed"])
    return answer["value"]


def serve() -> None:
    """The child's side: read the job, set the limits, answer."""
    job = json.loads(sys.stdin.buffer.read())
    # llama.cpp and its helpers may print; what they print is no answer.
    answer_to = os.dup(1)
    os.dup2(2, 1)
    limit(job["memory"], job["cpu"])
    try:
        answer = {"value": import_module(job["module"]).answer(job["argument"])}
    except UserError as error:
        answer = {"user_error": [error.message, error.hint]}
    except MemoryError:
        answer = {"failed": "ran out of the memory it was given"}
    except Exception as error:
        answer = {"failed": f"failed: {type(error).__name__}: {error}".splitlines()[0][:300].rstrip(".")}
    with os.fdopen(answer_to, "wb") as out:
        out.write(json.dumps(answer).encode())
    # No clean-up: what is left may be what crashes.
    os._exit(0)


def limit(memory: int, cpu: int) -> None:
    """Limit this process, where the system knows such limits."""
    import resource

    wanted = (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, ANSWER_BYTES),
        (resource.RLIMIT_CPU, cpu),
        (resource.RLIMIT_AS, memory),
    )
    for kind, most in wanted:
        hard = resource.getrlimit(kind)[1]
        if hard == resource.RLIM_INFINITY or most <= hard:
            try:
                resource.setrlimit(kind, (most, most))
            except (ValueError, OSError):
                continue  # macOS refuses some of them; the clock still limits the child
