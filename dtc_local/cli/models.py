"""`dtc-local models`: which GGUF files are known, and whether one is sound."""

from __future__ import annotations

import click

from dtc_local.cli.options import json_option, print_json
from dtc_local.errors import UserError


@click.group()
def models() -> None:
    """GGUF models: the shipped seed model and those in models/models.toml.

    \b
    Example:
      dtc-local models list
    """


@models.command("list")
@json_option
def list_models(as_json: bool) -> None:
    """List the models that models.toml names.

    \b
    Example:
      dtc-local models list --json
    """
    from dtc_local.models_file import known_models, models_folder

    folder, entries = models_folder(), known_models()
    if as_json:
        print_json([entry.model_dump() | {"present": (folder / entry.file).is_file()} for entry in entries])
        return
    for entry in entries:
        there = "" if (folder / entry.file).is_file() else " (missing)"
        click.echo(f"{entry.name}: {folder / entry.file}{there}, {entry.size / 1e6:.1f} MB, {entry.licence}")
    if not entries:
        click.echo(f"{folder} names no models; give a GGUF file with --model.", err=True)


@models.command("check")
@click.argument("model", required=False)
def check_model(model: str | None) -> None:
    """Check a model's file: header, and size, digest and prompt version where models.toml names them.

    MODEL is a GGUF file or a name from models.toml; without it, the seed model.

    \b
    Example:
      dtc-local models check granite.gguf
    """
    from dtc_local.engine.header import check
    from dtc_local.models_file import check_entry, find_model, known_models, models_folder

    path = find_model(model)
    header = check(path)
    for entry in known_models():
        if (models_folder() / entry.file).resolve() == path.resolve():
            problems = check_entry(entry)
            if problems:
                raise UserError(f"{'; '.join(problems)}.", "Get the file again, or correct models/models.toml.")
    click.echo(
        f"{path} is sound: {header.name or 'a model without a name'}, architecture {header.architecture},"
        f" {header.number('block_count')} blocks, context of {header.number('context_length')} tokens,"
        f" {path.stat().st_size / 1e6:.1f} MB"
    )
