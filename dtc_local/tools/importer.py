"""Specification files in, normalised tools out, with a finding for every change."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

from dtc_local.errors import UserError
from dtc_local.records import Finding, FindingKind, Schema, Tool, ToolSource
from dtc_local.tools.documents import Document, load
from dtc_local.tools.effect import effect_of
from dtc_local.tools.findings import Log, finding
from dtc_local.tools.readers import READERS, MalformedTool, RawTool, Skipped, reader_for
from dtc_local.tools.readers.base import shown
from dtc_local.tools.schema import normalise_output, normalise_parameters
from dtc_local.tools.spelling import spell
from dtc_local.tools.words import legal_name, unique_name


@dataclass(frozen=True)
class FileFinding:
    """A finding that belongs to a file rather than to a kept tool: a duplicate, an entry that is no function."""

    file: str
    place: str
    finding: Finding


@dataclass(frozen=True)
class ImportResult:
    """All tools of all files in order, and what was noticed about the files; a tool's own findings are on the tool."""

    tools: tuple[Tool, ...]
    findings: tuple[FileFinding, ...] = ()


def read_files(paths: Sequence[str | Path], namespace: str | None = None) -> ImportResult:
    """Tools of all `paths`; a file's namespace is `namespace`, or its own stem made legal.

    All or nothing: the first file that cannot be read raises :class:`UserError` and nothing is returned.
    """
    if not paths:
        raise UserError("No specification file was named.", "Name one or more files.")
    shelf = _Shelf()
    for path in map(Path, paths):
        document = load(path)
        for raw in _raw_tools(document):
            if isinstance(raw, Skipped):
                shelf.note(document, "skipped", raw.pointer, f"{raw.reason}, skipped")
            else:
                shelf.add(raw, document, namespace if namespace is not None else namespace_of(path))
    return ImportResult(tuple(shelf.tools), tuple(shelf.findings))


def namespace_of(path: Path) -> str:
    """A file's default namespace: its stem up to the first dot, in legal letters."""
    return legal_name(path.name.split(".")[0] or path.stem)


def import_tool(raw: RawTool, *, name: str, namespace: str, file: str) -> Tool:
    """One tool under its final name: spelled, checked, normalised."""
    log = Log()
    if name != raw.name:
        log.info("name", f"{raw.pointer}/name", f"name {shown(raw.name)} made legal and unique: {name}")
    place = f"{raw.pointer}/{raw.parameters_key}"
    parameters = _spelled(raw.parameters, place, log)
    normal = normalise_parameters(parameters, place, log)
    output = None
    normal_output = None
    if isinstance(raw.output, dict):
        output_place = f"{raw.pointer}/{raw.output_key}"
        output = _spelled(raw.output, output_place, log)
        normal_output = normalise_output(output, output_place, log)
    return Tool(
        name=name,
        namespace=namespace,
        description=raw.description.strip(),
        parameters=normal,
        output=normal_output,
        output_origin="declared" if normal_output is not None else "none",
        effect=raw.effect or effect_of(raw.name, raw.description, normal, normal_output),
        source=ToolSource(dialect=raw.dialect, file=file, name=raw.name, parameters=parameters, output=output),
        recorded=raw.recorded,
        findings=(*raw.findings, *log.result(raw.pointer)),
    )


class _Shelf:
    """Tools so far: names unique within a namespace, exact duplicates left out."""

    def __init__(self) -> None:
        self.tools: list[Tool] = []
        self.findings: list[FileFinding] = []
        self._taken: dict[str, set[str]] = {}
        self._seen: set[tuple[str, str, str]] = set()

    def add(self, raw: RawTool, document: Document, namespace: str) -> None:
        """Keep a tool unless the namespace has one of the same name and parameters; an overload gets its own name."""
        identity = (namespace, raw.name, json.dumps(raw.parameters, sort_keys=True))
        if identity in self._seen:
            self.note(
                document, "duplicate", raw.pointer, f"{raw.name} is there already with the same parameters, skipped"
            )
            return
        self._seen.add(identity)
        taken = self._taken.setdefault(namespace, set())
        name = unique_name(legal_name(raw.name), taken)
        taken.add(name)
        try:
            self.tools.append(import_tool(raw, name=name, namespace=namespace, file=document.file))
        except MalformedTool as error:
            raise _sentence(document, error) from None

    def note(self, document: Document, kind: FindingKind, pointer: str, what: str) -> None:
        """Remember something about an entry that is not kept."""
        found = finding("info", kind, pointer, what)
        self.findings.append(FileFinding(document.file, document.place(pointer), found))


def _raw_tools(document: Document) -> Iterator[RawTool | Skipped]:
    reader = reader_for(document.value)
    if reader is None:
        known = "; ".join(reader.WORDS for reader in READERS)
        raise UserError(f"{document.file}: {_unknown(document)}.", f"Known are {known}.")
    try:
        yield from reader.read(document.value)
    except MalformedTool as error:
        raise _sentence(document, error) from None


def _unknown(document: Document) -> str:
    value = document.value
    if isinstance(value, dict):
        return f"an object with {_keys(value) or 'no keys'} is no tool specification known here"
    if isinstance(value, list):
        return f"a list of {len(value)} entries, none of them a tool" if value else "an empty list, no tools in it"
    return f"{shown(value)} is no tool specification"


def _keys(value: Iterable[str]) -> str:
    return shown(", ".join(value), 80).strip("'\"")


def _sentence(document: Document, error: MalformedTool) -> UserError:
    return UserError(f"{document.file}: {document.place(error.pointer)}: {error.reason}.", error.way_out)


def _spelled(schema: Schema, pointer: str, log: Log) -> Schema:
    spelled = spell(schema, pointer, log)
    try:
        Draft202012Validator.check_schema(spelled)
    except SchemaError as error:
        # One hopeless schema costs its own tool, not the file: the normaliser reports that nothing obeys it.
        place = "/".join((pointer, *map(str, error.absolute_path)))
        log.warning("malformed", place, f"no valid JSON Schema: {shown(error.message, 120)}", "Correct the schema.")
        return {"type": "object", "not": {}}
    return spelled
