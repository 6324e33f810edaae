"""Which files an import reads: those that are named, those of a folder, and which of them are parts of others.

A folder gives every `*.json`, `*.jsonl`, `*.yaml` and `*.yml` beneath it, in order of their paths; folders whose name
begins with a dot are passed over, and no symlink is followed out of it. A file that another one refers to is a part
of that one and no specification, unless it can be called on its own. A file that was named must be one or the other;
a file of a folder that is neither is passed over with a note.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from dtc_local.errors import UserError
from dtc_local.records import Finding, Json
from dtc_local.tools.files.bundle import Bundle, Library, bundle
from dtc_local.tools.files.documents import Document
from dtc_local.tools.findings import finding
from dtc_local.tools.readers import READERS, jsonschema, openapi, reader_for
from dtc_local.tools.readers.base import shown
from dtc_local.tools.readers.strangers import stranger

SUFFIXES = (".json", ".jsonl", ".yaml", ".yml")
MAX_FILES = 10_000
_LESS_SURE = (openapi.NAME, jsonschema.NAME)
"""Dialects that also match the parts of an OpenAPI document."""


@dataclass(frozen=True)
class FileFinding:
    """A finding that belongs to a file rather than to a kept tool: a duplicate, an entry that is no function."""

    file: str
    place: str
    finding: Finding


class Specification(NamedTuple):
    """A document to be read; `named` if the user wrote the name of its file."""

    document: Document
    named: bool


@dataclass(frozen=True)
class Gathered:
    """The specifications to be read, and what was noticed on the way to them."""

    specifications: tuple[Specification, ...]
    findings: tuple[FileFinding, ...] = ()


@dataclass(frozen=True)
class _Candidate:
    """A file of an import; `named` if the user wrote its name."""

    path: Path
    named: bool

    @property
    def real(self) -> Path:
        return Path(os.path.realpath(self.path))


def gather(paths: Sequence[str | Path]) -> Gathered:
    """The specifications among `paths` and beneath its folders, with the files that they refer to bundled in.

    Raises :class:`UserError` for a named file that cannot be read or is no part of a specification, and where there
    is no specification at all.
    """
    candidates = _distinct(found for path in map(Path, paths) for found in _candidates(path))
    library = Library(frozenset(candidate.real for candidate in candidates))
    findings: list[FileFinding] = []
    read = [pair for candidate in candidates for pair in _read(candidate, library, findings)]
    bundles = [_bundled(document, library) for _, document in read]
    parts = frozenset[Path]().union(*(found.parts for found in bundles if found))
    called = frozenset[Path]().union(*(found.called for found in bundles if found))
    specifications = []
    for (candidate, document), found in zip(read, bundles, strict=True):
        if found is not None and not _is_part(candidate.real, document, parts, called):
            specifications.append(Specification(found.document, candidate.named))
            findings += _noted(found.document)
        elif candidate.real not in parts:
            what, way_out = why_no_tools(document.value)
            if candidate.named:
                raise UserError(f"{document.file}: {f'{document.part}: ' if document.part else ''}{what}.", way_out)
            findings.append(passed_over(document.file, what))
    if not specifications:
        where = ", ".join(map(str, paths))
        raise UserError(f"{where}: no tool specification among {len(candidates)} files.", known())
    return Gathered(tuple(specifications), tuple(findings))


def _candidates(path: Path) -> Iterator[_Candidate]:
    if path.is_dir():
        for file in _files(path):
            yield _Candidate(file, named=False)
    else:
        yield _Candidate(path, named=True)


def _distinct(candidates: Iterable[_Candidate]) -> list[_Candidate]:
    """Each file once, under its first name; named if any of its names was the user's."""
    found: dict[Path, _Candidate] = {}
    for candidate in candidates:
        first = found.setdefault(candidate.real, candidate)
        found[candidate.real] = replace(first, named=first.named or candidate.named)
    return list(found.values())


def _files(folder: Path) -> list[Path]:
    """Files beneath a folder that may be specifications, in order of their paths; :class:`UserError` for none."""
    real = Path(os.path.realpath(folder))
    found: list[Path] = []
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        files = (Path(place, name) for name in sorted(names) if name.lower().endswith(SUFFIXES))
        found += (file for file in files if file.is_file() and Path(os.path.realpath(file)).is_relative_to(real))
        if len(found) > MAX_FILES:
            raise UserError(f"{folder}: there are more than {MAX_FILES:,} files beneath it.", "Name a folder in it.")
    if not found:
        raise UserError(f"{folder}: no file beneath it ends in {', '.join(SUFFIXES)}.", "Name the files themselves.")
    return sorted(found)


def _read(
    candidate: _Candidate, library: Library, findings: list[FileFinding]
) -> Iterator[tuple[_Candidate, Document]]:
    """The documents of a file; where a file of a folder cannot be read, a finding and no document."""
    try:
        for document in library.read(candidate.real, candidate.path).split():
            yield candidate, document
    except UserError as error:
        if candidate.named:
            raise
        reason = error.message.removeprefix(f"{candidate.path}: ").rstrip(".")
        findings.append(passed_over(str(candidate.path), reason))


def _bundled(document: Document, library: Library) -> Bundle | None:
    """The document with what it refers to, if it is a specification."""
    reader = reader_for(document.value)
    if reader is None or (reader.NAME in _LESS_SURE and openapi.lack(document.value) is not None):
        return None
    return bundle(document, library) if reader.NAME == openapi.NAME else Bundle(document)


def _is_part(path: Path, document: Document, parts: frozenset[Path], called: frozenset[Path]) -> bool:
    """Whether another document has this one's operations, or this one does not say that it is a whole."""
    return path in called or (path in parts and not openapi.is_whole(document.value))


def _noted(document: Document) -> Iterable[FileFinding]:
    for note in document.notes:
        yield FileFinding(document.file, document.place(note.pointer), note)


def passed_over(file: str, reason: str) -> FileFinding:
    """Note that a file of a folder gives no tools."""
    return FileFinding(file, "top level", finding("info", "skipped", "", f"{reason}, skipped"))


def known() -> str:
    """The dialects in one sentence."""
    dialects = ", ".join(reader.WORDS.partition(":")[0] for reader in READERS)
    return f'Known are {dialects}; the plainest form is [{{"name", "description", "parameters"}}, ...].'


def why_no_tools(value: Json) -> tuple[str, str]:
    """What a document without tools is and the way out, both in words."""
    lack = openapi.lack(value)
    return (lack, openapi.WHOLE) if lack else stranger(value) or (_unknown(value), known())


def _unknown(value: Json) -> str:
    if isinstance(value, dict):
        return f"an object with {_keys(value) or 'no keys'} is no tool specification known here"
    if isinstance(value, list):
        return f"a list of {len(value)} entries, none of them a tool" if value else "an empty list, no tools in it"
    return f"{shown(value)} is no tool specification"


def _keys(value: Iterable[str]) -> str:
    return shown(", ".join(value), 80).strip("'\"")
