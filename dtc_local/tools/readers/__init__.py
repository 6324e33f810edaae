"""Tool dialects, one a file. A new dialect is a new module here with NAME, WORDS, matches and read, and a line below.

Readers are tried in order and recognise a document by its content alone, never by its file name: MCP first (only it has
`inputSchema`), then BFCL (only it says `dict`), then OpenAI, whose bare form is the least specific.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from dtc_local.records import Json
from dtc_local.tools.readers import bfcl, mcp, openai
from dtc_local.tools.readers.base import MalformedTool, RawTool, Skipped


class Reader(Protocol):
    """What a dialect module offers."""

    @property
    def NAME(self) -> str:
        """Short name, kept with every tool read."""

    @property
    def WORDS(self) -> str:
        """The dialect in one line, for error messages."""

    def matches(self, document: Json) -> bool:
        """Whether the document is of this dialect."""

    def read(self, document: Json) -> Iterator[RawTool | Skipped]:
        """The tools of a matching document."""


READERS: tuple[Reader, ...] = (mcp, bfcl, openai)


def reader_for(document: Json) -> Reader | None:
    """The first dialect that recognises the document."""
    return next((reader for reader in READERS if reader.matches(document)), None)


__all__ = ["READERS", "MalformedTool", "RawTool", "Reader", "Skipped", "reader_for"]
