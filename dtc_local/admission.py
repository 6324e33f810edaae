"""A user's GGUF file on its way into models.toml: header, trial, digest, entry, in this order.

Nothing is loaded into this process, and nothing is written before the file has passed everything.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from dtc_local.engine.header import Header, check
from dtc_local.engine.trial import Trial
from dtc_local.errors import UserError
from dtc_local.models_file import NAME, ModelEntry, file_digest, known_models, save_entry
from dtc_local.planner import require_room
from dtc_local.tried import remembered, try_again

Say = Callable[[str], None]


@dataclass(frozen=True)
class Added:
    """The entry, and whether it was written just now."""

    entry: ModelEntry
    new: bool


def add_model(
    path: Path, name: str | None = None, say: Say = lambda _: None, progress: Callable[[int], None] = lambda _: None
) -> Added:
    """Check, try and describe a GGUF file, and enter it into the user's models.toml.

    `say` hears what is being done, `progress` how many bytes have been hashed. A file that is known is left alone; a
    changed file is tried again and its entry replaced. Raises UserError where the file fails, or the name is taken.
    """
    header = check(path)
    name = name or _name(path)
    if not NAME.fullmatch(name):
        raise UserError(
            f"{name!r} is no name for a model.",
            "Use 1 to 64 letters, digits, '.', '_' or '-', a letter or digit first.",
        )
    before = _same_name(name, path)
    if before and before.size == header.size and remembered(path):
        return Added(before, new=False)
    require_room(header, 1, min(512, header.context_length))
    trial = remembered(path)
    if not trial:
        say(f"Trying {path} in a process of its own ...")
        trial = try_again(path)
    say("Hashing it ...")
    digest = file_digest(path, progress)
    if before and before.sha256 == digest:
        return Added(before, new=False)
    entry = _described(name, path, header, trial, digest)
    save_entry(entry)
    return Added(entry, new=True)


def recheck(path: Path, entry: ModelEntry | None = None) -> tuple[Header, Trial]:
    """Everything that `add_model` checks, and that the file still is what its entry says; raises UserError."""
    from dtc_local.models_file import check_entry

    header = check(path)
    problems = check_entry(entry) if entry else []
    if problems:
        raise UserError(f"{'; '.join(problems)}.", "Get the file again, or correct models.toml.")
    require_room(header, 1, min(512, header.context_length))
    return header, try_again(path)


def _name(path: Path) -> str:
    """The file's name without what a name may not hold."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", path.stem).strip("-._")[:64] or "model"


def _same_name(name: str, path: Path) -> ModelEntry | None:
    entry = next((one for one in known_models() if one.name == name), None)
    if entry and Path(entry.file).resolve() != path.resolve():
        raise UserError(f"There is a model {name!r} already: {entry.file}.", "Give another name with --name.")
    return entry


def _described(name: str, path: Path, header: Header, trial: Trial, digest: str) -> ModelEntry:
    return ModelEntry(
        name=name,
        file=str(path.resolve()),
        sha256=digest,
        size=header.size,
        licence=header.licence,
        title=header.name,
        architecture=header.architecture,
        parameters=header.parameters,
        context_length=header.context_length,
        quantisation=header.quantisation,
        prefill_speed=trial.prefill_speed,
        decode_speed=trial.decode_speed,
    )
