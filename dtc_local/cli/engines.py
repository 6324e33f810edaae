"""Opens the model that a command names: a file, a name from models.toml, or the shipped seed model.

A file that was never tried is first loaded in a process of its own, and a model that cannot fit into the memory is
refused before it is loaded. The options here say how the engine runs, not what a run is: conversations are the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import click

from dtc_local.engine.memory import MOST
from dtc_local.models_file import find_model

if TYPE_CHECKING:
    from dtc_local.engine.base import Engine

Command = TypeVar("Command", bound=Callable[..., Any])


def engine_options(command: Command) -> Command:
    """`--width`, `--context` and `--gpu-layers`."""
    for option in (
        click.option(
            "--gpu-layers",
            type=int,
            default=0,
            show_default=True,
            help="Layers on the GPU, -1 for all, where llama.cpp was built with Metal or CUDA. Not tested here; equal"
            " bytes are promised on a CPU only.",
        ),
        click.option(
            "--context",
            type=click.IntRange(min=64),
            help="Tokens of context for each sequence; a conversation that outgrows it is dropped.  [default: the"
            " model's, at most 4096]",
        ),
        click.option(
            "--width",
            type=click.IntRange(1, MOST),
            help="Sequences decoded together: more are faster and take more memory.  [default: 16]",
        ),
    ):
        command = option(command)
    return command


@contextmanager
def open_engine(
    model: str | None, width: int | None = None, context: int | None = None, gpu_layers: int | None = 0
) -> Iterator[Engine]:
    """The engine of that model, closed at the end of the block.

    Raises UserError where the file is unsound, fails its trial, or does not fit into the free memory.
    """
    from dtc_local.engine import from_gguf
    from dtc_local.engine.header import check
    from dtc_local.planner import require_room
    from dtc_local.tried import tried

    path = find_model(model)
    header = check(path)
    if not gpu_layers:  # how much of it a GPU takes is not known here
        require_room(header, width, context)
    tried(path, lambda: click.echo(f"Trying {path} in a process of its own, this once ...", err=True))
    options: dict[str, int | None] = {"context": context, "gpu_layers": gpu_layers or 0}
    if width:
        options["width"] = width
    engine = from_gguf(path, **options)
    try:
        yield engine
    finally:
        engine.close()
