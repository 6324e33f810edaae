"""llama.cpp's own server with as many slots as sequences, given the same token ids over a UNIX socket.

Constrained, it turns each JSON Schema into its own grammar notation; grammars of this package have no equivalent there,
so only requests with a JSON Schema are asked, and the engine is measured on the same ones. Unconstrained, it writes as
many tokens a candidate as the engine did. Its client keeps as many drafts open as the pipeline would.
"""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.bench_suite.job import CONTEXT, Job, Measured, WayFailed, threads
from scripts.bench_suite.judged import Judge, encoder
from scripts.bench_suite.llama_sources import environment, tool
from scripts.bench_suite.workload import Asked, Replay

PATIENCE = 120
"""Seconds until the server must be ready."""
Answer = tuple[Asked, int, dict[str, Any]]


def run(job: Job) -> Measured:
    """Replay the job's work through the server."""
    from llama_cpp import Llama

    llama = Llama(job.model, vocab_only=True, verbose=False)
    encode = encoder(llama)
    prompts = {one.key: encode(one.messages) for draft in job.work() for step in draft for one in step}
    llama.close()
    with server(job) as post:
        post({"prompt": next(iter(prompts.values()))[:8], "n_predict": 4})
        started, before = time.perf_counter(), post.worked()
        answers = replay(job, prompts, post)
        seconds, after = time.perf_counter() - started, post.worked()
    failed = [answer["error"] for *_, answer in answers if "error" in answer]
    good = [(one, answer) for one, _, answer in answers if "error" not in answer]
    measured = Measured(
        seconds=seconds,
        tokens=sum(answer["tokens_predicted"] for _, answer in good),
        candidates=len(answers),
        worked=None if before is None or after is None else after - before,
        details={"refused": len(failed), "first_refusal": str(failed[0])[:200] if failed else ""},
    )
    if job.constrained:
        given = [(one.constraint(job.mode), answer["content"], answer["stop_type"] == "eos") for one, answer in good]
        measured.objects, measured.wrong = Judge().count(given)
    return measured


def replay(job: Job, prompts: dict[str, list[int]], post: Any) -> list[Answer]:
    """Answer everything, in the order in which the pipeline would ask."""
    plan, answers = Replay(job.work(), job.width), []
    left: dict[tuple[int, str], int] = {}
    with ThreadPoolExecutor(max_workers=8 * job.width) as pool:
        open_calls: dict[Future[dict[str, Any]], tuple[int, Asked, int]] = {}

        def submit(ready: list[tuple[int, Asked]]) -> None:
            for number, one in ready:
                left[number, one.key] = one.sampling.n
                for candidate in range(one.sampling.n):
                    call = pool.submit(post, body(job, one, candidate, prompts[one.key]))
                    open_calls[call] = number, one, candidate

        submit(plan.start())
        while open_calls:
            for call in wait(open_calls, return_when=FIRST_COMPLETED).done:
                number, one, candidate = open_calls.pop(call)
                answers.append((one, candidate, call.result()))
                left[number, one.key] -= 1
                if not left[number, one.key]:
                    submit(plan.answered(number))
    return answers


def body(job: Job, one: Asked, candidate: int, prompt: list[int]) -> dict[str, Any]:
    """What is posted for one candidate."""
    sampling = one.sampling
    asked: dict[str, Any] = {
        "prompt": prompt,
        "cache_prompt": True,
        "temperature": sampling.temperature,
        "min_p": sampling.min_p,
        "seed": (sampling.seed + candidate) % 2**31,
    }
    if job.constrained:
        schema = spelled(json.loads(one.constraint(job.mode)[1]))
        return asked | {"n_predict": one.budget(job.mode), "json_schema": schema}
    return asked | {"n_predict": job.lengths[one.key][candidate], "ignore_eos": True}


def spelled(schema: Any) -> Any:
    """The schema as the server's converter takes it: `"items": false` beside `prefixItems` is an error to it.

    Without, it writes a tuple of exactly those positions, which a shorter array's schema allows too.
    """
    if isinstance(schema, list):
        return [spelled(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    closed = "prefixItems" in schema and schema.get("items") is False
    return {key: spelled(value) for key, value in schema.items() if not (closed and key == "items")}


@contextmanager
def server(job: Job) -> Iterator[Posts]:
    """A running server; gives what posts a completion to it. It is stopped at the end of the block."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "llama.sock"
        arguments = [
            *("--model", Path(job.model).resolve(), "--parallel", job.width, "--ctx-size", job.width * CONTEXT),
            *("--threads", threads(), "--threads-batch", threads(), "--flash-attn", "on", "-ngl", 0),
            *("--host", path, "--no-webui", "--log-disable"),
        ]
        command = [str(tool("llama-server")), *map(str, arguments)]
        process = subprocess.Popen(
            command, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder
        )
        try:
            _await(process, path)
            yield Posts(path, process.pid)
        finally:
            process.terminate()
            process.wait()


@dataclass(frozen=True)
class Posts:
    """Posts completions to a running server, and says how long it worked."""

    path: Path
    pid: int

    def __call__(self, asked: dict[str, Any]) -> dict[str, Any]:
        status, answer = _ask(self.path, "POST", "/completion", json.dumps(asked))
        return answer if status == 200 else {"error": answer.get("error", answer)}

    def worked(self) -> float | None:
        """Processor seconds of the server so far, where the system tells."""
        try:
            fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return None
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _await(process: subprocess.Popen[bytes], path: Path) -> None:
    for _ in range(PATIENCE * 4):
        if process.poll() is not None:
            raise WayFailed(f"llama-server ended with {process.returncode}")
        try:
            if _ask(path, "GET", "/health")[0] == 200:
                return
        except OSError:
            pass
        time.sleep(0.25)
    raise WayFailed(f"llama-server was not ready after {PATIENCE} s")


def _ask(path: Path, method: str, place: str, text: str | None = None) -> tuple[int, dict[str, Any]]:
    connection = _Unix(path)
    try:
        connection.request(method, place, text, {"Content-Type": "application/json"} if text else {})
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read() or b"{}")
    finally:
        connection.close()


class _Unix(http.client.HTTPConnection):
    """HTTP over a socket file: nothing of the machine's network is used."""

    def __init__(self, path: Path) -> None:
        super().__init__("localhost")
        self._path = path

    def connect(self) -> None:
        """Open the socket file."""
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.connect(str(self._path))
