"""`generate` passes its options on, says what became of the run, and ends with the right exit code."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from dtc_local import engine, pipeline
from dtc_local.cli import engines
from dtc_local.engine import memory
from dtc_local.mixes import MIXES
from dtc_local.settings import RunConfig
from tests.cli.conftest import Invoke
from tests.engine.tiny_model import Shape, write


def test_json_ends_with_one_line_on_stdout_and_progress_on_stderr(
    invoke: Invoke, spec: Path, written: list[RunConfig]
) -> None:
    invoke("tools", "import", spec)
    result = invoke("generate", "-n", "4", "--seed", "7", "--run", "night", "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout) == {
        "run": "night",
        "kept": 4,
        "dropped": {"judged": 1},
        "seconds": 1.5,
        "tokens": {"sampled": 30},
    }
    assert result.stdout.count("\n") == 1


def test_options_reach_the_pipeline(invoke: Invoke, spec: Path, written: list[RunConfig]) -> None:
    invoke("tools", "import", spec)
    options = "-n 2 --seed 7 --turns 1-4 --limit 9 --mix chain=2,single=1 --implicit 0 --values free --retries 0"
    options += " --samplers random=1 --verify strict --reasoning --language German --policy rules.txt"
    Path("rules.txt").write_text("Be kind.\n")
    result = invoke("generate", *options.split(), "--namespace", "shop")
    assert result.exit_code == 0, result.output
    (config,) = written
    assert (config.count, config.seed, config.turns, config.limit) == (2, 7, (1, 4), 9)
    assert (config.mix["chain"], config.mix["parallel"]) == (2, 0)
    assert config.samplers == {"neighbour": 0, "random": 1}
    assert (config.implicit_ratio, config.values, config.retries) == (0, "free", 0)
    assert (config.namespaces, config.policy) == (("shop",), "Be kind.")
    assert (config.verify, config.reasoning, config.language, config.ledger) == ("strict", True, "de", True)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("--mix bfcl", {"mix": MIXES["bfcl"]}),
        ("--mix agentic,clarify=0", {"mix": {**MIXES["agentic"], "clarify": 0}}),
        ("--implicit-ratio 0.25", {"implicit_ratio": 0.25}),
        ("--candidates 5", {"plan_candidates": 5, "ask_candidates": 5, "reply_candidates": 5}),
        ("--candidates 5 --ask-candidates 1", {"plan_candidates": 5, "ask_candidates": 1, "reply_candidates": 5}),
        ("--no-implicit", {"implicit_ratio": 0}),
        ("--no-verify", {"verify": "off"}),
        ("--no-verify --verify off", {"verify": "off"}),
        ("--no-ledger", {"ledger": False}),
        ("--single-turn --mix plain", {"turns_min": 1, "turns_max": 1, "mix": {**MIXES["plain"], "follow_up": 0}}),
        ("--no-examples", {"examples": False}),
    ],
)
def test_options_that_stand_for_settings(
    invoke: Invoke, spec: Path, written: list[RunConfig], options: str, expected: dict[str, Any]
) -> None:
    invoke("tools", "import", spec)
    result = invoke("generate", "-n", "1", *options.split())
    assert result.exit_code == 0, result.output
    assert written == [RunConfig(count=1, **expected)]


def test_without_options_the_settings_are_the_table_s_defaults(
    invoke: Invoke, spec: Path, written: list[RunConfig]
) -> None:
    invoke("tools", "import", spec)
    assert invoke("generate").exit_code == 0
    assert written == [RunConfig()]


def test_a_registry_whose_tools_were_all_removed_is_one_sentence(
    invoke: Invoke, spec: Path, written: list[RunConfig]
) -> None:
    invoke("tools", "import", spec)
    assert invoke("tools", "remove", "shop/find_order").exit_code == 0
    result = invoke("generate", "-n", "1")
    assert (result.exit_code, written) == (1, [])
    assert "dtc-local tools import" in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_run_that_ends_short_says_so_and_exits_3(invoke: Invoke, spec: Path, written: list[RunConfig]) -> None:
    invoke("tools", "import", spec)
    result = invoke("generate", "-n", "3", "--limit", "3", "--json")
    assert result.exit_code == 3
    assert json.loads(result.stdout)["kept"] == 2
    assert "Ended short: 2 of 3 kept after 3 started." in result.stderr


def test_ctrl_c_exits_130_and_says_how_to_go_on(
    invoke: Invoke, spec: Path, written: list[RunConfig], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    invoke("tools", "import", spec)
    monkeypatch.setattr(pipeline, "run", interrupted)
    result = invoke("generate")
    assert result.exit_code == 130
    assert result.stderr == "Interrupted. What was finished is kept; the same command goes on from here.\n"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--turns", "4-1"], "turns_min 4 is above turns_max 1"),
        (["--run", "a/b"], "run: a run name is 1 to 64 letters"),
        (["-n", "0"], "count: Input should be greater than or equal to 1"),
        (["--model", "absent.gguf"], "There is no model file 'absent.gguf'."),
        (["--namespace", "bank"], "There are no tools in namespace bank. There are: shop."),
        (["--db", "absent.db"], "There is no database absent.db."),
        (["--policy", "absent.txt"], "The policy absent.txt cannot be read: No such file or directory."),
        (["--policy", "."], "The policy . cannot be read: Is a directory."),
        (["--policy", "dtc.db"], "The policy dtc.db "),
        (["--language", "Klingon"], "language: 'Klingon' is no language we know; there are de (German), en (English)"),
        (["--implicit", "1.5"], "implicit_ratio: Input should be less than or equal to 1"),
        (["--no-implicit", "--implicit", "0.5"], "--no-implicit contradicts --implicit as it is given."),
        (["--no-verify", "--verify", "strict"], "--no-verify contradicts --verify as it is given."),
        (["--single-turn", "--turns", "2"], "--single-turn contradicts --turns as it is given."),
        (["--single-turn", "--mix", "follow_up=1"], "No kind of turn in follow_up=1 fits a single message."),
        (["--mix", "chain=0"], "mix: weights are not negative, and at least one is above 0"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_bad_input_gets_one_sentence_and_exit_code_1(invoke: Invoke, spec: Path, options: list[str], said: str) -> None:
    invoke("tools", "import", spec)
    result = invoke("generate", *options)
    assert result.exit_code == 1
    assert said in result.stderr
    assert result.stderr.startswith("Error: ")
    assert result.stderr.count("\n") == 1
    assert result.stdout == ""


@pytest.mark.parametrize(
    "options",
    [
        ["-n", "many"],
        ["--turns", "few"],
        ["--mix", "chain"],
        ["--mix", "spiral=1"],
        ["--mix", "chain=1,agentic"],
        ["--mix", "chain=-1"],
        ["--verify", "sometimes"],
        ["--candidates", "0"],
        ["--samplers", "near=1"],
        ["--values", "x"],
        ["--nonsense"],
    ],
)
def test_wrong_usage_exits_2(invoke: Invoke, options: list[str]) -> None:
    assert invoke("generate", *options).exit_code == 2


def test_without_tools_the_way_to_get_some_is_named(invoke: Invoke, folder: Path) -> None:
    result = invoke("generate")
    assert result.exit_code == 1
    assert "dtc-local tools import" in result.stderr
    assert not list(folder.iterdir()), "a command that failed leaves no database behind"


def test_a_dry_run_says_what_a_run_takes_and_writes_nothing(
    invoke: Invoke, spec: Path, written: list[RunConfig], own_models: Path, folder: Path
) -> None:
    invoke("tools", "import", spec)
    before = (folder / "dtc.db").read_bytes()
    words = invoke("generate", "-n", "50", "--dry-run")
    assert words.exit_code == 0, words.output
    for part in ("Memory ", "Prompts ", "Tokens ", "Time ", "16 sequences of 4096 tokens"):
        assert part in words.stdout
    plan = json.loads(invoke("generate", "--dry-run", "--json", "--width", "3", "--context", "900").stdout)
    assert (plan["width"], plan["context"], plan["tools"]) == (3, 900, 1)
    assert any("--context" in line for line in plan["advice"])
    assert written == []
    assert (folder / "dtc.db").read_bytes() == before
    assert json.loads(invoke("runs", "list", "--json").stdout) == []
    assert list(own_models.iterdir()) == []


def test_a_run_that_cannot_fit_is_refused_before_anything_is_loaded(
    invoke: Invoke, spec: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    invoke("tools", "import", spec)
    monkeypatch.setattr(memory, "free_memory", lambda: 400 << 20)
    result = invoke("generate", "-n", "1")
    assert result.exit_code == 1
    assert "16 sequences of 4096 tokens" in result.stderr
    assert "Use --width" in result.stderr
    assert json.loads(invoke("runs", "list", "--json").stdout) == []


def test_engine_options_reach_the_engine(
    invoke: Invoke, spec: Path, written: list[RunConfig], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[tuple[str | None, dict[str, int | None]]] = []

    @contextmanager
    def open_engine(model: str | None, **options: int | None) -> Iterator[None]:
        opened.append((model, options))
        yield

    monkeypatch.setattr(engines, "open_engine", open_engine)
    invoke("tools", "import", spec)
    invoke("generate", "-n", "1", "--width", "4", "--context", "2048", "--gpu-layers", "-1", "--model", "some.gguf")
    assert opened == [("some.gguf", {"width": 4, "context": 2048, "gpu_layers": -1})]
    assert written == [RunConfig(count=1)], "they are no settings of the run"


def test_an_unknown_file_is_only_loaded_after_its_trial(
    invoke: Invoke, spec: Path, monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    shape = Shape(layers=2, width=64, heads=2, kv_heads=1, hidden=64, vocabulary=400)
    write(folder / "bad.gguf", shape, qwen2__expert_count=100_000)
    monkeypatch.setattr(engine, "from_gguf", lambda path, **options: pytest.fail("it would have ended the process"))
    invoke("tools", "import", spec)
    result = invoke("generate", "-n", "1", "--model", "bad.gguf")
    assert result.exit_code == 1
    assert "Trying bad.gguf in a process of its own, this once" in result.stderr
    assert "crashed with SIGABRT" in result.stderr
