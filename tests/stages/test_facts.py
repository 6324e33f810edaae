"""Facts from examples and recordings: valid, mixed with other values, and what belongs together stays together."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from dtc_local import pipeline
from dtc_local.randomness import stream
from dtc_local.records import CallOutline, Conversation, Json, Recorded, Reference, Schema, Tool, TurnOutline
from dtc_local.settings import RunConfig
from dtc_local.stages.execute import execute, result_schema
from dtc_local.stages.facts import Facts, facts_of
from dtc_local.store import Store
from dtc_local.validation import is_valid
from dtc_local.world import candidates
from dtc_local.world.examples import spread_all
from dtc_local.world.wholes import fitted
from tests.perfect_model import PerfectModel
from tests.scripted import Scripted
from tests.shop import SHOP, STRING, schema_of, tool
from tests.stages.playing import played, table

HOUSE: Schema = schema_of({"room_id": STRING, "name": STRING, "price": {"type": "number"}})
FIND = tool("find_rooms", {"city": STRING, "guests": {"type": "integer"}}, {"rooms": {"type": "array", "items": HOUSE}})
SHOW = tool("show_room", {"room_id": STRING}, {"room_id": STRING, "name": STRING, "price": {"type": "number"}})


def drawn(name: str, schema: Schema, draws: int = 300) -> list[Json]:
    return [value for k in range(draws) for value in candidates(name, schema, "", stream(1, k, "test"), 1)]


def outline(found: Tool, *literals: str, call_id: str = "$1", **references: Reference) -> CallOutline:
    return CallOutline(
        id=call_id,
        tool=found.name,
        literals=literals,
        references={name: (reference,) for name, reference in references.items()},
    )


def facts(tools: Sequence[Tool], calls: Sequence[CallOutline], seed: int = 1) -> dict[str, Facts]:
    turns = [TurnOutline(kind="single", calls=(call,)) for call in calls]
    return facts_of({one.name: one for one in tools}, turns, "2025-03-01", stream(seed, 0, "test"))


# Examples


def test_about_two_thirds_of_the_values_of_a_field_with_examples_are_examples() -> None:
    schema = {"type": "string", "examples": ["Lyon", "Oslo"]}
    values = drawn("city", schema)
    share = sum(value in ("Lyon", "Oslo") for value in values) / len(values)
    assert 0.55 < share < 0.8
    assert len(set(map(str, values))) > 30


def test_an_id_like_example_gives_ids_of_its_form_with_other_digits() -> None:
    values = drawn("order", {"type": "string", "examples": ["#W0000000"], "pattern": "^#W[0-9]{7}$"})
    assert 0.2 < values.count("#W0000000") / len(values) < 0.5
    assert len(set(map(str, values))) > 100


def test_a_year_keeps_its_digits() -> None:
    assert "2024" in drawn("season", {"type": "string", "examples": ["2024"]}, 20)


def test_an_example_that_no_sentence_can_carry_is_not_used_and_does_not_stop_others() -> None:
    schema = {"type": "string", "examples": ['say "no"', "two\nlines", "x" * 500, ""]}
    values = drawn("note", schema, 30)
    assert len(values) == 30
    assert not set(map(str, values)) & set(schema["examples"])


def test_examples_of_objects_and_lists_are_taken_whole_and_reach_their_parts() -> None:
    pair = {"from": "Lyon", "to": "Oslo"}
    schema = {**schema_of({"from": STRING, "to": STRING}), "examples": [pair]}
    values = drawn("trip", schema)
    assert values.count(pair) > len(values) / 2
    assert any(value != pair and value["from"] == "Lyon" for value in values)
    listed = {"type": "array", "items": STRING, "examples": [["red", "blue"]]}
    assert ["red", "blue"] in drawn("colors", listed, 20)
    assert spread_all(listed)["items"]["examples"] == ["red", "blue"]


def test_examples_of_a_result_show_in_its_facts() -> None:
    output: Schema = {**HOUSE, "examples": [{"room_id": "R-77", "name": "Blue Door", "price": 80.5}]}
    shown = SHOW.model_copy(update={"output": output})
    found = facts([shown], [outline(shown, "room_id")])["$1"]
    assert (found["->name"], found["->price"]) == (("Blue Door",), (80.5,))
    assert found["->room_id"][0] == "R-77"
    assert len(found["->room_id"]) > 1


# Recordings

STAYS = tuple(
    Recorded(
        arguments={"city": city, "guests": guests},
        result={"rooms": [{"room_id": f"{city}-{n}", "name": f"{city} {n}", "price": 10.0 * n} for n in range(1, 6)]},
    )
    for city, guests in (("Lyon", 2), ("Oslo", 5), ("Bergen", 9))
)
RECORDED = FIND.model_copy(update={"recorded": STAYS})


def cities(found: Facts) -> set[str]:
    return {room["name"].split()[0] for stretch in found["->rooms"] for room in stretch}  # type: ignore[index, union-attr]


def test_arguments_and_result_of_a_recorded_call_stay_together() -> None:
    known = {(one.arguments["city"], one.arguments["guests"]) for one in STAYS if one.arguments}
    whole = 0
    for seed in range(60):
        found = facts([RECORDED], [outline(RECORDED, "city", "guests")], seed)["$1"]
        if len(found["city"]) == len(found["guests"]) == 1:
            whole += 1
            assert (found["city"][0], found["guests"][0]) in known
            assert cities(found) == {found["city"][0]}
    assert 15 < whole < 45


def test_a_recorded_list_is_taken_in_stretches_that_the_budget_holds() -> None:
    found = facts([RECORDED], [outline(RECORDED, "city", "guests")])["$1"]
    stretches = found["->rooms"]
    assert [len(stretch) for stretch in stretches] == [3, 2]
    assert FIND.output is not None
    assert all(is_valid(stretch, FIND.output["properties"]["rooms"]) for stretch in stretches)
    assert len(cities(found)) == 1
    assert not any(key.startswith("->rooms.") for key in found)


def test_a_recording_is_used_once_in_a_conversation_and_then_its_values_are_mixed() -> None:
    calls = [outline(RECORDED, "city", "guests", call_id=f"${number}") for number in range(1, 5)]
    others = set()
    for seed in range(10):
        found = facts([RECORDED], calls, seed)
        assert len({city for number in (1, 2, 3) for city in cities(found[f"${number}"])}) == 3
        others |= cities(found["$4"])
    assert {"Lyon", "Oslo", "Bergen"} < others


def test_a_result_does_not_repeat_arguments_that_the_call_does_not_have() -> None:
    echo = tool("show", {"city": STRING}, {"where": schema_of({"city": STRING, "host": STRING})})
    echo = echo.model_copy(
        update={"recorded": (Recorded(arguments={"city": "Lyon"}, result={"where": {"city": "Lyon", "host": "Ada"}}),)}
    )
    for seed in range(20):
        found = facts([echo], [outline(echo, "city")], seed)["$1"]
        assert found["->where.host"] == ("Ada",)
        assert (found["->where.city"] == ("Lyon",)) == (found["city"] == ("Lyon",))


def test_a_list_without_what_a_later_call_refers_to_is_not_taken_whole() -> None:
    rooms = [{"name": "Blue Door", "price": 5.0}]
    partial: Schema = {**HOUSE, "required": ["name"]}
    find = FIND.model_copy(
        update={
            "output": schema_of({"rooms": {"type": "array", "items": partial}}),
            "recorded": (Recorded(result={"rooms": rooms}),),
        }
    )
    show = outline(SHOW, call_id="$2", room_id=Reference(call="$1", path=("rooms", 0, "room_id"), type="string"))
    assert facts([find, SHOW], [outline(find, "city")])["$1"]["->rooms"] == (rooms,)
    needed = facts([find, SHOW], [outline(find, "city"), show])["$1"]
    assert rooms not in needed["->rooms"]
    assert all(stretch[0]["room_id"] for stretch in needed["->rooms"])  # type: ignore[index, call-overload]


def test_a_list_without_recordings_has_whole_elements_no_two_of_them_with_one_id() -> None:
    assert FIND.output is not None
    for seed in range(20):
        stretches = facts([FIND], [outline(FIND, "city")], seed)["$1"]["->rooms"]
        assert [len(stretch) for stretch in stretches] == [3, 2]  # type: ignore[arg-type]
        assert all(is_valid(stretch, FIND.output["properties"]["rooms"]) for stretch in stretches)
        rooms = [room for stretch in stretches for room in stretch]  # type: ignore[union-attr]
        assert len({room["room_id"] for room in rooms}) == len({room["name"] for room in rooms}) == 5


def test_a_list_keeps_to_its_bounds_and_to_the_budget_of_a_result() -> None:
    wide = schema_of({f"field_{number}": STRING for number in range(10)})
    one, many = {"type": "array", "items": HOUSE, "maxItems": 1}, {"type": "array", "items": HOUSE, "minItems": 9}
    output = schema_of({"one": one, "many": many, "wide": {"type": "array", "items": wide}})
    listing = FIND.model_copy(update={"output": output})
    found = facts([listing], [outline(listing, "city")])["$1"]
    assert [len(stretch) for stretch in found["->one"]] == [1, 1]  # type: ignore[arg-type]
    assert "->many" not in found
    assert found["->many.0.name"]
    assert all(len(json.dumps(stretch)) <= 600 for stretch in found["->wide"])


def test_a_recorded_value_is_cut_to_the_normal_form_of_its_schema() -> None:
    schema: Schema = {**HOUSE, "required": ["name"]}
    value: Any = {"room_id": 'a "b"', "name": f"{'word ' * 40}", "price": None, "more": 1}
    cut = fitted(schema, value)
    assert list(cut) == ["name"]
    assert len(cut["name"]) <= 80
    assert fitted(schema, {"price": 3}) is None


def test_tools_without_examples_draw_the_same_facts_whether_or_not_others_have_some() -> None:
    calls = [outline(SHOW, "room_id")]
    assert facts([SHOW], calls) == facts([SHOW, RECORDED], calls)


# Whole conversations


def conversations(folder: Path, tools: Sequence[Tool], **settings: Any) -> tuple[list[Conversation], str, Scripted]:
    """Kept conversations, everything stored of the run, and the engine with all it was asked."""
    engine = Scripted(PerfectModel())
    config = RunConfig(run="r", count=4, seed=5, **settings)
    with Store(folder / "a.db") as store:
        store.add_tools(tools)
        pipeline.run(engine, store, config)
        run = store.run("r")
        ids = [summary.id for summary in store.summaries(run)]
        written = "\n".join(str((store.conversation(one), store.candidates(one))) for one in ids)
        return [made for _, made in store.kept(run)], written, engine


def with_canaries(one: Tool) -> Tool:
    """The tool with an example of its own at every text of its parameters, and recordings."""
    properties = {
        name: {**schema, "examples": [f"Canary {name}"]} if schema == STRING else schema
        for name, schema in one.parameters["properties"].items()
    }
    arguments = {name: f"Canary {name} known" for name, schema in properties.items() if "examples" in schema}
    parameters = {**one.parameters, "properties": properties}
    return one.model_copy(
        update={
            "parameters": parameters,
            "source": one.source.model_copy(update={"parameters": parameters}),
            "recorded": (Recorded(arguments=arguments),) if arguments else (),
        }
    )


def test_a_run_without_examples_shows_none_in_any_prompt_or_conversation(tmp_path: Path) -> None:
    tools = [with_canaries(one) for one in SHOP]
    for examples in (True, False):
        folder = tmp_path / str(examples)
        folder.mkdir()
        kept, written, engine = conversations(folder, tools, examples=examples)
        asked = "\n".join(str((request.messages, request.constraint)) for request in engine.requests)
        assert len(kept) == 4
        assert ("Canary" in asked, "Canary" in written) == (examples, examples)


def test_simulated_results_can_only_be_the_recorded_ones_where_a_small_model_chooses() -> None:
    seen = {"name": "Blue Door", "price": 80.5}
    show = SHOW.model_copy(update={"recorded": (Recorded(result={"room_id": "R-10", **seen}),)})
    found = facts([show], [outline(show, "room_id")])["$1"]
    offered = {key.removeprefix("->"): values for key, values in found.items() if key.startswith("->")}
    schema = result_schema(show, {"room_id": "R-2"}, offered, frozenset())
    assert is_valid({"room_id": "R-2", **seen}, schema)
    assert not is_valid({"room_id": "R-10", **seen}, schema)
    assert not is_valid({"room_id": "R-2", **seen, "name": "Red Door"}, schema)
    listed = result_schema(FIND, {}, {"rooms": ([{"room_id": "R1", **seen}],)}, frozenset({("rooms", 0, "room_id")}))
    assert is_valid({"rooms": [{"room_id": "R1", **seen}]}, listed)
    assert not is_valid({"rooms": [{"room_id": "R2", **seen}]}, listed)


# Results that are one bare value


def bare(name: str, output: Schema, effect: Any = "read", recorded: tuple[Recorded, ...] = ()) -> Tool:
    """A tool whose result has no fields."""
    made = tool(name, {"query": STRING}, effect=effect)
    source = made.source.model_copy(update={"output": output})
    return made.model_copy(update={"output": output, "source": source, "recorded": recorded})


@pytest.mark.parametrize(
    ("name", "effect", "pattern"),
    [
        ("find_user_id_by_email", "read", r"[A-Z0-9#_-]*\d+"),
        ("calculate", "read", r"-?\d+(\.\d+)?"),
        ("getWeather", "read", r"[a-z ]+"),
        ("send_certificate", "write", r"[a-z]+"),
        ("cancel_order", "destructive", r"[a-z]+"),
    ],
)
def test_a_bare_text_is_what_the_tools_name_asks_for_or_word_that_it_went_well(
    name: str, effect: Any, pattern: str
) -> None:
    one = bare(name, STRING, effect)
    for seed in range(5):
        found = facts([one], [outline(one, "query")], seed)["$1"]
        assert [key for key in found if key.startswith("->")] == ["->"]
        assert found["->"]
        assert all(isinstance(value, str) and re.fullmatch(pattern, value) for value in found["->"]), found["->"]


@pytest.mark.parametrize(
    "output",
    [
        STRING,
        {"type": "integer"},
        {"type": "number", "minimum": 3, "maximum": 9},
        {"type": "string", "enum": ["on", "off"]},
        {"type": "string", "format": "date"},
        {"type": "string", "examples": ["Lyon", "Oslo"]},
        {"type": "string", "maxLength": 6},
    ],
)
def test_a_small_model_takes_a_bare_result_from_its_facts(output: Schema) -> None:
    one = bare("get_status", output)
    found = facts([one], [outline(one, "query")])["$1"]["->"]
    assert found
    schema = result_schema(one, {}, {"": found}, frozenset())
    assert {True} == {is_valid(value, schema) and is_valid(value, output) for value in found}
    assert not is_valid("off, so let's add", schema)
    assert not is_valid(-77, schema)


def test_a_bare_result_that_was_recorded_is_repeated() -> None:
    one = bare("get_flight_status", STRING, recorded=(Recorded(arguments=None, result="landed at 5 pm"),))
    assert facts([one], [outline(one, "query")])["$1"]["->"] == ("landed at 5 pm",)


def test_a_bare_result_is_played_from_plan_to_reply() -> None:
    one = bare("find_user_id_by_email", STRING)
    call = outline(one, "query")
    here = table(TurnOutline(kind="single", calls=(call,)), small=True, offer=(one, *SHOP))
    (turn,) = played(here)
    (made,) = turn.executed()
    assert made.result in here.scenario.facts["$1"]["->"]
    (request,) = next(execute(here, turn.plan, turn.request))
    shown = " | ".join(map(str, here.scenario.facts["$1"]["->"]))
    assert f"\nFacts:\nresult: {shown}\n" in request.messages[-1].parts[-1]


def test_a_result_that_is_a_list_of_records_has_whole_lists_for_facts() -> None:
    listed = bare("list_rooms", {"type": "array", "items": HOUSE})
    found = facts([listed], [outline(listed, "query")])["$1"]
    assert all(isinstance(value, list) and is_valid(value, listed.output) for value in found["->"])
    assert is_valid(found["->"][0], result_schema(listed, {}, {"": found["->"]}, frozenset()))
