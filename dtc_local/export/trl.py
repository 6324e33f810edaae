"""TRL's SFT rows: `messages` with arguments as objects, and `tools` as one JSON string.

Objects, because most chat templates print arguments with `tojson` and would quote a string once more; a template that
wants strings gets them where it is named. The tools are a string, which TRL parses, because Arrow gives all tool
schemas of a file the parameters of all others when it makes one column type of them. `datasets` 4.7 and later, which
TRL requires, reads the objects as `Json`; the snippet says so outright.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dtc_local.export.base import Format, Row, Sample, Written
from dtc_local.export.dialogue import json_text
from dtc_local.export.openai import messages


def rows(sample: Sample) -> Iterator[Row]:
    """One row: the whole conversation."""
    yield {
        "messages": messages(sample.dialogue, sample.spelling("object")),
        "tools": json_text(list(sample.dialogue.tools)),
    }


def data_files(files: Sequence[Written]) -> str:
    """The files as the argument `data_files` of `load_dataset`."""
    return "{" + ", ".join(f'"{file.split}": "{file.path.name}"' for file in files) + "}"


def snippet(files: Sequence[Written]) -> str:
    """Code that loads the files and trains on the assistant's turns alone."""
    return f"""# Rows for TRL's SFTTrainer

```python
from datasets import Features, Json, List, Value, load_dataset
from trl import SFTConfig, SFTTrainer

# Json keeps each call as it is; a struct column would give every call the arguments of all others.
features = Features({{"messages": List(Json()), "tools": Value("string")}})
data = load_dataset("json", data_files={data_files(files)}, features=features)
config = SFTConfig(assistant_only_loss=True)  # needs {{% generation %}} in the chat template
trainer = SFTTrainer(model="MODEL", args=config, train_dataset=data["{files[0].split}"])
trainer.train()
```

`tools` is a JSON string, which TRL parses. With `--provenance` each row has one more column: add
`"provenance": Json()` to the features. TRL adds `{{% generation %}}` to the templates of the
usual models; for another one, export `--format text` instead.
"""


FORMAT = Format("trl", "TRL SFTTrainer: messages, tools as a JSON string", rows, snippet)
