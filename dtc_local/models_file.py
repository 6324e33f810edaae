"""What is known about GGUF files: `models/models.toml` beside the shipped seed model.

    [seed]
    file = "seed.gguf"
    sha256 = "..."
    size = 6400000
    licence = "Apache-2.0"
    prompt_version = "1"

Other tables may describe GGUF files that a user puts into the same folder; `--model NAME` then finds them.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

from pydantic import ValidationError

from dtc_local.errors import UserError
from dtc_local.prompts import PROMPT_VERSION
from dtc_local.records import Record

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

SEED = "seed"
PACKAGE = Path(__file__).parent


class ModelEntry(Record):
    """One table of models.toml."""

    name: str
    file: str
    sha256: str = ""
    size: int = 0
    licence: str = ""
    prompt_version: str = ""
    description: str = ""


def models_folder() -> Path:
    """`models/` of a checkout, or the folder that a wheel carries in its place."""
    checkout = PACKAGE.parent
    return checkout / "models" if (checkout / "pyproject.toml").exists() else PACKAGE / "shipped_models"


def known_models(folder: Path | None = None) -> tuple[ModelEntry, ...]:
    """All entries of models.toml, in its order; none if there is no such file."""
    path = (folder or models_folder()) / "models.toml"
    if not path.exists():
        return ()
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
        return tuple(ModelEntry(name=name, **table) for name, table in tables.items())
    except (tomllib.TOMLDecodeError, ValidationError, TypeError) as error:
        raise UserError(f"{path} cannot be read: {str(error).splitlines()[0]}.", "Mend or remove it.") from error


def find_model(model: str | None, folder: Path | None = None) -> Path:
    """The file that `--model` means: a path, or a name from models.toml; the seed model where nothing is said."""
    if model and Path(model).is_file():
        return Path(model)
    folder = folder or models_folder()
    entries = {entry.name: entry for entry in known_models(folder)}
    entry = entries.get(model or SEED)
    if entry and (folder / entry.file).is_file():
        return folder / entry.file
    if not model and (folder / "seed.gguf").is_file():
        return folder / "seed.gguf"
    if not model or entry:
        missing = folder / (entry.file if entry else "seed.gguf")
        raise UserError(f"The model file {missing} is missing.", "Name a GGUF file with --model.")
    raise UserError(
        f"There is no model file {model!r}.", f"Name a GGUF file, or one of: {', '.join(entries) or 'none'}."
    )


def check_entry(entry: ModelEntry, folder: Path | None = None) -> list[str]:
    """What does not agree between an entry and its file; empty if all is well."""
    path = (folder or models_folder()) / entry.file
    if not path.is_file():
        return [f"{path} is missing"]
    problems = []
    if entry.size and path.stat().st_size != entry.size:
        problems.append(f"{path} has {path.stat().st_size} bytes, not {entry.size}")
    if entry.sha256 and file_digest(path) != entry.sha256:
        problems.append(f"{path} has another SHA-256 than models.toml says")
    if entry.prompt_version and entry.prompt_version != PROMPT_VERSION:
        problems.append(f"it was trained on prompts of version {entry.prompt_version}, these are {PROMPT_VERSION}")
    return problems


def file_digest(path: Path) -> str:
    """SHA-256 of a file, read in pieces."""
    hashed = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            hashed.update(piece)
    return hashed.hexdigest()
