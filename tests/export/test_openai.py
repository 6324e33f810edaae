"""Every exported row is one that OpenAI's format, Mistral's ids and Llama's template take."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from dtc_local.export import export_lines
from dtc_local.export.dialogue import call_ids, tool_json
from tests.export.rows import only_row
from tests.samples import FIND, conversation

ROLE_KEYS = {
    "system": {"role", "content"},
    "user": {"role", "content"},
    "tool": {"role", "tool_call_id", "name", "content"},
}


@pytest.fixture(params=[0, 1, 17])
def exported(request: pytest.FixtureRequest) -> dict[str, Any]:
    """A row after the trip through its line of JSON."""
    (line,) = export_lines([conversation(request.param)], "openai")
    loaded: dict[str, Any] = json.loads(line)
    return loaded


def test_a_row_is_the_conversation_in_order(exported: dict[str, Any]) -> None:
    roles = [message["role"] for message in exported["messages"]]
    assert roles[:6] == ["system", "user", "assistant", "tool", "assistant", "tool"]
    assert roles[6:] == ["assistant", "user", "assistant", "tool", "tool", "assistant"]
    assert "2026-03-02" in exported["messages"][0]["content"]


def test_no_message_has_an_empty_or_unknown_key(exported: dict[str, Any]) -> None:
    for message in exported["messages"]:
        if message["role"] == "assistant":
            assert message.keys() == {"role", "content"} | ({"tool_calls"} & message.keys())
            assert message.get("tool_calls", ["absent"]), "an empty tool_calls is never written"
            assert message["content"] or message.get("tool_calls")
        else:
            assert message.keys() == ROLE_KEYS[message["role"]]


def test_ids_are_nine_alphanumerics_and_unique(exported: dict[str, Any]) -> None:
    ids = [call["id"] for message in exported["messages"] for call in message.get("tool_calls", ())]
    assert len(ids) == len(set(ids)) == 4
    assert all(re.fullmatch(r"[A-Za-z0-9]{9}", call_id) for call_id in ids)


def test_every_tool_message_answers_the_call_before_it_in_order(exported: dict[str, Any]) -> None:
    open_calls: list[dict[str, Any]] = []
    for message in exported["messages"]:
        if message["role"] == "tool":
            call = open_calls.pop(0)
            assert (message["tool_call_id"], message["name"]) == (call["id"], call["function"]["name"])
            json.loads(message["content"])
        else:
            assert not open_calls, "a call without an answer"
            open_calls = list(message.get("tool_calls", ()))


def test_arguments_are_json_text_that_obeys_the_offered_schema(exported: dict[str, Any]) -> None:
    schemas = {tool["function"]["name"]: tool["function"]["parameters"] for tool in exported["tools"]}
    for message in exported["messages"]:
        for call in message.get("tool_calls", ()):
            arguments = json.loads(call["function"]["arguments"])
            Draft202012Validator(schemas[call["function"]["name"]]).validate(arguments)


def test_ids_do_not_change_from_one_export_to_the_next() -> None:
    assert only_row("openai", conversation(5)) == only_row("openai", conversation(5))
    assert call_ids(conversation(5)) != call_ids(conversation(6))


def test_letters_beyond_ascii_stay_readable() -> None:
    (line,) = export_lines([conversation()], "openai")
    assert "Zoë Müller" in line


def test_the_users_own_schema_is_exported_where_it_is_legal() -> None:
    own = FIND.parameters | {"additionalProperties": True, "title": "Mine"}
    tool = FIND.model_copy(update={"source": FIND.source.model_copy(update={"parameters": own})})
    assert tool_json(tool)["function"]["parameters"] == own


@pytest.mark.parametrize(
    "original",
    [
        {"type": "object", "properties": {"customer": {}}, "anyOf": []},
        {"type": "object"},
        {"properties": {"customer": {}}},
        {"type": "object", "properties": {"Customer name": {}}},
    ],
    ids=["combined at the top", "without properties", "without a type", "with names that had to change"],
)
def test_a_schema_openai_would_refuse_is_replaced_by_the_normalised_one(original: dict[str, Any]) -> None:
    tool = FIND.model_copy(update={"source": FIND.source.model_copy(update={"parameters": original})})
    assert tool_json(tool)["function"]["parameters"] == FIND.parameters
