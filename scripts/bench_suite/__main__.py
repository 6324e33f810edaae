"""Runs one way in this process: python -m scripts.bench_suite WAY JOB.json MEASURED.json"""

from __future__ import annotations

import importlib
import json
import sys
import warnings
from dataclasses import asdict
from pathlib import Path

from scripts.bench_suite.job import Job, WayFailed
from scripts.bench_suite.llama_sources import NotBuilt

WAYS = {
    "ours": "ours",
    "outlines": "outlines_alone",
    "plain": "plain_loop",
    "raw": "raw_batches",
    "batched_bench": "batched_bench",
    "server": "llama_server",
}


def main(way: str, asked: str, answer: str) -> None:
    """Read the job, run the way, write what was measured."""
    # llama-cpp-python warns about its own deprecated names, once a vocabulary entry.
    warnings.simplefilter("ignore", DeprecationWarning)
    module = importlib.import_module(f"scripts.bench_suite.{WAYS[way]}")
    try:
        measured = module.run(Job(**json.loads(Path(asked).read_text())))
    except (WayFailed, NotBuilt) as reason:
        raise SystemExit(str(reason)) from reason
    Path(answer).write_text(json.dumps(asdict(measured)))


if __name__ == "__main__":
    main(*sys.argv[1:])
