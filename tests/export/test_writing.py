"""An export is written whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dtc_local.errors import UserError
from dtc_local.export import write_lines


def failing_lines() -> Iterator[str]:
    yield "one"
    raise RuntimeError("the disk of the source went away")


def test_lines_end_in_line_feeds_and_are_counted(tmp_path: Path) -> None:
    target = tmp_path / "data.jsonl"
    assert write_lines(["{}", "[]"], target) == 2
    assert target.read_bytes() == b"{}\n[]\n"


def test_a_failure_halfway_leaves_the_old_file_and_no_other(tmp_path: Path) -> None:
    target = tmp_path / "data.jsonl"
    target.write_text("old\n")
    with pytest.raises(RuntimeError):
        write_lines(failing_lines(), target)
    assert target.read_text() == "old\n"
    assert [path.name for path in tmp_path.iterdir()] == ["data.jsonl"]


def test_an_export_can_be_read_by_whoever_may_read_other_files(tmp_path: Path) -> None:
    (tmp_path / "ordinary").touch()
    write_lines([], tmp_path / "data.jsonl")
    assert (tmp_path / "data.jsonl").stat().st_mode == (tmp_path / "ordinary").stat().st_mode


def test_a_link_is_followed_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    link = tmp_path / "data.jsonl"
    link.symlink_to(tmp_path / "real" / "data.jsonl")
    write_lines(["{}"], link)
    assert link.is_symlink()
    assert (tmp_path / "real" / "data.jsonl").read_text() == "{}\n"


def test_a_device_is_written_to_not_replaced() -> None:
    assert write_lines(["{}"], Path("/dev/null")) == 1
    assert not Path("/dev/null").is_file()


@pytest.mark.parametrize("place", ["absent/data.jsonl", "."])
def test_an_impossible_target_is_refused_before_anything_is_written(folder: Path, place: str) -> None:
    with pytest.raises(UserError, match="The output file"):
        write_lines(["{}"], Path(place))
    assert not list(folder.iterdir())
