"""The scripted engine is as strict as the real one."""

from __future__ import annotations

import pytest
from outlines.types import JsonSchema, Regex

from dtc_local.engine.scripted import ScriptedEngine
from dtc_local.errors import ConstraintError, DecodeError
from tests.engine.conftest import ask, one, run

NUMBER = JsonSchema({"type": "object", "properties": {"x": {"type": "integer"}}, "required": ["x"]})


def test_texts_are_played_in_turn_by_stage_and_parsed() -> None:
    engine = ScriptedEngine({"plan": ['{"x":1}', '{"x":2}'], "ask": ["hello"]})
    requests = [ask(constraint=NUMBER), ask(constraint=Regex("[a-z]+"), stage="ask"), ask(constraint=NUMBER)]
    assert [answer[0].value for answer in run(engine, requests)] == [{"x": 1}, "hello", {"x": 2}]
    assert engine.requests == requests
    assert engine.usage.by_stage == {"plan": 14, "ask": 5}


def test_a_function_may_answer_all_candidates() -> None:
    engine = ScriptedEngine(lambda request: [f'{{"x":{index}}}' for index in range(request.sampling.n)])
    (answer,) = run(engine, [ask(constraint=NUMBER, n=3)])
    assert [completion.value for completion in answer] == [{"x": 0}, {"x": 1}, {"x": 2}]


@pytest.mark.parametrize("text", ['{"x":"1"}', '{"x": 1}', '{"x":1', '{"x":1}}', ""])
def test_a_text_that_breaks_its_constraint_is_an_error(text: str) -> None:
    with pytest.raises(DecodeError, match="scripted"):
        one(ScriptedEngine({"plan": [text]}), ask(constraint=NUMBER))


def test_a_text_over_budget_finishes_without_a_value() -> None:
    completion = one(ScriptedEngine({"plan": ['{"x":123456}']}), ask(constraint=NUMBER, max_tokens=5))
    assert (completion.finish, completion.value, completion.text) == ("length", None, '{"x":')


def test_a_script_that_runs_out_is_an_error() -> None:
    with pytest.raises(ValueError, match="wants 1 texts"):
        one(ScriptedEngine({}), ask(constraint=NUMBER))


def test_a_constraint_that_does_not_compile_is_refused() -> None:
    with pytest.raises(ConstraintError):
        ScriptedEngine({}).submit(ask(constraint=Regex("(")))
