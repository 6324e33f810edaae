"""Rows of rendered text: what the model will read, and the characters of it to train on.

The text is made with the model's own chat template by the gate, so that no trainer renders anything again. `spans` are
half-open ranges of characters, in order and apart; everything else is masked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dtc_local.export.base import Format, Row, Sample, Written
from dtc_local.export.trl import data_files


def rows(sample: Sample) -> Iterator[Row]:
    """One row: the whole conversation. The sample has been rendered."""
    if sample.rendered is None:
        raise ValueError("the sample has not been rendered")
    yield {"text": sample.rendered.text, "spans": [list(span) for span in sample.rendered.spans]}


def snippet(files: Sequence[Written]) -> str:
    """Code that turns texts and spans into token ids and labels."""
    return f"""# Rendered text with the characters to train on

```python
from bisect import bisect_right

from datasets import load_dataset
from transformers import AutoTokenizer

tokenizer = AutoTokenizer.from_pretrained("MODEL")


def tokens(row):
    encoded = tokenizer(row["text"], add_special_tokens=False, return_offsets_mapping=True)
    starts = [start for start, _ in row["spans"]]

    def trained(start, end):
        place = bisect_right(starts, start) - 1
        return place >= 0 and start < end <= row["spans"][place][1]

    ids, offsets = encoded["input_ids"], encoded["offset_mapping"]
    labels = [token if trained(*place) else -100 for token, place in zip(ids, offsets)]
    return {{"input_ids": ids, "attention_mask": encoded["attention_mask"], "labels": labels}}


data = load_dataset("json", data_files={data_files(files)}).map(tokens, remove_columns=["text", "spans"])
```

The text holds the tokens that begin and end a text wherever the template writes them: `add_special_tokens=False`.
"""


FORMAT = Format(
    "text", "Text rendered with --template, with the spans to train on", rows, snippet, masks=True, rendered=True
)
