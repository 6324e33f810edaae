"""Parquet: the columns of OpenAI's rows with a schema of their own, written row group by row group.

Arguments and tools are strings, so that no column holds the parameters of all tools at once. The schema is fixed: a
reader finds the same columns whatever the conversations hold. Needs `pyarrow`, the extra `parquet`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, BinaryIO

from dtc_local.errors import UserError
from dtc_local.export.base import Format, Row, Sample, Written
from dtc_local.export.dialogue import json_text, trained
from dtc_local.export.openai import messages
from dtc_local.export.trl import data_files

if TYPE_CHECKING:
    import pyarrow

GROUP = 1000
"""Rows held in memory and written as one row group."""


def rows(sample: Sample) -> Iterator[Row]:
    """One row: the whole conversation; `trained` says of each message whether a loss may be computed on it."""
    yield {
        "messages": messages(sample.dialogue, "string"),
        "tools": json_text(list(sample.dialogue.tools)),
        "trained": [trained(message) for message in sample.dialogue.messages],
    }


class RowGroups:
    """Rows on their way into a Parquet file; raises UserError where pyarrow is missing."""

    def __init__(self, file: BinaryIO) -> None:
        self._arrow, parquet = _library()
        self._schema = _schema(self._arrow)
        self._writer = parquet.ParquetWriter(file, self._schema, compression="zstd")
        self._waiting: list[Row] = []

    def write(self, row: Row) -> None:
        """Take one row."""
        provenance = json_text(row["provenance"]) if "provenance" in row else None
        self._waiting.append(row | {"provenance": provenance})
        if len(self._waiting) == GROUP:
            self._flush()

    def close(self) -> None:
        """Write the last group and the end of the file."""
        self._flush()
        self._writer.close()

    def _flush(self) -> None:
        self._writer.write_table(self._arrow.Table.from_pylist(self._waiting, schema=self._schema))
        self._waiting.clear()


def _library() -> tuple[Any, Any]:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise UserError(
            "Parquet needs the library pyarrow, which is not installed.",
            "Install it with pip install 'dtc-local[parquet]', or choose another --format.",
        ) from None
    return pyarrow, pyarrow.parquet


def _schema(arrow: Any) -> pyarrow.Schema:
    text = arrow.string()
    call = arrow.struct(
        [("id", text), ("type", text), ("function", arrow.struct([("name", text), ("arguments", text)]))]
    )
    message = arrow.struct(
        [("role", text), ("content", text), ("tool_calls", arrow.list_(call)), ("tool_call_id", text), ("name", text)]
    )
    return arrow.schema(
        [
            ("messages", arrow.list_(message)),
            ("tools", text),
            ("trained", arrow.list_(arrow.bool_())),
            ("provenance", text),
        ]
    )


def snippet(files: Sequence[Written]) -> str:
    """Code that loads the files."""
    return f"""# Parquet

```python
from datasets import load_dataset

data = load_dataset("parquet", data_files={data_files(files)})
```

Arguments, `tools` and `provenance` are JSON strings. A message's keys that it does not have are null, as in every
column of structures: take them out before a chat template sees them (`trl.trainer.utils.remove_none_values`).
"""


FORMAT = Format("parquet", "Parquet: OpenAI's columns, JSON strings", rows, snippet, masks=True, sink=RowGroups)
