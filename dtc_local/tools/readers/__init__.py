"""Tool dialects, one a file. A new dialect is a new module here with NAME, WORDS, matches and read, and a line below.

Readers are tried in order and recognise a document by its content alone, never by its file name. First come those
with a mark that no other dialect has: OpenAPI's version and paths, tau2's toolkits, ToolBench's parameter lists, MCP's
`inputSchema`, Anthropic's `input_schema`, Gemini's capitals. Then fms-dgt's mappings to tools, BFCL (only it says
`dict`) and OpenAI, whose bare form is the least specific; last plain JSON Schema. Python callables are no document:
`python.py` is asked for by name.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Protocol

from dtc_local.records import Json
from dtc_local.tools.readers import anthropic, bfcl, fms, gemini, jsonschema, mcp, openai, openapi, tau2, toolbench
from dtc_local.tools.readers.base import MalformedTool, Noted, RawTool, Skipped, entries


class Reader(Protocol):
    """What a dialect module offers; `matches` never raises, `read` raises only :class:`MalformedTool`."""

    @property
    def NAME(self) -> str:
        """Short name, kept with every tool read."""

    @property
    def WORDS(self) -> str:
        """The dialect in one line, for error messages."""

    def matches(self, document: Json) -> bool:
        """Whether the document is of this dialect."""

    def read(self, document: Json) -> Iterator[RawTool | Skipped | Noted]:
        """The tools of a matching document."""


READERS: tuple[Reader, ...] = (
    openapi,
    tau2,
    toolbench,
    mcp,
    anthropic,
    gemini,
    fms,
    bfcl,
    openai,
    jsonschema,
)


def reader_for(document: Json) -> Reader | None:
    """The first dialect that recognises the document."""
    return next((reader for reader in READERS if reader.matches(document)), None)


def read(document: Json, reader: Reader) -> Iterator[RawTool | Skipped | Noted]:
    """The tools of a document that `reader` matches; entries that show another dialect's marks are read in that one.

    Raises :class:`MalformedTool` for an entry that no dialect can make a tool of.
    """
    parts = [(pointer, entry, reader_for(entry) or reader) for pointer, entry in entries(document)]
    owners = {part[2].NAME for part in parts}
    if owners == {reader.NAME} or reader.NAME not in owners:  # one dialect, or one that only the whole document shows
        yield from reader.read(document)
        return
    for pointer, entry, own in parts:
        try:
            yield from (_moved(found, pointer) for found in own.read(entry))
        except MalformedTool as error:
            raise MalformedTool(pointer + error.pointer, error.reason, error.way_out) from None


def _moved(found: RawTool | Skipped | Noted, pointer: str) -> RawTool | Skipped | Noted:
    """What was read from one entry, with pointers that start at the document."""
    if isinstance(found, Noted):
        return Noted(found.finding.model_copy(update={"pointer": pointer + found.finding.pointer}))
    if isinstance(found, Skipped):
        return replace(found, pointer=pointer + found.pointer)
    findings = tuple(made.model_copy(update={"pointer": pointer + made.pointer}) for made in found.findings)
    return replace(found, pointer=pointer + found.pointer, findings=findings)


__all__ = ["READERS", "MalformedTool", "Noted", "RawTool", "Reader", "Skipped", "read", "reader_for"]
