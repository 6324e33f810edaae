"""Real vocabularies, real schemas, random logits: the worst model there can be never gets an invalid value out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from outlines.types import JsonSchema

from dtc_local.engine.base import Completion, Message, Request, Sampling
from dtc_local.engine.batch import LlamaEngine
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


@pytest.mark.slow
@pytest.mark.parametrize("source", [bench_schemas, tool_schemas])
@pytest.mark.parametrize("noise", ["qwen2", "llama-bpe"], indirect=True)
def test_five_hundred_random_generations_hold_no_invalid_value(noise: LlamaEngine, source: Any) -> None:
    schemas, compiled = source(), []
    for schema in schemas:
        try:
            noise.compiler.compile(JsonSchema(schema))
        except ConstraintError:
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
    kind(schema, format_checker=kind.FORMAT_CHECKER).validate(completion.value)
    return completion.finish
