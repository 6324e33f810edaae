"""A random model on disk, an engine over it, and a way to run requests to their end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import llama_cpp
import pytest
from outlines.types import JsonSchema

from dtc_local.engine.base import Completion, Engine, Message, Request, Sampling
from dtc_local.engine.batch import LlamaEngine
from tests.engine.tiny_model import write

Load = Callable[..., LlamaEngine]

CALL = {
    "type": "object",
    "properties": {
        "name": {"const": "create_ticket"},
        "arguments": {
            "type": "object",
            "properties": {
                "title": {"type": "string", "maxLength": 12},
                "priority": {"type": "integer", "minimum": 1, "maximum": 50},
                "tags": {"type": "array", "items": {"enum": ["new", "old", "hot"]}, "maxItems": 2},
            },
            "required": ["title", "priority", "tags"],
            "additionalProperties": False,
        },
    },
    "required": ["name", "arguments"],
    "additionalProperties": False,
}
RULES = "You help to write realistic conversations. Tools: create_ticket(title, priority, tags). " * 3


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A random GGUF model of 370,000 parameters and 600 tokens."""
    return write(tmp_path_factory.mktemp("models") / "tiny.gguf")


@pytest.fixture(scope="session")
def load(tiny: Path) -> Iterator[Load]:
    """Makes engines over the random model; all are closed at the end."""
    engines: list[LlamaEngine] = []

    def make(width: int = 4, **options: object) -> LlamaEngine:
        engines.append(LlamaEngine(tiny, width=width, **{"threads": 1, "context": 1536, **options}))  # type: ignore[arg-type]
        return engines[-1]

    yield make
    for engine in engines:
        engine.close()
    # llama-cpp-python opens these at import and leaves them to the garbage collector, which warnings then blame.
    llama_cpp._utils.outnull_file.close()
    llama_cpp._utils.errnull_file.close()


@pytest.fixture(scope="session")
def engine(load: Load) -> LlamaEngine:
    """One engine of four lanes, shared by tests that only ask."""
    return load(4)


def ask(
    text: str = "Create a ticket.",
    constraint: object = None,
    max_tokens: int = 80,
    history: Sequence[str] = (),
    stage: str = "plan",
    **sampling: float,
) -> Request:
    """A request with the shape of a real prompt."""
    messages = (Message("system", (RULES,)), Message("user", ("Conversation:\n", *history, text)))
    drawn = Sampling(**{"temperature": 1.0, **sampling})  # type: ignore[arg-type]
    return Request(messages, constraint or JsonSchema(CALL), drawn, max_tokens, stage)  # type: ignore[arg-type]


def run(engine: Engine, requests: Sequence[Request]) -> list[tuple[Completion, ...]]:
    """Submit everything, wait for everything; answers in the order of the requests."""
    places = {engine.submit(request): index for index, request in enumerate(requests)}
    answers: dict[int, tuple[Completion, ...]] = {}
    while len(answers) < len(requests):
        for finished in engine.poll():
            answers[places[finished.ticket]] = finished.completions
    return [answers[index] for index in range(len(requests))]


def one(engine: Engine, request: Request) -> Completion:
    """The first candidate of a single request."""
    return run(engine, [request])[0][0]
