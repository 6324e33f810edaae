"""A thought before the calls says what is to be done in plain words, and nothing the conversation does not hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from dtc_local import pipeline, show
from dtc_local.errors import StageFailure
from dtc_local.export.dialogue import call_ids, dialogue, message_json, turn_messages
from dtc_local.records import Conversation, Turn
from dtc_local.settings import RunConfig
from dtc_local.stages.think import think
from dtc_local.store import Store
from tests.perfect_model import PerfectModel
from tests.polyglot import Polyglot
from tests.samples import conversation
from tests.scripted import Scripted, constraint_of
from tests.shop import SHOP
from tests.stages.desks import answered, asked, call, completion, desk, done, plan_of, ref, turn
from tests.stages.grammars import accepts

REQUEST = "Please look for Ada Byron and tell me the weather there."
PLAN = plan_of(call("$2", "find_customer", name="Ada Byron"), call("$3", "weather", city=ref("$2.city")))
EARLIER = turn(
    plan_of(call("$1", "get_order", order_id="O-9")), "What of O-9?", (done("$1", "get_order", {"total": 12.5}),)
)
THOUGHT = "First I look for Ada Byron, then I ask for the weather where she lives."


class Thinker(PerfectModel):
    """The perfect model, with a thought."""

    def think(self, request: object, candidate: int) -> str:
        """A thought without values."""
        return "I make the calls that are asked for, one after the other."


def test_the_steps_are_told_in_words_without_ids() -> None:
    (request,) = asked(think(desk(turns=[EARLIER]), PLAN, REQUEST))
    task = request.messages[-1].parts[-1]
    assert "- Find customer. name: Ada Byron\n" in task
    assert "(from that)" in task
    assert "$" not in task
    assert request.messages[-1].parts[-2] == f"User: {REQUEST}\n"


@pytest.mark.parametrize("text", [THOUGHT, "The order O-9 was 12.5 in total. That is not needed here."])
def test_a_thought_may_say_what_the_conversation_holds(text: str) -> None:
    here = desk(turns=[EARLIER])
    (request,) = asked(think(here, PLAN, REQUEST))
    assert accepts(constraint_of(request), text)
    assert answered(think(here, PLAN, REQUEST), [completion(text)]) == text


@pytest.mark.parametrize(
    "text",
    [
        "I look for O-8 first.",
        "I use $2 then.",
        "I call find_customer now.",
        "Shall I look?",
        "One is. Two is. Three is.",
    ],
)
def test_ids_code_questions_and_a_third_sentence_cannot_be_written(text: str) -> None:
    (request,) = asked(think(desk(turns=[EARLIER]), PLAN, REQUEST))
    assert not accepts(constraint_of(request), text)


def test_an_invented_name_is_refused_and_the_likeliest_thought_taken() -> None:
    here = desk(turns=[EARLIER])
    made = [completion("I look for Grace Hopper.", -0.1), completion(THOUGHT, -0.5), completion("I look.", -0.7)]
    assert answered(think(here, PLAN, REQUEST), made) == THOUGHT
    assert [one.reason for one in here.candidates] == ["ungrounded_thought", "", ""]
    with pytest.raises(StageFailure, match="ungrounded_thought"):
        answered(think(here, PLAN, REQUEST), made[:1])


def kept(path: Path, engine: Scripted, **settings: object) -> list[Conversation]:
    """The conversations of a run."""
    config = RunConfig.model_validate({"run": "r", "count": 3, "seed": 3, "distractors": 1, **settings})
    with Store(path) as store:
        store.add_tools(SHOP)
        pipeline.run(engine, store, config)
        return [made for _, made in store.kept(store.run("r"))]


def test_a_turn_with_calls_has_a_thought_where_the_run_asks_for_it(tmp_path: Path) -> None:
    engine = Scripted(Thinker())
    made = kept(tmp_path / "a.db", engine, reasoning=True)
    assert made
    assert all(bool(turn.thought) == bool(turn.levels) for one in made for turn in one.turns)
    thought = made[0].turns[0].thought
    others = [request for request in engine.requests if request.stage != "think"]
    assert not any(thought in part for request in others for message in request.messages for part in message.parts)


def test_thoughts_are_off_by_default_and_change_nothing_else(tmp_path: Path) -> None:
    plain, engine = kept(tmp_path / "a.db", Scripted(PerfectModel())), Scripted(Thinker())
    thoughtful = kept(tmp_path / "b.db", engine, reasoning=True)
    assert not any(turn.thought for one in plain for turn in one.turns)
    bare = [
        one.model_copy(update={"turns": tuple(turn.model_copy(update={"thought": ""}) for turn in one.turns)})
        for one in thoughtful
    ]
    assert bare == plain


@pytest.mark.parametrize("language", ["de", "fr", "es", "it", "pt", "nl", "pl", "ja", "zh"])
def test_thoughts_are_in_the_language_that_is_spoken(tmp_path: Path, language: str) -> None:
    model = Polyglot(language)
    made = kept(tmp_path / "a.db", Scripted(model), reasoning=True, language=language)
    assert {turn.thought for one in made for turn in one.turns if turn.levels} == {model.words.thought}


def test_a_turn_stored_before_there_were_thoughts_is_read() -> None:
    old = conversation().turns[0].model_dump(mode="json")
    del old["thought"]
    assert Turn.model_validate(old) == conversation().turns[0]


def test_exports_carry_a_thought_once_with_the_first_calls_and_nothing_where_there_is_none() -> None:
    made = conversation()
    turns = tuple(one.model_copy(update={"thought": THOUGHT}) for one in made.turns)
    thoughtful = made.model_copy(update={"turns": turns})
    written = [message_json(message, "object") for message in dialogue(thoughtful).messages]
    thinking = [one for one in written if "reasoning_content" in one]
    assert len(thinking) == len(turns)
    assert all(one["reasoning_content"] == THOUGHT and one["tool_calls"] for one in thinking)
    assert not any("reasoning_content" in message_json(message, "object") for message in dialogue(made).messages)
    assert not any(one.thought for one in turn_messages(turns[0], call_ids(made), thoughts=False))


def test_a_thought_is_shown_with_its_turn() -> None:
    made = conversation().turns[0].model_copy(update={"thought": THOUGHT})
    lines = list(show._turn(1, made))
    assert lines[2].startswith("  Thought")
