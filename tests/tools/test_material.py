"""Specifications of the wild: every file is read or refused with a reason, and what was read can be called.

`material.tsv` says for each file what is in it; whoever adds material adds a line. The tests are skipped, aloud, where
the material is absent.
"""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from outlines.types import JsonSchema

from dtc_local.engine.base import Completion, Message, Request, Sampling
from dtc_local.engine.batch import LlamaEngine
from dtc_local.errors import UserError
from dtc_local.records import Tool
from dtc_local.tools import read_files
from dtc_local.tools.lint import lint
from dtc_local.validation import first_error
from tests.engine.conftest import run
from tests.engine.noise import noise_engine
from tests.tools.specs import MATERIAL, material

ROOT = Path(__file__).parents[2]
SEED = ROOT / "models" / "seed.gguf"
LEGAL = re.compile(r"[A-Za-z0-9_-]{1,64}")
CALLS = 3
ROUNDS = ((CALLS, 300), (12, 600), (40, 2000))
"""Calls asked for and tokens allowed: noise seldom ends a long object, and repeats itself in lists without repeats."""


def expected() -> dict[str, list[str]]:
    """The lines of `material.tsv` by file."""
    with (Path(__file__).parent / "material.tsv").open(encoding="utf-8") as file:
        return {row[0]: row[1:] for row in csv.reader(file, delimiter="\t") if not row[0].startswith("#")}


@cache
def told() -> dict[str, dict[str, Any]]:
    """What came of reading each file within 10 seconds and 1 GB."""
    paths = material(*sorted(expected()))
    command = [sys.executable, "-m", "tests.tools.limited", *map(str, paths)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return {str(Path(line["file"]).relative_to(MATERIAL)): line for line in lines}


@pytest.mark.slow
def test_every_file_is_read_or_refused_within_ten_seconds_and_a_gigabyte() -> None:
    assert {name: one["crash"] for name, one in told().items() if "crash" in one} == {}


@pytest.mark.slow
def test_every_function_and_operation_becomes_a_tool_or_is_a_reported_duplicate() -> None:
    wrong = {}
    for name, (dialect, *counts) in expected().items():
        one = told().get(name, {})
        if dialect != "refused" and "dialects" in one:
            found = ["+".join(one["dialects"]), one["tools"] + one["kinds"].get("duplicate", 0), one["tools"]]
            if found != [dialect, *map(int, counts)]:
                wrong[name] = found
    assert wrong == {}


@pytest.mark.slow
def test_every_refusal_names_its_reason_in_one_sentence() -> None:
    refused = {name: one["refused"] for name, one in told().items() if "refused" in one}
    assert refused.keys() == {name for name, row in expected().items() if row[0] == "refused"} & told().keys()
    for name, sentence in refused.items():
        assert expected()[name][1] in sentence
        assert "\n" not in sentence


@cache
def tools() -> tuple[Tool, ...]:
    """Every tool of the material."""
    found: list[Tool] = []
    for path in material(*sorted(expected())):
        try:
            found += read_files([path]).tools
        except UserError:
            continue
    return tuple(found)


@pytest.mark.slow
def test_every_name_is_legal_and_unique_in_its_namespace_and_leads_back_to_the_original() -> None:
    for path in material(*sorted(expected())):
        try:
            found = read_files([path]).tools
        except UserError:
            continue
        names = [(tool.namespace, tool.name) for tool in found]
        assert len(set(names)) == len(names), path
        for tool in found:
            assert LEGAL.fullmatch(tool.name), tool.name
            changed = [one for one in tool.findings if one.kind in ("name", "overload")]
            assert changed or tool.name == tool.source.name or not tool.source.name, tool.name


@pytest.mark.slow
def test_three_calls_written_from_noise_obey_the_original_schema_of_every_tool(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = noise_engine(SEED, monkeypatch)
    waiting = {index: tool for index, tool in enumerate(tools()) if lint(tool).level != "refused"}
    assert len(waiting) > 0.99 * len(tools())
    for wanted, budget in ROUNDS:
        for index, completions in _written(engine, waiting, wanted, budget):
            values = [one.value for one in completions if one.finish == "accepted"]
            faults = [fault for value in values if (fault := first_error(value, waiting[index].source.parameters))]
            assert not faults or lint(waiting[index]).level == "relaxed", (waiting[index].name, faults)
            if len(values) - len(faults) >= CALLS:
                del waiting[index]
    assert [tool.name for tool in waiting.values()] == []


def _written(
    engine: LlamaEngine, waiting: dict[int, Tool], wanted: int, budget: int
) -> Iterator[tuple[int, tuple[Completion, ...]]]:
    """Calls of each tool under its own schema, so many at a time as fit the memory."""
    indices = sorted(waiting)
    for start in range(0, len(indices), 200):
        part = indices[start : start + 200]
        requests = [
            Request(
                (Message("user", ("noise",)),),
                JsonSchema(waiting[index].parameters),
                Sampling(temperature=1.0, min_p=0.0, seed=index, n=wanted),
                max_tokens=budget,
            )
            for index in part
        ]
        yield from zip(part, run(engine, requests), strict=True)
