"""Rows for Unsloth: `messages` and `tools` as TRL's, with arguments as strings that the snippet's function parses.

Unsloth renders the text itself, with a function of the user's; that function is the snippet. Strings keep any loader
from mixing up the arguments of different tools, and a function runs in any case.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dtc_local.export.base import Format, Row, Sample, Written
from dtc_local.export.dialogue import json_text
from dtc_local.export.openai import messages
from dtc_local.export.trl import data_files


def rows(sample: Sample) -> Iterator[Row]:
    """One row: the whole conversation."""
    yield {
        "messages": messages(sample.dialogue, sample.spelling("string")),
        "tools": json_text(list(sample.dialogue.tools)),
    }


def snippet(files: Sequence[Written]) -> str:
    """Code that renders the rows with the model's own template."""
    return f"""# Rows for Unsloth

```python
import json

from datasets import Features, Json, List, Value, load_dataset
from unsloth import FastLanguageModel
from unsloth.chat_templates import train_on_responses_only

model, tokenizer = FastLanguageModel.from_pretrained("MODEL", max_seq_length=8192)


def text(row):
    for message in row["messages"]:
        for call in message.get("tool_calls") or ():
            arguments = call["function"]["arguments"]
            if isinstance(arguments, str):  # templates print objects; see dtc-local export --template
                call["function"]["arguments"] = json.loads(arguments)
    tools = json.loads(row["tools"])
    return {{"text": tokenizer.apply_chat_template(row["messages"], tools=tools, tokenize=False)}}


features = Features({{"messages": List(Json()), "tools": Value("string")}})
data = load_dataset("json", data_files={data_files(files)}, features=features).map(text)
# ... trainer = SFTTrainer(..., dataset_text_field="text"), then, for a ChatML model:
# trainer = train_on_responses_only(
#     trainer, instruction_part="<|im_start|>user\\n", response_part="<|im_start|>assistant\\n"
# )
```

`train_on_responses_only` masks what stands between an instruction part and the next response part. A template that
gives tool results a role of their own (Llama: `ipython`, Hermes: `tool`) needs that part masked too: for such models
export `--format text`, which holds the exact characters to train on.
"""


FORMAT = Format("unsloth", "Unsloth: messages and tools with a function that renders them", rows, snippet)
