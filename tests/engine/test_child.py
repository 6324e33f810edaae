"""Whatever a child process does, its caller gets an answer or a sentence, soon."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from dtc_local.engine.child import ChildFailed, Limits, call
from dtc_local.errors import UserError

ROOM = Limits(memory=512 << 20, cpu=5, wall=30.0)


def ask(do: str, limits: Limits = ROOM, **argument: Any) -> Any:
    return call("tests.engine.misbehaving", {"do": do, **argument}, limits)


@pytest.mark.parametrize("value", [None, 3.5, {"a": [1, "é\n"]}])
def test_an_answer_comes_back_whatever_the_child_prints(value: Any) -> None:
    assert ask("reply", value=value) == value


def test_the_child_s_user_error_is_the_caller_s() -> None:
    with pytest.raises(UserError) as refused:
        ask("complain")
    assert (refused.value.message, refused.value.hint) == ("This is wrong.", "Do that.")


@pytest.mark.parametrize(
    ("do", "why"),
    [
        ("stumble", "failed: KeyError: 'two"),
        ("abort", "crashed with SIGABRT"),
        ("crash", "crashed with SIGSEGV"),
        ("leave", "ended with code 7 and no answer"),
        ("vanish", "ended with code 0 and no answer"),
    ],
)
def test_a_child_that_breaks_is_a_few_words(do: str, why: str) -> None:
    with pytest.raises(ChildFailed) as failed:
        ask(do)
    assert failed.value.message.startswith(why)
    assert "\n" not in failed.value.message


@pytest.mark.parametrize(
    ("do", "limits", "why"),
    [
        ("spin", Limits(512 << 20, 1, 30.0), "used up its 1 s of processor time"),
        ("sleep", Limits(512 << 20, 5, 0.5), "did not end within 0.5 s"),
    ],
)
def test_a_child_that_does_not_end_is_ended(do: str, limits: Limits, why: str) -> None:
    with pytest.raises(ChildFailed, match=why):
        ask(do, limits)


def test_memory_beyond_the_limit_is_refused_and_within_it_given() -> None:
    assert ask("hoard", bytes=50 << 20) == 50 << 20
    with pytest.raises(ChildFailed, match="ran out of the memory"):
        ask("hoard", bytes=2 << 30)


def test_a_child_can_neither_fill_the_disk_nor_flood_its_caller(tmp_path: Path) -> None:
    with pytest.raises(ChildFailed, match="OSError"):
        ask("litter", path=str(tmp_path / "big"))
    assert (tmp_path / "big").stat().st_size <= 8 << 20
    with pytest.raises(ChildFailed, match="no answer"):
        ask("flood")


def test_a_child_has_its_limits_and_leaves_no_core_dump() -> None:
    assert ask("limits") == {"RLIMIT_CORE": 0, "RLIMIT_CPU": 5, "RLIMIT_AS": 512 << 20}


def test_a_module_in_the_current_folder_is_not_run(folder: Path) -> None:
    (folder / "json.py").write_text("raise SystemExit(9)")
    (folder / "dtc_local.py").write_text("raise SystemExit(9)")
    assert Path(ask("place")) != folder


def test_it_works_outside_the_main_thread() -> None:
    seen: list[Any] = []
    thread = threading.Thread(target=lambda: seen.append(ask("reply", value=1)))
    thread.start()
    thread.join()
    assert seen == [1]
