"""Parquet holds the same rows under a schema that does not depend on what the conversations hold."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from dtc_local.errors import UserError
from dtc_local.export import FORMATS
from dtc_local.export.job import Options, export_run
from dtc_local.store import Run, Store
from tests.export.rows import only_row
from tests.samples import conversation


def table(path: Path) -> Any:
    """The file as a table of pyarrow; skips the test aloud where pyarrow is not installed."""
    return pytest.importorskip("pyarrow.parquet", reason="no pyarrow: pip install 'dtc-local[parquet]'").read_table(
        path
    )


def test_every_row_comes_back_as_it_was(store: Store, finished_run: Run, tmp_path: Path) -> None:
    pytest.importorskip("pyarrow", reason="no pyarrow: pip install 'dtc-local[parquet]'")
    path = tmp_path / "data.parquet"
    report = export_run(store, finished_run, FORMATS["parquet"], Options(shuffle_tools=False, provenance=True), path)
    found = table(path).to_pylist()
    assert len(found) == report.rows == 2
    expected = only_row("openai", conversation(0))
    messages = [{key: value for key, value in one.items() if value is not None} for one in found[0]["messages"]]
    assert messages == expected["messages"]
    assert json.loads(found[0]["tools"]) == expected["tools"]
    assert found[0]["trained"] == [message["role"] == "assistant" for message in messages]
    assert json.loads(found[0]["provenance"])["conversation"] == "first-0"


def test_no_column_is_named_after_a_parameter(store: Store, finished_run: Run, tmp_path: Path) -> None:
    pytest.importorskip("pyarrow", reason="no pyarrow: pip install 'dtc-local[parquet]'")
    path = tmp_path / "data.parquet"
    export_run(store, finished_run, FORMATS["parquet"], Options(), path)
    assert "customer" not in str(table(path).schema)


def test_without_pyarrow_the_way_to_get_it_is_said(
    store: Store, finished_run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(UserError, match=r"pip install 'dtc-local\[parquet\]'"):
        export_run(store, finished_run, FORMATS["parquet"], Options(), tmp_path / "data.parquet")
    assert not (tmp_path / "data.parquet").exists()
