"""Measures what many tools cost: reading their files, importing, importing again, listing, searching, sampling.

    scripts/bench_import [--tools 10000] [--namespaces 1] [--scenarios 50] [--profile]

The tools are made up: varied names, descriptions, parameters with formats, patterns, bounds, lists, defaults, unions
and references, and results that feed each other. Prints seconds, seconds of CPU, and the
process's peak memory after each step.
"""

from __future__ import annotations

import argparse
import cProfile
import json
import pstats
import random
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from dtc_local.errors import StageFailure
from dtc_local.stages.scenario import build
from dtc_local.store import Store
from dtc_local.tools import read_files
from dtc_local.tools.dataflow.index import ToolIndex
from dtc_local.tools.words import bag

T = TypeVar("T")
THINGS = sorted(
    bag(
        "order invoice customer ticket shipment refund product warehouse supplier contract employee payslip room "
        "booking flight passenger parcel route vehicle driver device sensor alert policy claim patient visit course "
        "lesson grade repository branch commit build release incident runbook campaign lead quote budget expense asset"
    )
)
VERBS = ["get", "list", "create", "update", "delete", "search", "cancel", "approve", "export", "archive", "assign"]
QUALITIES = ["open", "late", "internal", "shared", "monthly", "regional", "draft", "urgent", "public", "seasonal"]
PARTS: dict[str, Any] = {
    "status": {"type": "string", "enum": ["open", "in_progress", "closed"], "default": "open"},
    "limit": {"type": "integer", "minimum": 1, "maximum": 100, "default": 20, "description": "Most entries returned"},
    "email": {"type": "string", "format": "email"},
    "start_date": {"type": "string", "format": "date", "description": "First day, for example 2026-01-31"},
    "code": {"type": "string", "pattern": "^[A-Z]{3}-[0-9]{4}$"},
    "tags": {"type": "array", "items": {"type": "string"}, "maxItems": 5},
    "address": {"$ref": "#/$defs/address"},
    "amount": {"anyOf": [{"type": "number", "minimum": 0}, {"type": "null"}]},
    "unit": {"type": "string", "description": "One of 'kg', 'lb', 'g'."},
    "note": {"type": ["string", "null"], "maxLength": 200},
}
ADDRESS = {
    "type": "object",
    "properties": {"street": {"type": "string"}, "city": {"type": "string"}, "zip_code": {"type": "string"}},
    "required": ["street", "city"],
}


def made_up(number: int, rng: random.Random) -> dict[str, Any]:
    """One tool as an OpenAI function with a result schema."""
    verb, thing, quality = rng.choice(VERBS), rng.choice(THINGS), rng.choice(QUALITIES)
    others = rng.sample(THINGS, 2)
    properties: dict[str, Any] = {f"{one}_id": {"type": "string", "description": f"Id of the {one}"} for one in others}
    if verb not in ("list", "search", "create"):
        properties[f"{thing}_id"] = {"type": "string", "description": f"Id of the {thing}"}
    properties |= {name: PARTS[name] for name in rng.sample(sorted(PARTS), rng.randint(1, 4))}
    needed = rng.sample(sorted(properties), min(2, len(properties)))
    fields = {f"{thing}_id": {"type": "string"}, "name": {"type": "string"}, "city": {"type": "string"}}
    result: dict[str, Any] = {"type": "object", "properties": fields, "required": [f"{thing}_id"]}
    if verb in ("list", "search"):
        result = {"type": "object", "properties": {f"{thing}s": {"type": "array", "items": result}}}
    return {
        "name": f"{verb}_{quality}_{thing}_{number}",
        "description": f"{verb.capitalize()} {quality} {thing} {number} of a {others[0]} for the {others[1]} team.",
        "parameters": {"type": "object", "properties": properties, "required": needed, "$defs": {"address": ADDRESS}},
        "returns": result,
    }


def measured(words: str, work: Callable[[], T], profiled: bool) -> T:
    """The work's result; its seconds, and the peak memory so far, are printed."""
    profile = cProfile.Profile() if profiled else None
    began, spent = time.perf_counter(), time.process_time()
    made = profile.runcall(work) if profile else work()
    seconds, spent = time.perf_counter() - began, time.process_time() - spent
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{words:28} {seconds:8.2f} s  {spent:8.2f} s of CPU  peak {peak:6.0f} MiB", flush=True)
    if profile:
        pstats.Stats(profile).sort_stats("cumulative").print_stats(25)
    return made


def main() -> None:
    """Every step in turn."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tools", type=int, default=10_000)
    parser.add_argument("--namespaces", type=int, default=1)
    parser.add_argument("--scenarios", type=int, default=50)
    parser.add_argument("--profile", action="store_true", help="show where the time of each step goes")
    options = parser.parse_args()
    rng = random.Random(1)
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder, f"api{number}.json") for number in range(options.namespaces)]
        for number, path in enumerate(paths):
            tools = [made_up(one, rng) for one in range(number, options.tools, options.namespaces)]
            path.write_text(json.dumps(tools), encoding="utf-8")
        imported(paths, Path(folder, "dtc.db"), options.profile)
        looked_at(Path(folder, "dtc.db"), options.scenarios, options.profile)


def imported(paths: list[Path], db: Path, profiled: bool) -> None:
    """Read and import, twice."""
    tools = measured("read and normalise", lambda: read_files(paths).tools, profiled)
    with Store(db) as store:
        measured("import", lambda: store.add_tools(tools), profiled)
        measured("import the same again", lambda: store.add_tools(tools), profiled)
        changed = tools[0].model_copy(update={"description": "Changed."})
        measured("import one changed tool", lambda: store.add_tools([changed]), profiled)


def looked_at(db: Path, scenarios: int, profiled: bool) -> None:
    """List, search and sample."""
    with Store(db) as store:
        measured("list a page of 100", lambda: store.labels(limit=100, offset=5000), profiled)
        measured("search two words", lambda: store.search("late invoice"), profiled)
        measured("digest of all on offer", store.tools_digest, profiled)
        index = measured("index", lambda: ToolIndex(store.catalogue()), profiled)
        measured(f"{scenarios} scenarios", lambda: [_built(index, number) for number in range(scenarios)], profiled)
        measured(
            f"{scenarios} more", lambda: [_built(index, scenarios + number) for number in range(scenarios)], profiled
        )


def _built(index: ToolIndex, number: int) -> bool:
    try:
        build(index, seed=1, index=number)
    except StageFailure:
        return False
    return True


if __name__ == "__main__":
    main()
