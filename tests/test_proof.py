"""The promises, proved on real runs of the shipped model: sound, the same again, unharmed by kills, without a network.

One run of 200 conversations is made for all tests here. It is audited, and it is what other runs of these settings must
repeat from their first conversation on: with another engine width, in another process, and killed twenty times.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from dtc_local import examples, pipeline
from dtc_local.audit import audit, audit_rows, summary
from dtc_local.engine import from_gguf
from dtc_local.errors import UserError
from dtc_local.export import export_lines
from dtc_local.models_file import find_model
from dtc_local.records import KINDS
from dtc_local.settings import RunConfig
from dtc_local.store import Run, Store
from dtc_local.tools import read_files

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent
MATERIAL = next((base / "shared/material" for base in (ROOT, ROOT.parent) if (base / "shared/material").is_dir()), None)
"""Specifications that are not ours to ship: the proof takes them in where they lie beside the checkout."""
SETTINGS = {"seed": 7, "plan_candidates": 1, "ask_candidates": 2, "verify_samples": 2, "reply_candidates": 1}
"""Few candidates and short conversations, to save time; every check is on."""
TURNS = (1, 2)
OPTIONS = (
    *("--run", "proof", "--turns", "1-2"),
    *(word for name, value in SETTINGS.items() for word in (f"--{name.replace('_', '-')}", str(value))),
)
"""The same settings on the command line."""
WHOLE = 200
PART = 12
KILLS = 20
GUARD = """
import sys

def refuse(event, arguments):
    if event.startswith("socket."):
        raise RuntimeError(f"{event}: dtc_local is offline by promise")

sys.addaudithook(refuse)
from dtc_local.cli import main
main()
"""
"""A command line that cannot make a socket: the hook sees every one, whatever library asks, and cannot be removed."""


class Outcome(NamedTuple):
    """Everything a run came to up to its `count`-th kept conversation; equal for equal runs."""

    export: str
    fates: list[tuple[int, str, str | None]]
    records: list[str]
    candidates: list[str]


def outcome(store: Store, run: Run, count: int) -> Outcome:
    """What the run came to, in full."""
    kept = store.kept_indices(run)[:count]
    ids = [f"{run.name}-{index}" for index in range(kept[-1] + 1)]
    settled = [store.conversation(one) for one in ids]
    return Outcome(
        export="\n".join(export_lines((made for _, made in store.kept(run, count)), "openai")),
        fates=[(one.index, one.status, one.reason) for one in settled],
        records=[one.conversation.model_dump_json() if one.conversation else "" for one in settled],
        candidates=[candidate.model_dump_json() for one in ids for candidate in store.candidates(one)],
    )


@pytest.fixture(scope="module")
def model() -> Path:
    """The model file; without it nothing here can be proved, so that is a failure."""
    try:
        return find_model(os.environ.get("DTC_TEST_MODEL"))
    except UserError as error:
        pytest.fail(str(error))


def specifications() -> list[Path]:
    """The shipped examples, and real specifications where there are some."""
    found = list(examples.paths())
    if MATERIAL:
        found += sorted(MATERIAL.glob("bfcl/multi_turn_func_doc/*.json"))
        found.append(MATERIAL / "mcp/git.tools_list.json")
    return found


@pytest.fixture(scope="module")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database that holds tools and nothing else, to be copied."""
    path = tmp_path_factory.mktemp("tools") / "tools.db"
    with Store(path) as store:
        store.add_tools(read_files(specifications()).tools)
    return path


@pytest.fixture
def database(tools: Path, tmp_path: Path) -> Path:
    """A database of this test's own, with the tools in it."""
    return Path(shutil.copy(tools, tmp_path / "dtc.db"))


@pytest.fixture(scope="module")
def whole(model: Path, tools: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, Run]]:
    """The run of 200 conversations."""
    path = shutil.copy(tools, tmp_path_factory.mktemp("whole") / "dtc.db")
    with Store(path) as store:
        result = _generate(store, model, WHOLE, width=16)
        assert not result.ended_short, f"only {result.kept} were kept; dropped: {result.dropped}"
        yield store, store.run(result.run)


def _generate(store: Store, model: Path, count: int, width: int) -> pipeline.RunResult:
    engine = from_gguf(model, width=width)
    try:
        return pipeline.run(
            engine, store, RunConfig(run="proof", count=count, turns_min=TURNS[0], turns_max=TURNS[1], **SETTINGS)
        )
    finally:
        engine.close()


def command(*arguments: str | Path, code: str | None = None, before: tuple[str, ...] = ()) -> list[str]:
    """`python -m dtc_local ARGUMENTS`, or a script in its place, or another command before it."""
    start = ["-c", code] if code else ["-m", "dtc_local"]
    return [*before, sys.executable, *start, *map(str, arguments)]


def done(arguments: list[str]) -> str:
    """Standard output of a command that ends well."""
    ended = subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


# Sound


def test_no_rule_is_broken_in_200_conversations(whole: tuple[Store, Run]) -> None:
    store, run = whole
    audited = audit(store, run)
    assert audited.conversations == WHOLE
    assert audited.sound, summary(audited)


def test_no_rule_is_broken_in_the_exported_rows(whole: tuple[Store, Run], tmp_path: Path) -> None:
    store, run = whole
    path = tmp_path / "out.jsonl"
    path.write_text("".join(f"{line}\n" for line in export_lines((one for _, one in store.kept(run)), "openai")))
    audited = audit_rows(path)
    assert audited.conversations == WHOLE
    assert audited.sound, summary(audited)


def test_the_run_has_every_kind_of_turn_and_implicit_calls(whole: tuple[Store, Run]) -> None:
    """An audit of conversations that are all alike would prove little."""
    store, run = whole
    turns = [turn for _, conversation in store.kept(run) for turn in conversation.turns]
    assert {turn.kind for turn in turns} == set(KINDS)
    assert any(turn.implicit for turn in turns)


def test_real_specifications_take_part(whole: tuple[Store, Run]) -> None:
    if MATERIAL is None:
        pytest.skip("no shared/material beside the checkout: the proof used the shipped examples alone")
    store, run = whole
    used = {tool.source.dialect for _, conversation in store.kept(run) for tool in conversation.scenario.offer}
    assert {"bfcl", "mcp"} <= used


# The same again


def test_another_engine_width_writes_the_same(whole: tuple[Store, Run], model: Path, database: Path) -> None:
    store, run = whole
    with Store(database) as other:
        _generate(other, model, PART, width=3)
        assert outcome(other, other.run(run.name), PART) == outcome(store, run, PART)


def test_twenty_kills_change_nothing(whole: tuple[Store, Run], model: Path, database: Path) -> None:
    store, run = whole
    generate = command("generate", "-n", str(PART), *OPTIONS, "--model", model, "--db", database, "--json")
    draw = random.Random(20)
    struck = sum(_killed_at_work(generate, database, draw) for _ in range(KILLS))
    ended = json.loads(done(generate).splitlines()[-1])
    with Store(database) as killed:
        again = killed.run(run.name)
        assert outcome(killed, again, PART) == outcome(store, run, PART)
        counts = killed.counts(again)
    assert (ended["kept"], ended["dropped"]) == (counts.kept, counts.dropped)
    assert struck >= KILLS // 2, "most processes had ended before they were killed"


def _killed_at_work(arguments: list[str], database: Path, draw: random.Random) -> bool:
    """Start a command, let it settle none, one or two conversations more, kill it a moment later.

    Returns whether it was still at work then.
    """
    enough, moment = _settled(database) + draw.randrange(3), draw.uniform(0, 1)
    process = subprocess.Popen(arguments, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while process.poll() is None and _settled(database) < enough:
        time.sleep(0.02)
    time.sleep(moment)
    process.send_signal(signal.SIGKILL)
    return process.wait() == -signal.SIGKILL


def _settled(database: Path) -> int:
    with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        (number,) = connection.execute("SELECT COUNT(*) FROM conversations").fetchone()
    return int(number)


# Without a network


def test_the_whole_job_runs_in_an_empty_network_namespace(model: Path, tmp_path: Path) -> None:
    alone = ("unshare", "-rn")
    if shutil.which("unshare") is None or subprocess.run([*alone, "true"], capture_output=True, check=False).returncode:
        pytest.skip("unshare -rn is not permitted here: no empty network namespace to run in")
    _whole_job(tmp_path, model, before=alone)


def test_the_whole_job_makes_no_socket(model: Path, tmp_path: Path) -> None:
    _whole_job(tmp_path, model, code=GUARD)


def test_the_guard_refuses_a_socket() -> None:
    code = GUARD.partition("from dtc_local")[0] + "import socket; socket.socket()"
    ended = subprocess.run(command(code=code), capture_output=True, text=True, check=False)
    assert "offline by promise" in ended.stderr


def _whole_job(folder: Path, model: Path, code: str | None = None, before: tuple[str, ...] = ()) -> None:
    """Import, generate, export; the export is sound."""
    database, out = folder / "dtc.db", folder / "out.jsonl"
    for arguments in (
        ("tools", "import", *examples.paths()),
        ("generate", "-n", "1", *OPTIONS, "--model", model),
        ("export", "--format", "openai", "-o", out),
    ):
        done(command(*arguments, "--db", database, code=code, before=before))
    assert audit_rows(out).sound
