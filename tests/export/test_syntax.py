"""Calls are read back from the text that each family of models writes, and from nothing that only looks like one."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dtc_local.export.syntax import SYNTAXES, Spelled, equal

ONE = {"city": "Zürich", "days": 3, "wet": True}
ARGUMENTS = json.dumps(ONE, ensure_ascii=False)
CALL = f'{{"name": "fog", "arguments": {ARGUMENTS}}}'
WRITTEN = {
    "json": [
        f"<tool_call>\n{CALL}\n</tool_call>",
        f"<TOOLCALL>[{CALL}]</TOOLCALL>",
        f'[TOOL_CALLS][{CALL[:-1]}, "id": "abcdefghi"}}]</s>',
        f'<|python_tag|>{{"name": "fog", "parameters": {ARGUMENTS}}}<|eom_id|>',
        f'Action: ```json\n[{{"tool_name": "fog", "parameters": {ARGUMENTS}}}]\n```',
        f'<|tool_call|>[{{"id": "a", "type": "function", "function": {CALL}}}]',
    ],
    "keyed json": [f'<|tools_prefix|>[{{"fog": {ARGUMENTS}}}]<|tools_suffix|>'],
    "mistral": [f"[TOOL_CALLS]fog[CALL_ID]abcdefghi[ARGS]{ARGUMENTS}", f"[TOOL_CALLS]fog[ARGS]{ARGUMENTS}</s>"],
    "functionary": [f"<function=fog>{ARGUMENTS}</function><|eom_id|>"],
    "functionary lines": [f">>>fog\n{ARGUMENTS}<|eot_id|>"],
    "deepseek fences": [
        f"<｜tool▁call▁begin｜>function<｜tool▁sep｜>fog\n```json\n{ARGUMENTS}\n```<｜tool▁call▁end｜>"
    ],
    "deepseek": [f"<｜tool▁call▁begin｜>fog<｜tool▁sep｜>{ARGUMENTS}<｜tool▁call▁end｜>"],
    "kimi": [f"<|tool_call_begin|>functions.fog:0<|tool_call_argument_begin|>{ARGUMENTS}<|tool_call_end|>"],
    "harmony": [
        f"<|start|>assistant to=functions.fog<|channel|>commentary json<|message|>{ARGUMENTS}<|call|>",
        f"<|channel|>commentary to=functions.fog <|constrain|>json<|message|>{ARGUMENTS}<|call|>",
    ],
    "solar": [f"<|tool_call:begin|>x<|tool_call:name|>fog<|tool_call:args|>{ARGUMENTS}<|tool_call:end|>"],
    "function tags": [
        "<tool_call>\n<function=fog>\n<parameter=city>\nZürich\n</parameter>\n<parameter=days>\n3\n</parameter>\n"
        "<parameter=wet>\nTrue\n</parameter>\n</function>\n</tool_call>"
    ],
    "invoke tags": [
        '<｜DSML｜invoke name="fog">\n<｜DSML｜parameter name="city" string="true">Zürich</｜DSML｜parameter>\n'
        '<｜DSML｜parameter name="days" string="false">3</｜DSML｜parameter>\n'
        '<｜DSML｜parameter name="wet" string="false">true</｜DSML｜parameter>\n</｜DSML｜invoke>',
        '<invoke name="fog">\n<parameter name="city">Zürich</parameter>\n<parameter name="days">3</parameter>\n'
        '<parameter name="wet">true</parameter>\n</invoke>',
    ],
    "param tags": [
        '<function name="fog"><param name="city">Zürich</param><param name="days">3</param>'
        '<param name="wet">True</param></function>',
        '<function name="fog"><param name="city"><![CDATA[Zürich]]></param><param name="days">3</param>'
        '<param name="wet">True</param></function>',
    ],
    "argument tags": [
        "<tool_call>fog\n<arg_key>city</arg_key>\n<arg_value>Zürich</arg_value>\n<arg_key>days</arg_key>\n"
        "<arg_value>3</arg_value>\n<arg_key>wet</arg_key>\n<arg_value>true</arg_value>\n</tool_call>"
    ],
    "open and close": [
        '<|open|>call tool="fog" index="1"<|sep|><|open|>argument key="city" type="string"<|sep|>Zürich<|close|>'
        'argument<|sep|><|open|>argument key="days" type="number"<|sep|>3<|close|>argument<|sep|>'
        '<|open|>argument key="wet" type="boolean"<|sep|>true<|close|>argument<|sep|><|close|>call<|sep|>'
    ],
    "nested tags": [
        ']<]minimax[>[<invoke name="fog">]<]minimax[>[<city>Zürich]<]minimax[>[</city>]<]minimax[>[<days>3'
        "]<]minimax[>[</days>]<]minimax[>[<wet>true]<]minimax[>[</wet>]<]minimax[>[</invoke>"
    ],
    "python": ["<|tool_call_start|>[fog(city='Zürich', days=3, wet=True)]<|tool_call_end|>"],
    "braces": ['<|tool_call>call:fog{city:<|"|>Zürich<|"|>,days:3,wet:true}<tool_call|>'],
}
CASES = [(name, text) for name, texts in WRITTEN.items() for text in texts]


def test_every_syntax_is_tried() -> None:
    assert WRITTEN.keys() == SYNTAXES.keys()


@pytest.mark.parametrize(("name", "text"), CASES)
def test_a_call_is_read_back_as_it_was_meant(name: str, text: str) -> None:
    (found,) = SYNTAXES[name](f"<|im_start|>assistant\n{text}<|im_end|>\n")
    assert found.name == "fog"
    assert found.arguments.keys() == ONE.keys()
    assert all(equal(value, found.arguments[key]) for key, value in ONE.items())


@pytest.mark.parametrize(("name", "text"), CASES)
def test_calls_in_a_row_are_read_in_order(name: str, text: str) -> None:
    two = text + text.replace("fog", "snow")
    assert [call.name for call in SYNTAXES[name](two)] == ["fog", "snow"]


@pytest.mark.parametrize(("name", "text"), CASES)
def test_another_value_is_not_taken_for_the_same(name: str, text: str) -> None:
    (found,) = SYNTAXES[name](text.replace("Zürich", "Bern"))
    assert not equal("Zürich", found.arguments["city"])
    assert equal("Bern", found.arguments["city"])


@pytest.mark.parametrize(
    "text",
    [
        '[AVAILABLE_TOOLS][{"type": "function", "function": {"name": "fog", "parameters": {"type": "object"}}}]',
        '{"name": "fog", "description": "Tells.", "parameters": {"type": "object", "properties": {}}}',
        '{"name": "Ada", "age": 36}',
        "It will rain (see [1]) and {soon}.",
    ],
)
def test_what_is_no_call_is_none(text: str) -> None:
    assert not any(list(syntax(text)) for name, syntax in SYNTAXES.items() if name != "keyed json" or "[{" not in text)


def test_arguments_that_were_quoted_once_too_often_are_no_arguments() -> None:
    quoted = json.dumps({"name": "fog", "arguments": json.dumps(ONE)})
    assert not list(SYNTAXES["json"](f"<tool_call>{quoted}</tool_call>"))


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner, max_size=3)))
def test_a_value_between_tags_is_the_value_that_was_written(value: Any) -> None:
    text = value if isinstance(value, str) else json.dumps(value)
    assert equal(value, Spelled(text))
    assert equal(value, Spelled(f"\n{text}\n"))


@pytest.mark.parametrize(("value", "text"), [("3", "4"), (3, "3.5"), (True, "False"), (None, ""), ([1], "[1, 2]")])
def test_a_value_between_tags_is_told_from_another(value: Any, text: str) -> None:
    assert not equal(value, Spelled(text))


def test_lists_and_objects_between_nested_tags_are_read() -> None:
    ns = "]<]minimax[>["
    text = (
        f'{ns}<invoke name="fog">{ns}<days>{ns}<item>1{ns}</item>{ns}<item>2{ns}</item>{ns}</days>'
        f"{ns}<box>{ns}<box>{ns}<deep>yes{ns}</deep>{ns}</box>{ns}</box>{ns}</invoke>"
    )
    (found,) = SYNTAXES["nested tags"](text)
    expected = {"days": [1, 2], "box": {"box": {"deep": "yes"}}}
    assert equal(expected, found.arguments)
    for other in ({"days": [1]}, {"days": [2, 1]}, {"box": {"box": {"deep": "no"}}}, {"days": 1}):
        assert not equal(expected | other, found.arguments)
    assert not list(SYNTAXES["nested tags"](f'{ns}<invoke name="fog">{ns}<days>1{ns}</invoke>'))
    (bare,) = SYNTAXES["nested tags"](f'{ns}<invoke name="fog">\n{ns}</invoke>')
    assert bare.arguments == {}
