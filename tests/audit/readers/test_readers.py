"""One conversation in every format reads as one and the same, and is recognised by its content alone."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from dtc_local.audit.dialogue import Dialogue
from dtc_local.audit.dialogues import DIALOGUE_RULES
from dtc_local.audit.readers import ALIASES, FORMATS, READERS, NoDialogue, read, reader_for, reader_named
from dtc_local.cli.audit import FORMATS as OFFERED
from dtc_local.export import export_lines
from dtc_local.records import Json
from tests.audit.dialogues.sound import TOOLS, Row, sound
from tests.audit.sound import conversation

Told = list[tuple[Any, ...]]


def told(dialogue: Dialogue) -> Told:
    """What a dialogue says, without ids: roles, words, calls with arguments, results by call."""
    said: Told = [(one.role, one.text) for one in dialogue.messages if one.role in ("user", "assistant") and one.text]
    calls: Told = [(one.turn, one.call.tool, dict(one.call.arguments), _value(one.answer)) for one in dialogue.steps]
    return said + calls


def _value(answer: Any) -> Json:
    return None if answer is None else answer.value


def _functions() -> list[Row]:
    return [dict(tool["function"]) for tool in TOOLS]


def openai_texts() -> Row:
    row = sound()
    return {"messages": json.dumps(row["messages"]), "tools": json.dumps(row["tools"])}


def older_openai() -> Row:
    """One `function_call` a message, answered by a function."""
    messages: list[Row] = []
    for message in sound()["messages"]:
        for one in message.get("tool_calls", ()):
            messages.append({"role": "assistant", "content": None, "function_call": one["function"]})
            messages += [_as_function(found) for found in sound()["messages"] if found.get("tool_call_id") == one["id"]]
        if message["role"] != "tool" and "tool_calls" not in message:
            messages.append(message)
    return {"messages": messages, "functions": _functions()}


def _as_function(message: Row) -> Row:
    return {"role": "function", "name": message["name"], "content": message["content"]}


def sharegpt(**names: str) -> Row:
    """LLaMA-Factory's: several calls as one list, their results as one list."""
    turns: list[Row] = []
    waiting: list[Json] = []
    for message in sound()["messages"][1:]:
        if message["role"] == "tool":
            waiting.append(json.loads(message["content"]))
            continue
        if waiting:
            told_once = waiting[0] if len(waiting) == 1 else waiting
            turns.append({"from": names.get("tool", "observation"), "value": json.dumps(told_once)})
            waiting = []
        turns += _sharegpt_turn(message, names)
    return {"conversations": turns, "system": sound()["messages"][0]["content"], "tools": json.dumps(_functions())}


def _sharegpt_turn(message: Row, names: dict[str, str]) -> Iterator[Row]:
    calls = [_plain(one) for one in message.get("tool_calls", ())]
    if calls:
        shown = calls[0] if len(calls) == 1 else calls
        yield {"from": names.get("call", "function_call"), "value": json.dumps(shown)}
    else:
        speaker = {"user": names.get("user", "human"), "assistant": names.get("assistant", "gpt")}
        yield {"from": speaker[message["role"]], "value": message["content"]}


def _plain(one: Row) -> Row:
    return {"name": one["function"]["name"], "arguments": json.loads(one["function"]["arguments"])}


def other_sharegpt() -> Row:
    return sharegpt(user="user", assistant="assistant", call="tool_call", tool="tool_response")


def hermes() -> Row:
    """Tools in the system text, calls and results between marks."""
    tools = "\n".join(json.dumps(tool) for tool in TOOLS)
    turns = [{"from": "system", "value": f"{sound()['messages'][0]['content']}\n<tools>\n{tools}\n</tools>"}]
    for message in sound()["messages"][1:]:
        text = message["content"]
        if message["role"] == "tool":
            text = f"<tool_response>\n{text}\n</tool_response>"
            if turns[-1]["from"] == "tool":
                turns[-1]["value"] += f"\n{text}"
                continue
        for one in message.get("tool_calls", ()):
            text += f"<tool_call>\n{json.dumps(_plain(one))}\n</tool_call>\n"
        turns.append({"from": {"user": "human", "assistant": "gpt"}.get(message["role"], "tool"), "value": text})
    return {"conversations": turns}


def hermes_messages() -> Row:
    speakers = {"human": "user", "gpt": "assistant"}
    turns = hermes()["conversations"]
    return {
        "messages": [{"role": speakers.get(one["from"], one["from"]), "content": one["value"]} for one in turns],
    }


def chatml() -> Row:
    """The rendered text of the same; results stand in a user's turn."""
    roles = {"human": "user", "gpt": "assistant", "tool": "user"}
    turns = hermes()["conversations"]
    text = "".join(f"<|im_start|>{roles.get(one['from'], one['from'])}\n{one['value']}<|im_end|>\n" for one in turns)
    return {"text": text}


def qwen_xml() -> Row:
    """Hermes' marks around calls in XML."""
    row = hermes_messages()
    for message in row["messages"]:
        while '<tool_call>\n{"name"' in message["content"]:
            begin = message["content"].index('<tool_call>\n{"name"') + 12
            end = message["content"].index("\n</tool_call>", begin)
            one = json.loads(message["content"][begin:end])
            inner = "".join(f"<parameter={key}>\n{value}\n</parameter>\n" for key, value in one["arguments"].items())
            xml = f"<function={one['name']}>\n{inner}</function>"
            message["content"] = message["content"][:begin] + xml + message["content"][end:]
    return row


def fms_steps() -> Row:
    tools = [one | {"namespace": "shop"} for one in _functions()]
    steps: list[Row] = [{"role": "tc/sampler", "content": {"tools": tools, "date": "2026-03-02"}}]
    number, ids = 0, dict[str, str]()
    for message in sound()["messages"][1:]:
        if message["role"] == "user":
            steps.append({"role": "tc/plan", "plan": []})
            steps.append({"role": "tc/user", "content": message["content"], "required_terms": [], "hidden_set": ["$1"]})
        elif message["role"] == "tool":
            result = json.loads(message["content"])
            steps.append({"role": "tool_result", "id": ids[message["tool_call_id"]], "result": result})
        elif "tool_calls" in message:
            for one in message["tool_calls"]:
                number += 1
                ids[one["id"]] = f"${number}"
                steps.append({"role": "tool_call", "content": _plain(one) | {"id": f"${number}"}})
        else:
            steps.append({"role": "assistant", "content": message["content"]})
    return {"task_name": "shop", "is_seed": False, "conversation_id": "c-1", "steps": steps}


def fms_formatted() -> Row:
    messages: list[Row] = []
    for message in sound()["messages"][1:]:
        if message["role"] == "tool":
            messages.append({"role": "tool", "content": json.loads(message["content"])})
        elif "tool_calls" in message:
            messages += [{"role": "assistant", "content": _plain(one)} for one in message["tool_calls"]]
        else:
            messages.append(message)
    return {"messages": messages, "tools": [one | {"namespace": "shop"} for one in _functions()]}


SAME: list[tuple[str, Callable[[], Row]]] = [
    ("openai", sound),
    ("openai", openai_texts),
    ("openai", older_openai),
    ("sharegpt", sharegpt),
    ("sharegpt", other_sharegpt),
    ("hermes", hermes),
    ("hermes", hermes_messages),
    ("hermes", chatml),
    ("fms-dgt", fms_steps),
    ("fms-dgt", fms_formatted),
]


@pytest.mark.parametrize(("name", "made"), SAME, ids=[made.__name__ for _, made in SAME])
def test_one_conversation_reads_the_same_in_every_format(name: str, made: Callable[[], Row]) -> None:
    dialogue, format_name = read(made())
    assert format_name == name
    assert sorted(map(repr, told(dialogue))) == sorted(map(repr, told(read(sound())[0])))
    assert {tool.name for tool in dialogue.tools or ()} == {tool["function"]["name"] for tool in TOOLS}


@pytest.mark.parametrize("made", [made for _, made in SAME], ids=[made.__name__ for _, made in SAME])
def test_a_sound_conversation_is_sound_in_every_format(made: Callable[[], Row]) -> None:
    dialogue = read(made())[0]
    found = [
        (rule.name, str(one)) for rule in DIALOGUE_RULES if not rule.lacks(dialogue) for one in rule.check(dialogue)
    ]
    assert found == []


def test_calls_in_xml_are_read() -> None:
    calls = [(step.call.tool, dict(step.call.arguments)) for step in read(qwen_xml())[0].steps]
    assert calls == [(step.call.tool, dict(step.call.arguments)) for step in read(sound())[0].steps]


@pytest.mark.parametrize("made", [sound, sharegpt, hermes, fms_steps], ids=lambda made: made.__name__)
def test_the_stated_date_is_found(made: Callable[[], Row]) -> None:
    assert str(read(made())[0].today) == "2026-03-02"


@pytest.mark.parametrize(
    "name", ["openai", "trl", "axolotl", "llama-factory", "llama-factory-openai", "unsloth", "hermes", "sharegpt"]
)
def test_our_own_exports_read_alike_and_are_sound(name: str) -> None:
    (line,) = export_lines([conversation()], name)
    dialogue = read(json.loads(line))[0]
    (plain,) = export_lines([conversation()], "openai")
    assert told(dialogue) == told(read(json.loads(plain))[0])
    broken = [rule.name for rule in DIALOGUE_RULES if not rule.lacks(dialogue) and [*rule.check(dialogue)]]
    assert broken == []


def test_one_observation_may_answer_all_calls_at_once() -> None:
    row = sharegpt()
    row["conversations"][2]["value"] = "ORD-71 with 120.5 and ORD-82 with 64"
    steps = read(row)[0].steps
    assert [step.answer is not None for step in steps] == [True] * len(steps)


def test_calls_as_python_in_sharegpt_are_read() -> None:
    turns = [
        {"from": "user", "value": "Weather in Oslo?"},
        {"from": "assistant", "value": "[get_weather(city='Oslo', days=3)]"},
    ]
    (step,) = read({"system": "", "conversations": turns})[0].steps
    assert (step.call.tool, step.call.arguments) == ("get_weather", {"city": "Oslo", "days": 3})


@pytest.mark.parametrize(
    "text",
    ['<tool_call>\n{"name": "get_order", "arguments": {"order_id"', '<tool_call>{"name": "get_order" 7}</tool_call>'],
)
def test_a_hermes_call_that_cannot_be_read_is_a_call_with_a_fault(text: str) -> None:
    row = {"messages": [{"role": "user", "content": "Look."}, {"role": "assistant", "content": text}]}
    (step,) = read(row)[0].steps
    assert step.call.tool == "get_order"
    assert step.call.fault
    assert step.call.truncated == (not text.endswith(">"))


def test_a_mistake_with_a_hint_is_no_defect() -> None:
    row = fms_steps()
    wrong = {"role": "tool_call", "content": {"name": "get_order", "arguments": {"order_id": "ORD-99"}}}
    position = next(number for number, step in enumerate(row["steps"]) if step["role"] == "tool_call")
    row["steps"][position:position] = [wrong, {"role": "tool_result", "content": "Look for the customer first."}]
    dialogue = read(row)[0]
    assert dialogue.steps[0].call.mistaken
    assert [rule.name for rule in DIALOGUE_RULES if not rule.lacks(dialogue) and [*rule.check(dialogue)]] == []


def test_implicit_calls_of_fms_dgt_are_known() -> None:
    assert read(fms_steps())[0].implicit == 3


def test_references_of_a_plan_are_meant_to_stay() -> None:
    plan = [
        {"name": "find_order", "arguments": {"customer": "Ada Byron"}, "id": "$1"},
        {"name": "get_order", "arguments": {"order_id": "$1.order_id"}, "id": "$2"},
    ]
    messages = [{"role": "user", "content": "Show the order of Ada Byron."}, {"role": "assistant", "content": plan}]
    row = {"messages": messages, "tools": _functions()}
    assert "unresolved_reference" not in _broken(row)
    plan[1]["arguments"] = {"order_id": "$7.order_id"}
    assert "unresolved_reference" in _broken(row)


def _broken(row: Row) -> list[str]:
    dialogue = read(row)[0]
    return [rule.name for rule in DIALOGUE_RULES if not rule.lacks(dialogue) and [*rule.check(dialogue)]]


PARAMETERS = [
    {"type": "dict", "properties": {"city": {"type": "string"}, "days": {"type": "float"}}, "required": ["city"]},
    {"type": "OBJECT", "properties": {"city": {"type": "STRING"}, "days": {"type": "NUMBER"}}, "required": ["city"]},
    {"city": {"type": "str"}, "days": {"type": "float, optional"}},
    {"type": "object", "properties": {"city": {"type": "string", "enum": None}, "days": None}, "required": ["city"]},
]


@pytest.mark.parametrize("parameters", PARAMETERS)
@pytest.mark.parametrize("key", ["parameters", "input_schema", "inputSchema"])
def test_tools_of_any_dialect_are_understood(parameters: Row, key: str) -> None:
    messages: list[Row] = [{"role": "user", "content": "Oslo?"}, {"role": "assistant", "content": "", "tool_calls": []}]
    messages[1]["tool_calls"] = [{"name": "weather", "arguments": {"city": 7}, "id": "c1"}]
    row = {"messages": messages, "tools": [{"name": "weather", key: parameters}]}
    assert {"schema"} <= set(_broken(row))
    messages[1]["tool_calls"] = [{"name": "weather", "arguments": {}, "id": "c1"}]
    assert {"missing_argument"} <= set(_broken(row))
    messages[1]["tool_calls"] = [{"name": "weather", "arguments": {"city": "Oslo"}, "id": "c1"}]
    assert set(_broken(row)) == {"ends_without_reply"}


def test_formats_have_names_and_other_names() -> None:
    assert {reader_named(name).NAME for name in FORMATS} == {reader.NAME for reader in READERS}
    assert reader_named("apigen-mt") is reader_named("sharegpt")
    assert set(OFFERED) == {*FORMATS, *ALIASES}


@pytest.mark.parametrize(
    "row", [None, 7, "text", [], {}, {"messages": []}, {"messages": 7}, {"question": [], "id": "a"}]
)
def test_what_is_no_conversation_is_refused_in_words(row: Json) -> None:
    assert reader_for(row) is None
    with pytest.raises(NoDialogue):
        read(row)


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.NAME)
@pytest.mark.parametrize("row", [None, 7, "text", [], {}, {"messages": []}, {"steps": [1]}, {"question": 7}])
def test_a_format_that_was_asked_for_refuses_other_rows(reader: Any, row: Json) -> None:
    with pytest.raises(NoDialogue):
        reader.read(row, None)
