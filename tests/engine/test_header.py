"""GGUF files that must not reach llama.cpp: each is one sentence, never a crash."""

from __future__ import annotations

import ctypes
import struct
from collections.abc import Callable
from pathlib import Path

import llama_cpp
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dtc_local.engine.architectures import DIFFUSION, HYBRID, OTHER, RECURRENT, TRANSFORMERS
from dtc_local.engine.header import Header, check
from dtc_local.engine.quantisation import BLOCKS
from dtc_local.errors import UserError
from tests.engine.gguf_file import write_file
from tests.engine.tiny_model import Shape, write

SMALL = Shape(layers=2, width=64, heads=2, kv_heads=1, hidden=64, vocabulary=400)


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


@pytest.mark.parametrize(
    ("architecture", "why"),
    [
        ("mamba", "architecture 'mamba', which is recurrent"),
        ("granitehybrid", "architecture 'granitehybrid', which is hybrid"),
        ("llada", "architecture 'llada', which is a diffusion model"),
        ("bert", "architecture 'bert', which is no model that writes text"),
        ("qwen9", "architecture 'qwen9', which is unknown to this llama.cpp"),
        ("two\nlines", "architecture 'two lines', which is unknown"),
    ],
)
def test_an_architecture_of_no_use_is_named_with_what_to_use_instead(
    tmp_path: Path, architecture: str, why: str
) -> None:
    said = refusal(write(tmp_path / "other.gguf", SMALL, general__architecture=architecture))
    assert why in said
    assert "Use a pure transformer" in said


def test_part_of_a_model_is_refused_with_the_command_that_joins_the_parts(tmp_path: Path) -> None:
    said = refusal(write(tmp_path / "m-00001-of-00003.gguf", SMALL, split__count=3))
    assert "is one of 3 parts" in said
    assert "llama-gguf-split --merge" in said


@pytest.mark.parametrize(
    ("key", "value", "why"),
    [
        ("tokenizer__ggml__token_type", [1] * 399, "400 tokens, but 399 values in tokenizer.ggml.token_type"),
        ("tokenizer__ggml__token_type", 7, "400 tokens, but 7 values"),
        ("qwen2__attention__head_count", 0, "attention.head_count 0"),
        ("qwen2__attention__head_count", 100_000, "attention.head_count 100000"),
        ("qwen2__attention__head_count", [2], "attention.head_count 1"),
        ("qwen2__attention__head_count_kv", -1, "attention.head_count_kv -1"),
        ("qwen2__attention__key_length", 1 << 20, "attention.key_length 1048576"),
        ("qwen2__context_length", True, "context_length True"),
        ("qwen2__context_length", "1\n\n2", "context_length 1 2"),
        ("x" * 5000, "y", ""),
    ],
)
def test_values_that_divide_index_or_mislead_are_refused(tmp_path: Path, key: str, value: object, why: str) -> None:
    path = write(tmp_path / "bad.gguf", SMALL, **{key: value})
    if why:
        assert why in refusal(path)
    else:
        assert check(path).architecture == "qwen2"


def test_numbers_one_a_layer_are_understood(tmp_path: Path) -> None:
    path = write(tmp_path / "layers.gguf", SMALL, qwen2__attention__head_count_kv=[1, 2])
    assert check(path).cache_bytes(100) == 2 * 100 * (1 + 2) * (32 + 32)


def test_a_list_of_models_gets_its_figures_from_the_header(tiny: Path) -> None:
    header = check(tiny)
    assert header.quantisation == "Q8_0"
    assert header.size == tiny.stat().st_size
    assert (header.context_length, header.vocabulary, header.licence) == (2048, 600, "")
    with_embeddings = 600 * 128 + 128
    layer = 2 * 128 + 2 * 128 * 128 + 128 + 2 * (64 * 128 + 64) + 3 * 256 * 128
    assert header.parameters == with_embeddings + 2 * layer


def tensor_infos(data: bytes) -> tuple[int, int]:
    """Where the places of the tensors begin, and the first of their names."""
    begin = data.index(struct.pack("<Q", 17) + b"token_embd.weight")
    return begin, begin + 8


@pytest.mark.parametrize(
    ("offset", "form", "value", "why"),
    [
        (17, "<I", 5, "5 dimensions"),
        (21, "<Q", 0, "of shape [0, 400]"),
        (21, "<Q", 65, "of shape [65, 400] in Q8_0"),
        (29, "<Q", 1 << 62, "of shape"),
        (37, "<I", 77, "unknown type 77"),
        (41, "<Q", 32, "at byte 32 of its data instead of 0"),
        (41, "<Q", 1 << 63, "instead of 0"),
        (-8, "<Q", 1 << 50, "ends in the middle"),
    ],
)
def test_a_tensor_s_place_is_doubted(tmp_path: Path, offset: int, form: str, value: int, why: str) -> None:
    data = bytearray(write(tmp_path / "small.gguf", SMALL).read_bytes())
    name = tensor_infos(bytes(data))[1]
    data[name + offset : name + offset + struct.calcsize(form)] = struct.pack(form, value)
    (tmp_path / "bad.gguf").write_bytes(data)
    assert why in refusal(tmp_path / "bad.gguf")


def test_what_is_there_twice_is_refused(tmp_path: Path) -> None:
    data = write(tmp_path / "small.gguf", SMALL).read_bytes()
    twice = data.replace(b"blk.1.attn_norm.weight", b"blk.0.attn_norm.weight")
    (tmp_path / "tensors.gguf").write_bytes(twice)
    assert "has the tensor 'blk.0.attn_norm.weight' twice" in refusal(tmp_path / "tensors.gguf")
    twice = data.replace(b"qwen2.context_length", b"general.architecture", 1)
    (tmp_path / "keys.gguf").write_bytes(twice)
    assert "has the key 'general.architecture' twice" in refusal(tmp_path / "keys.gguf")


def test_a_vocabulary_without_weights_is_no_model(tmp_path: Path) -> None:
    keys = {"general.architecture": "qwen2", "qwen2.context_length": 64}
    assert "holds no weights" in refusal(write_file(tmp_path / "vocabulary.gguf", keys, {}))


def test_block_sizes_and_names_are_ggml_s_own() -> None:
    library = Path(llama_cpp.__file__).parent / "lib"
    ggml = ctypes.CDLL(str(next(library.glob("*ggml-base.*"))))
    ggml.ggml_type_name.restype = ctypes.c_char_p
    ggml.ggml_blck_size.restype, ggml.ggml_type_size.restype = ctypes.c_int64, ctypes.c_size_t
    for kind, block in BLOCKS.items():
        assert ggml.ggml_type_name(kind).decode().upper() == block.name.upper()
        assert (ggml.ggml_blck_size(kind), ggml.ggml_type_size(kind)) == (block.elements, block.size)


def test_every_architecture_that_is_named_is_one_of_llama_cpp_s() -> None:
    library = next((Path(llama_cpp.__file__).parent / "lib").glob("*llama.*")).read_bytes()
    for name in RECURRENT | HYBRID | DIFFUSION | OTHER | TRANSFORMERS:
        assert name.encode() + b"\0" in library, name


def places(size: int) -> st.SearchStrategy[list[tuple[int, bytes]]]:
    """Some places in a file and what to write there."""
    nasty = [struct.pack("<Q", number) for number in (0, 1, 3, 2**31, 2**32 - 1, 2**40, 2**62, 2**63, 2**64 - 1)]
    return st.lists(
        st.tuples(st.integers(0, size - 1), st.one_of(st.binary(min_size=1, max_size=9), st.sampled_from(nasty))),
        min_size=1,
        max_size=6,
    )


@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_change_to_a_header_does_more_than_refuse_the_file(tmp_path: Path, data: st.DataObject) -> None:
    sound = small_file(tmp_path).read_bytes()
    changed = bytearray(sound)
    header = len(sound) if data.draw(st.booleans()) else sound.index(b"token_embd.weight") + 1200
    for place, written in data.draw(places(min(header, len(sound)))):
        changed[place : place + len(written)] = written
    cut = data.draw(st.one_of(st.none(), st.integers(0, len(changed))))
    path = tmp_path / "changed.gguf"
    path.write_bytes(changed[:cut])
    outcome = checked(path)
    if isinstance(outcome, UserError):
        assert str(outcome).isprintable()
        assert len(str(outcome)) < 1000
    else:
        assert outcome.parameters > 0
        assert outcome.cache_bytes(4096) > 0
        assert f"{outcome.name}{outcome.licence}{outcome.quantisation}".count("\n") == 0


def checked(path: Path) -> Header | UserError:
    """What becomes of a file; any other exception goes through."""
    try:
        return check(path)
    except UserError as refused:
        return refused


def small_file(folder: Path) -> Path:
    """The smallest model, written once in each folder."""
    path = folder / "sound.gguf"
    return path if path.exists() else write(path, Shape(1, 32, 1, 1, 32, 300), template="{{ messages }}")
