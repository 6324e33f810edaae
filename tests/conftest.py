"""Each test works in a folder of its own and may open no connection."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from dtc_local.settings import RunConfig
from dtc_local.store import Run, Store
from tests.samples import MODEL, conversation

# A busy machine is no failure, and a draw that fails here must fail everywhere.
settings.register_profile("house", deadline=None, derandomize=True, max_examples=60)
settings.load_profile("house")


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that opens a connection fails, whatever library tries."""

    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError("a connection was opened: dtc_local is offline by promise")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "connect_ex", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, empty."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    with Store(tmp_path / "dtc.db") as opened:
        yield opened


@pytest.fixture
def finished_run(store: Store) -> Run:
    """A run of five settled conversations, of which 0, 2 and 4 are kept and two are wanted."""
    run = store.open_run(RunConfig(run="first", count=2), MODEL)
    for index in range(5):
        kept = index % 2 == 0
        store.save(run, index, conversation(index), (), kept=kept, reason=None if kept else "judged")
    return run
