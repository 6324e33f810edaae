"""Rows for LLaMA-Factory in both of its layouts, and the `dataset_info.json` that names them.

Its `openai` layout loses the text beside a call and doubles the quotes of arguments given as strings, and objects go
through an Arrow column that mixes them up; but it takes a message whose role is `function_call` as it is. So calls are
written that way, as a JSON text, in both layouts. Every tag is named in `dataset_info.json`: where `tags` is given at
all, LLaMA-Factory forgets the defaults of the others.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from dtc_local.errors import UserError
from dtc_local.export import sharegpt
from dtc_local.export.base import Beside, Format, Row, Sample, Written, unfit
from dtc_local.export.dialogue import Message, json_text
from dtc_local.records import Json

INDEX = "dataset_info.json"
SHAREGPT: dict[str, Json] = {
    "formatting": "sharegpt",
    "columns": {"messages": "conversations", "system": "system", "tools": "tools"},
    "tags": {
        "role_tag": "from",
        "content_tag": "value",
        "user_tag": "human",
        "assistant_tag": "gpt",
        "observation_tag": "observation",
        "function_tag": "function_call",
        "system_tag": "system",
    },
}
OPENAI: dict[str, Json] = {
    "formatting": "openai",
    "columns": {"messages": "messages", "tools": "tools"},
    "tags": {
        "role_tag": "role",
        "content_tag": "content",
        "user_tag": "user",
        "assistant_tag": "assistant",
        "observation_tag": "tool",
        "function_tag": "function_call",
        "system_tag": "system",
    },
}


def openai_rows(sample: Sample) -> Iterator[Row]:
    """One row of messages; calls are messages of the role `function_call`."""
    yield {
        "messages": [_message(one) for one in sample.dialogue.messages],
        "tools": json_text([tool["function"] for tool in sample.dialogue.tools]),
    }


def _message(message: Message) -> Row:
    if message.calls and message.text:
        raise unfit("assistant_text_lost")
    if message.calls:
        return {"role": "function_call", "content": sharegpt.calls_text(message.calls)}
    return {"role": message.role, "content": message.text}


def snippet(files: Sequence[Written]) -> str:
    """The lines of a training configuration that name the data sets."""
    named = [file for file in files if file.split not in ("valid", "validation", "test")] or list(files)[:1]
    held = [file for file in files if file.split in ("valid", "validation")]
    lines = [
        f"# Lines for a LLaMA-Factory configuration; {INDEX} beside the rows describes them.",
        "stage: sft",
        f"dataset_dir: {files[0].path.parent}",
        f"dataset: {','.join(file.path.stem for file in named)}",
    ]
    lines += [f"eval_dataset: {','.join(file.path.stem for file in held)}"] if held else []
    lines += ["template: TEMPLATE # of the model, such as qwen or llama3; it must know tools", "mask_history: false"]
    return "\n".join(lines) + "\n"


def sharegpt_index(files: Sequence[Written]) -> Beside:
    """`dataset_info.json` for the layout with `conversations`."""
    return _index(files, SHAREGPT)


def openai_index(files: Sequence[Written]) -> Beside:
    """`dataset_info.json` for the layout with `messages`."""
    return _index(files, OPENAI)


def _index(files: Sequence[Written], entry: dict[str, Json]) -> Beside:
    """What already stands in the folder's index stays there."""
    path = files[0].path.parent / INDEX
    known = _known(path)
    known |= {file.path.stem: {"file_name": file.path.name} | entry for file in files}
    return {path: json.dumps(known, ensure_ascii=False, indent=2) + "\n"}


def _known(path: Path) -> dict[str, Json]:
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise UserError(f"{path} cannot be read as JSON: {error}.", "Mend it, or export to another folder.") from error
    if not isinstance(known, dict):
        raise UserError(f"{path} holds no JSON object.", "Mend it, or export to another folder.")
    return known


FORMAT = Format(
    "llama-factory",
    "LLaMA-Factory, formatting sharegpt, with dataset_info.json",
    sharegpt.rows,
    snippet,
    snippet_suffix=".yaml",
    index=sharegpt_index,
)
OPENAI_FORMAT = Format(
    "llama-factory-openai",
    "LLaMA-Factory, formatting openai, with dataset_info.json",
    openai_rows,
    snippet,
    snippet_suffix=".yaml",
    index=openai_index,
)
