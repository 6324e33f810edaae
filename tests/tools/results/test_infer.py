"""Output schemas that a model infers: always valid, checked, stored one by one, never asked for twice."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from dtc_local.audit.calls import result_schema
from dtc_local.engine import from_gguf
from dtc_local.engine.base import Engine, ModelInfo, Request
from dtc_local.engine.failures import ContextOverflow
from dtc_local.engine.policy import policy_of
from dtc_local.engine.scripted import byte_compiler, check_text
from dtc_local.examples import paths
from dtc_local.models_file import find_model
from dtc_local.randomness import stream
from dtc_local.records import Schema, Tool
from dtc_local.stages.base import json_schema
from dtc_local.stages.infer import RETRIES, Inferred, infer_outputs
from dtc_local.store import Store
from dtc_local.tools import read_files
from dtc_local.tools.dataflow.graph import Graph
from dtc_local.tools.dataflow.index import ToolIndex
from dtc_local.tools.results import outputs
from dtc_local.tools.results.result_fields import Field, returned_words, sketch
from dtc_local.validation import is_valid
from dtc_local.world import candidates
from tests.samples import conversation
from tests.scripted import Scripted, constraint_of
from tests.tools.specs import function, imported, material

TEXT: Schema = {"type": "string"}


def taking(**properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "required": list(properties)}


def bare(tools: Sequence[Tool]) -> list[Tool]:
    """The tools as if no output schema had been declared."""
    return [
        tool.model_copy(
            update={"output": None, "output_origin": "none", "source": tool.source.model_copy(update={"output": None})}
        )
        for tool in tools
    ]


def field(name: str, kind: str = "string", **more: Any) -> dict[str, Any]:
    made = {"name": name, "description": "Something.", "type": kind, "format": "none", "optional": False} | more
    if "fields" in made:
        del made["format"]
        made = {key: made[key] for key in ("name", "description", "type", "fields", "optional")}
    return made


def written(*fields: dict[str, Any]) -> str:
    return json.dumps({"fields": list(fields)}, separators=(",", ":"))


GOOD = written(field("city"), field("visited_at", format="date-time"))


def three_tools(folder: Path) -> tuple[Tool, ...]:
    return imported(
        folder,
        function("get_city", taking(zip=TEXT), description="Get a city."),
        function("move_user", taking(user_id={"type": "integer"}, city=TEXT)),
        function("get_user", taking(user_id={"type": "integer"}), taking(name=TEXT)),
        name="town.json",
    )


def inferred(folder: Path, engine: Engine, tools: Sequence[Tool]) -> tuple[Inferred, tuple[Tool, ...]]:
    with Store(folder / "a.db") as store:
        store.add_tools(tools)
        return infer_outputs(engine, store, store.tools(), store.tools()), store.tools()


# The flow, with a model whose words a test wrote


def test_only_tools_without_an_output_schema_are_asked_about_and_marked_as_inferred(folder: Path) -> None:
    engine = Scripted(lambda request: [GOOD], order=3)
    done, tools = inferred(folder, engine, three_tools(folder))
    assert (sorted(done.asked), done.remembered, done.failed) == (["town/get_city", "town/move_user"], [], {})
    assert [(tool.name, tool.output_origin) for tool in tools] == [
        ("get_city", "inferred"),
        ("get_user", "declared"),
        ("move_user", "inferred"),
    ]
    assert tools[0].output == {
        "type": "object",
        "properties": {
            "city": {"type": "string", "description": "Something."},
            "visited_at": {"type": "string", "description": "Something.", "format": "date-time"},
        },
        "required": ["city", "visited_at"],
        "additionalProperties": False,
    }
    assert tools[0].source.output is None
    assert [(found.kind, found.severity, found.what) for found in tools[0].findings] == [
        ("output", "info", "output schema inferred by sample")
    ]


def test_a_tool_imported_anew_gets_its_schema_back_without_a_question(folder: Path) -> None:
    engine = Scripted(lambda request: [GOOD])
    tools = three_tools(folder)
    with Store(folder / "a.db") as store:
        store.add_tools(tools)
        infer_outputs(engine, store, store.tools(), store.tools())
        before = store.tools()
        store.remove_tools(namespace="town")
        store.add_tools(tools)
        asked = len(engine.requests)
        # What was amended comes back on its own; forgotten, it is found by the tool's words.
        store.amend_tools(bare(store.tools()), "forgotten")
        done = infer_outputs(engine, store, store.tools(), store.tools())
        assert sorted(done.remembered) == ["town/get_city", "town/move_user"]
        assert done.asked == ["town/get_user"]
        assert len(engine.requests) == asked + 1
        assert [tool.output for tool in store.tools()][::2] == [tool.output for tool in before][::2]
        other = Scripted(lambda request: [GOOD], model=ModelInfo("other", "cd" * 32, 10**9, 4096))
        store.amend_tools(bare(store.tools()), "forgotten")
        assert len(infer_outputs(other, store, store.tools(), store.tools()).asked) == 3


@pytest.mark.parametrize(
    ("bad", "hint"),
    [
        (written(field("city"), field("city")), "Use each field name once, city too."),
        (
            written(field("cities", "array of object", fields=[field("name"), field("name")])),
            "Use each field name once, name too.",
        ),
        (written(field("status"), field("success", "boolean")), "Name what the tool returns, not only a status."),
        (written(field("city", optional=True)), "At least one field is always there."),
        (GOOD[:-3], "Write fewer fields."),
    ],
)
def test_a_schema_that_will_not_do_is_asked_for_again_with_the_reason(folder: Path, bad: str, hint: str) -> None:
    answers = iter([bad, GOOD])
    engine = Scripted(lambda request: [next(answers)])
    (city, *_) = three_tools(folder)
    done, _ = inferred(folder, engine, [city])
    assert done.asked == ["town/get_city"]
    first, second = ("".join(part for message in one.messages for part in message.parts) for one in engine.requests)
    assert hint not in first
    assert hint in second
    assert engine.requests[0].sampling.temperature == 0
    assert engine.requests[0].sampling.seed != engine.requests[1].sampling.seed


def test_in_the_last_attempt_a_larger_model_chooses_among_what_rules_found(folder: Path) -> None:
    answers = iter([written(field("status"))] * RETRIES)

    def script(request: Request) -> list[str]:
        return [next(answers, "") or json.dumps(first_choices(constraint_of(request)), separators=(",", ":"))]

    (city, *_) = three_tools(folder)
    done, tools = inferred(folder, Scripted(script), [city])
    assert done.asked == ["town/get_city"]
    assert tools[0].output is not None
    assert "city" in tools[0].output["properties"]


def first_choices(schema: Any) -> Any:
    """The value that a grammar of choices gives where the first is always taken."""
    if "const" in schema:
        return schema["const"]
    if "anyOf" in schema:
        return first_choices(schema["anyOf"][0])
    if "prefixItems" in schema:
        return [first_choices(one) for one in schema["prefixItems"]]
    return {name: first_choices(one) for name, one in schema["properties"].items()}


def test_after_the_last_attempt_the_tool_stays_as_it_is_and_the_reason_is_told(folder: Path) -> None:
    engine = Scripted(lambda request: [written(field("status"))])
    (city, *_) = three_tools(folder)
    done, tools = inferred(folder, engine, [city])
    assert len(engine.requests) == RETRIES + 1
    assert done.failed == {"town/get_city": "no usable schema in 4 attempts: Write fewer fields."}
    assert tools[0].output_origin == "none"


def test_an_interrupted_inference_keeps_what_was_finished_and_goes_on_with_the_rest(folder: Path) -> None:
    tools = imported(folder, *(function(f"get_thing_{number}", taking(a=TEXT)) for number in range(30)))

    def interrupted(done: int, failed: int, total: int) -> None:
        assert total == 30
        if done >= 10:
            raise KeyboardInterrupt

    engine = Scripted(lambda request: [GOOD])
    with Store(folder / "a.db") as store:
        store.add_tools(tools)
        with pytest.raises(KeyboardInterrupt):
            infer_outputs(engine, store, store.tools(), store.tools(), interrupted)
        finished = {tool.name for tool in store.tools() if tool.output_origin == "inferred"}
        assert 10 <= len(finished) < 30
        done = infer_outputs(engine, store, store.tools(), store.tools())
        assert len(done.asked) == 30 - len(finished)
        assert {tool.output_origin for tool in store.tools()} == {"inferred"}


def test_a_tool_too_long_for_the_model_is_told_and_the_others_are_done(folder: Path) -> None:
    class Narrow(Scripted):
        def submit(self, request: Request) -> int:
            if "move_user" in request.messages[-1].parts[-1].split("Tool: ")[1].split("(")[0]:
                raise ContextOverflow(9000, 700, 4096)
            return super().submit(request)

    done, _ = inferred(folder, Narrow(lambda request: [GOOD]), three_tools(folder))
    assert done.asked == ["town/get_city"]
    assert done.failed == {"town/move_user": "the tool is too long for the model's context"}


def test_the_prompt_shows_the_tool_its_neighbours_parameters_and_an_example_call(folder: Path) -> None:
    shown = taking(zip=TEXT) | {"examples": [{"zip": "69001"}]}
    tools = imported(
        folder,
        function("get_city", shown, description="Get a city."),
        function("f", taking(city_id=TEXT), taking(a=TEXT)),
    )
    engine = Scripted(lambda request: [GOOD])
    inferred(folder, engine, tools)
    (text,) = (request.messages[-1].parts[-1] for request in engine.requests)
    for words in (
        "get_city(zip: string)",
        "// Get a city.",
        "city_id (string)",
        '{"zip": "69001"}',
        "Fields that may fit:",
    ):
        assert words in text


# The grammar


@pytest.mark.parametrize(
    ("text", "is_taken"),
    [
        (GOOD, True),
        (written(field("orders", "array of object", fields=[field("id", "integer")])), True),
        (written(field("orderId")), True),
        (written(field("cityName")), False),
        (written(field("1st")), False),
        (written(field("city", "text")), False),
        (written(field("a", "object", fields=[field("b", "object", fields=[field("c")])])), False),
        (written(field("city", description='Say "no".')), False),
        (written(), False),
        (written(*(field(f"f{number}") for number in range(9))), False),
    ],
)
def test_the_schema_for_schemas_takes_legal_fields_alone(text: str, is_taken: bool) -> None:
    schema = outputs.grammar(["orderId"])
    assert is_valid(json.loads(text), schema) == is_taken
    if is_taken:
        check_text(byte_compiler().compile(json_schema(schema)), text)


NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
PLAIN = st.builds(
    lambda name, kind, form, optional: field(name, kind, format=form, optional=optional),
    NAMES,
    st.sampled_from(outputs.TYPES),
    st.sampled_from(outputs.FORMATS),
    st.booleans(),
)
CONTAINER = st.builds(
    lambda name, kind, inner: field(name, kind, fields=inner),
    NAMES,
    st.sampled_from(outputs.CONTAINERS),
    st.lists(PLAIN, min_size=1, max_size=4, unique_by=lambda one: one["name"]),
)


@given(st.lists(PLAIN | CONTAINER, min_size=1, max_size=6, unique_by=lambda one: one["name"]), st.integers(0, 99))
def test_whatever_the_grammar_lets_through_is_a_valid_schema_with_values(fields: list[Any], seed: int) -> None:
    assert is_valid({"fields": fields}, outputs.grammar())
    schema = outputs.schema_of({"fields": fields})
    Draft202012Validator.check_schema(schema)
    assert policy_of(schema).level == "strict"
    (value,) = candidates("result", schema, "", stream(seed, 0, "test"), 1) or ({},)
    assert is_valid(value, schema)


def test_a_field_takes_the_values_that_a_parameter_of_its_name_accepts(folder: Path) -> None:
    frame: Schema = {"type": "string", "pattern": "^BK-[0-9]{3}$"}
    tools = imported(
        folder,
        function("find_bikes", taking(kind={"enum": ["city", "cargo"]})),
        function("rent_bike", taking(bike_id=frame, hours={"type": "integer"})),
    )
    bikes = field("bikes", "array of object", fields=[field("bike_id"), field("kind"), field("hours")])
    _, (find, _) = inferred(folder, Scripted(lambda request: [written(bikes)]), tools)
    assert find.output is not None
    inside = find.output["properties"]["bikes"]["items"]["properties"]
    assert inside["bike_id"] == {"type": "string", "description": "Something.", "pattern": "^BK-[0-9]{3}$"}
    assert inside["kind"]["enum"] == ["city", "cargo"]
    assert inside["hours"] == {"type": "string", "description": "Something."}


# The rules behind a small model's choices


def names(groups: Sequence[Sequence[Field]]) -> set[str]:
    return {one.name for group in groups for one in group}


def test_a_search_returns_a_list_with_the_id_and_name_that_other_tools_take(folder: Path) -> None:
    tools = imported(
        folder,
        function("search_hotels", taking(city=TEXT), description="Search hotels in a city."),
        function("book_hotel", taking(hotel_id={"type": "integer"}), description="Book a hotel."),
        function("rate_hotel", taking(hotel_name=TEXT), description="Rate a hotel."),
    )
    ((listed,), *_) = sketch(tools[0], tools)
    assert (listed.name, listed.type) == ("hotels", "array of object")
    inside = {one.name: one.type for group in listed.fields for one in group}
    assert (inside["hotel_id"], inside["hotel_name"]) == ("integer", "string")
    assert {"booking_id", "hotel_id", "status", "total_price"} <= names(sketch(tools[1], tools))


@pytest.mark.parametrize(
    ("name", "description", "parameters", "expected"),
    [
        (
            "get_quote",
            "Returns the price and the departure time of a trip.",
            {"trip_id": TEXT},
            {"price", "departure_time"},
        ),
        (
            "cancel_order",
            "Cancel an order.",
            {"order_id": TEXT, "reason": TEXT},
            {"order_id", "status", "cancelled_at"},
        ),
        ("calculate_area", "Area of a circle.", {"radius": {"type": "number"}}, {"area", "unit"}),
        ("check_availability", "Is the room free?", {"room_id": TEXT}, {"available", "room_id"}),
        ("get_capital", "Get the capital of a country.", {"country": TEXT}, {"country", "capital"}),
        ("login", "Sign in.", {"username": TEXT, "password": TEXT}, {"username", "status", "logged_in_at"}),
        ("get_weather", "Weather now.", {"city": TEXT}, {"city", "temperature", "condition"}),
    ],
)
def test_a_sketch_has_what_the_words_of_a_tool_promise(
    folder: Path, name: str, description: str, parameters: dict[str, Schema], expected: set[str]
) -> None:
    tools = imported(folder, function(name, taking(**parameters), description=description))
    found = names(sketch(tools[0], tools))
    assert expected <= found
    assert "password" not in found


@pytest.mark.parametrize(
    ("description", "said"),
    [
        ("Returns the price and the date of a flight.", ["price", "date"]),
        ("Get details including name, email address and number of orders.", ["name", "email_address", "order_count"]),
        ("Return a list of results or an error message.", []),
        ("Sort numbers.", []),
    ],
)
def test_a_description_tells_what_is_returned(description: str, said: list[str]) -> None:
    assert list(returned_words(description)) == said


def test_no_field_of_a_sketch_can_come_twice() -> None:
    for tools in by_namespace(bare(read_files(paths()).tools)):
        for tool in tools:
            groups = sketch(tool, tools)
            flat = [one.name for group in groups for one in group]
            assert groups
            assert len(flat) == len(set(flat))


def by_namespace(tools: Sequence[Tool]) -> list[list[Tool]]:
    found: dict[str, list[Tool]] = {}
    for tool in tools:
        found.setdefault(tool.namespace, []).append(tool)
    return list(found.values())


# The real seed model


@pytest.fixture(scope="module")
def seed_engine() -> Iterator[Engine]:
    """The shipped model, loaded once."""
    engine = from_gguf(find_model(None))
    yield engine
    engine.close()


def check_inferred(done: Inferred, tools: Sequence[Tool]) -> None:
    """Every tool has a schema that is valid, compiles, and takes the values made under it."""
    assert not done.failed
    for tool in tools:
        assert tool.output_origin == "inferred"
        assert tool.output is not None
        Draft202012Validator.check_schema(tool.output)
        assert policy_of(tool.output).level == "strict"
        for value in candidates("result", tool.output, tool.name, stream(1, 0, tool.name), 2):
            assert is_valid(value, tool.output)


def test_the_seed_model_infers_schemas_for_the_shipped_examples_that_feed_each_other(
    tmp_path: Path, seed_engine: Engine
) -> None:
    done, tools = inferred(tmp_path, seed_engine, bare(read_files(paths()).tools))
    check_inferred(done, tools)
    index = ToolIndex(tools)
    assert all(index.shelf(number).edges for number in index.sources)
    assert len(index.sources) == len(paths())


def test_the_seed_model_infers_the_same_again(tmp_path: Path, seed_engine: Engine) -> None:
    tools = bare(read_files(paths()[:1]).tools)
    results = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        results.append([tool.output for tool in inferred(tmp_path / name, seed_engine, tools)[1]])
    assert results[0] == results[1]


@pytest.mark.slow
def test_the_seed_model_infers_sound_schemas_for_tools_of_others(tmp_path: Path, seed_engine: Engine) -> None:
    files = material("tau-bench/*.json", "mcp/*.tools_list.json", "providers/*.json")
    tools = [tool for tool in read_files(files).tools if tool.output_origin == "none"]
    assert tools
    done, stored = inferred(tmp_path, seed_engine, tools)
    check_inferred(done, stored)
    before = sum(len(Graph(group).edges) for group in by_namespace(tools))
    assert sum(len(Graph(group).edges) for group in by_namespace(stored)) > before == 0


def test_a_small_model_gets_a_grammar_of_choices_and_a_larger_one_free_names(folder: Path) -> None:
    (city, *_) = three_tools(folder)
    for parameters, is_free in ((10**7, False), (10**9, True)):
        engine = Scripted(lambda request: ["{"], model=ModelInfo("m", f"{parameters:064}", parameters, 4096))
        inferred(folder, engine, [city])
        assert ("pattern" in json.dumps(constraint_of(engine.requests[0]))) == is_free


def test_the_audit_holds_results_to_an_inferred_schema() -> None:
    made = conversation()
    find, *others = made.scenario.offer
    for kind, broken in (("string", 0), ("integer", 3)):
        output = {**find.output, "properties": {"order_id": {"type": kind}}} if find.output else {}
        guessed = outputs.with_inferred(bare([find])[0], output, "sample")
        offer = made.scenario.model_copy(update={"offer": (guessed, *others)})
        found = list(result_schema(made.model_copy(update={"scenario": offer})))
        assert len(found) == broken
