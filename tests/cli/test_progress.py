"""Progress tells kept, dropped, speed and time left, and reckons only with what this process did."""

from __future__ import annotations

import pytest

from dtc_local.cli.progress import Pace, bar, duration, progress_reporter
from dtc_local.pipeline import Progress


def progress(kept: int, seconds: float = 60.0, dropped: int = 2) -> Progress:
    return Progress(kept=kept, dropped=dropped, active=8, target=20, tokens=6000, seconds=seconds)


def test_a_line_says_how_far_how_fast_and_how_long() -> None:
    pace = Pace()
    pace.line(progress(kept=0, seconds=0.0))
    assert pace.line(progress(kept=5)) == "kept 5 of 20 · dropped 2 · 8 under way · 100 tokens/s · about 3 min left"


def test_conversations_kept_before_do_not_count_for_the_time_left() -> None:
    pace = Pace()
    assert "left" not in pace.line(progress(kept=10, seconds=0.5))
    assert pace.line(progress(kept=15, seconds=50.0)).endswith("about 50 s left")


def test_more_kept_than_wanted_is_not_shown_as_such() -> None:
    assert Pace().line(progress(kept=21)).startswith("kept 20 of 20")


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.4, "0 s"), (89, "89 s"), (90, "2 min"), (5000, "83 min"), (7500, "2 h 5 min")]
)
def test_durations_are_rounded_for_people(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def test_the_bar_is_as_full_as_the_run() -> None:
    assert bar(5, 20, width=8) == "━━──────"
    assert bar(30, 20, width=4) == "━━━━"


def test_in_a_log_file_the_first_line_comes_at_once_and_then_one_every_few_seconds(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with progress_reporter() as report:
        for kept in range(10):
            report(progress(kept))
    captured = capsys.readouterr()
    assert captured.err.count("\n") == 1
    assert captured.out == ""
