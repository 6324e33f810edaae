"""Measures this engine and its rivals side by side: tokens and objects a second on the pipeline's own requests.

The requests are those of a recorded run (`bench_suite/workload`), the models the shipped seed model and Qwen2 shapes
with random weights that are written on the spot (`bench_suite/weights`). Every way gets the same prompts, the same
constraints and the same budgets; unconstrained ones write as many tokens a candidate as the engine wrote. An object is
a candidate that ended by itself and obeys its constraint, as an independent validator sees it. The evaluation of
prompts and the compilation of grammars are inside the measured time, the loading of models is not.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from scripts.bench_suite import llama_sources, weights
from scripts.bench_suite.job import Measured
from scripts.bench_suite.plan import RIVALS, Round, middle, size_of
from scripts.bench_suite.report import machine, model_result, table
from scripts.bench_suite.workload import Mode, read

ROOT = Path(__file__).resolve().parents[1]
MODELS = ("seed", "0.5b-q8")
SMALL = 100_000_000
"""Bytes below which a model gets the closed constraints, as the pipeline decides by its parameters."""


def say(text: str) -> None:
    """Talk."""
    print(text, file=sys.stderr, flush=True)


def model_path(name: str) -> Path:
    """A model's file: the seed model, one that is written now if it is not there yet, or a file of the user's."""
    if name == "seed":
        return ROOT / "models" / "seed.gguf"
    if name not in weights.names():
        if Path(name).is_file():
            return Path(name).resolve()
        raise SystemExit(f"There is no model {name!r}: name a GGUF file or one of seed, {', '.join(weights.names())}.")
    path = ROOT / ".cache" / "bench" / f"{name}-{weights.VERSION}.gguf"
    if not path.exists():
        say(f"Writing {name} (once) ...")
        path.parent.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "scripts.bench_suite.weights", name, path, llama_sources.vocabulary()]
        done = subprocess.run(list(map(str, command)), cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"{name} could not be written: {(done.stderr.strip() or 'no word').splitlines()[-1]}")
    return path


def measured(name: str, options: argparse.Namespace) -> dict[str, Any]:
    """All numbers of one model."""
    path = model_path(name)
    mode: Mode = "closed" if path.stat().st_size < SMALL else "open"
    say(f"{name}:")
    size = size_of(name, options.quick)
    rounds: list[dict[str, Measured]] = []
    notes: list[str] = []
    for _ in range(options.repeat):
        found, notes = Round(path, mode, size, options.rivals, options.profile, say=say).run()
        rounds.append(found)
    about = {
        "file": path.name,
        "bytes": path.stat().st_size,
        "mode": mode,
        "conversations": size.batched[0],
        "steps": size.batched[1],
    }
    return model_result(middle(rounds), notes, about)


def arguments(given: list[str] | None = None) -> argparse.Namespace:
    """The parsed command line."""
    parser = argparse.ArgumentParser(
        prog="scripts/bench",
        description="Tokens and finished objects a second of this engine and its rivals, side by side.",
        epilog="Rivals: " + "; ".join(f"{key}: {words}" for key, words in RIVALS.items()) + ". d always runs.",
    )
    parser.add_argument("--quick", action="store_true", help="less work, fewer widths: up to 5 minutes on 2 cores")
    parser.add_argument("--json", type=Path, help="also write the numbers to this file")
    known = ", ".join(("seed", *weights.names()))
    parser.add_argument("--models", default=",".join(MODELS), help=f"comma-separated: {known}, or GGUF files")
    parser.add_argument("--rivals", default="a,b,c,d,e", help="comma-separated letters; default: all")
    parser.add_argument("--profile", action="store_true", help="also say where the engine's time goes")
    parser.add_argument("--repeat", type=int, default=1, help="rounds; the middle one of each way is reported")
    options = parser.parse_args(given)
    options.rivals = frozenset(options.rivals.split(","))
    options.models = options.models.split(",")
    if unknown := options.rivals - set(RIVALS):
        parser.error(f"there is no rival {sorted(unknown)[0]!r}: {', '.join(RIVALS)}")
    if options.repeat < 1:
        parser.error("--repeat must be at least 1")
    if options.json and not options.json.resolve().parent.is_dir():
        parser.error(f"--json {options.json}: there is no such folder")
    return options


def main() -> None:
    """Build what is missing, measure, print."""
    options = arguments()
    # Threads that wait long at barriers stand in the way of whatever else runs; every way is given the same patience.
    os.environ.setdefault("GOMP_SPINCOUNT", "1000")
    if options.rivals & {"c", "e"}:
        try:
            llama_sources.build()
        except llama_sources.NotBuilt as reason:
            say(f"Without llama.cpp's own programs: {reason}")
    result: dict[str, Any] = {"machine": machine(), "workload": read()[0], "models": {}}
    for name in options.models:
        result["models"][name] = measured(name, options)
        if options.json:
            options.json.write_text(json.dumps(result, indent=2) + "\n")
    print(table(result))


if __name__ == "__main__":
    main()
