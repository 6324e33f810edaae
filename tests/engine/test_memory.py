"""Memory is reckoned from the header as the engine takes it, and what is free is read where the system says it."""

from __future__ import annotations

import inspect
from pathlib import Path

import numpy as np
import pytest

from dtc_local.engine import batch, memory, passes
from dtc_local.engine.batch import LlamaEngine
from dtc_local.engine.header import check
from tests.engine.conftest import Load
from tests.engine.tiny_model import Shape, write

GIB = 1 << 30


def test_the_figures_are_the_engine_s_own(load: Load, tiny: Path) -> None:
    header = check(tiny)
    for width, context in ((4, 1536), (3, 700)):
        engine = load(width, context=context)
        assert engine._context.sequences == width + memory.kept(header, width, context, None) == 5 * width
        assert engine._context.length >= context + memory.PADDING
    defaults = inspect.signature(LlamaEngine).parameters
    assert defaults["width"].default == memory.WIDTH
    assert (batch.SPARE, passes.UBATCH) == (memory.PADDING, memory.UBATCH)
    assert memory.context_of(header, None) == batch._context(None, header.context_length) == 2048
    assert memory.context_of(header, 512) == 512


def test_keys_and_values_are_counted_as_llama_cpp_stores_them(load: Load, tiny: Path) -> None:
    engine, header = load(4), check(tiny)
    context = engine._context
    a_token = 2 * 2 * 2 * (128 // 4) * np.float16().nbytes  # keys and values, layers, heads, width of a head
    assert header.cache_bytes(context.length) == a_token * context.length
    assert memory.need(header, 4, engine.context).cache >= a_token * engine.width * engine.context


def test_more_sequences_and_longer_ones_need_more(tiny: Path) -> None:
    header = check(tiny)
    base = memory.need(header, 4, 512)
    assert base.weights == header.size
    assert base.total == base.weights + base.cache + base.work
    assert memory.need(header, 8, 512).cache > base.cache
    assert memory.need(header, 4, 1024).cache > base.cache
    assert memory.need(header, 8, 512).work >= base.work


def test_the_widest_that_fits_is_found(tmp_path: Path) -> None:
    header = check(write(tmp_path / "small.gguf", Shape(2, 64, 2, 1, 64, 400)))
    for free in (memory.need(header, width, 1000).total for width in (1, 2, 7, 63)):
        width = memory.widest(header, 1000, free)
        assert memory.need(header, width, 1000).total <= free
        assert width == memory.MOST or memory.need(header, width + 1, 1000).total > free
    assert memory.widest(header, 1000, 10**6) == 0
    assert memory.widest(header, 1000, 64 * GIB) == memory.MOST


def test_prefixes_are_kept_in_half_of_what_is_left_over(tiny: Path) -> None:
    header = check(tiny)
    one, needed = header.cache_bytes(1000 + memory.PADDING), memory.need(header, 8, 1000).total
    rooms = (-5 * GIB, 0, 2 * one - 1, 2 * one, 11 * one, 63 * one, 64 * one, 64 * GIB)
    assert [memory.kept(header, 8, 1000, needed + room) for room in rooms] == [0, 0, 0, 1, 5, 31, 32, 32]
    assert memory.kept(header, 200, 1000, 64 * GIB) + 200 == 256


def test_free_memory_is_known_here_and_no_more_than_there_is() -> None:
    free = memory.free_memory()
    assert free is None or 0 < free < 1 << 50


def test_a_container_s_limit_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "memory.max").write_text("3000000000\n")
    (tmp_path / "memory.current").write_text("1900000000\n")
    (tmp_path / "memory.stat").write_text("anon 1000000000\nactive_file 600000000\ninactive_file 300000000\n")
    assert memory._container(tmp_path) == 2_000_000_000, "cached files can be let go"
    (tmp_path / "memory.max").write_text("max\n")
    assert memory._container(tmp_path) is None
    assert memory._container(tmp_path / "absent") is None
    monkeypatch.setattr(memory, "_available", lambda: 5 * GIB)
    monkeypatch.setattr(memory, "_container", lambda: 2 * GIB)
    assert memory.free_memory() == 2 * GIB
    monkeypatch.setattr(memory, "_available", lambda: None)
    monkeypatch.setattr(memory, "_container", lambda: None)
    assert memory.free_memory() is None
