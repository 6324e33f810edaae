"""The snippet of the text format makes labels that hold the assistant's words and nothing else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dtc_local.export.gate import Template
from tests.export.loaders.files import byte_tokenizer, export, loader, snippet_code
from tests.export.rows import CHATML

pytestmark = pytest.mark.filterwarnings("ignore")  # the loaders' own


def test_labels_are_the_tokens_of_the_spans(tmp_path: Path) -> None:
    loader("transformers")
    path = export("text", tmp_path, template=Template("t", CHATML))
    tokenizer = byte_tokenizer(CHATML)
    code = snippet_code("text", path)
    names: dict[str, Any] = {"tokenizer": tokenizer}
    exec(
        code[code.index("def tokens") : code.index("data =")],
        names | {"bisect_right": __import__("bisect").bisect_right},
        names,
    )
    for line in path.read_text().splitlines():
        row = json.loads(line)
        labels = names["tokens"](row)["labels"]
        learned = tokenizer.decode([label for label in labels if label != -100])
        assert learned == "".join(row["text"][start:end] for start, end in row["spans"])
