"""What is known about GGUF files: the shipped `models.toml` beside the seed model, and the user's own.

    [seed]
    file = "seed.gguf"
    sha256 = "..."
    size = 6400000
    licence = "Apache-2.0"
    prompt_version = "1"

The user's lies in the folder that DTC_LOCAL_MODELS names, else in ~/.local/share/dtc-local; `models add` writes there,
and only there. Both may be edited by hand: `file` is relative to its models.toml, and whatever else the user's file
says stays as it is when an entry is added or replaced.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

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
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_BARE = re.compile(r"[A-Za-z0-9_-]+")


class ModelEntry(Record):
    """One table of models.toml; zeros and empty strings mean that nothing is known."""

    name: str
    file: str
    sha256: str = ""
    size: int = 0
    licence: str = ""
    prompt_version: str = ""
    description: str = ""
    title: str = ""
    """What the file calls itself."""
    architecture: str = ""
    parameters: int = 0
    context_length: int = 0
    quantisation: str = ""
    prefill_speed: float = 0.0
    """Prompt tokens a second on the machine that added it."""
    decode_speed: float = 0.0
    """Tokens written a second, many sequences together."""


def models_folder() -> Path:
    """`models/` of a checkout, or the folder that a wheel carries in its place."""
    checkout = PACKAGE.parent
    return checkout / "models" if (checkout / "pyproject.toml").exists() else PACKAGE / "shipped_models"


def user_folder() -> Path:
    """Where the user's models.toml and the record of trials lie."""
    named = os.environ.get("DTC_LOCAL_MODELS")
    if named:
        return Path(named).expanduser()
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "dtc-local"


def known_models(folder: Path | None = None) -> tuple[ModelEntry, ...]:
    """All entries of models.toml, in its order; without a folder the shipped ones, then the user's.

    Files are given as absolute paths. Of two entries of one name the first counts. Raises UserError where a models.toml
    cannot be read.
    """
    folders = [folder] if folder else [models_folder(), user_folder()]
    entries: dict[str, ModelEntry] = {}
    for one in folders:
        for entry in _entries(one):
            entries.setdefault(entry.name, entry)
    return tuple(entries.values())


def _entries(folder: Path) -> tuple[ModelEntry, ...]:
    path = folder / "models.toml"
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
        found = [ModelEntry(name=name, **table) for name, table in tables.items()]
    except (FileNotFoundError, NotADirectoryError):
        return ()
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, ValidationError, TypeError) as error:
        raise UserError(f"{path} cannot be read: {str(error).splitlines()[0]}.", "Mend or remove it.") from error
    return tuple(entry.model_copy(update={"file": str(folder / entry.file)}) for entry in found)


def find_model(model: str | None, folder: Path | None = None) -> Path:
    """The file that `--model` means: a path, or a name from models.toml; the seed model where nothing is said."""
    if model and Path(model).is_file():
        return Path(model)
    entries = {entry.name: entry for entry in known_models(folder)}
    entry = entries.get(model or SEED)
    path = Path(entry.file) if entry else (folder or models_folder()) / "seed.gguf"
    if model and not entry:
        raise UserError(
            f"There is no model file {model!r}.", f"Name a GGUF file, or one of: {', '.join(entries) or 'none'}."
        )
    if not path.is_file():
        raise UserError(f"The model file {path} is missing.", "Name a GGUF file with --model.")
    return path


def entry_of(path: Path) -> ModelEntry | None:
    """The entry that describes this file."""
    same = (entry for entry in known_models() if Path(entry.file).resolve() == path.resolve())
    return next(same, None)


def is_shipped(path: Path) -> bool:
    """Whether this is the shipped seed model, byte for byte."""
    shipped = next((entry for entry in _entries(models_folder()) if entry.name == SEED), None)
    if shipped is None or not shipped.sha256 or Path(shipped.file).resolve() != path.resolve():
        return False
    return path.stat().st_size == shipped.size and file_digest(path) == shipped.sha256


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


def file_digest(path: Path, progress: Callable[[int], None] = lambda _: None) -> str:
    """SHA-256 of a file, read in pieces; `progress` is told how many bytes were read so far."""
    hashed, read = hashlib.sha256(), 0
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            hashed.update(piece)
            read += len(piece)
            progress(read)
    return hashed.hexdigest()


def save_entry(entry: ModelEntry) -> Path:
    """Add an entry to the user's models.toml, or replace the one of its name; returns the file.

    Everything else in the file, comments included, stays as it was. Written whole or not at all; raises UserError where
    that is impossible.
    """
    folder = user_folder()
    path = folder / "models.toml"
    _entries(folder)  # what cannot be read must not be written
    try:
        old = path.read_text(encoding="utf-8") if path.exists() else ""
        new = _with_table(old, entry)
        _require_same(path, old, new, entry)
        folder.mkdir(parents=True, exist_ok=True)
        replace_file(path, new)
    except OSError as error:
        raise UserError(
            f"{path} cannot be written: {error.strerror}.", "Name a folder of your own in DTC_LOCAL_MODELS."
        ) from error
    return path


def _require_same(path: Path, old: str, new: str, entry: ModelEntry) -> None:
    """The text is edited, not rewritten: make sure that it says what it said, and the entry."""
    try:
        before, after = tomllib.loads(old), tomllib.loads(new)
        written = ModelEntry(name=entry.name, **after.pop(entry.name))
    except (tomllib.TOMLDecodeError, ValidationError, TypeError, KeyError):
        written, before, after = None, {}, {}
    before.pop(entry.name, None)
    if written != entry or after != before:
        raise UserError(f"{path} is written in a way that cannot be extended.", "Tidy it by hand, or move it away.")


def replace_file(path: Path, text: str) -> None:
    """Put a text in the place of a file, in one step."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with beside.open("w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def _with_table(text: str, entry: ModelEntry) -> str:
    """`text` with the entry's table in place of the one of its name, or at the end."""
    lines = re.split(r"(?<=\n)", text)  # not at the other characters that some call line ends
    lines = lines if lines[-1] else lines[:-1]
    heads = [index for index, line in enumerate(lines) if line.lstrip().startswith("[")]
    table = [f"[{_key(entry.name)}]\n", *_values(entry)]
    for head, following in pairwise([*heads, len(lines)]):
        if _names(lines[head], entry.name):
            kept = following
            while kept > head + 1 and lines[kept - 1].lstrip()[:1] in ("", "#", "\n"):
                kept -= 1  # blank lines and comments before the next table are the next table's
            return "".join([*lines[:head], *table, *lines[kept:]])
    gap = "" if not text else "\n" if text.endswith("\n") else "\n\n"
    return text + gap + "".join(table)


def _names(line: str, name: str) -> bool:
    try:
        return list(tomllib.loads(line)) == [name]
    except tomllib.TOMLDecodeError:
        return False


def _values(entry: ModelEntry) -> list[str]:
    values: dict[str, Any] = entry.model_dump(exclude={"name"}, exclude_defaults=True)
    return [f"{key} = {_toml(value)}\n" for key, value in values.items()]


def _toml(value: str | int | float) -> str:
    # JSON strings are TOML strings but for this one character.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _toml(name)
