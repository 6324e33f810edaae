"""A process killed at any moment leaves whole conversations behind, and a run that another process can take over."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from dtc_local.errors import UserError
from dtc_local.settings import RunConfig
from dtc_local.store import Run, Store
from tests.samples import MODEL, candidates, conversation

ROOT = Path(__file__).parent.parent.parent

WRITER = textwrap.dedent("""
    import sys, time
    from dtc_local.settings import RunConfig
    from dtc_local.store import Store
    from tests.samples import MODEL, candidates, conversation

    store = Store(sys.argv[1])
    run = store.open_run(RunConfig(run="r", count=10_000), MODEL)
    with store.lock(run):
        done = store.done(run)
        print("ready", flush=True)
        for index in range(10_000):
            if index not in done:
                store.save(run, index, conversation(index), candidates(), kept=True)
                time.sleep(float(sys.argv[2]))
""")


def start_writer(database: Path, pause: float = 0.0) -> subprocess.Popen[str]:
    """A process that saves one conversation after the other, once it holds the run."""
    command = [sys.executable, "-c", WRITER, str(database), str(pause)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def kill(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert process.stdout is not None
    process.stdout.close()


def test_kills_lose_nothing_double_nothing_and_leave_nothing_half_written(tmp_path: Path) -> None:
    database = tmp_path / "dtc.db"
    draw = random.Random(8)
    settled = 0
    for _ in range(8):
        process = start_writer(database)
        time.sleep(draw.uniform(0.0, 0.25))
        kill(process)
        with Store(database) as store:
            run = store.run("r")
            indices = sorted(store.done(run))
            assert indices == list(range(len(indices))), "an index is missing or doubled"
            assert len(indices) >= settled, "a finished conversation was lost"
            settled = len(indices)
    assert settled > 0
    _assert_whole(database)


def _assert_whole(database: Path) -> None:
    with Store(database) as store:
        run = store.run("r")
        for index, found in store.kept(run):
            assert found == conversation(index)
            assert store.candidates(f"r-{index}") == candidates()
        (check,) = store._file.rows("PRAGMA integrity_check")
        turns = store._file.rows("SELECT COUNT(*) AS n FROM turns")
        provenance = store._file.rows("SELECT COUNT(*) AS n FROM provenance")
        conversations = len(store.done(run))
    assert check["integrity_check"] == "ok"
    assert (turns[0]["n"], provenance[0]["n"]) == (2 * conversations, 3 * conversations)


def test_two_processes_cannot_work_on_one_run(tmp_path: Path) -> None:
    database = tmp_path / "dtc.db"
    process = start_writer(database, pause=0.05)
    try:
        with Store(database) as store:
            run = store.run("r")
            with pytest.raises(UserError) as error, store.lock(run):
                pass
            assert str(error.value) == (
                f"Run 'r' is being worked on by another process ({process.pid})."
                " Wait for it to end, or give another name with --run."
            )
            other = store.open_run(RunConfig(run="other"), MODEL)
            with store.lock(other):
                store.save(other, 0, conversation(0), (), kept=True)
    finally:
        kill(process)
    with Store(database) as store, store.lock(store.run("r")):
        assert list(tmp_path.glob("*.lock")) == [tmp_path / "dtc.db-r.lock"]
    assert not list(tmp_path.glob("*.lock"))


def test_an_error_halfway_through_saving_saves_nothing(store: Store) -> None:
    run = store.open_run(RunConfig(run="r"), MODEL)
    unwritable = candidates()[0].model_copy(update={"logprob": float("nan")})
    with pytest.raises(Exception, match="NOT NULL"):
        store.save(run, 0, conversation(0), (*candidates(), unwritable), kept=True)
    assert store.done(run) == set()
    for table in ("conversations", "turns", "candidates", "provenance", "tools"):
        assert store._file.rows(f"SELECT COUNT(*) AS n FROM {table}") == [{"n": 0}]


def test_what_a_run_writes_does_not_depend_on_the_order_of_finishing(tmp_path: Path) -> None:
    dumps = []
    for name, order in (("a", [0, 1, 2]), ("b", [2, 0, 1])):
        with Store(tmp_path / f"{name}.db") as store:
            run = store.open_run(RunConfig(run="r"), MODEL)
            for index in order:
                store.save(run, index, conversation(index), candidates(), kept=True)
            dumps.append(_dump(store, run))
    assert dumps[0] == dumps[1]


def _dump(store: Store, run: Run) -> str:
    keys = {
        "conversations": "id",
        "turns": "conversation, position",
        "candidates": "conversation, position",
        "provenance": "conversation, turn, call, argument",
    }
    return json.dumps([store._file.rows(f"SELECT * FROM {table} ORDER BY {key}") for table, key in keys.items()])
