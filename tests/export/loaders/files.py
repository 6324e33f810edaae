"""Exported files for real loaders, and a tokenizer that knows nothing but bytes and the marks of ChatML.

Loaders are optional: a test that needs one says so and is skipped where it is not installed. What they need is the
extra `loaders`, and for LLaMA-Factory and Axolotl, which pin other versions of it, `pip install --no-deps` of either.
Nothing is fetched, neither models nor data.
"""

from __future__ import annotations

import json
import os
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from dtc_local.export import FORMATS
from dtc_local.export.base import Written
from dtc_local.export.job import Options, export_run
from dtc_local.records import Conversation
from dtc_local.settings import RunConfig
from dtc_local.store import Store
from tests.samples import CANCEL, FIND, MODEL, conversation, make_tool

SPECIALS = ("<|im_start|>", "<|im_end|>", "<|endoftext|>")


def loader(name: str) -> Any:
    """The library, offline; skips the test aloud where it is not installed or cannot be imported here."""
    os.environ |= {"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}
    try:
        return import_module(name)
    except Exception as error:  # libraries of this kind fail in many ways where a part of theirs is missing
        pytest.skip(f"{name} cannot be loaded here: {error}")


def conversations() -> list[Conversation]:
    """Two conversations whose tools have no parameter in common, and a parameter of one name and two types."""
    weigh = make_tool("weigh", {"mass": {"type": "number"}, "order_id": {"type": "integer"}}, namespace="lab")
    first, second = conversation(0), conversation(1)
    call = second.turns[1].levels[0][0]
    weighed = call.model_copy(
        update={"tool": "weigh", "arguments": {"mass": 1.5, "order_id": 7}, "result": {"kg": 1.5}}
    )
    turn = second.turns[1].model_copy(
        update={"levels": ((weighed,),), "request": "Please weigh order 7 with mass 1.5."}
    )
    offer = {"offer": (weigh, make_tool("tare", {"deep": {"type": "object", "properties": {"a": {"type": "string"}}}}))}
    second = second.model_copy(update={"turns": (turn,), "scenario": second.scenario.model_copy(update=offer)})
    return [
        first,
        second,
        first.model_copy(update={"scenario": first.scenario.model_copy(update={"offer": (CANCEL, FIND)})}),
    ]


def export(name: str, folder: Path, **options: Any) -> Path:
    """The conversations as a file of this format, with what stands beside it."""
    target = folder / f"data.{'parquet' if name == 'parquet' else 'jsonl'}"
    with Store(folder / "dtc.db") as store:
        run = store.open_run(RunConfig(run=name, count=3), MODEL)
        for index, made in enumerate(conversations()):
            scenario = made.scenario.model_copy(update={"index": index})
            store.save(run, index, made.model_copy(update={"scenario": scenario}), (), kept=True)
        export_run(store, run, FORMATS[name], Options(shuffle_tools=False, **options), target)
    return target


def snippet_code(name: str, path: Path) -> str:
    """The Python code of a format's snippet for this file."""
    return FORMATS[name].snippet([Written(path, "train")]).split("```python\n")[1].split("```")[0]


def gold() -> list[tuple[list[dict[str, Any]], list[dict[str, Any]]]]:
    """What every loader must give back: for each conversation its calls and its tools, as they were."""
    found = []
    for made in conversations():
        calls = [{"name": call.tool, "arguments": call.arguments} for turn in made.turns for call in turn.executed()]
        tools = [{"name": tool.name, "parameters": tool.parameters} for tool in made.scenario.offer]
        found.append((calls, tools))
    return found


def calls_and_tools(messages: list[Any], tools: Any) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Calls and tools of a loaded row, strings of JSON read."""
    calls = [call["function"] for message in messages for call in message.get("tool_calls") or ()]
    listed = json.loads(tools) if isinstance(tools, str) else tools
    return (
        [{"name": call["name"], "arguments": _read(call["arguments"])} for call in calls],
        [{key: tool["function"][key] for key in ("name", "parameters")} for tool in listed],
    )


def _read(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def byte_tokenizer(template: str) -> Any:
    """A fast tokenizer of transformers: one token a byte, and the marks of ChatML."""
    transformers = loader("transformers")
    tokenizers = loader("tokenizers")
    alphabet = sorted(tokenizers.pre_tokenizers.ByteLevel.alphabet())
    model = tokenizers.models.BPE({letter: index for index, letter in enumerate(alphabet)}, [])
    made = tokenizers.Tokenizer(model)
    made.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    made.decoder = tokenizers.decoders.ByteLevel()
    made.add_special_tokens([tokenizers.AddedToken(text, special=True) for text in SPECIALS])
    fast = transformers.PreTrainedTokenizerFast(
        tokenizer_object=made, eos_token="<|im_end|>", pad_token="<|endoftext|>", clean_up_tokenization_spaces=False
    )
    fast.chat_template = template
    return fast
