"""Specification files in, normalised tools out, with a finding for every change."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from dtc_local.errors import UserError
from dtc_local.records import FindingKind, Schema, Tool, ToolSource
from dtc_local.tools.effect import effect_of
from dtc_local.tools.files.documents import Document
from dtc_local.tools.files.gather import FileFinding, gather, known, passed_over
from dtc_local.tools.findings import Log, finding
from dtc_local.tools.readers import MalformedTool, Noted, RawTool, Skipped, read, reader_for
from dtc_local.tools.readers.base import shown
from dtc_local.tools.results.recorded import shown_calls, with_recordings
from dtc_local.tools.schemas.schema import fitted_error, fitted_output, normalise_parameters
from dtc_local.tools.schemas.spelling import spell
from dtc_local.tools.schemas.validity import fault_of
from dtc_local.tools.words import legal_name, unique_name


class NoTools(UserError):
    """A specification that holds no tool at all."""


@dataclass(frozen=True)
class ImportResult:
    """All tools of all files in order, and what was noticed about the files; a tool's own findings are on the tool."""

    tools: tuple[Tool, ...]
    findings: tuple[FileFinding, ...] = ()

    def __add__(self, other: ImportResult) -> ImportResult:
        """Both results, in this order."""
        return ImportResult(self.tools + other.tools, self.findings + other.findings)


def read_files(paths: Sequence[str | Path], namespace: str | None = None) -> ImportResult:
    """Tools of all `paths`; their namespace is `namespace`, or the one the file says, or the file's stem made legal.

    All or nothing: the first file that cannot be read raises :class:`UserError` and nothing is returned.
    """
    if not paths:
        raise UserError("No specification file was named.", "Name one or more files.")
    shelf = _Shelf()
    gathered = gather(paths)
    for document, named in gathered.specifications:
        try:
            shelf.fill(_raw_tools(document), document, namespace, namespace_of(Path(document.file)))
        except NoTools as error:
            if named:
                raise
            shelf.findings.append(passed_over(document.file, error.message.removeprefix(f"{document.file}: ")))
    if not shelf.tools:
        raise UserError(f"{', '.join(map(str, paths))}: no tool in it.", known())
    return ImportResult(tuple(shelf.tools), (*gathered.findings, *shelf.findings))


def read_python(names: Sequence[str], namespace: str | None = None) -> ImportResult:
    """Tools of Python functions and models named `package.module:name`; their namespace is the module's name.

    Imports the modules, which runs their code. :class:`UserError` where that fails or a name is no tool.
    """
    from dtc_local.tools.readers import python  # what it needs is only loaded by those who ask for it

    shelf = _Shelf()
    for name in names:
        shelf.fill(python.read(name), Document(name, None), namespace, legal_name(name.partition(":")[0]))
    return ImportResult(tuple(shelf.tools), tuple(shelf.findings))


def namespace_of(path: Path) -> str:
    """A file's default namespace: its stem up to the first dot, in legal letters."""
    return legal_name(path.name.split(".")[0] or path.stem)


def import_tool(raw: RawTool, *, name: str, namespace: str, file: str) -> Tool:
    """One tool under its final name: spelled, checked, normalised."""
    log = Log()
    _log_name(raw, name, log)
    place = f"{raw.pointer}/{raw.parameters_key}".rstrip("/")
    parameters = _spelled(raw.parameters, place, log)
    normal = normalise_parameters(parameters, place, log)
    output = None
    normal_output = None
    if isinstance(raw.output, dict):
        output_place = f"{raw.pointer}/{raw.output_key}"
        normal_output, output = fitted_output(_spelled(raw.output, output_place, log), output_place, log)
    normal_error, error = _error(raw, log)
    tool = Tool(
        name=name,
        namespace=namespace,
        description=raw.description.strip(),
        parameters=normal,
        output=normal_output,
        error=normal_error,
        output_origin="declared" if normal_output is not None else "none",
        effect=raw.effect or effect_of(raw.name, raw.description, normal, normal_output),
        source=ToolSource(
            dialect=raw.dialect, file=file, name=raw.name, parameters=parameters, output=output, error=error
        ),
        findings=(*raw.findings, *log.result(raw.pointer)),
    )
    calls = (*raw.recorded, *shown_calls(parameters))
    return with_recordings(tool, calls, pointer=raw.pointer)[0] if calls else tool


def _error(raw: RawTool, log: Log) -> tuple[Schema | None, Schema | None]:
    """The error schema in normal form and as it is written; one that cannot be used is left out."""
    if not isinstance(raw.error, dict):
        return None, None
    place = f"{raw.pointer}/{raw.error_key}"
    return fitted_error(_spelled(raw.error, place, Log()), place, log)


def _log_name(raw: RawTool, name: str, log: Log) -> None:
    pointer = f"{raw.pointer}/name"
    if name != legal_name(raw.name):
        what = f"another tool of the namespace is called {legal_name(raw.name)}, this one becomes {name}"
        log.warning("overload", pointer, what, "Give it a name that says how it differs.")
    elif name != raw.name:
        log.info("name", pointer, f"name {shown(raw.name)} made legal: {name}")


class _Shelf:
    """Tools so far: names unique within a namespace, exact duplicates left out."""

    def __init__(self) -> None:
        self.tools: list[Tool] = []
        self.findings: list[FileFinding] = []
        self._taken: dict[str, set[str]] = {}
        self._seen: set[tuple[str, str, str, str]] = set()

    def fill(
        self, found: Iterable[RawTool | Skipped | Noted], document: Document, namespace: str | None, default: str
    ) -> None:
        """Keep what a reader found; `namespace` is the user's word, `default` goes where the tool has none of its own.

        A tool without a name is called `default` too.
        """
        for raw in found:
            if isinstance(raw, Noted):
                place = document.place(raw.finding.pointer)
                self.findings.append(FileFinding(document.file, place, raw.finding))
                continue
            if isinstance(raw, Skipped):
                self.note(document, "skipped", raw.pointer, f"{raw.reason}, skipped")
                continue
            own = legal_name(raw.namespace) if raw.namespace else default
            named = raw if raw.name.strip() else replace(raw, name=default)
            self.add(named, document, own if namespace is None else namespace)

    def add(self, raw: RawTool, document: Document, namespace: str) -> None:
        """Keep a tool unless the namespace has one of the same name and parameters; an overload gets its own name."""
        identity = (namespace, raw.namespace or "", raw.name, json.dumps(raw.parameters, sort_keys=True))
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


def _raw_tools(document: Document) -> Iterator[RawTool | Skipped | Noted]:
    """Everything a document holds; :class:`NoTools` where nothing in it is a tool."""
    reader = reader_for(document.value)
    skipped: list[str] = []
    kept = False
    try:
        for found in read(document.value, reader) if reader is not None else ():
            kept = kept or isinstance(found, RawTool)
            skipped += [found.reason] if isinstance(found, Skipped) else []
            yield found
    except MalformedTool as error:
        raise _sentence(document, error) from None
    if not kept:
        raise NoTools(f"{document.file}: no tool in it ({skipped[0] if skipped else 'the list is empty'}).", known())


def _sentence(document: Document, error: MalformedTool) -> UserError:
    return UserError(f"{document.file}: {document.place(error.pointer)}: {error.reason}.", error.way_out)


def _spelled(schema: Schema, pointer: str, log: Log) -> Schema:
    spelled = spell(schema, pointer, log)
    fault = fault_of(spelled)
    if fault is None:
        return spelled
    # One hopeless schema costs its own tool, not the file: the normaliser reports that nothing obeys it.
    place, message = fault
    log.warning("malformed", f"{pointer}{place}", f"no valid JSON Schema: {message}", "Correct the schema.")
    return {"type": "object", "not": {}}
