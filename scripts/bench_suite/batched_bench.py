"""llama.cpp's own `llama-batched-bench`: shared prompt, unconstrained, `width` sequences; see `raw_batches`."""

from __future__ import annotations

import json
import subprocess

from scripts.bench_suite.job import Job, Measured, WayFailed, threads
from scripts.bench_suite.llama_sources import environment, tool
from scripts.bench_suite.raw_batches import BATCH, UBATCH


def run(job: Job) -> Measured:
    """The tool's own rates for a prompt of `options["prompt"]` and `options["length"]` tokens a sequence."""
    prompt, length, width = job.options["prompt"], job.options["length"], job.width
    cells = width * (prompt + length + 256)
    arguments = [
        *("--model", job.model, "--ctx-size", cells, "--batch-size", BATCH, "--ubatch-size", UBATCH),
        *("--threads", threads(), "--threads-batch", threads(), "--flash-attn", "on", "-ngl", 0),
        *("-npp", prompt, "-ntg", length, "-npl", width, "-pps", "--output-format", "jsonl"),
    ]
    command = [str(tool("llama-batched-bench")), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment(), check=False)
    rows = [line for line in (done.stdout + done.stderr).splitlines() if line.startswith('{"n_kv_max"')]
    if not rows:
        raise WayFailed(f"llama-batched-bench ended with {done.returncode} and no result")
    row = json.loads(rows[0])
    details = {"prompt_per_s": row["speed_pp"], "generated_per_s": row["speed_tg"]}
    return Measured(row["t_tg"], width * length, width, details=details)
