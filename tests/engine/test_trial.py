"""A model is tried in a child process: what would end this one is a sentence, what is sound is measured."""

from __future__ import annotations

import os
from dataclasses import asdict
from pathlib import Path

import pytest

from dtc_local import tried
from dtc_local.engine.child import Limits
from dtc_local.engine.header import check
from dtc_local.engine.trial import CACHE, CONTEXT, WIDTH, Trial, _shape, limits_for, try_model
from dtc_local.errors import UserError
from tests.engine.tiny_model import CHATML, Shape, write

SMALL = Shape(layers=2, width=64, heads=2, kv_heads=1, hidden=64, vocabulary=400)
ENDLESS = "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}" + CHATML
ROOM = Limits(memory=8 << 30, cpu=120, wall=120.0)


@pytest.fixture(autouse=True)
def own_record(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of this test's own for what is remembered."""
    place = tmp_path_factory.mktemp("tried")
    monkeypatch.setenv("DTC_LOCAL_MODELS", str(place))
    return place


def test_a_sound_model_is_measured(tiny: Path) -> None:
    trial = try_model(tiny)
    assert trial.width == WIDTH
    assert trial.prefill_speed > 0
    assert trial.decode_speed > 0
    assert 1 <= trial.characters_per_token < 10


@pytest.mark.parametrize(
    ("key", "value", "why"),
    [
        ("qwen2__expert_count", 100_000, "crashed with SIGABRT"),
        ("qwen2__rope__dimension_count", 7, "crashed with SIGABRT"),
        ("tokenizer__ggml__model", "llama", "crashed with SIGSEGV"),
        ("qwen2__attention__head_count", 3, "llama.cpp cannot load"),
        ("tokenizer__ggml__pre", "no such split", "llama.cpp cannot load"),
        ("qwen2__rope__freq_base", float("nan"), "logit of nan"),
        ("qwen2__context_length", 64, "too few for a short conversation"),
        ("tokenizer__chat_template", ENDLESS, "chat template used up its 2 s"),
        ("tokenizer__chat_template", "nothing of the messages", "chat template cannot show the roles"),
    ],
)
def test_what_a_sound_header_hides_ends_the_child_alone(tmp_path: Path, key: str, value: object, why: str) -> None:
    path = write(tmp_path / "bad.gguf", SMALL, **{key: value})
    check(path)
    with pytest.raises(UserError) as refused:
        try_model(path, ROOM)
    assert why in str(refused.value)
    assert "\n" not in str(refused.value)
    assert refused.value.hint
    assert tried.remembered(path) is None


@pytest.mark.parametrize(
    ("limits", "why"),
    [
        (Limits(8 << 30, 1, 60.0), "used up its 1 s of processor time"),
        (Limits(8 << 30, 60, 0.2), "did not end within 0.2 s"),
        (Limits(64 << 20, 60, 60.0), "process of its own"),
    ],
)
def test_a_trial_keeps_to_its_limits(tiny: Path, limits: Limits, why: str) -> None:
    with pytest.raises(UserError, match=why):
        try_model(tiny, limits)


def test_limits_grow_with_the_file() -> None:
    small, large = limits_for(10**6, 10**6), limits_for(40 * 10**9, 10**9)
    assert large.memory - small.memory > 80 * 10**9
    assert large.wall > 1000 > small.wall
    assert small.cpu >= small.wall


def test_a_model_with_a_large_cache_is_timed_with_fewer_sequences() -> None:
    assert _shape(lambda length: 1, 512) == (WIDTH, 512)
    assert _shape(lambda length: CACHE // 4, 1 << 20) == (4, CONTEXT)
    assert _shape(lambda length: 4 * CACHE, 1 << 20) == (1, CONTEXT)


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Trials that only say that they took place."""
    seen: list[Path] = []

    def trial(path: Path) -> Trial:
        seen.append(path)
        return Trial(100.0, 50.0, 16, 3.0)

    monkeypatch.setattr(tried, "try_model", trial)
    return seen


def test_a_file_is_tried_once_and_again_when_it_changes(tmp_path: Path, counted: list[Path]) -> None:
    path = tmp_path / "model.gguf"
    path.write_bytes(b"one")
    told: list[str] = []
    for _ in range(3):
        assert tried.tried(path, lambda: told.append("first")) == Trial(100.0, 50.0, 16, 3.0)
    assert (len(counted), told) == (1, ["first"])
    stamps = path.stat()
    path.write_bytes(b"two")
    os.utime(path, ns=(stamps.st_atime_ns, stamps.st_mtime_ns))
    tried.tried(path)
    assert len(counted) == 2, "the same size and time of change do not make it the same file"


def test_another_version_of_llama_cpp_tries_again(
    tmp_path: Path, counted: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "model.gguf"
    path.write_bytes(b"one")
    tried.tried(path)
    monkeypatch.setattr(tried, "version", lambda name: "0.0.1")
    tried.tried(path)
    assert len(counted) == 2


def test_the_shipped_model_needs_no_trial(counted: list[Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from dtc_local.models_file import find_model

    assert tried.tried(find_model(None)) is None
    assert counted == []
    copy = tmp_path / "seed.gguf"
    copy.write_bytes(find_model(None).read_bytes())
    tried.tried(copy)
    assert counted == [copy], "only the file in its place is vouched for"


def test_a_trial_that_fails_is_not_remembered_and_forgets_an_earlier_one(
    tmp_path: Path, counted: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "model.gguf"
    path.write_bytes(b"one")
    tried.try_again(path)
    assert tried.remembered(path)

    def fail(path: Path) -> Trial:
        raise UserError("It crashed.", "Use another.")

    monkeypatch.setattr(tried, "try_model", fail)
    with pytest.raises(UserError, match="crashed"):
        tried.try_again(path)
    assert tried.remembered(path) is None


@pytest.mark.parametrize("damage", ["", "[]", "{", '{"PATH": 7}', '{"PATH": {"stamp": 1}}', '{"PATH": {"trial": {}}}'])
def test_a_damaged_record_means_that_nothing_is_known(
    tmp_path: Path, counted: list[Path], own_record: Path, damage: str
) -> None:
    path = tmp_path / "model.gguf"
    path.write_bytes(b"one")
    (own_record / "tried.json").write_text(damage.replace("PATH", str(path.resolve())))
    assert tried.remembered(path) is None
    assert asdict(tried.try_again(path)) == {
        "prefill_speed": 100.0,
        "decode_speed": 50.0,
        "width": 16,
        "characters_per_token": 3.0,
    }
    assert tried.remembered(path)


def test_where_nothing_can_be_written_the_trial_still_counts(
    tmp_path: Path, counted: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "model.gguf"
    path.write_bytes(b"one")
    monkeypatch.setenv("DTC_LOCAL_MODELS", str(path / "no folder"))
    assert tried.tried(path)
    assert tried.remembered(path) is None
