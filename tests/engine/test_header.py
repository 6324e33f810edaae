"""GGUF files that must not reach llama.cpp: each is one sentence, never a crash."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from dtc_local.engine.header import check
from dtc_local.errors import UserError
from tests.engine.tiny_model import Shape, write


def test_a_sound_file_is_described(tiny: Path) -> None:
    header = check(tiny)
    assert (header.architecture, header.name, header.number("block_count")) == ("qwen2", "tiny random model", 2)
    assert header.cache_bytes(1000) == 2 * 2 * 2 * 64 * 1000


def refusal(path: Path) -> str:
    with pytest.raises(UserError) as refused:
        check(path)
    text = str(refused.value)
    assert "\n" not in text
    assert str(path) in text
    assert refused.value.hint
    return text


def patched(tiny: Path, target: Path, change: Callable[[bytes], bytes]) -> Path:
    target.write_bytes(change(tiny.read_bytes()))
    return target


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda data: b"", "ends in the middle"),
        (lambda data: b"GG", "ends in the middle"),
        (lambda data: b"PK\3\4" + data[4:], "does not begin with GGUF"),
        (lambda data: data[:4] + struct.pack("<I", 9) + data[8:], "version 9"),
        (lambda data: data[:8] + struct.pack("<Q", 1 << 60) + data[16:], "announces"),
        (lambda data: data[:16] + struct.pack("<Q", 1 << 40) + data[24:], "announces"),
        (lambda data: data[:24] + struct.pack("<Q", 1 << 62) + data[32:], "ends in the middle"),
        (lambda data: data[:2000], "ends in the middle"),
        (lambda data: data[:-1], "is cut"),
        (lambda data: data[: len(data) // 2], "is cut"),
    ],
)
def test_a_damaged_file_is_refused(tiny: Path, tmp_path: Path, change: Callable[[bytes], bytes], why: str) -> None:
    assert why in refusal(patched(tiny, tmp_path / "bad.gguf", change))


@pytest.mark.parametrize(
    ("key", "value", "why"),
    [
        ("qwen2__block_count", 100_000, "block_count 100000"),
        ("qwen2__block_count", 3, "announces 3 blocks and holds 2"),
        ("qwen2__block_count", 0, "block_count 0"),
        ("qwen2__context_length", -5, "context_length -5"),
        ("qwen2__embedding_length", "many", "embedding_length many"),
        ("tokenizer__ggml__eos_token_id", 10**9, "eos_token_id 1000000000"),
        ("tokenizer__ggml__bos_token_id", 600, "bos_token_id 600"),
        ("tokenizer__ggml__tokens", ["a"], "vocabulary of 1 tokens"),
        ("general__alignment", 7, "alignment 7"),
        ("general__architecture", 5, "general.architecture"),
    ],
)
def test_values_that_would_abort_the_process_are_refused(tmp_path: Path, key: str, value: object, why: str) -> None:
    shape = Shape(layers=2, width=64, heads=2, kv_heads=1, hidden=64, vocabulary=400)
    assert why in refusal(write(tmp_path / "bad.gguf", shape, **{key: value}))


def test_every_prefix_of_a_file_is_refused_without_a_traceback(tmp_path: Path) -> None:
    shape = Shape(layers=1, width=32, heads=1, kv_heads=1, hidden=32, vocabulary=300)
    data = write(tmp_path / "small.gguf", shape).read_bytes()
    for end in [*range(0, 400, 7), *range(400, len(data), 997)]:
        refusal(patched(tmp_path / "small.gguf", tmp_path / "cut.gguf", lambda whole, end=end: whole[:end]))  # type: ignore[misc]


@pytest.mark.parametrize("name", ["missing.gguf", "."])
def test_a_path_without_a_file_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UserError, match="cannot be read"):
        check(tmp_path / name)
