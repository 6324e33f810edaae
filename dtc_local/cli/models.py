"""`dtc-local models`: GGUF files made known, listed, and checked."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dtc_local.cli.options import json_option, print_json

if TYPE_CHECKING:
    from dtc_local.models_file import ModelEntry

LARGE = 1 << 30
"""Files from this size on are hashed with a line of progress every few seconds."""
PROGRESS_SECONDS = 3.0


@click.group()
def models() -> None:
    """GGUF models: the shipped seed model, and those that you add.

    What you add is described in models.toml in the folder that the environment variable DTC_LOCAL_MODELS names, or in
    ~/.local/share/dtc-local. The model files stay where they are.

    \b
    Example:
      dtc-local models add granite-3.3-2b-instruct-Q4_K_M.gguf --name granite
      dtc-local generate --model granite
    """


@models.command("add")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--name", metavar="NAME", help="Name for --model.  [default: the file's name without .gguf]")
@json_option
def add_model(file: Path, name: str | None, as_json: bool) -> None:
    """Try a GGUF file, measure it, and remember it under a name.

    The header is read first. Then the file is loaded in a process of its own with limits on memory and time, where the
    model shows a conversation in its chat template, writes a small value under a grammar, and is timed. A file that is
    known already is left alone. Nothing is written unless all of it succeeds.

    \b
    Example:
      dtc-local models add granite-3.3-2b-instruct-Q4_K_M.gguf --name granite
    """
    from dtc_local.admission import add_model as admit
    from dtc_local.models_file import user_folder

    added = admit(file, name, lambda words: click.echo(words, err=True), _hashing(file))
    entry = added.entry
    if as_json:
        print_json(entry.model_dump() | {"new": added.new})
        return
    if not added.new:
        click.echo(f"{entry.name} is known already; nothing has changed.")
        return
    click.echo(_line(entry.model_dump()))
    click.echo(f"Written to {user_folder() / 'models.toml'}. Use it: dtc-local generate --model {entry.name}", err=True)


@models.command("list")
@json_option
def list_models(as_json: bool) -> None:
    """List the models that have a name: size, parameters, quantisation, speed.

    Speeds are prompt tokens read and tokens written a second, as measured on this machine when the model was tried.

    \b
    Example:
      dtc-local models list --json
    """
    from dtc_local.models_file import known_models, user_folder

    shown = [_shown(entry) for entry in known_models()]
    if as_json:
        print_json(shown)
        return
    for model in shown:
        click.echo(_line(model))
    if len(shown) < 2:
        click.echo(f"Add your own: dtc-local models add FILE (described in {user_folder() / 'models.toml'}).", err=True)


@models.command("check")
@click.argument("model", required=False)
@json_option
def check_model(model: str | None, as_json: bool) -> None:
    """Check a model again: size and SHA-256 if it has a name, header, and a trial in a process of its own.

    MODEL is a GGUF file or a name from dtc-local models list; without it, the seed model.

    \b
    Example:
      dtc-local models check granite
    """
    from dtc_local.admission import recheck
    from dtc_local.models_file import entry_of, find_model

    path = find_model(model)
    header, trial = recheck(path, entry_of(path))
    if as_json:
        print_json({"file": str(path), "sound": True, "architecture": header.architecture, **vars(trial)})
        return
    click.echo(
        f"{path} is sound: {header.name or 'a model without a name'}, architecture {header.architecture},"
        f" {header.number('block_count')} blocks, context of {header.context_length} tokens,"
        f" {header.size / 1e6:.1f} MB, {_speed(vars(trial))}"
    )


def _shown(entry: ModelEntry) -> dict[str, Any]:
    """An entry with what its header and the last trial add to it."""
    from dtc_local.engine.header import check
    from dtc_local.errors import UserError
    from dtc_local.tried import remembered

    path = Path(entry.file)
    shown = entry.model_dump() | {"present": path.is_file()}
    if not path.is_file():
        return shown
    trial = remembered(path)
    if trial:
        shown |= {"prefill_speed": trial.prefill_speed, "decode_speed": trial.decode_speed}
    if not entry.parameters:
        try:
            header = check(path)
        except UserError as error:
            return shown | {"problem": error.message}
        for name in ("architecture", "parameters", "context_length", "quantisation"):
            shown[name] = getattr(header, name)
        shown["licence"] = entry.licence or header.licence
    return shown


def _line(model: dict[str, Any]) -> str:
    """`granite: FILE, 1.5 GB, 2.5 B parameters, Q4_K_M, context 131072, ...`."""
    from dtc_local.planner import count_words, size

    if not model.get("present", True):
        return f"{model['name']}: {model['file']} (missing)"
    parts = [f"{model['name']}: {model['file']}", size(model["size"]) if model["size"] else ""]
    if "problem" in model:
        return ", ".join([*filter(None, parts), model["problem"]])
    parts.append(f"{count_words(model['parameters'])} parameters" if model["parameters"] else "")
    parts.append(model["quantisation"])
    parts.append(f"context {model['context_length']}" if model["context_length"] else "")
    return ", ".join(filter(None, [*parts, _speed(model), model["licence"]]))


def _speed(model: dict[str, Any]) -> str:
    if not model["decode_speed"]:
        return "speed not measured"
    return f"reads {model['prefill_speed']:.0f} and writes {model['decode_speed']:.0f} tokens a second"


def _hashing(path: Path) -> Callable[[int], None]:
    """Progress of hashing on standard error, for files that take a while."""
    whole = path.stat().st_size if path.is_file() else 0
    told = time.monotonic()

    def progress(read: int) -> None:
        nonlocal told
        if whole >= LARGE and time.monotonic() - told >= PROGRESS_SECONDS:
            told = time.monotonic()
            click.echo(f"  {100 * read // whole} % of {whole / 1e9:.1f} GB", err=True)

    return progress
