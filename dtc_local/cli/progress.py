"""Progress on standard error: a live line on a terminal, a plain line every few seconds elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

import click

if TYPE_CHECKING:
    from dtc_local.pipeline import Progress

PLAIN_SECONDS = 5.0
"""Between two lines in a log file."""
LIVE_SECONDS = 0.1


class Report(Protocol):
    """Told after every step of a run."""

    def __call__(self, progress: Progress) -> None:
        """Show where the run stands, if it is time to."""


@contextmanager
def progress_reporter() -> Iterator[Report]:
    """The reporter that fits standard error."""
    if not sys.stderr.isatty():
        yield _plain()
        return
    from rich.console import Console
    from rich.live import Live
    from rich.text import Text

    console = Console(stderr=True)
    with Live(Text("Starting ..."), console=console, auto_refresh=False, transient=True) as live:
        pace = Pace()
        last = -LIVE_SECONDS

        def report(progress: Progress) -> None:
            nonlocal last
            line = pace.line(progress)
            if progress.seconds - last >= LIVE_SECONDS:
                last = progress.seconds
                live.update(Text(f"{bar(progress.kept, progress.target)} {line}"), refresh=True)

        yield report


def _plain() -> Report:
    pace = Pace()
    last = float("-inf")

    def report(progress: Progress) -> None:
        nonlocal last
        line = pace.line(progress)
        if time.monotonic() - last >= PLAIN_SECONDS:
            last = time.monotonic()
            click.echo(line, err=True)

    return report


class Pace:
    """Words for where a run stands; the time left is reckoned from this process's own share of the work."""

    def __init__(self) -> None:
        self.kept_before: int | None = None

    def line(self, progress: Progress) -> str:
        """`kept 3 of 20 · dropped 5 · 8 under way · 120 tokens/s · about 4 min left`."""
        if self.kept_before is None:
            self.kept_before = progress.kept
        rate = progress.tokens / progress.seconds if progress.seconds else 0.0
        parts = [
            f"kept {min(progress.kept, progress.target)} of {progress.target}",
            f"dropped {progress.dropped}",
            f"{progress.active} under way",
            f"{rate:.0f} tokens/s",
        ]
        made = progress.kept - self.kept_before
        if made > 0 and progress.kept < progress.target:
            parts.append(f"about {duration(progress.seconds / made * (progress.target - progress.kept))} left")
        return " · ".join(parts)


def bar(kept: int, target: int, width: int = 24) -> str:
    """A bar of `width` characters."""
    filled = width * min(kept, target) // target
    return "━" * filled + "─" * (width - filled)


def duration(seconds: float) -> str:
    """`40 s`, `4 min`, `2 h 5 min`."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"
