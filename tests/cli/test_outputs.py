"""`tools outputs`, `tools record` and imports with recordings or without examples, from the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from dtc_local.cli import engines
from dtc_local.store import Store
from tests.cli.conftest import Invoke
from tests.scripted import Scripted

TEXT = {"type": "string"}
WRITTEN = '{"fields":[{"name":"order_id","description":"Its id.","type":"string","format":"none","optional":false}]}'
SPEC: list[dict[str, Any]] = [
    {
        "name": name,
        "description": "Look something up.",
        "parameters": {"type": "object", "properties": {"customer": TEXT}, "required": ["customer"]},
    }
    for name in ("find_order", "find_refund")
]


@pytest.fixture
def shop(invoke: Invoke, folder: Path) -> None:
    """Two tools without output schemas in dtc.db."""
    (folder / "shop.json").write_text(json.dumps(SPEC))
    assert invoke("tools", "import", "shop.json").exit_code == 0


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Scripted:
    """Replaces the model: it writes the same schema for every tool."""
    scripted = Scripted(lambda request: [WRITTEN])

    @contextmanager
    def open_engine(model: str | None) -> Iterator[Scripted]:
        yield scripted

    monkeypatch.setattr(engines, "open_engine", open_engine)
    return scripted


def origins(invoke: Invoke) -> dict[str, str]:
    listed = json.loads(invoke("tools", "outputs", "--json").stdout)
    return {tool["name"]: tool["output_origin"] for tool in listed}


# Inferring


def test_outputs_says_where_each_schema_comes_from(shop: None, invoke: Invoke) -> None:
    result = invoke("tools", "outputs")
    assert result.stdout == "shop/find_order: none\nshop/find_refund: none\n"
    assert result.stderr == "2 none.\n"


def test_infer_fills_what_is_missing_and_asks_nothing_twice(shop: None, invoke: Invoke, engine: Scripted) -> None:
    assert invoke("tools", "outputs", "--infer", "--tool", "find_order").exit_code == 0
    assert origins(invoke) == {"find_order": "inferred", "find_refund": "none"}
    result = invoke("tools", "outputs", "--infer", "--show")
    assert result.stderr.startswith("1 output schemas inferred.\n")
    assert result.stdout.count('{"type": "object", "properties": {"order_id"') == 2
    assert len(engine.requests) == 2
    assert "No tool is without an output schema." in invoke("tools", "outputs", "--infer").stderr
    assert "output schema inferred by sample" in invoke("tools", "show", "find_order").output
    assert "output schema inferred by sample" in invoke("tools", "lint").output


def test_a_tool_that_could_not_be_inferred_is_named(shop: None, invoke: Invoke, engine: Scripted) -> None:
    engine.script = lambda request: [WRITTEN.replace("order_id", "status")]
    result = invoke("tools", "outputs", "--infer", "--tool", "find_order")
    assert result.exit_code == 0
    assert "0 output schemas inferred.\nshop/find_order: no usable schema in 4 attempts: Write" in result.stderr


def test_ctrl_c_exits_130_and_keeps_what_was_finished(
    shop: None, invoke: Invoke, engine: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    polled = engine.poll
    engine.width = 0.5  # type: ignore[assignment] # one tool at a time

    def poll() -> Any:
        if len(engine.requests) > 1:
            raise KeyboardInterrupt
        return polled()

    monkeypatch.setattr(engine, "poll", poll)
    result = invoke("tools", "outputs", "--infer")
    assert result.exit_code == 130
    assert "What was finished is kept" in result.stderr
    assert sorted(origins(invoke).values()) == ["inferred", "none"]
    monkeypatch.setattr(engine, "poll", polled)
    assert invoke("tools", "outputs", "--infer").exit_code == 0
    assert set(origins(invoke).values()) == {"inferred"}


# Giving


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("outputs.json", '{"shop/find_order": {"type": "object", "properties": {"total": {"type": "number"}}}}'),
        ("outputs.yaml", "find_order:\n  type: object\n  properties:\n    total: {type: number}\n"),
    ],
)
def test_a_given_schema_wins_over_an_inferred_one(
    shop: None, invoke: Invoke, engine: Scripted, folder: Path, name: str, text: str
) -> None:
    invoke("tools", "outputs", "--infer")
    (folder / name).write_text(text)
    result = invoke("tools", "outputs", "--given", name)
    assert result.exit_code == 0, result.output
    assert origins(invoke) == {"find_order": "given", "find_refund": "inferred"}
    with Store(folder / "dtc.db") as store:
        (tool,) = store.tools_named("find_order")
    assert tool.source.output == {"type": "object", "properties": {"total": {"type": "number"}}}
    assert tool.output is not None
    assert list(tool.output["properties"]) == ["total"]
    whats = [finding.what for finding in tool.findings if finding.kind == "output"]
    assert whats == [f"output schema given by {name}"]


FAULT = {"type": "object", "properties": {"code": {"type": "string"}}}
TOTAL = {"type": "object", "properties": {"total": {"type": "number"}}}


def test_an_error_schema_is_given_alone_or_beside_that_of_the_result(shop: None, invoke: Invoke, folder: Path) -> None:
    given = {"find_order": {"error": FAULT}, "shop/find_refund": {"output": TOTAL, "error": FAULT}}
    (folder / "e.json").write_text(json.dumps(given))
    result = invoke("tools", "outputs", "--given", "e.json")
    assert result.exit_code == 0, result.output
    assert "3 schemas from e.json." in result.stderr
    assert (
        result.stdout == "shop/find_order: none, with an error schema\nshop/find_refund: given, with an error schema\n"
    )
    listed = json.loads(invoke("tools", "outputs", "--json").stdout)
    assert [tool["error"]["required"] for tool in listed] == [["code"], ["code"]]
    with Store(folder / "dtc.db") as store:
        (tool,) = store.tools_named("find_order")
    assert tool.source.error == FAULT
    assert [one.what for one in tool.findings if one.pointer == "/error"] == ["error schema given by e.json"]
    assert "error schema added" in invoke("tools", "history", "find_order").stdout


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[1]", "[1] is no object of schemas."),
        ('{"find_order": 5}', "find_order: 5 is no JSON Schema object."),
        ('{"find_order": {"type": "objct"}}', "find_order: type: \"'objct' is not valid"),
        ('{"find_order": {"type": "object"}}', "find_order: the schema names no field."),
        ('{"find_order": {"error": {"type": "string"}}}', "find_order: error: the schema names no field."),
        ('{"find_order": {"output": 5}}', "find_order: output: 5 is no JSON Schema object."),
        ('{"find_orders": {"type": "string"}}', "there is no tool 'find_orders'."),
        ("{", "line 1, column 2"),
    ],
)
def test_a_bad_file_of_schemas_is_one_sentence_and_changes_nothing(
    shop: None, invoke: Invoke, folder: Path, text: str, said: str
) -> None:
    (folder / "given.json").write_text(text)
    result = invoke("tools", "outputs", "--given", "given.json")
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: given.json: ")
    assert said in result.stderr
    assert result.stderr.count("\n") == 1
    assert set(origins(invoke).values()) == {"none"}


# Recording


def test_record_keeps_calls_and_derives_the_missing_schema(shop: None, invoke: Invoke, folder: Path) -> None:
    lines = [{"arguments": {"customer": f"C{n}"}, "result": {"order_id": n}} for n in range(3)]
    (folder / "calls.jsonl").write_text("\n".join(map(json.dumps, [*lines, {"arguments": {"customer": 4}}])))
    result = invoke("tools", "record", "find_order", "calls.jsonl")
    assert result.stdout == "shop/find_order: 4 recordings read, 3 kept, 1 dropped (1 that break the schemas)\n"
    assert "output schema inferred from 3 recordings" in result.stderr
    assert origins(invoke)["find_order"] == "inferred"
    with Store(folder / "dtc.db") as store:
        (tool,) = store.tools_named("find_order")
    assert [one.model_dump() for one in tool.recorded] == lines


def test_an_import_takes_the_recordings_of_a_folder(invoke: Invoke, folder: Path) -> None:
    (folder / "shop.json").write_text(json.dumps(SPEC))
    (folder / "logs").mkdir()
    (folder / "logs" / "find_order.jsonl").write_text('{"order_id": 1}')
    (folder / "logs" / "other.jsonl").write_text('{"order_id": 1}')
    result = invoke("tools", "import", "shop.json", "--recorded", "logs")
    assert "shop/find_order: 1 recordings read, 1 kept\n" in result.stderr
    assert "logs/other.jsonl: no imported tool has this name, not read.\n" in result.stderr
    assert origins(invoke) == {"find_order": "inferred", "find_refund": "none"}
    for again in (("--recorded", "logs"), ()):
        result = invoke("tools", "import", "shop.json", *again)
        assert "0 new, 0 changed, 2 unchanged" in result.stdout
        assert origins(invoke) == {"find_order": "inferred", "find_refund": "none"}
    assert invoke("tools", "history", "find_order").stdout.count("recorded calls of logs") == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("record", "find_order", "absent.jsonl"), "Error: absent.jsonl: cannot be read"),
        (("record", "find_nothing", "bad.jsonl"), "Error: bad.jsonl: line 2, column 2: "),
        (("record", "find_nothing", "good.jsonl"), "Error: There is no tool 'find_nothing'."),
        (("import", "shop.json", "--recorded", "absent"), "Error: absent is no folder."),
    ],
)
def test_a_bad_recording_is_one_sentence_and_changes_nothing(
    shop: None, invoke: Invoke, folder: Path, arguments: tuple[str, ...], said: str
) -> None:
    (folder / "bad.jsonl").write_text('{"order_id": 1}\n{order_id: 2}')
    (folder / "good.jsonl").write_text('{"order_id": 1}')
    result = invoke("tools", *arguments)
    assert result.exit_code == 1
    assert result.stderr.startswith(said)
    assert result.stderr.count("\n") == 1
    assert set(origins(invoke).values()) == {"none"}


# Without examples

SHOWN = {**TEXT, "examples": ["canary 1"], "example": "canary 2"}
FUNCTION = {
    "name": "find_order",
    "description": "Find an order.",
    "parameters": {
        "type": "object",
        "properties": {"customer": SHOWN, "unit": {**TEXT, "default": "kept default"}},
        "examples": [{"customer": "canary 3"}, {"customer": 4, "unit": "canary 4"}],
    },
    "returns": {"type": "object", "properties": {"city": SHOWN}, "example": {"city": "canary 5"}},
}
ANTHROPIC = {
    "name": "find_customer",
    "input_schema": {"type": "object", "properties": {"name": SHOWN}},
    "input_examples": [{"name": "canary 6"}, {"name": 7}],
}
OPENAPI = {
    "openapi": "3.0.3",
    "info": {"title": "Shop", "version": "1"},
    "paths": {
        "/orders/{id}": {
            "post": {
                "operationId": "changeOrder",
                "parameters": [
                    {"name": "id", "in": "path", "required": True, "schema": TEXT, "example": "canary 8"},
                    {"name": "tag", "in": "query", "schema": SHOWN, "examples": {"one": {"value": "canary 9"}}},
                ],
                "requestBody": {
                    "content": {
                        "application/json": {
                            "schema": {"type": "object", "properties": {"note": SHOWN}},
                            "example": {"note": "canary 10"},
                        }
                    }
                },
                "responses": {
                    "200": {
                        "description": "Done.",
                        "content": {
                            "application/json": {
                                "schema": {"type": "object", "properties": {"state": SHOWN}},
                                "examples": {"one": {"value": {"state": "canary 11"}}},
                            }
                        },
                    }
                },
            }
        }
    },
}


@pytest.mark.parametrize("spec", [FUNCTION, ANTHROPIC, OPENAPI], ids=["openai", "anthropic", "openapi"])
def test_an_import_without_examples_stores_none(invoke: Invoke, folder: Path, spec: Any) -> None:
    (folder / "spec.json").write_text(json.dumps(spec))
    assert invoke("tools", "import", "spec.json", "--db", "with.db").exit_code == 0
    assert invoke("tools", "import", "spec.json", "--no-examples", "--db", "without.db").exit_code == 0
    stored = {name: b"".join(path.read_bytes() for path in folder.glob(f"{name}.db*")) for name in ("with", "without")}
    assert b"canary" in stored["with"]
    assert b"canary" not in stored["without"]
    assert (b"kept default" in stored["without"]) == (spec is FUNCTION)


def test_recordings_and_no_examples_exclude_each_other(shop: None, invoke: Invoke, folder: Path) -> None:
    result = invoke("tools", "import", "shop.json", "--recorded", str(folder), "--no-examples")
    assert result.exit_code == 2
    assert "give one of them" in result.stderr
