"""The seed model writes the same bytes at every width, with every number of threads, with a cache and without."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from outlines.types import CFG, JsonSchema, Regex

from dtc_local.engine import from_gguf
from dtc_local.engine.base import Request
from tests.engine.conftest import CALL, ask, run

SEED = Path(__file__).parents[2] / "models" / "seed.gguf"
KINDS = (JsonSchema(CALL), Regex("[A-Z][a-z ]{5,40}\\."), CFG('start: "<" /[a-z]{1,9}/ ">"'))
HISTORY = tuple(f"User: please look at order {number} again, the printer is offline\n" for number in range(16))


def requests() -> list[Request]:
    """Prompts of 100 to 500 tokens that share beginnings, at three temperatures."""
    return [
        ask(
            f"Ticket {index}.",
            KINDS[index % 3],
            history=HISTORY[: 4 * index % 16],
            max_tokens=50,
            seed=index // 2,
            n=1 + index % 3,
            temperature=(0.0, 0.7, 1.5)[index % 3],
        )
        for index in range(9)
    ]


def answers(width: int, **options: Any) -> list[Any]:
    with from_gguf(SEED, width=width, context=1024, **options) as engine:
        return run(engine, requests())


@pytest.fixture(scope="module")
def one_by_one() -> list[Any]:
    return answers(1, kept=0, threads=1)


@pytest.mark.parametrize("width", [4, 8, 16, 32])
def test_every_width_writes_the_same_bytes(one_by_one: list[Any], width: int) -> None:
    assert answers(width, threads=1 + width % 3) == one_by_one


@pytest.mark.parametrize("threads", [2, 4])
def test_every_number_of_threads_writes_the_same_bytes(one_by_one: list[Any], threads: int) -> None:
    assert answers(8, threads=threads) == one_by_one


@pytest.mark.parametrize("kept", [0, 40])
def test_a_cache_of_any_size_changes_no_byte(one_by_one: list[Any], kept: int) -> None:
    with from_gguf(SEED, width=4, context=1024, kept=kept) as engine:
        assert run(engine, requests()) == one_by_one
        assert run(engine, requests()[::-2])[::-1] == one_by_one[::2]
