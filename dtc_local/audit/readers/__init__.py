"""Formats of conversations, one a file. A new one is a module with NAME, WORDS, matches and read, and a line below.

Readers are tried in order, each row for itself, and recognise it by its content alone. First come those with a mark
that no other has: fms-dgt's steps, BFCL's questions by turns, tau2's scenarios, Hermes' tags. OpenAI's messages and
ShareGPT's turns are the plainest.
"""

from __future__ import annotations

from dtc_local.audit.dialogue import Dialogue, ToolSpec
from dtc_local.audit.readers import bfcl, fms, hermes, openai, sharegpt, tau2
from dtc_local.audit.readers.base import NoDialogue, Reader, shown
from dtc_local.records import Json

READERS: tuple[Reader, ...] = (fms, bfcl, tau2, hermes, openai, sharegpt)
ALIASES = {
    "apigen-mt": "sharegpt",
    "llama-factory": "sharegpt",
    "axolotl": "openai",
    "trl": "openai",
    "chatml": "hermes",
}
"""Formats by the names of the tools that use them."""
FORMATS = (*(reader.NAME for reader in READERS), *ALIASES)


def reader_named(name: str) -> Reader:
    """The reader of a format, by its own name or by that of a tool which uses it; KeyError for any other name."""
    by_name = {reader.NAME: reader for reader in READERS}
    return by_name[ALIASES.get(name, name)]


def reader_for(row: Json) -> Reader | None:
    """The first reader that recognises a row."""
    return next((reader for reader in READERS if reader.matches(row)), None)


def read(row: Json, tools: tuple[ToolSpec, ...] | None = None, reader: Reader | None = None) -> tuple[Dialogue, str]:
    """The conversation of a row and the name of its format; :class:`NoDialogue` for a row that is none."""
    chosen = reader or reader_for(row)
    if chosen is None:
        keys = shown(", ".join(map(str, row)), 80) if isinstance(row, dict) else shown(row)
        raise NoDialogue(f"{keys} is no conversation known here")
    return chosen.read(row, tools), chosen.NAME


__all__ = ["ALIASES", "FORMATS", "READERS", "NoDialogue", "Reader", "read", "reader_for", "reader_named"]
