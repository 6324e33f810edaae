"""The command line in a folder of its own, over a pipeline without a model: it stores hand-written conversations."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from dtc_local import pipeline
from dtc_local.cli import cli, engines
from dtc_local.pipeline import Progress, RunResult
from dtc_local.settings import RunConfig
from dtc_local.store import Store
from tests.samples import MODEL, candidates, conversation

Invoke = Callable[..., Result]

SPEC = [
    {
        "name": "find_order",
        "description": "Find an order.",
        "parameters": {"type": "object", "properties": {"customer": {"type": "string"}}, "required": ["customer"]},
    }
]


@pytest.fixture(autouse=True)
def own_models(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder for models.toml: a test neither sees nor changes what the user has added."""
    place = tmp_path_factory.mktemp("models")
    monkeypatch.setenv("DTC_LOCAL_MODELS", str(place))
    return place


@pytest.fixture
def invoke(folder: Path) -> Invoke:
    """Run `dtc-local` with these arguments, in an empty current folder."""

    def run(*arguments: str | Path) -> Result:
        return CliRunner().invoke(cli, [str(argument) for argument in arguments])

    return run


@pytest.fixture
def spec(folder: Path) -> Path:
    """A file with one tool."""
    path = folder / "shop.json"
    path.write_text(json.dumps(SPEC))
    return path


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[RunConfig]:
    """Replaces the pipeline: of each three conversations started the first two are kept. Holds the settings it got."""
    seen: list[RunConfig] = []

    def run(engine: Any, store: Store, config: RunConfig, progress: Callable[[Progress], None]) -> RunResult:
        seen.append(config)
        opened = store.open_run(config, MODEL)
        for index in range(config.start_limit):
            if store.counts(opened).complete:
                break
            kept = index % 3 < 2
            store.save(opened, index, conversation(index), candidates(), kept, None if kept else "judged")
            progress(Progress(index + 1, 0, 1, config.count, 100 * index, 0.5 * index))
        counts = store.counts(opened)
        return RunResult(opened.name, counts.kept, counts.dropped, 1.5, {"sampled": 30}, not counts.complete)

    @contextmanager
    def open_engine(model: str | None, **options: int | None) -> Iterator[None]:
        yield

    monkeypatch.setattr(pipeline, "run", run)
    monkeypatch.setattr(engines, "open_engine", open_engine)
    return seen


@pytest.fixture
def run_name(invoke: Invoke, spec: Path, written: list[RunConfig]) -> str:
    """A finished run of three conversations in dtc.db."""
    assert invoke("tools", "import", spec).exit_code == 0
    result = invoke("generate", "-n", "3", "--run", "night")
    assert result.exit_code == 0, result.output
    return "night"
