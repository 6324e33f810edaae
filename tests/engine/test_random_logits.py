"""Real vocabularies, real schemas, random logits: the worst model there can be never gets an invalid value out."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from jsonschema_specifications import REGISTRY
from outlines.types import JsonSchema

from dtc_local.engine.base import Completion, Message, Request, Sampling
from dtc_local.engine.batch import LlamaEngine
from dtc_local.engine.constraint import Compiled, InvalidValue
from dtc_local.engine.policy import policy_of
from dtc_local.engine.scripted import byte_compiler
from dtc_local.errors import ConstraintError
from tests.engine.conftest import run
from tests.engine.noise import noise_engine
from tests.engine.vocabularies import vocabulary

MATERIAL = Path(__file__).parents[3] / "shared" / "material"
BFCL_TYPES = {"dict": "object", "float": "number", "tuple": "array"}


@pytest.fixture
def noise(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> LlamaEngine:
    """The whole engine over a real vocabulary, without weights."""
    return noise_engine(vocabulary(request.param), monkeypatch)


def bench_schemas() -> list[dict[str, Any]]:
    path = MATERIAL / "jsonschemabench" / "schemas.jsonl"
    if not path.is_file():
        pytest.skip(f"no schemas at {path}")
    return [json.loads(line)["schema"] for line in path.read_text().splitlines()]


def tool_schemas() -> list[dict[str, Any]]:
    files = sorted((MATERIAL / "bfcl" / "multi_turn_func_doc").glob("*.json"))
    if not files:
        pytest.skip(f"no tools at {MATERIAL / 'bfcl'}")
    return [_mapped(json.loads(line)["parameters"]) for file in files for line in file.read_text().splitlines()]


def _mapped(node: Any) -> Any:
    """BFCL's own type names as JSON Schema has them."""
    if isinstance(node, list):
        return [_mapped(item) for item in node]
    if not isinstance(node, dict):
        return node
    mapped = {key: _mapped(value) for key, value in node.items()}
    kind = mapped.get("type")
    if kind == "any":
        del mapped["type"]
    elif isinstance(kind, str):
        mapped["type"] = BFCL_TYPES.get(kind, kind)
    return mapped


def suite_groups(draft: str) -> list[dict[str, Any]]:
    """Groups of the official test suite: a schema, and values with whether they are valid."""
    files = sorted((MATERIAL / "json-schema-test-suite" / "tests" / draft).glob("*.json"))
    if not files:
        pytest.skip(f"no test suite at {MATERIAL}")
    groups = [group for file in files for group in json.loads(file.read_text())]
    if draft == "draft7":
        groups = [{**group, "schema": _as_draft7(group["schema"])} for group in groups]
    return [group for group in groups if isinstance(group["schema"], dict)]


def _as_draft7(schema: Any) -> Any:
    return {"$schema": "http://json-schema.org/draft-07/schema#", **schema} if isinstance(schema, dict) else schema


def suite_schemas() -> list[dict[str, Any]]:
    return [group["schema"] for group in suite_groups("draft2020-12")]


@pytest.mark.parametrize(
    ("source", "strict", "compiled"),
    [(bench_schemas, 0.6, 0.85), (tool_schemas, 0.95, 1.0), (suite_schemas, 0.4, 0.85)],
)
def test_most_real_schemas_are_held_by_their_grammars(source: Any, strict: float, compiled: float) -> None:
    schemas = source()
    levels = Counter(policy_of(schema).level for schema in schemas)
    print(source.__name__, dict(levels))
    assert levels["strict"] >= strict * len(schemas)
    assert levels["strict"] + levels["relaxed"] >= compiled * len(schemas)


@pytest.mark.parametrize("draft", ["draft2020-12", "draft7"])
def test_no_invalid_value_of_the_official_suite_gets_through(draft: str) -> None:
    compiler, counts = byte_compiler(), Counter[str]()
    for group in suite_groups(draft):
        try:
            compiled = compiler.compile(JsonSchema(group["schema"]))
        except (ConstraintError, jsonschema.SchemaError):
            counts["refused"] += 1
            continue
        for case in group["tests"]:
            text = json.dumps(case["data"], ensure_ascii=False, separators=(",", ":"))
            data = list(text.encode("utf-8", "surrogatepass"))
            matcher = compiled.matcher()
            written = matcher.try_consume_tokens(data) == len(data) and matcher.is_accepting()
            if not case["valid"]:
                assert not written or (compiled.relaxed and not _passes(compiled, text)), (group["description"], text)
            counts[f"{'relaxed' if compiled.relaxed else 'strict'} valid={case['valid']} written={written}"] += 1
    print(draft, dict(counts))
    assert counts["strict valid=False written=False"] > 200
    assert counts["strict valid=True written=True"] > 200


def _passes(compiled: Compiled, text: str) -> bool:
    try:
        compiled.value(text)
    except InvalidValue:
        return False
    return True


@pytest.mark.slow
@pytest.mark.parametrize("source", [bench_schemas, tool_schemas, suite_schemas])
@pytest.mark.parametrize("noise", ["qwen2", "llama-bpe"], indirect=True)
def test_five_hundred_random_generations_hold_no_invalid_value(noise: LlamaEngine, source: Any) -> None:
    schemas, compiled = source(), []
    for schema in schemas:
        try:
            noise.compiler.compile(JsonSchema(schema))
        except (ConstraintError, jsonschema.SchemaError):
            continue
        compiled.append(schema)
    assert len(compiled) >= 0.8 * len(schemas)
    asked = [compiled[index % len(compiled)] for index in range(500)]
    answers = run(noise, [_request(schema, seed) for seed, schema in enumerate(asked)])
    finishes = [_checked(schema, completion) for schema, (completion,) in zip(asked, answers, strict=True)]
    assert finishes.count("accepted") >= 150


def _request(schema: dict[str, Any], seed: int) -> Request:
    sampling = Sampling(temperature=1.0, min_p=0.0, seed=seed)
    return Request((Message("user", ("noise",)),), JsonSchema(schema), sampling, max_tokens=120)


def _checked(schema: dict[str, Any], completion: Completion) -> str:
    if completion.finish != "accepted":
        assert completion.value is None
        return completion.finish
    assert json.loads(completion.text) == completion.value
    kind = jsonschema.validators.validator_for(schema, default=jsonschema.Draft202012Validator)
    kind(schema, registry=REGISTRY, format_checker=kind.FORMAT_CHECKER).validate(completion.value)
    return completion.finish
