"""Each format in its stack's own words: roles, places of calls and results, marks of what is learned, snippets."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from dtc_local.errors import UserError
from dtc_local.export import FORMATS
from dtc_local.export.base import Rendered, Unfit, Written
from dtc_local.export.dialogue import Dialogue, dialogue
from dtc_local.export.shape import Shape
from tests.export.rows import only_row, rows, sample, with_untaught
from tests.samples import conversation

FILES = [Written(Path("out/data.train.jsonl"), "train"), Written(Path("out/data.valid.jsonl"), "valid")]


def calls(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """All calls of OpenAI's messages."""
    return [call["function"] for message in messages for call in message.get("tool_calls", ())]


@pytest.mark.parametrize("name", ["trl", "unsloth", "axolotl", "parquet"])
def test_formats_with_messages_hold_openai_s_messages_and_the_tools_as_text(name: str) -> None:
    row, plain = only_row(name), only_row("openai")
    assert json.loads(row["tools"]) == plain["tools"]
    for found, expected in zip(row["messages"], plain["messages"], strict=True):
        for call in found.get("tool_calls", ()):
            if isinstance(call["function"]["arguments"], dict):
                call["function"]["arguments"] = json.dumps(call["function"]["arguments"], ensure_ascii=False)
        assert found == expected


@pytest.mark.parametrize(("name", "usual"), [("trl", dict), ("unsloth", str)])
def test_arguments_are_spelled_as_the_template_wants_them(name: str, usual: type) -> None:
    assert {type(call["arguments"]) for call in calls(only_row(name)["messages"])} == {usual}
    for shape, expected in ((Shape("object"), dict), (Shape("string"), str)):
        row = only_row(name, shape=shape)
        assert {type(call["arguments"]) for call in calls(row["messages"])} == {expected}


@pytest.mark.parametrize(("name", "mark"), [("openai", {"weight": 0}), ("axolotl", {"train": False})])
def test_what_must_not_be_learned_is_marked_as_the_stack_marks_it(name: str, mark: dict[str, Any]) -> None:
    shown = with_untaught(dialogue(conversation()))
    (row,) = rows(name, sample(change=shown))
    marked = [message for message in row["messages"] if mark.items() <= message.items()]
    assert marked == [next(message for message in row["messages"] if message["role"] == "assistant")]
    assert FORMATS[name].masks


def test_sharegpt_roles_alternate_and_calls_made_at_once_are_one_list() -> None:
    row = only_row("sharegpt")
    roles = [turn["from"] for turn in row["conversations"]]
    step = ["function_call", "observation"]
    assert roles == ["human", *step, *step, "gpt", "human", *step, "gpt"]
    both, results = (json.loads(row["conversations"][k]["value"]) for k in (7, 8))
    assert [call["arguments"]["customer"] for call in both] == ["Grace Hopper", "Zoë Müller"]
    assert results == [{"order_id": "ORD-90"}, {"order_id": "ORD-91"}]
    assert json.loads(row["conversations"][1]["value"])["name"] == "find_order"
    assert {tool["name"] for tool in json.loads(row["tools"])} == {"find_order", "cancel_order", "ping"}


@pytest.mark.parametrize("name", ["sharegpt", "llama-factory", "llama-factory-openai"])
def test_words_beside_a_call_are_refused_where_they_would_be_lost(name: str) -> None:
    shown = dialogue(conversation())
    messages = [*shown.messages]
    position = next(k for k, one in enumerate(messages) if one.calls)
    messages[position] = type(messages[position])("assistant", "Let me see.", messages[position].calls)
    with pytest.raises(Unfit, match="assistant_text_lost"):
        rows(name, sample(change=Dialogue(tuple(messages), shown.tools)))


def test_llama_factory_s_openai_layout_keeps_calls_as_text() -> None:
    row = only_row("llama-factory-openai")
    roles = [message["role"] for message in row["messages"]]
    assert roles[:6] == ["system", "user", "function_call", "tool", "function_call", "tool"]
    assert all(message.keys() == {"role", "content"} for message in row["messages"])
    assert json.loads(row["messages"][2]["content"]) == {"name": "find_order", "arguments": {"customer": "Ada Byron"}}


def test_hermes_says_everything_in_tags() -> None:
    turns = only_row("hermes")["conversations"]
    assert [turn["from"] for turn in turns[:4]] == ["system", "human", "gpt", "tool"]
    tools = turns[0]["value"].partition("<tools>\n")[2].partition("\n</tools>")[0]
    assert [json.loads(line)["function"]["name"] for line in tools.splitlines()] == [
        "find_order",
        "cancel_order",
        "ping",
    ]
    both = turns[8]["value"].split("</tool_call>")[:-1]
    assert [json.loads(one.replace("<tool_call>", ""))["arguments"]["customer"] for one in both] == [
        "Grace Hopper", "Zoë Müller"
    ]  # fmt: skip
    assert turns[9]["value"].count("<tool_response>") == 2
    result = json.loads(turns[3]["value"].removeprefix("<tool_response>\n").removesuffix("\n</tool_response>"))
    assert (result["name"], result["content"]) == ("find_order", {"order_id": "ORD-000"})


def test_text_rows_are_the_rendered_text_and_its_spans() -> None:
    given = sample()
    rendered = type(given)(given.id, given.conversation, given.dialogue, rendered=Rendered("abc", ((1, 3),)))
    assert rows("text", rendered) == [{"text": "abc", "spans": [[1, 3]]}]
    with pytest.raises(ValueError, match="not been rendered"):
        rows("text", given)


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_has_a_snippet_that_names_its_files(name: str) -> None:
    chosen = FORMATS[name]
    text = chosen.snippet(FILES)
    assert "data.train" in text
    if chosen.snippet_suffix == ".yaml":
        assert isinstance(yaml.safe_load(text), dict)
    for block in text.split("```python\n")[1:]:
        compile(block.partition("```")[0], name, "exec")


def test_axolotl_s_snippet_trains_on_one_split_and_evaluates_on_the_other() -> None:
    config = yaml.safe_load(FORMATS["axolotl"].snippet(FILES))
    assert [one["path"] for one in config["datasets"]] == ["out/data.train.jsonl"]
    assert [one["path"] for one in config["test_datasets"]] == ["out/data.valid.jsonl"]
    assert config["datasets"][0]["message_field_training"] == "train"


@pytest.mark.parametrize("name", ["llama-factory", "llama-factory-openai"])
def test_dataset_info_names_every_tag_and_keeps_what_was_there(name: str, tmp_path: Path) -> None:
    (tmp_path / "dataset_info.json").write_text('{"other": {"file_name": "other.json"}}')
    files = [Written(tmp_path / "data.jsonl", "train")]
    ((path, text),) = FORMATS[name].index(files).items()
    known = json.loads(text)
    assert path == tmp_path / "dataset_info.json"
    assert known["other"] == {"file_name": "other.json"}
    assert len(known["data"]["tags"]) == 7, "LLaMA-Factory forgets the defaults of tags that are not named"
    columns = set(known["data"]["columns"].values())
    assert columns == only_row(name).keys()


@pytest.mark.parametrize("broken", ["{", "[]"])
def test_a_dataset_info_that_is_none_is_left_alone(broken: str, tmp_path: Path) -> None:
    (tmp_path / "dataset_info.json").write_text(broken)
    with pytest.raises(UserError, match=r"dataset_info\.json"):
        FORMATS["llama-factory"].index([Written(tmp_path / "data.jsonl", "train")])
